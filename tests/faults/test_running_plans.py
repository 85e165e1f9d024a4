"""The same promise over the running stack: real processes and sockets, killed at random.

Events of three sources are published while functions and the whole stack are killed; afterwards the
Sheet is what a model says, and what breaks the contract lies among the dead letters. One plan runs
always; `./dev test --chaos N` runs N more, each in some ten seconds.
"""

import base64
import os
import random
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.faults.world import BROKEN
from tests.support.processes import wait_until
from tests.support.repositories import History
from tests.support.stack import RunningStack, clean_environment, command
from tests.support.write_sheet import REPOSITORIES, Model, random_history

FIXED = 1
_MOST_SECONDS = 240.0


class Plan:
    """One plan over one state folder; the stack is started anew after each kill."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = random.Random(seed)
        self.model = Model()
        self.broken = 0
        self.state = folder / "state"
        history = History()
        history.commit("2026-11-20T12:00:00Z")
        clone = history.write(folder / "clone")
        self.arguments = ("--repositories", str(clone), "--every", "3600", "--speed", "600")
        self.environment = clean_environment(TIME_ZONE="Asia/Tokyo", SOURCE="clones/beside")

    def run(self) -> None:
        """Publish all, killing in between; then wait for what must come, and look at all of it."""
        waiting: list[Callable[[RunningStack], None]] = [
            lambda stack, event=event: self._publish_event(stack, event)  # type: ignore[misc]
            for event in random_history(self.random.randrange(10**9))
        ]
        waiting += [
            lambda stack, body=body: self._publish_broken(stack, body)  # type: ignore[misc]
            for body in BROKEN
            if self.random.random() < 0.5
        ]
        self.random.shuffle(waiting)
        while waiting:
            with RunningStack(self.state, *self.arguments, environment=self.environment) as stack:
                while waiting:
                    waiting.pop()(stack)
                    if self.random.random() < 0.3:
                        self._kill_a_function()
                    if self.random.random() < 0.25:
                        os.kill(stack.process.pid, signal.SIGKILL)
                        stack.process.wait()
                        break
        with RunningStack(self.state, *self.arguments, environment=self.environment) as stack:
            wait_until(
                lambda: self._rows(stack) == self._expected() and self._letters() == self.broken,
                "the Sheet is what was stated, and the dead letters what was broken",
                seconds=_MOST_SECONDS,
            )

    def _publish_event(self, stack: RunningStack, event) -> None:  # type: ignore[no-untyped-def]
        assert self._publish(stack, event.to_json().encode()) == 200
        self.model.events.append(event)

    def _publish_broken(self, stack: RunningStack, body: bytes) -> None:
        """What the topic's schema does not refuse becomes a dead letter of each subscriber."""
        if self._publish(stack, body) == 200:
            self.broken += 2

    def _publish(self, stack: RunningStack, body: bytes) -> int:
        place = stack.endpoints
        path = f"/v1/projects/{place.project}/topics/{place.topic}:publish"
        message = {"data": base64.b64encode(body).decode(), "attributes": {"by": "plan"}}
        answer = httpx.post(
            place.pubsub_rest.rstrip("/") + path, json={"messages": [message]}, timeout=60
        )
        return answer.status_code

    def _kill_a_function(self) -> None:
        """Processes of a function run in the folder of its archive."""
        archives = self.state / "functions" / "archives"
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if Path(os.readlink(entry / "cwd")).is_relative_to(archives):
                    found.append(int(entry.name))
        if found:
            with suppress(ProcessLookupError):
                os.kill(self.random.choice(sorted(found)), signal.SIGKILL)

    def _rows(self, stack: RunningStack) -> dict[tuple[str, str], int]:
        return {cell: n for cell, n in stack.cells().items() if cell[1] in REPOSITORIES}

    def _expected(self) -> dict[tuple[str, str], int]:
        return {(day.isoformat(), name): n for (day, name), n in self.model.rows().items()}

    def _letters(self) -> int:
        done = command("replay", "--list", "--state", str(self.state), environment=self.environment)
        return len(re.findall(r"^\S+  published ", done.stdout, re.MULTILINE))


@pytest.mark.parametrize("seed", range(FIXED))
def test_a_plan_over_real_processes_loses_and_doubles_nothing(seed: int, tmp_path: Path) -> None:
    """Whoever is killed, and whenever."""
    Plan(seed, tmp_path).run()


def test_the_chosen_number_of_further_plans_over_real_processes(chaos: int, tmp_path: Path) -> None:
    """With seeds beyond the fixed ones; a hundredth of the plans in one process."""
    for seed in range(FIXED, FIXED + max(1, chaos // 100)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            Plan(seed, folder).run()
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
