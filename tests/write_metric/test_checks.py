"""A check's points, and their way to the service."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commit_counts.check import Check, Outcome
from commit_counts.errors import InvalidEvent
from commit_counts.event import CommitCounts
from commit_counts.retry import Deadline
from tests.support.monitoring import NOON, Monitoring, running_monitoring
from write_metric.checks import points_of_check
from write_metric.monitoring import MonitoringSink
from write_metric.series import Choices
from write_metric.step import Written, read_event, write

CHOICES = Choices(time_zone=None, evening_hour=20, named_repositories=50)
URL = "https://example.com/health"


def checked(outcome: Outcome = Outcome.OK, **fields: int) -> Check:
    return Check(url=URL, checked_at=NOON, outcome=outcome, **fields)


@pytest.mark.parametrize(
    ("check", "values"),
    [
        (
            checked(status=200, first_byte_ms=12, total_ms=34, certificate_days_left=61),
            {"up": 1, "response_time": 34, "certificate_days_left": 61},
        ),
        (checked(status=200, first_byte_ms=0, total_ms=0), {"up": 1, "response_time": 0}),
        (
            checked(Outcome.STATUS, status=503, first_byte_ms=2, total_ms=3),
            {"up": 0, "response_time": 3},
        ),
        (checked(Outcome.TIMEOUT), {"up": 0}),
        (checked(Outcome.TLS, certificate_days_left=0), {"up": 0, "certificate_days_left": 0}),
    ],
)
def test_what_was_measured_is_a_point_and_nothing_else(
    check: Check, values: dict[str, int]
) -> None:
    """A time-out is no response time of 0, and plain HTTP no certificate that has expired."""
    points = points_of_check(check)
    assert {point.metric: point.value for point in points} == values
    assert {(point.end_time, point.labels) for point in points} == {(NOON, (("url", URL),))}


def test_each_kind_of_event_is_known_by_its_fields() -> None:
    """Both come to the same function."""
    body = checked(status=200).to_json().encode()
    assert read_event(body, published_at=NOON) == checked(status=200)
    cell = b'{"date": "2026-11-23", "repository": "me/app", "commits": 3}'
    assert isinstance(read_event(cell, published_at=NOON), CommitCounts)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{}", "the event: must contain"),
        (b"[1]", "the message: expected a JSON object"),
        (b'{"url": "https://h/"}', "must contain"),
        (
            b'{"schema_version":1,"url":"https://me:pw@h/","checked_at":"2026-11-23T12:00:00Z",'
            b'"outcome":"ok"}',
            "url: expected the watched address, without credentials",
        ),
        (
            b'{"schema_version":1,"url":"https://h/","checked_at":"noon","outcome":"ok"}',
            "checked_at: expected the instant",
        ),
        (
            b'{"schema_version":1,"url":"https://h/","checked_at":"2026-11-23T12:00:00Z",'
            b'"outcome":"fine"}',
            "outcome: must be one of",
        ),
    ],
)
def test_a_broken_check_is_refused(body: bytes, said: str) -> None:
    """With field, value and rule, as everywhere."""
    with pytest.raises(InvalidEvent) as raised:
        read_event(body, published_at=NOON)
    assert said in str(raised.value)


@pytest.fixture
def monitoring(tmp_path: Path) -> Iterator[Monitoring]:
    with running_monitoring(tmp_path) as running:
        yield running


def test_checks_become_series_through_the_same_delivery(monitoring: Monitoring) -> None:
    """Once each, also when delivered twice or late."""
    deadline = Deadline(now=monitoring.clock)
    first = checked(status=200, total_ms=30)
    second = Check(url=URL, checked_at=NOON + timedelta(minutes=1), outcome=Outcome.TIMEOUT)
    host = monitoring.emulator.address
    with closing(MonitoringSink(project="somebody", emulator_host=host)) as sink:
        assert write(first, sink, CHOICES, deadline=deadline) == Written(written=2)
        assert write(second, sink, CHOICES, deadline=deadline) == Written(written=1)
        assert write(first, sink, CHOICES, deadline=deadline) == Written(already_there=2)
        old = Check(url=URL, checked_at=datetime(2026, 11, 1, tzinfo=UTC), outcome=Outcome.OK)
        assert write(old, sink, CHOICES, deadline=deadline) == Written(too_old=1)
    assert monitoring.stored() == {
        ("up", URL): [(NOON, 1), (NOON + timedelta(minutes=1), 0)],
        ("response_time", URL): [(NOON, 30)],
    }
