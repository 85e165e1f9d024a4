"""Commands and addresses to copy, for the terminal and the page."""

import shlex
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from local.environment import default_state

if TYPE_CHECKING:
    from local.stack import Stack


def sheet_url(sheet_id: str) -> str:
    """Where a real Google Sheet opens."""
    return f"https://docs.google.com/spreadsheets/d/{sheet_id}/edit"


def publish_command(stack: "Stack") -> str:
    """One event by hand, for today in the person's zone."""
    today = datetime.now(ZoneInfo(stack.options.time_zone)).date()
    event = f'{{"date": "{today}", "repository": "me/app", "commits": 3}}'
    return f"./dev publish {shlex.quote(event)}{_state_option(stack)}"


def gcloud_command(stack: "Stack") -> str:
    """The same with gcloud, pointed at the stand-in."""
    today = datetime.now(ZoneInfo(stack.options.time_zone)).date()
    event = f'{{"date": "{today}", "repository": "me/app", "commits": 3}}'
    return (
        f"CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB={stack.pubsub.rest_url}/ "
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true "
        f"gcloud pubsub topics publish {stack.pipeline.topic} --project={stack.project} "
        f"--message={shlex.quote(event)}"
    )


def replay_command(stack: "Stack") -> str:
    """Bring the dead letters back."""
    return f"./dev replay{_state_option(stack)}"


def _state_option(stack: "Stack") -> str:
    state = stack.options.state
    return "" if state == default_state() else f" --state {shlex.quote(str(state))}"
