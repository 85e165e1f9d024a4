"""The one retry policy: how often, after which pauses, and never past the deadline."""

from datetime import UTC, datetime, timedelta

import pytest

from commit_counts.errors import DashboardError, NeverWorks, RetryLater
from commit_counts.retry import Deadline, Retries, RetryPolicy

START = datetime(2026, 11, 23, tzinfo=UTC)
POLICY = RetryPolicy(attempts=5, first_seconds=1.0, longest_seconds=4.0, jitter=0.0)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=sum(self.slept))

    def deadline(self, seconds: float | None = None) -> Deadline:
        ends_at = None if seconds is None else START + timedelta(seconds=seconds)
        return Deadline(ends_at=ends_at, now=self.now, sleep=self.slept.append)


def test_pauses_double_up_to_the_longest_and_the_attempts_are_counted() -> None:
    """Five attempts have four pauses between them."""
    clock = Clock()
    retries = Retries(POLICY, clock.deadline())
    for _ in range(4):
        retries.wait("busy")
    assert clock.slept == [1.0, 2.0, 4.0, 4.0]
    with pytest.raises(RetryLater, match=r"^busy \(tried 5 times\)$"):
        retries.wait("busy")
    assert len(clock.slept) == 4


def test_chance_only_shortens_a_pause() -> None:
    """Competitors part, and the bound of a pause stays one."""
    policy = RetryPolicy(attempts=2, first_seconds=8.0, jitter=0.5)
    pauses = {policy.pause_seconds(1) for _ in range(200)}
    assert len(pauses) > 100
    assert 4.0 <= min(pauses) <= max(pauses) <= 8.0


def test_a_time_that_the_service_names_goes_before_the_policy() -> None:
    """Retry-After is honoured, also where it has passed already."""
    clock = Clock()
    retries = Retries(POLICY, clock.deadline())
    retries.wait("limited", retry_at=START + timedelta(seconds=30))
    retries.wait("limited", retry_at=START)
    assert clock.slept == [30.0]


def test_no_wait_outlasts_the_deadline() -> None:
    """Who asks is told at once, with the time to come back."""
    clock = Clock()
    retries = Retries(POLICY, clock.deadline(seconds=10))
    with pytest.raises(
        RetryLater, match="limited; waiting until 2026-11-23 00:01:00 UTC"
    ) as raised:
        retries.wait("limited", retry_at=START + timedelta(minutes=1))
    assert raised.value.retry_at == START + timedelta(minutes=1)
    assert clock.slept == []


def test_an_error_keeps_its_problem_and_its_fix_apart() -> None:
    """The text has both; a program can show them in two places."""
    error = NeverWorks("TOPIC is missing", fix="set it")
    assert (str(error), error.problem, error.fix) == (
        "TOPIC is missing; set it",
        "TOPIC is missing",
        "set it",
    )
    assert DashboardError("lost").fix is None
    assert RetryLater("busy", retry_at=START).retry_at == START


@pytest.mark.parametrize(("wanted", "got"), [(5.0, 5.0), (10.0, 10.0), (30.0, 10.0)])
def test_a_wait_is_bounded_by_what_is_left(wanted: float, got: float) -> None:
    """A request's time-out never outlasts the run."""
    clock = Clock()
    clock.slept.append(20.0)
    assert clock.deadline(seconds=30).bound(wanted) == got
    assert clock.deadline().bound(wanted) == wanted


@pytest.mark.parametrize("seconds", [20.0, 19.0])
def test_nothing_is_begun_when_the_time_is_over(seconds: float) -> None:
    """Not even in the last instant."""
    clock = Clock()
    clock.slept.append(20.0)
    with pytest.raises(RetryLater, match="the time for this run was over at 2026-11-23 00:00:"):
        clock.deadline(seconds=seconds).bound(1.0)


def test_what_failed_is_told_where_no_time_is_left_for_another_attempt() -> None:
    """The pause before it just fitted, and took longer than it should."""
    clock = Clock()
    retries = Retries(RetryPolicy(attempts=5, first_seconds=1.0), clock.deadline(seconds=30))
    assert retries.bound(10.0) == 10.0
    retries.wait("the topic was full")
    clock.slept.append(30.0)
    with pytest.raises(RetryLater, match="the topic was full; the time for this run was over"):
        retries.bound(10.0)
