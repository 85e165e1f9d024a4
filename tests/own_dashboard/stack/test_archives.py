"""Each archive starts alone, does its work on one delivery, and fits into the memory that it gets.

Alone means: an empty environment with only that function's requirements.txt, functions-framework on
the archive's content, and no other variables than those that Terraform gives it.
"""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from emulators.github import GitHubEmulator
from own_dashboard.stack.pipeline import load_pipeline
from tests.support.collect import serving
from tests.support.lone_archives import LoneFunction, running_alone
from tests.support.monitoring import running_monitoring
from tests.support.pubsub import connected, pull, running, subscribe
from tests.support.repositories import ME, History
from tests.support.sheets import running_sheets
from tests.support.stack import sheet_cells

PROJECT = "demo-project"
NOW = datetime.now(UTC)
SHEET_ID = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg"
EVENT = {
    "schema_version": 1,
    "login": "octocat",
    "time_zone": "Etc/UTC",
    "since": NOW.date().isoformat(),
    "until": NOW.date().isoformat(),
    "collected_at": NOW.isoformat(),
    "counts": [{"date": NOW.date().isoformat(), "repository": "octocat/hello", "commits": 3}],
}


def push(function: LoneFunction, subscription: str) -> httpx.Response:
    """Deliver the event as an own push subscription does."""
    data = base64.b64encode(json.dumps(EVENT).encode()).decode()
    body = {
        "message": {"data": data, "messageId": "7", "publishTime": NOW.isoformat()},
        "subscription": f"projects/{PROJECT}/subscriptions/{subscription}",
        "deliveryAttempt": 1,
    }
    return httpx.post(function.url, json=body, timeout=60, trust_env=False)


def log_line(function: LoneFunction) -> dict[str, Any]:
    """The one line about what was done, as Cloud Logging parses it."""
    lines = [line for line in function.log.splitlines() if line.startswith("{")]
    assert len(lines) == 1, function.log
    parsed: dict[str, Any] = json.loads(lines[0])
    return parsed


def assert_fits(function: LoneFunction, step: str) -> None:
    """Even with shared memory counted twice, it needs less than it gets."""
    assert function.resident_mb() < load_pipeline().function(step).memory_mb


def test_collect_starts_alone(tmp_path: Path) -> None:
    """It counts one repository's commit of today, and publishes the event."""
    history = History()
    history.commit(NOW)
    clone = history.write(tmp_path / "hello", origin="https://github.com/octocat/hello.git")
    topic = f"projects/{PROJECT}/topics/commit-counts"
    with (
        running(tmp_path / "pubsub") as pubsub,
        connected(pubsub.address) as clients,
        serving(
            GitHubEmulator(
                state=None, clones=[clone], authors=[ME], login="octocat", token="t" * 40
            )
        ) as github,
    ):
        clients.publisher.create_topic(request={"name": topic})
        subscription = subscribe(clients, topic)
        environment = {
            "GOOGLE_CLOUD_PROJECT": PROJECT,
            "TIME_ZONE": "Etc/UTC",
            "TOPIC": "commit-counts",
            "GITHUB_TOKEN": "t" * 40,
            "GITHUB_GRAPHQL_URL": github.url,
            "PUBSUB_EMULATOR_HOST": pubsub.address,
        }
        with running_alone("collect", tmp_path, environment) as function:
            answer = httpx.post(function.url, timeout=60, trust_env=False)
            assert (answer.status_code, answer.json()["commits"]) == (200, 1), answer.text
            (received,) = pull(clients, subscription)
            line = log_line(function)
            assert_fits(function, "collect")

    published = json.loads(received.message.data)
    today = {"date": NOW.date().isoformat(), "repository": "octocat/hello", "commits": 1}
    assert published["counts"] == [today]
    assert (line["severity"], line["step"], line["requests"]) == ("INFO", "collect", 3)


def test_write_sheet_starts_alone(tmp_path: Path) -> None:
    """It makes the tabs of an empty Sheet, and writes the event."""
    with running_sheets(tmp_path / "sheets") as sheets:
        sheets.create_spreadsheet(SHEET_ID, title="Commits")
        environment = {
            "GOOGLE_CLOUD_PROJECT": PROJECT,
            "TIME_ZONE": "Etc/UTC",
            "SHEET_ID": SHEET_ID,
            "LANGUAGE": "ja",
            "SHEETS_EMULATOR_HOST": sheets.url.removeprefix("http://"),
        }
        with running_alone("write_sheet", tmp_path, environment) as function:
            answer = push(function, "write-sheet")
            assert answer.is_success, answer.text + function.log
            line = log_line(function)
            assert_fits(function, "write_sheet")
        cells = sheet_cells(sheets.url, SHEET_ID)

    assert cells == {(NOW.date().isoformat(), "octocat/hello"): 3}
    assert (line["severity"], line["step"], line["message_id"]) == ("INFO", "write_sheet", "7")


def test_write_metric_starts_alone(tmp_path: Path) -> None:
    """It writes the event's numbers as points at the instant of the collection."""
    with running_monitoring(tmp_path / "monitoring", now=NOW) as monitoring:
        environment = {
            "GOOGLE_CLOUD_PROJECT": PROJECT,
            "TIME_ZONE": "Etc/UTC",
            "EVENING_HOUR": "20",
            "MONITORING_EMULATOR_HOST": monitoring.emulator.address,
        }
        with running_alone("write_metric", tmp_path, environment) as function:
            answer = push(function, "write-metric")
            assert answer.is_success, answer.text + function.log
            line = log_line(function)
            assert_fits(function, "write_metric")
        stored = monitoring.stored()

    (_, value) = stored["commits_today", ""][-1]
    assert value == 3
    assert (line["severity"], line["step"], line["message_id"]) == ("INFO", "write_metric", "7")
