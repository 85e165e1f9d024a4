"""deploy to Google Cloud, or bring a deployment up to date, step by step

Does what docs/deploy/google-cloud.md does by hand: programs, sign-in, project, variables, billing,
services, token, terraform, sharing, the first collection. A step that is done already is passed
over, so that the same command goes on after a failure. Needs gcloud and terraform.
"""

import argparse

from own_dashboard.environment import laptop_zone, require_checkout, variables


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--dry-run", action="store_true", help="show the commands; run none and ask nothing"
    )
    parser.add_argument("--project", default="", metavar="ID", help="default: a new one")
    parser.add_argument(
        "--billing-account", default="", metavar="ID", help="default: the only one, or you choose"
    )
    parser.add_argument(
        "--sheet", default="", metavar="ADDRESS", help="the Google Sheet; default: you are asked"
    )
    parser.add_argument("--region", default="", help="default: that of terraform/variables.tf")
    parser.add_argument("--yes", action="store_true", help="apply the plan without asking")


def run(arguments: argparse.Namespace) -> int:
    """All steps."""
    from own_dashboard.deploy.shell import Shell
    from own_dashboard.deploy.steps import Place, Wish, deploy

    folder, environment = require_checkout("deploying"), variables()
    wish = Wish(
        project=arguments.project,
        billing_account=arguments.billing_account,
        sheet=arguments.sheet,
        region=arguments.region,
        time_zone=laptop_zone(environment),
        language="ja" if environment.get("LANG", "").startswith("ja") else "en",
        yes=arguments.yes,
    )
    deploy(Shell(folder, dry_run=arguments.dry_run), Place(folder=folder, wish=wish))
    return 0
