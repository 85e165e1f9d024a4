"""One sink stopped or one service broken: the other is written, the broken one catches up."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from commit_counts.event import CommitCounts, Count, Window
from emulators.faults import Fault
from emulators.pubsub import Delivery
from own_dashboard.stack.inputs import choose_input
from own_dashboard.stack.options import LOCAL_PROJECT, StackOptions
from own_dashboard.stack.stack import Stack
from own_dashboard.topic.clients import topic_clients
from own_dashboard.topic.target import Topic
from tests.support.processes import MOST_SECONDS, wait_until
from tests.support.repositories import History
from tests.support.stack import Cells, clean_environment, sheet_cells
from tests.support.stack_here import stack_here

FIRST = 41


class Scene:
    """A running stack, and what was seen of it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.deliveries: list[Delivery] = []
        stack.pubsub.on_delivery(self.deliveries.append)

    def publish(self, commits: int) -> str:
        """State the day's commits; returns the message's id.

        Cloud Monitoring wants the points of a series 5 seconds apart: the more commits, the later.
        """
        at = datetime.now(UTC) - timedelta(hours=1) + timedelta(minutes=commits - FIRST)
        today = at.date()
        event = CommitCounts(
            source="github/me",
            collected_at=at,
            counts=(Count(date=today, repository="me/app", commits=commits),),
            window=Window(since=today, until=today),
            login="me",
            time_zone=ZoneInfo(self.stack.options.time_zone),
        )
        topic = Topic(
            project=LOCAL_PROJECT,
            name=self.stack.pipeline.commit_counts,
            emulator_host=self.stack.pubsub.address,
        )
        with topic_clients(topic) as clients:
            return clients.publish(event)

    def cells(self) -> Cells:
        assert self.stack.sheets
        return sheet_cells(self.stack.sheets.url, self.stack.sheet_id)

    def on_the_sheet(self, commits: int) -> bool:
        return commits in self.cells().values()

    def in_the_metrics(self, commits: int) -> bool:
        return any(
            point.value == commits
            for series in self.stack.monitoring.time_series()
            for point in series.points
        )

    def refusals(self, subscription: str) -> list[Delivery]:
        return [
            d for d in self.deliveries
            if d.subscription.endswith(subscription) and d.outcome != "acknowledged"
        ]  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("broken")
    history = History()
    history.commit("2026-11-01T12:00:00Z")
    clone = history.write(folder / "clone")
    options = StackOptions(
        state=folder / "state",
        input=choose_input({}, repositories=[str(clone)]),
        time_zone="Etc/UTC",
        speed=600,
        environment=clean_environment(),
    )
    options.state.mkdir()
    with stack_here(options) as stack:
        yield stack


@pytest.fixture
def scene(shared: Stack) -> Iterator[Scene]:
    yield Scene(shared)
    shared.monitoring.calls.clear_faults()
    if shared.sheets:
        shared.sheets.calls.clear_faults()


def test_a_broken_sheets_service(scene: Scene) -> None:
    """The metric is written at once; the Sheet when the service is back, without any help."""
    assert scene.stack.sheets
    calls = scene.stack.sheets.calls
    calls.inject(Fault(kind="503", times=None))
    scene.publish(41)
    wait_until(lambda: scene.in_the_metrics(41), "the metric is written")
    wait_until(lambda: len(scene.refusals("write-sheet")) >= 2, "the Sheet was tried again")
    assert "503" in scene.refusals("write-sheet")[0].reason
    calls.clear_faults()
    wait_until(lambda: scene.on_the_sheet(41), "the Sheet catches up")


def test_a_broken_monitoring_service(scene: Scene) -> None:
    """The Sheet is written at once; the metric when the service is back."""
    calls = scene.stack.monitoring.calls
    calls.inject(Fault(kind="PERMISSION_DENIED", times=None))
    scene.publish(42)
    wait_until(lambda: scene.on_the_sheet(42), "the Sheet is written")
    wait_until(lambda: len(scene.refusals("write-metric")) >= 2, "the metric was tried again")
    calls.clear_faults()
    wait_until(lambda: scene.in_the_metrics(42), "the metric catches up")


def test_a_stopped_subscriber(scene: Scene) -> None:
    """A function that hangs holds up nobody else, and goes on when it is let."""
    group = scene.stack.functions["write_sheet"].pid
    assert group
    os.killpg(group, signal.SIGSTOP)
    try:
        scene.publish(43)
        wait_until(lambda: scene.in_the_metrics(43), "the metric is written")
        assert not scene.on_the_sheet(43)
    finally:
        os.killpg(group, signal.SIGCONT)
    wait_until(lambda: scene.on_the_sheet(43), "the Sheet catches up")


def test_a_killed_subscriber(scene: Scene) -> None:
    """A function that is killed in the middle is started again and given the event again."""
    group = scene.stack.functions["write_sheet"].pid
    assert group
    os.killpg(group, signal.SIGSTOP)
    scene.publish(44)
    os.killpg(group, signal.SIGKILL)
    wait_until(lambda: scene.on_the_sheet(44), "the Sheet catches up")
    wait_until(lambda: scene.in_the_metrics(44), "the metric is written")


def test_an_answer_that_is_lost(scene: Scene) -> None:
    """Written, but Pub/Sub never heard of it: delivered again, and nothing doubles."""
    before = dict(scene.cells())
    scene.stack.pubsub.calls.inject(Fault(operation="Push", kind="drop_answer", times=2))
    scene.publish(45)
    names = [scene.stack.subscription(s.name) for s in scene.stack.pipeline.subscriptions]
    assert scene.stack.pubsub.wait_until_settled(names, timeout_seconds=MOST_SECONDS)
    changed = {key: n for key, n in scene.cells().items() if before.get(key) != n}
    assert list(changed.values()) == [45]
