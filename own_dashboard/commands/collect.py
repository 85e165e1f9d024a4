"""count commits by repository and day, and print or publish them

On GitHub where GITHUB_TOKEN is set; in git clones on this machine with --repositories. The days are
those of TIME_ZONE, by default this machine's. --publish sends the counts to the topic: the stack
running here, or GOOGLE_CLOUD_PROJECT's. A long publication that is interrupted, or leaves
repositories unknown, goes on when the same command is given again.
"""

import argparse
import sys

from commit_counts.errors import InvalidSettings
from commit_counts.settings import Variables
from own_dashboard.arguments import add_state, chosen_state, day, environment_of
from own_dashboard.environment import laptop_zone


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("--login", help="whose commits on GitHub; default GITHUB_LOGIN, or the token's owner")
    add("--since", type=day, metavar="DATE", help="first day; default 34 days before the last")
    add("--until", type=day, metavar="DATE", help="last day; default today")
    add("--repositories", nargs="+", default=[], metavar="DIR",
        help="count in these git clones (globs too) instead of on GitHub")  # fmt: skip
    add("--author", nargs="+", default=[], metavar="EMAIL",
        help="whose commits, in clones; on GitHub, further addresses of the person")  # fmt: skip
    add("--branches", choices=("all", "default"), default="all", help="of clones; default all")
    add("--forks", action="store_true", default=None, help="count in forks too")
    add("--include", nargs="+", metavar="GLOB", help="only these repositories, as in 'acme/*'")
    add("--exclude", nargs="+", metavar="GLOB", help="not these repositories")
    add("--format", choices=("table", "json", "csv"),
        help="default table; json is the event itself, one a line")  # fmt: skip
    add("--publish", action="store_true", help="send the events to the topic")
    add_state(parser)


def run(arguments: argparse.Namespace) -> int:
    """Count, and print or publish."""
    environment = _environment(arguments)
    checked = Variables({**environment, "TIME_ZONE": laptop_zone(environment)})
    zone = checked.time_zone()
    checked.check()
    if not arguments.repositories and not environment.get("GITHUB_TOKEN", "").strip():
        raise InvalidSettings(
            "there is nothing to count in: set GITHUB_TOKEN (in the environment or in .env; make "
            "one at https://github.com/settings/tokens with the scopes repo, read:user and "
            "read:org), or name git clones with --repositories DIR"
        )
    from own_dashboard.collection.run import Wanted, collect_once
    from own_dashboard.terminal import console

    wanted = Wanted(
        zone=zone, environment=environment, since=arguments.since, until=arguments.until,
        repositories=arguments.repositories, authors=arguments.author,
        all_branches=arguments.branches == "all", publish=arguments.publish,
        state=chosen_state(arguments),
    )  # fmt: skip
    shown = arguments.format or ("none" if arguments.publish else "table")
    try:
        collect_once(wanted, shown, out=console(), side=console(to_stderr=True))
    except KeyboardInterrupt:
        if arguments.publish:
            print("interrupted: the same command goes on from here", file=sys.stderr)
        raise
    return 0


def _environment(arguments: argparse.Namespace) -> dict[str, str]:
    """The variables, with what the command line says instead."""
    environment = environment_of(arguments)
    if arguments.login is not None:
        environment["GITHUB_LOGIN"] = arguments.login
    if arguments.forks:
        environment["COLLECT_FORKS"] = "true"
    if arguments.author and not arguments.repositories:
        environment["GITHUB_EMAILS"] = " ".join(arguments.author)
    for name, globs in (("INCLUDE", arguments.include), ("EXCLUDE", arguments.exclude)):
        if globs is not None:
            environment[f"REPOSITORIES_{name}"] = " ".join(globs)
    return environment
