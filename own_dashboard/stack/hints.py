"""Commands and addresses to copy, for the terminal and the page."""

import shlex
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from own_dashboard.environment import default_state, program
from own_dashboard.stack.options import LOCAL_PROJECT

if TYPE_CHECKING:
    from own_dashboard.stack.stack import Stack


def sheet_url(sheet_id: str) -> str:
    """Where a real Google Sheet opens."""
    return f"https://docs.google.com/spreadsheets/d/{sheet_id}/edit"


def publish_command(stack: "Stack") -> str:
    """One event by hand, for today in the person's zone."""
    return f"{program()} publish {_example(stack)}{_state_option(stack)}"


def gcloud_command(stack: "Stack") -> str:
    """The same with gcloud, pointed at the emulator."""
    return (
        f"CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB={stack.pubsub.rest_url}/ "
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true "
        f"gcloud pubsub topics publish {stack.pipeline.commit_counts} --project={LOCAL_PROJECT} "
        f"--message={_example(stack)}"
    )


def replay_command(stack: "Stack") -> str:
    """Bring the dead letters back."""
    return f"{program()} replay{_state_option(stack)}"


def _example(stack: "Stack") -> str:
    today = datetime.now(ZoneInfo(stack.options.time_zone)).date()
    return shlex.quote(f'{{"date": "{today}", "repository": "me/app", "commits": 3}}')


def _state_option(stack: "Stack") -> str:
    """What makes a command mean this stack, and not a project in the cloud."""
    state = stack.options.state
    if state == default_state() and not stack.options.environment.get("GOOGLE_CLOUD_PROJECT"):
        return ""
    return f" --state {shlex.quote(str(state))}"
