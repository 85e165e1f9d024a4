"""What `./dev publish` says at once about a number by hand, before and after it is sent."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from own_dashboard.stack.state import Endpoints, write_endpoints
from tests.support.pubsub import connected, running
from tests.support.stack import command


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A state folder that names a topic that is there, as that of a running stack."""
    with running(tmp_path / "pubsub") as pubsub, connected(pubsub.address) as clients:
        clients.publisher.create_topic(request={"name": "projects/here/topics/commit-counts"})
        endpoints = Endpoints(
            project="here", topic="commit-counts", sheet_id="-", pubsub=pubsub.address,
            pubsub_rest="-", monitoring="-", github="-", collect="-",
        )  # fmt: skip
        write_endpoints(endpoints, tmp_path)
        yield tmp_path


def cell(**fields: object) -> str:
    return json.dumps({"date": "2020-03-01", "repository": "me/app", "commits": 3} | fields)


def test_a_number_by_hand_stays_until_it_is_withdrawn(state: Path) -> None:
    """The person is told how."""
    done = command("publish", cell(), "--state", str(state))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [
        'it stays until withdrawn, by the same cell with "commits": null'
    ]


def test_a_day_that_is_collected_right_now_is_told(state: Path) -> None:
    """A repository that collect counts too gets its number, at the next collection."""
    today = datetime.now(UTC).date()
    done = command("publish", cell(date=str(today)), "--state", str(state))
    (said,) = done.stdout.splitlines()[1:]
    assert f"{today} lies within the days that collect states now" in said
    assert str(today - timedelta(days=34)) in said
    assert "if it counts me/app, its next number is shown" in said


@pytest.mark.parametrize("fields", [{"commits": None}, {"source": "my/script"}])
def test_what_is_no_number_by_hand_gets_no_advice(state: Path, fields: dict[str, object]) -> None:
    """A withdrawal, or the statement of another source."""
    done = command("publish", cell(**fields), "--state", str(state))
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)


def test_the_source_can_be_named(state: Path) -> None:
    """By option as in the event; what breaks the rule of names is refused."""
    done = command("publish", cell(), "--source", "my/script", "--state", str(state))
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1), done.stderr
    refused = command("publish", cell(), "--source", " ", "--state", str(state))
    assert refused.returncode == 1
    assert "source: " in refused.stderr


@pytest.mark.parametrize(
    ("date", "rule"),
    [
        ("2999-01-01", "at most a day ahead"),
        ("1969-12-31", "from 1970-01-01 on"),
        ("23.11.2026", "YYYY-MM-DD"),
    ],
)
def test_a_day_that_cannot_be_is_refused(tmp_path: Path, date: str, rule: str) -> None:
    """In words, before a topic is looked for."""
    done = command("publish", cell(date=date), "--state", str(tmp_path))
    assert done.returncode == 1
    assert rule in done.stderr
    assert "^" not in done.stderr
