"""The command line `./dev COMMAND`: finds the command, runs it, explains its failures.

An expected failure is one line and status 1; a bug shows its traceback. Only the module of the
command that is named is imported, so that help and refusals answer at once.
"""

import argparse
import difflib
import importlib
import os
import re
import signal
import sys
from collections.abc import Iterable, Sequence
from typing import NoReturn

from commit_counts.errors import DashboardError
from commit_counts.logs import printable
from own_dashboard.environment import bypass_proxies, load, program
from own_dashboard.stack.pipeline import load_pipeline

# The commands, and the first line of their modules `own_dashboard.commands.NAME`.
_OWN = {
    "up": "run the whole pipeline on this machine",
    "collect": "count commits by repository and day, and print or publish them",
    "watch": "request URLs once, and print or publish what came of it",
    "write_sheet": "bring the Sheet up to date with an event, without Pub/Sub",
    "write_metric": "write an event's numbers as metrics, without Pub/Sub",
    "publish": "publish one event by hand, checked before it is sent",
    "replay": "bring dead letters back to the topic",
    "deploy": "deploy to Google Cloud, or bring a deployment up to date, step by step",
    "doctor": "look at everything that the pipeline needs, name each fault and its fix",
    "test": "run the test suite",
    "check": "check formatting, lint and types",
    "bench": "run the benchmarks, each beside its baseline in the same run",
    "lock": "resolve the dependencies anew and write every lock file",
}
_STEP = "hand an event to the function, without Pub/Sub"
# A function that brings no command of its own has this one.
COMMANDS = _OWN | {
    function.step: _STEP
    for function in load_pipeline().functions
    if function.subscriptions and function.step not in _OWN
}
# These work on the checkout: a person's settings would only change what they find.
DEVELOPERS = ("test", "check", "bench", "lock")
# State holds names of private repositories: for its owner only.
_UMASK = 0o077
_USAGE_STATUS = 2
_INTERRUPTED_STATUS = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # ./dev keeps Ctrl-C waiting until here, where it ends the program without a traceback.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        return _run(given)
    except KeyboardInterrupt:
        return _INTERRUPTED_STATUS
    except BrokenPipeError:  # whoever read the output, `head` for example, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(given: Sequence[str]) -> int:
    parsed = _parse(given)
    if parsed is None:
        return 0
    try:
        bypass_proxies()
        if parsed.command not in DEVELOPERS:
            os.umask(_UMASK)
            for note in load():
                print(f"{program()}: note: {note}", file=sys.stderr)
        status = int(parsed.run(parsed))
        sys.stdout.flush()
    except DashboardError as error:
        print(printable(f"{program()} {parsed.command}: {error}"), file=sys.stderr)
        return 1
    return status


def _parse(given: Sequence[str]) -> argparse.Namespace | None:
    """The command with its arguments; None where help or the version was all that was asked."""
    name, rest = (given[0], list(given[1:])) if given else ("help", [])
    if name == "help" and rest[:1]:
        name, rest = rest[0], ["--help"]
    if name in ("help", "-h", "--help"):
        _overview().print_help()
        return None
    if name == "--version":
        from importlib.metadata import version

        print(f"own-dashboard {version('own-dashboard')}")
        return None
    if name not in COMMANDS:
        _refuse(f"there is no command {name!r}{_hint(name, COMMANDS)}", "help lists them")
    if name == "test" and rest[:1] not in (["-h"], ["--help"]):  # the rest is pytest's own
        run = importlib.import_module("own_dashboard.commands.test").run
        return argparse.Namespace(command=name, run=run, pytest_arguments=rest)
    parser = command_parser(name)
    parsed, unknown = parser.parse_known_args(rest)
    if unknown:
        options = re.findall(r"--[\w-]+", parser.format_usage())
        words = " ".join(unknown)
        _refuse(f"{name} has no argument {words!r}{_hint(unknown[0], options)}", f"{name} --help")
    return parsed


def command_parser(name: str) -> argparse.ArgumentParser:
    """The parser of one command, with its module's docstring as its description."""
    module = importlib.import_module(f"own_dashboard.commands.{name if name in _OWN else 'step'}")
    parser = argparse.ArgumentParser(
        prog=f"{program()} {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.configure(parser)
    parser.set_defaults(command=name, run=module.run)
    return parser


def _overview() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items())
    return argparse.ArgumentParser(
        prog=program(),
        usage="%(prog)s COMMAND [ARGUMENTS]",
        description="Your GitHub commits per repository and local day, on your phone.\n\n"
        f"commands:\n{commands}\n\n"
        f"`{program()} help COMMAND` tells more of one; `{program()} --version` which this is.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )


def _hint(typed: str, known: Iterable[str]) -> str:
    """`; did you mean …?` where one of the known words is close to what was typed."""
    plain = {_plain(word): word for word in known}
    close = difflib.get_close_matches(_plain(typed), plain, n=1, cutoff=0.5)
    return f"; did you mean {plain[close[0]]}?" if close else ""


def _plain(word: str) -> str:
    return word.lstrip("-").replace("-", "_").lower()


def _refuse(problem: str, see: str) -> NoReturn:
    print(f"{program()}: {problem} ({program()} {see})", file=sys.stderr)
    raise SystemExit(_USAGE_STATUS)
