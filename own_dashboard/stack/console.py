"""What the running stack says on the terminal: a line an event, and commands to copy."""

import os
import shlex
import signal
import sys
import threading
from datetime import datetime
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from own_dashboard.environment import default_state, program
from own_dashboard.stack.options import LOCAL_PROJECT, StackOptions
from own_dashboard.terminal import counted, printable

if TYPE_CHECKING:
    from emulators.pubsub.model import Delivery
    from own_dashboard.stack.collector import Collected
    from own_dashboard.stack.stack import Stack

_LONGEST_REASON = 300


class ConsoleReporter:
    """Prints what happens, each with the person's time of day. Thread-safe."""

    def __init__(self, *, time_zone: str, stream: TextIO | None = None) -> None:
        self._zone = ZoneInfo(time_zone)
        self._stream = stream or sys.stdout
        self._lock = threading.Lock()
        self._unheard = False

    def say(self, what: str, detail: str = "") -> None:
        """One line: the time, a fixed phrase, the facts."""
        now = datetime.now(self._zone)
        self._print(f"{now:%H:%M:%S}  {what:<15} {detail}".rstrip())

    def introduce(self, options: StackOptions) -> None:
        """Where is counted, before anything starts."""
        self._print(f"counting in {options.input.sentence}; days of {options.time_zone}")

    def report(self, sentence: str) -> None:
        """Something outside the ordinary."""
        self.say("note", sentence)

    def collected(self, collected: "Collected") -> None:
        """A collection that went well."""
        self.say(
            "collected",
            f"{counted(collected.commits, 'commit')} in "
            f"{counted(collected.repositories, 'repository', 'repositories')}, "
            f"{collected.since} to {collected.until}, {counted(collected.requests, 'request')}",
        )
        for name, reason in collected.unknown_repositories.items():
            self.say("unknown", f"{name}: {reason}")
        for what in collected.withdrawn:
            self.say("withdrawn", f"the numbers of {what}: another input is counted now")
        self.say("published", counted(collected.events, "event"))

    def delivered(self, delivery: "Delivery") -> None:
        """A push and what came of it."""
        name = delivery.subscription.rpartition("/")[2]
        facts = f"message {delivery.message_id}, attempt {delivery.attempt}"
        if delivery.outcome == "acknowledged":
            seconds = f"{delivery.duration_seconds:.2f} s"
            self.say(f"{name.removeprefix('write-')} written", f"{facts}, {seconds}")
            return
        reason = " ".join(delivery.reason.split())[:_LONGEST_REASON]
        self.say("not written", f"{name}: {facts}, {delivery.outcome}: {reason}")

    def _print(self, line: str) -> None:
        with self._lock:
            if self._unheard:
                return
            try:
                print(printable(line), file=self._stream, flush=True)
            except BrokenPipeError:  # nobody reads any more: end as by Ctrl-C, on any thread
                self._unheard = True
                os.kill(os.getpid(), signal.SIGINT)


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
