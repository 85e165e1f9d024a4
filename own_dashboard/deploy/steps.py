"""The steps of a deployment, in order; each looks first whether there is anything left to do."""

import getpass
import json
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from collect.settings import check_github, read_github
from commit_counts.errors import InvalidSettings, NeverWorks, RetryLater
from commit_counts.settings import Variables
from own_dashboard.deploy.shell import TRIES, Shell

OLDEST_TERRAFORM = (1, 7)
# What terraform itself calls before it can switch anything on.
SERVICES = ("cloudresourcemanager", "serviceusage", "iam", "pubsub")
SECRET = "github-token"
# Permissions that take a while to arrive, and the place of the token: before anything is built.
FIRST = (
    "google_secret_manager_secret_iam_member.reader",
    "google_project_iam_member.build_reads_sources",
    "google_project_iam_member.build_writes_logs",
    "google_storage_bucket_iam_member.build_reads_archives",
    "google_artifact_registry_repository_iam_member.build_writes_images",
)
TERRAFORM = ("terraform", "-chdir=terraform")
_ASSIGNED = re.compile(r'^\s*(\w+)\s*=\s*"([^"]*)"', re.MULTILINE)
_ADDRESS = re.compile(r"/spreadsheets/d/([A-Za-z0-9_-]+)")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the person chose on the command line; empty is asked for, or found out.

    yes: apply without asking. time_zone, language: proposed where there are no variables yet.
    """

    project: str = ""
    billing_account: str = ""
    sheet: str = ""
    region: str = ""
    time_zone: str = ""
    language: str = "en"
    yes: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where it is deployed, as far as the steps before have found out."""

    folder: Path
    wish: Wish
    project: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The person's variables."""
        return self.folder / "terraform" / "terraform.tfvars"

    @property
    def region(self) -> str:
        """The chosen one, or Terraform's default."""
        return self.variables.get("region") or self.wish.region or default_region(self.folder)


Step = Callable[[Shell, Place], Place]


def default_region(folder: Path) -> str:
    """Terraform's own default."""
    text = (folder / "terraform" / "variables.tf").read_text(encoding="utf-8")
    found = re.search(r'variable "region" \{.*?default\s*=\s*"([^"]+)"', text, re.DOTALL)
    assert found
    return found[1]


def deploy(shell: Shell, place: Place) -> None:
    """All steps. Raises NeverWorks or RetryLater where one cannot be done; it may be repeated."""
    for number, (title, step) in enumerate(STEPS.items(), start=1):
        shell.say(f"{number}. {title}")
        place = step(shell, place)


def check_programs(shell: Shell, place: Place) -> Place:
    """terraform is new enough, and gcloud is there."""
    answer = shell.read("terraform", "version", "-json")
    shell.read("gcloud", "version", "--format=value(version)")
    if answer is not None:
        version = str(json.loads(answer)["terraform_version"])
        if tuple(map(int, version.split(".")[:2])) < OLDEST_TERRAFORM:
            raise NeverWorks(
                f"expected terraform 1.7 or newer, got {version}",
                fix="docs/deploy/google-cloud.md has the lines that install one for you alone",
            )
    return place


def sign_in(shell: Shell, place: Place) -> Place:
    """gcloud for you, and application default credentials for terraform."""
    active = shell.read(
        "gcloud", "auth", "list", "--filter=status:ACTIVE", "--format=value(account)"
    )
    if not active:
        shell.interact("gcloud", "auth", "login", when="if nobody is signed in")
    if shell.read("gcloud", "auth", "application-default", "print-access-token") is None:
        shell.interact(
            *("gcloud", "auth", "application-default", "login"),
            when="if terraform has no credentials",
        )
    return place


def choose_project(shell: Shell, place: Place) -> Place:
    """The one of terraform.tfvars, the one that is named, or a new one."""
    variables = read_variables(place.file)
    known, named = variables.get("project_id", ""), place.wish.project
    if known and named and known != named:
        raise NeverWorks(
            f"expected project {known}, which terraform/terraform.tfvars names, got {named}",
            fix="leave --project out, or deploy a second time from a checkout of its own",
        )
    project = known or named or f"my-commits-{secrets.randbelow(90000) + 10000}"
    if shell.read("gcloud", "projects", "describe", project, "--format=value(projectId)") is None:
        shell.do(
            *("gcloud", "projects", "create", project, "--name=My commits"),
            when="if there is none of that ID",
        )
    return replace(place, project=project, variables=variables)


def link_billing(shell: Shell, place: Place) -> Place:
    """The project has a billing account that is open."""
    enabled = shell.read(
        *("gcloud", "billing", "projects", "describe", place.project),
        "--format=value(billingEnabled)",
    )
    if enabled == "True":
        return place
    account = place.wish.billing_account or _billing_account(shell)
    shell.do(
        *("gcloud", "billing", "projects", "link", place.project, f"--billing-account={account}"),
        when="if it has no billing account",
    )
    return place


def _billing_account(shell: Shell) -> str:
    listed = shell.read(
        *("gcloud", "billing", "accounts", "list", "--filter=open=true"),
        "--format=value(name.basename(),displayName)",
    )
    if shell.dry_run:
        return "0X0X0X-0X0X0X-0X0X0X"
    accounts = [line for line in (listed or "").splitlines() if line.strip()]
    if not accounts:
        raise NeverWorks(
            "found no open billing account",
            fix="open one at https://console.cloud.google.com/billing and run it again",
        )
    if len(accounts) == 1:
        return accounts[0].split()[0]
    for line in accounts:
        shell.say(f"    {line}")
    return shell.ask("which of these billing accounts", accounts[0].split()[0])


def let_terraform_in(shell: Shell, place: Place) -> Place:
    """The services that terraform needs from the start, whose quota it uses, Pub/Sub's account."""
    wanted = [f"{service}.googleapis.com" for service in SERVICES]
    listed = shell.read(
        *("gcloud", "services", "list", "--enabled", f"--project={place.project}"),
        "--format=value(config.name)",
    )
    missing = [service for service in wanted if service not in (listed or "").split()]
    if missing:
        shell.do(
            *("gcloud", "services", "enable", *missing, f"--project={place.project}"),
            when="those that are off",
        )
    shell.do("gcloud", "auth", "application-default", "set-quota-project", place.project)
    shell.do(
        *("gcloud", "beta", "services", "identity", "create", "--service=pubsub.googleapis.com"),
        f"--project={place.project}",
    )
    return place


def write_variables(shell: Shell, place: Place) -> Place:
    """terraform.tfvars, where there is none yet: project, zone, Sheet, language, region."""
    if place.variables:
        return place
    if shell.dry_run:
        shell.say("    writes terraform/terraform.tfvars: project_id, time_zone, sheet_id, …")
        return place
    shell.say("  Make a Sheet at https://sheets.new, give it a name, leave it empty.")
    wish = place.wish
    typed = wish.sheet or shell.ask("its address, or its ID")
    address = _ADDRESS.search(typed)
    variables = {
        "project_id": place.project,
        "time_zone": shell.ask("the zone whose days count", wish.time_zone),
        "sheet_id": address[1] if address else typed,
        "language": shell.ask("language of the Sheet, en or ja", wish.language),
        "region": place.region,
    }
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in variables.items()]
    place.file.write_text(
        "# Made by ./dev deploy; terraform.tfvars.example explains every variable.\n"
        + "".join(lines),
        encoding="utf-8",
    )
    shell.say("  written to terraform/terraform.tfvars, where you can change it")
    return replace(place, variables=variables)


def prepare(shell: Shell, place: Place) -> Place:
    """Services, the token's place, and the permissions of builds, which take a while to arrive."""
    shell.do(*TERRAFORM, "init", "-input=false")
    targets = [f"-target={target}" for target in FIRST]
    shell.do(*TERRAFORM, "apply", "-input=false", "-auto-approve", *targets)
    return place


def store_token(shell: Shell, place: Place) -> Place:
    """The GitHub token, where Secret Manager has none; it is read unseen and shown nowhere."""
    stored = shell.read(
        *("gcloud", "secrets", "versions", "list", SECRET, "--filter=state:enabled"),
        *("--format=value(name)", f"--project={place.project}"),
    )
    if stored:
        shell.say("  it is there; `terraform -chdir=terraform output -raw add_token` replaces it")
        return place
    add = ("gcloud", "secrets", "versions", "add", SECRET, "--data-file=-")
    if shell.dry_run:
        shell.do(*add, f"--project={place.project}", when="if there is none; you type it unseen")
        return place
    shell.say("  Make one at https://github.com/settings/tokens with repo, read:user, read:org.")
    shell.do(*add, f"--project={place.project}", typed=read_token())
    return place


def read_token() -> str:
    """What the person types, without echo. NeverWorks where it cannot be a token."""
    typed = getpass.getpass("  GitHub token: ") if sys.stdin.isatty() else sys.stdin.readline()
    token = typed.strip()
    try:
        variables = Variables({"GITHUB_TOKEN": token})
        check_github(read_github(variables))
        variables.check()
    except InvalidSettings as error:
        raise NeverWorks(str(error)) from error
    return token


def apply(shell: Shell, place: Place) -> Place:
    """Everything; the plan is shown before it is applied."""
    for left in reversed(range(TRIES)):
        # A plan is used up by an apply that failed half way: what is left is planned anew.
        shell.do(*TERRAFORM, "plan", "-out=deploy.tfplan", "-input=false")
        if left == TRIES - 1 and not (place.wish.yes or shell.dry_run):
            answer = shell.ask("apply this plan? yes or no", "no")
            if answer.lower() not in ("y", "yes"):
                raise NeverWorks("nothing was applied, as you chose; run it again when you like")
        try:
            shell.do(*TERRAFORM, "apply", "-input=false", "deploy.tfplan", tries=1)
            break
        except RetryLater as error:
            if not left:
                raise
            shell.pause(error.problem)
    if not shell.dry_run:
        (place.folder / "terraform" / "deploy.tfplan").unlink(missing_ok=True)
    return place


def share(shell: Shell, place: Place) -> Place:
    """The person lets write_sheet in; there is no other way to its one Sheet."""
    address = shell.read(*TERRAFORM, "output", "-raw", "share_sheet_with")
    if not shell.dry_run:
        shell.say(f"  Share the Sheet with {address}, as Editor, without a notification.")
        shell.ask("press Enter when it is shared")
    return place


def collect(shell: Shell, place: Place) -> Place:
    """The first collection; the schedule does all that follow."""
    shell.do(
        *("gcloud", "scheduler", "jobs", "run", "collect", f"--location={place.region}"),
        f"--project={place.project}",
    )
    url = shell.read(*TERRAFORM, "output", "-raw", "sheet_url")
    if not shell.dry_run:
        shell.say(f"  Within a minute the Sheet has its tabs: {url}")
    return place


def read_variables(file: Path) -> dict[str, str]:
    """The plain texts of a file of variables; nothing where there is none."""
    if not file.exists():
        return {}
    return dict(_ASSIGNED.findall(file.read_text(encoding="utf-8")))


STEPS: Mapping[str, Step] = {
    "Programs": check_programs,
    "Sign in": sign_in,
    "Project": choose_project,
    # Before all that may fail: the file is how the next run knows the project that was made.
    "Variables": write_variables,
    "Billing": link_billing,
    "Let Terraform in": let_terraform_in,
    "What must be there first": prepare,
    "GitHub token": store_token,
    "Deploy": apply,
    "Share the Sheet": share,
    "Collect": collect,
}
