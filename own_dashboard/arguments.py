"""Arguments that several commands have in common."""

import argparse
from datetime import date
from pathlib import Path

from collect.counting.window import parse_day
from commit_counts.errors import InvalidRequest
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


def day(text: str) -> date:
    """A local calendar day, YYYY-MM-DD."""
    try:
        return parse_day(text, "a day")
    except InvalidRequest as error:
        raise argparse.ArgumentTypeError(f"expected YYYY-MM-DD, came {text!r}") from error
