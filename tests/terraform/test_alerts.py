"""Each alert opens when its runbook says, and closes again; what is no failure leaves it quiet."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from own_dashboard.stack.pipeline import load_pipeline
from tests.support.alerting import MINUTE, Minutes, Readings, open_minutes, record
from tests.support.monitoring import NOON, running_monitoring
from tests.support.terraform_run import CHOSEN, GIVEN, Deployment
from tests.support.watched import USER, written

HOUR = 60
SUBSCRIPTION = "pubsub.googleapis.com/subscription"
REQUESTS = "run.googleapis.com/request_count"
REFUSED = "Every push of the last hour was refused"
FAILED = "More than three calls failed within an hour"

Opens = Callable[[list[Readings], int], dict[str, Minutes]]


def at(values: dict[int, float]) -> dict[datetime, float]:
    """Minutes from the start to values."""
    return {NOON + minute * MINUTE: value for minute, value in values.items()}


def every(minutes: int, value: float, *, start: int = 0, end: int) -> dict[int, float]:
    """The same value again and again."""
    return dict.fromkeys(range(start, end, minutes), value)


def task(metric: str, values: dict[int, float], source: str = "github/octocat") -> Readings:
    """One of write_metric's own series."""
    content = written()
    return Readings(
        metric=content["metrics"][metric]["type"],
        labels={"source": source},
        resource=content["resource"]["labels"],
        points=at(values),
    )


def pushes(name: str, response_class: str, values: dict[int, float]) -> Readings:
    """Deliveries of a subscription, as Pub/Sub counts them."""
    return Readings(
        metric=f"{SUBSCRIPTION}/push_request_count",
        labels={"response_class": response_class},
        resource={"subscription_id": name},
        points=at(values),
    )


def checked(metric: str, values: dict[int, float], url: str = "https://example.com") -> Readings:
    """What watch measured of one address."""
    content = written()
    return Readings(
        metric=content["metrics"][metric]["type"],
        labels={"url": url},
        resource=content["resource"]["labels"],
        points=at(values),
    )


def letters(metric: str, values: dict[int, float], name: str = "") -> Readings:
    """A gauge of a subscription, that of the dead letters if no other is named."""
    name = name or load_pipeline().wanted(GIVEN).dead_letters.subscription
    return Readings(
        metric=f"{SUBSCRIPTION}/{metric}",
        labels={},
        resource={"subscription_id": name},
        points=at(values),
    )


def calls(service: str, code: str, values: dict[int, float], revision: str = "1") -> Readings:
    """Calls of a function, as Cloud Run counts them."""
    return Readings(
        metric=REQUESTS,
        labels={"response_code": code, "response_code_class": f"{code[0]}xx"},
        resource={"service_name": service, "revision_name": revision},
        points=at(values),
    )


def logged(field: str, values: dict[int, float], service: str = "collect") -> Readings:
    """A number out of collect's log line."""
    return Readings(
        metric=USER + field, labels={}, resource={"service_name": service}, points=at(values)
    )


@pytest.fixture(name="policy")
def _policy(request: pytest.FixtureRequest, chosen: Deployment) -> Any:
    return chosen[f'google_monitoring_alert_policy.this["{request.param}"]']


@pytest.fixture(name="opens")
def _opens(policy: Any, tmp_path: Path) -> Opens:
    """Writes series, starts the emulator, and tells when the policy's incidents are open."""
    count = 0

    def opens(readings: list[Readings], minutes: int) -> dict[str, Minutes]:
        nonlocal count
        count += 1
        state = tmp_path / str(count)
        record(state, readings, NOON)
        now = NOON + timedelta(minutes=minutes)
        with running_monitoring(state, now=now) as monitoring:
            return open_minutes(policy, monitoring.client, NOON, minutes)

    return opens


def only(opened: dict[str, Minutes]) -> Minutes:
    """Those of the one condition."""
    (minutes,) = opened.values()
    return minutes


of = pytest.mark.parametrize


@of("policy", ["evening_without_commits"], indirect=True)
def test_an_evening_without_commits(opens: Opens) -> None:
    """Open while the newest reading is 1, and closed within two hours of the next commit."""
    evening = dict.fromkeys(range(5, 8 * HOUR, HOUR), 0.0) | {5 * HOUR + 5: 1.0, 4 * HOUR + 5: 1.0}
    minutes = only(opens([task("evening_without_commits", evening)], 8 * HOUR))

    assert minutes[0] == 4 * HOUR + 5
    assert minutes[-1] < 5 * HOUR + 5 + 2 * HOUR
    assert minutes == list(range(minutes[0], minutes[-1] + 1))


@of("policy", ["evening_without_commits"], indirect=True)
def test_a_commit_that_one_source_saw_is_a_commit(opens: Opens) -> None:
    """Clones that have none of today's leave it to GitHub."""
    saw = task("evening_without_commits", every(HOUR, 0, end=4 * HOUR))
    saw_none = task("evening_without_commits", every(HOUR, 1, end=4 * HOUR), "clones/laptop")

    assert only(opens([saw, saw_none], 4 * HOUR)) == []


@of("policy", ["no_data"], indirect=True)
def test_no_data(opens: Opens) -> None:
    """Three hours after the last point, until the next; one failed run in between is nothing."""
    counts = {5: 1.0, 2 * HOUR + 5: 1.0, 7 * HOUR: 0.0}
    minutes = only(opens([task("commits_today", counts)], 8 * HOUR))

    assert minutes == list(range(5 * HOUR + 5, 7 * HOUR))


@of("policy", ["sheet_not_written"], indirect=True)
def test_the_sheet_is_not_written(opens: Opens) -> None:
    """After a day without an acknowledgement, although the charts go on, until the next one."""
    readings = [
        pushes("write-sheet", "ack", {5: 1, 30 * HOUR: 1}),
        pushes("write-sheet", "remote_server_5xx", every(HOUR, 1, end=30 * HOUR)),
        pushes("write-metric", "ack", every(HOUR, 1, end=31 * HOUR)),
    ]
    minutes = only(opens(readings, 31 * HOUR))

    assert minutes == list(range(5 + 1410, 30 * HOUR))
    quiet = [pushes("write-sheet", "ack", every(HOUR, 1, end=31 * HOUR))]
    assert only(opens(quiet, 31 * HOUR)) == []


@of("policy", ["dead_letters"], indirect=True)
def test_dead_letters(opens: Opens) -> None:
    """From the first one until none waits; another subscription's backlog is no dead letter."""
    waiting = every(1, 0, end=20) | every(1, 1, start=20, end=50) | every(1, 0, start=50, end=90)
    readings = [
        letters("num_undelivered_messages", waiting),
        letters("num_undelivered_messages", every(1, 7, end=90), "write-sheet"),
    ]
    minutes = only(opens(readings, 90))

    assert minutes[0] == 20
    assert 49 <= minutes[-1] <= 55


@of("policy", ["dead_letters_expiring"], indirect=True)
def test_dead_letters_are_lost_within_a_week(opens: Opens) -> None:
    """From 24 days of age on, a week before they are deleted, until they are gone."""
    day, limit = 86400, load_pipeline().wanted(GIVEN).dead_letters.retention_seconds - 7 * 86400
    assert limit == 24 * day
    ages: dict[int, float] = {0: 10 * day, 5: limit, 10: limit + 1, 40: 0}
    ages |= {m: limit + m for m in range(11, 40)} | dict.fromkeys(range(41, 60), 0)
    minutes = only(opens([letters("oldest_unacked_message_age", ages)], 60))

    assert minutes[0] == 10
    assert 39 <= minutes[-1] <= 45


@of("policy", ["function_failing"], indirect=True)
def test_a_function_fails(opens: Opens) -> None:
    """At the fourth failure within an hour, over its revisions; it closes when none follows."""
    readings = [
        calls("collect", "500", {10: 2, 20: 1}),
        calls("collect", "503", {30: 1}, "2"),
        calls("write-sheet", "500", {15: 3}),
        calls("collect", "200", every(5, 1, end=4 * HOUR)),
    ]
    minutes = opens(readings, 4 * HOUR)[FAILED]

    assert minutes[0] in (30, 31)
    assert minutes[-1] < 10 + HOUR


@of("policy", ["function_failing"], indirect=True)
def test_a_failure_that_nothing_follows_closes(opens: Opens) -> None:
    """When the last call is an hour old there is nothing to say, good or bad."""
    readings = [
        calls("collect", "500", {10: 4}),
        pushes("write-sheet", "unreachable", every(1, 1, start=5, end=30)),
    ]
    opened = opens(readings, 3 * HOUR)

    assert opened[FAILED] == list(range(11, 10 + HOUR))
    assert opened[REFUSED] == list(range(15, 29 + HOUR))


@of("policy", ["function_failing"], indirect=True)
def test_a_busy_instance_is_no_failure(opens: Opens) -> None:
    """Three failures, any number of 429, and refusals between acknowledgements leave it quiet."""
    readings = [
        calls("write-sheet", "500", {10: 3}),
        calls("write-sheet", "429", every(1, 5, end=HOUR)),
        calls("collect", "500", {12: 1}),
        pushes("write-sheet", "remote_server_4xx", every(1, 1, end=HOUR)),
        pushes("write-sheet", "ack", {1: 1, 60: 1}),
    ]

    assert opens(readings, 2 * HOUR) == {FAILED: [], REFUSED: []}


@of("policy", ["function_failing"], indirect=True)
def test_pushes_that_are_not_let_in(opens: Opens) -> None:
    """After ten minutes in which nothing was accepted, of one subscription, until it is again."""
    readings = [
        pushes("write-metric", "ack", every(5, 1, end=3 * HOUR)),
        pushes("write-sheet", "remote_server_4xx", every(3, 1, start=5, end=70)),
        pushes("write-sheet", "ack", {100: 1}),
    ]
    opened = opens(readings, 3 * HOUR)

    assert opened[FAILED] == []
    assert opened[REFUSED] == list(range(15, 100))


@of("policy", ["github_points_low"], indirect=True)
def test_points_run_out(opens: Opens) -> None:
    """Two hours from a run with fewer than 500; between two readings nothing is low."""
    minutes = only(
        opens([logged("points_left", {5: 4900, 65: 499, 127: 4990, 188: 500})], 5 * HOUR)
    )

    assert minutes[0] == 65
    assert minutes[: 2 * HOUR] == list(range(65, 65 + 2 * HOUR))
    hourly = {5: 4900.0, 67: 4901.0, 126: 4899.0, 245: 4900.0}
    assert only(opens([logged("points_left", hourly)], 4 * HOUR + 20)) == []


@of("policy", ["github_token_refused"], indirect=True)
def test_a_token_expires(opens: Opens) -> None:
    """From six days on, as long as it is not replaced."""
    days = {5: 7.0, 65: 6.0, 126: 6.0, 187: 90.0, 248: 90.0}
    minutes = only(opens([logged("token_days_left", days)], 6 * HOUR))

    assert minutes[0] == 65
    assert minutes[-1] < 126 + 2 * HOUR


@of("policy", ["down"], indirect=True)
def test_an_address_is_down(opens: Opens) -> None:
    """At the second failed check in a row, until one succeeds; another address hides nothing."""
    up = every(1, 1, end=60) | {10: 0} | every(1, 0, start=20, end=30)
    other = checked("up", every(1, 1, end=60), "https://example.org")

    assert only(opens([checked("up", up), other], 60)) == list(range(21, 30))


@of("policy", ["slow"], indirect=True)
def test_an_address_is_slow(opens: Opens) -> None:
    """After ten minutes over the chosen time; one quick answer in between begins anew."""
    slow, quick = CHOSEN["watch"]["slow_ms"] + 1, CHOSEN["watch"]["slow_ms"]
    times = every(1, quick, end=90) | every(1, slow, start=10, end=19) | {19: quick}
    times |= every(1, slow, start=30, end=60)

    assert only(opens([checked("response_time", times)], 90)) == list(range(40, 60))


@of("policy", ["certificate"], indirect=True)
def test_a_certificate_expires(opens: Opens) -> None:
    """From 13 days on, until it is renewed."""
    days = every(1, 14, end=20) | every(1, 13, start=20, end=40) | every(1, 90, start=40, end=60)

    minutes = only(opens([checked("certificate_days_left", days)], 60))
    assert minutes == list(range(21, 40))
    unwatched = {minute: value for minute, value in days.items() if minute < 40}
    assert only(opens([checked("certificate_days_left", unwatched)], 60)) == minutes
