"""Arguments that several commands have in common."""

import argparse
import sys
from datetime import date
from pathlib import Path

from collect.counting.window import parse_day
from commit_counts.errors import InvalidEvent, InvalidRequest
from commit_counts.event import CommitCounts
from commit_counts.parse import parse_event
from commit_counts.retry import utc_now
from own_dashboard.environment import default_state, variables

# What leads a command into the cloud.
_CLOUD = ("GOOGLE_CLOUD_PROJECT", "PUBSUB_EMULATOR_HOST", "MONITORING_EMULATOR_HOST", "SHEET_ID")


def add_state(parser: argparse.ArgumentParser) -> None:
    """`--state DIR`, for commands that speak to the stack here or to the cloud."""
    parser.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        help="of the local stack, default .local; where it is named, the cloud is left alone",
    )


def chosen_state(arguments: argparse.Namespace) -> Path:
    """The state folder: the one named, or the usual one."""
    state: Path = arguments.state or default_state()
    return state.expanduser().resolve()


def environment_of(arguments: argparse.Namespace) -> dict[str, str]:
    """The environment variables; without those of the cloud where `--state` names a local stack."""
    given = variables()
    if arguments.state is None:
        return given
    return {name: value for name, value in given.items() if name not in _CLOUD}


def add_event(parser: argparse.ArgumentParser) -> None:
    """The events of a subscriber's command.

    With them the pipeline runs without Pub/Sub and without a server:
    `./dev collect --format json | ./dev write_sheet -`.
    """
    parser.add_argument("json", metavar="JSON", help="an event; - reads one a line from the input")
    add_state(parser)


def read_events(argument: str) -> list[CommitCounts]:
    """The events of `add_event`. InvalidEvent where one breaks the contract."""
    now = utc_now()
    if argument != "-":
        return [parse_event(argument, published_at=now)]
    events = []
    for number, line in enumerate(sys.stdin, start=1):
        try:
            if line.strip():
                events.append(parse_event(line, published_at=now))
        except InvalidEvent as error:
            raise InvalidEvent(f"line {number}: {error.problem}", fix=error.fix) from error
    return events


def day(text: str) -> date:
    """A local calendar day, YYYY-MM-DD."""
    try:
        return parse_day(text, "a day")
    except InvalidRequest as error:
        raise argparse.ArgumentTypeError(f"expected YYYY-MM-DD, got {text!r}") from error
