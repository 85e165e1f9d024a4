"""The command line `own-dashboard COMMAND`: finds the command, runs it, explains its failures.

An expected failure is one line and status 1; a bug shows its traceback.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from commit_counts.errors import DashboardError
from own_dashboard.environment import load

COMMANDS = (
    "up",
    "collect",
    "write_sheet",
    "write_metric",
    "publish",
    "replay",
    "doctor",
    "test",
    "check",
    "bench",
    "lock",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parsed = _parse(given)
    try:
        load()
        status = int(parsed.run(parsed))
        sys.stdout.flush()
    except DashboardError as error:
        print(f"own-dashboard {parsed.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read the output, `head` for example, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _parse(given: Sequence[str]) -> argparse.Namespace:
    """The command with its arguments; what follows `test` is pytest's own."""
    if given[:1] == ["test"] and given[1:2] not in (["-h"], ["--help"]):
        run = importlib.import_module("own_dashboard.commands.test").run
        return argparse.Namespace(command="test", run=run, pytest_arguments=given[1:])
    return _parser(given).parse_args(given)


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; only the command that is named is imported whole, all where none is."""
    parser = argparse.ArgumentParser(
        prog="own-dashboard",
        description="Your GitHub commits per repository and local day, on your phone.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    named = [name for name in given[:1] if name in COMMANDS]
    for name in named or COMMANDS:
        module = importlib.import_module(f"own_dashboard.commands.{name}")
        summary = (module.__doc__ or "").splitlines()[0]
        command = commands.add_parser(
            name,
            help=summary,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(command)
        command.set_defaults(run=module.run)
    return parser
