"""count commits by repository and day, and print or publish them

On GitHub where GITHUB_TOKEN is set; in git clones on this machine with --repositories. The days are
those of TIME_ZONE, by default this machine's. --publish sends the counts to the topic: the stack
running here, or GOOGLE_CLOUD_PROJECT's. A long publication that is interrupted, or leaves
repositories unknown, goes on when the same command is given again.
"""

import argparse
import sys
from functools import partial

from collect.counting.window import choose_window
from commit_counts.errors import InvalidSettings
from commit_counts.retry import utc_now
from commit_counts.settings import Variables
from own_dashboard.arguments import add_state, chosen_state, day, environment_of
from own_dashboard.collection.sources import source_modules
from own_dashboard.environment import laptop_zone


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("--login", help="whose commits on GitHub; default GITHUB_LOGIN, or the token's owner")
    add("--since", type=day, metavar="DATE", help="first day; default 34 days before the last")
    add("--until", type=day, metavar="DATE", help="last day; default today")
    for source in source_modules():
        source.configure(parser)
    add("--forks", action="store_true", default=None, help="count in forks too")
    add("--include", nargs="+", metavar="GLOB", help="only these repositories, as in 'acme/*'")
    add("--exclude", nargs="+", metavar="GLOB", help="not these repositories")
    add("--format", choices=("table", "json", "csv"),
        help="default table; json is the event itself, one a line")  # fmt: skip
    add("--source", metavar="NAME",
        help="who states it; default github/LOGIN, or clones/ and this machine's name")  # fmt: skip
    add("--publish", action="store_true", help="send the events to the topic")
    add_state(parser)


def run(arguments: argparse.Namespace) -> int:
    """Count, and print or publish."""
    environment = _environment(arguments)
    checked = Variables({**environment, "TIME_ZONE": laptop_zone(environment)})
    zone = checked.time_zone()
    checked.check()
    choose_window(utc_now(), zone, since=arguments.since, until=arguments.until)
    wanted = [x for x in source_modules() if x.is_wanted(arguments, environment)]
    if not wanted:
        raise InvalidSettings(
            "there is nothing to count in: set GITHUB_TOKEN (in the environment or in .env; make "
            "one at https://github.com/settings/tokens with the scopes repo, read:user and "
            "read:org), or name git clones with --repositories DIR"
        )
    # Help, and what is refused above, must not wait for these.
    from own_dashboard.collection.run import CollectOptions, collect_once
    from own_dashboard.terminal import console

    options = CollectOptions(
        zone=zone, environment=environment, since=arguments.since, until=arguments.until,
        publish=arguments.publish, state=chosen_state(arguments),
        open_source=partial(wanted[0].open_source, arguments, environment),
    )  # fmt: skip
    shown = arguments.format or ("none" if arguments.publish else "table")
    try:
        collect_once(options, shown, out=console(), side=console(to_stderr=True))
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
    if arguments.source is not None:
        environment["SOURCE"] = arguments.source
    for name, globs in (("INCLUDE", arguments.include), ("EXCLUDE", arguments.exclude)):
        if globs is not None:
            environment[f"REPOSITORIES_{name}"] = " ".join(globs)
    return environment
