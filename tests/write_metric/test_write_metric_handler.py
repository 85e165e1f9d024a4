"""write_metric's handler, loaded by functions-framework from a copy of its archive."""

import base64
import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask.testing
import pytest
from functions_framework import create_app

from emulators.faults import Fault
from own_dashboard.stack.archive import unpack_archive
from tests.support.monitoring import Monitoring, running_monitoring


@pytest.fixture
def monitoring(tmp_path: Path) -> Iterator[Monitoring]:
    with running_monitoring(tmp_path / "state", now=datetime.now(UTC)) as running:
        yield running


@pytest.fixture
def function(
    tmp_path: Path, monitoring: Monitoring, monkeypatch: pytest.MonkeyPatch
) -> Iterator[flask.testing.FlaskClient]:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "somebody")
    monkeypatch.setenv("MONITORING_EMULATOR_HOST", monitoring.emulator.address)
    monkeypatch.setattr(sys, "path", list(sys.path))
    unpack_archive("write_metric", tmp_path / "archive")
    # The function sets logging up for a process of its own.
    monkeypatch.setattr(logging.root, "handlers", list(logging.root.handlers))
    monkeypatch.setattr(logging.root, "level", logging.root.level)
    main = str(tmp_path / "archive" / "main.py")
    app = create_app("write_metric", main, "cloudevent")  # type: ignore[no-untyped-call]
    yield app.test_client()
    sys.modules.pop("main")._sink().close()


def delivery(event: object) -> dict[str, object]:
    """What an own push subscription sends."""
    data = base64.b64encode(json.dumps(event).encode()).decode()
    published = datetime.now(UTC).isoformat()
    return {
        "message": {"data": data, "messageId": "7", "publishTime": published, "attributes": {}},
        "subscription": "projects/somebody/subscriptions/write-metric",
        "deliveryAttempt": 1,
    }


def event(commits: int = 3) -> dict[str, object]:
    """A complete statement of this moment, by the UTC day."""
    now = datetime.now(UTC)
    day = now.date().isoformat()
    return {
        "schema_version": 1,
        "login": "octocat",
        "time_zone": "UTC",
        "since": (now.date() - timedelta(days=34)).isoformat(),
        "until": day,
        "collected_at": now.isoformat().replace("+00:00", "Z"),
        "counts": [{"date": day, "repository": "me/app", "commits": commits}],
        "unknown_repositories": [],
    }


def test_a_delivery_becomes_points(
    function: flask.testing.FlaskClient, monitoring: Monitoring
) -> None:
    """Acknowledged, and written; delivered again, acknowledged and unchanged."""
    pushed = delivery(event())
    assert function.post("/", json=pushed).status_code == 200
    stored = monitoring.stored()
    assert [value for _, value in stored["commits_today", ""]] == [3]
    assert function.post("/", json=pushed).status_code == 200
    assert monitoring.stored() == stored


@pytest.mark.parametrize(
    ("kind", "status"), [("RESOURCE_EXHAUSTED", 503), ("PERMISSION_DENIED", 500)]
)
def test_what_was_not_written_is_not_acknowledged(
    function: flask.testing.FlaskClient, monitoring: Monitoring, kind: str, status: int
) -> None:
    """Pub/Sub delivers again, and then it is written."""
    monitoring.emulator.calls.inject(Fault(operation="CreateTimeSeries", kind=kind))
    pushed = delivery(event())
    answer = function.post("/", json=pushed)
    assert answer.status_code == status
    assert kind in answer.text
    assert function.post("/", json=pushed).status_code == 200
    assert len(monitoring.stored()) == 3


def test_a_broken_event_is_refused_with_its_reason(function: flask.testing.FlaskClient) -> None:
    """It names the field, and nothing is written."""
    answer = function.post("/", json=delivery({**event(), "counts": "many"}))
    assert answer.status_code == 400
    assert "counts" in answer.text
