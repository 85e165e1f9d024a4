"""collect's handler, loaded by functions-framework from a copy of its archive."""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import flask.testing
import grpc
import pytest
from functions_framework import create_app
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from emulators.faults import Fault
from emulators.github import GitHubEmulator, Repository, commits_in_memory
from emulators.pubsub import PubSubEmulator
from own_dashboard.stack.archive import unpack_archive
from tests.support.collect import TOKEN, serving
from tests.support.pubsub import running
from tests.support.repositories import ME

ZONE = ZoneInfo("Asia/Tokyo")


@pytest.fixture(name="pubsub")
def _pubsub(tmp_path: Path) -> Iterator[PubSubEmulator]:
    with (
        running(tmp_path / "pubsub") as emulator,
        grpc.insecure_channel(emulator.address) as channel,
    ):
        publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        publisher.create_topic(name="projects/somebody/topics/commit-counts")
        yield emulator


@pytest.fixture(name="github")
def _github() -> Iterator[GitHubEmulator]:
    newest = datetime.now(UTC) - timedelta(minutes=1)
    commits = commits_in_memory("app", newest, 3, step=timedelta(days=40))
    app = Repository(name="octocat/app", commits=commits)
    with serving(GitHubEmulator(authors=[ME], token=TOKEN, repositories=[app])) as emulator:
        yield emulator


@pytest.fixture(name="function")
def _function(
    tmp_path: Path,
    pubsub: PubSubEmulator,
    github: GitHubEmulator,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[flask.testing.FlaskClient]:
    variables = {
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_GRAPHQL_URL": github.url,
        "TIME_ZONE": ZONE.key,
        "GOOGLE_CLOUD_PROJECT": "somebody",
        "TOPIC": "commit-counts",
        "PUBSUB_EMULATOR_HOST": pubsub.address,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "path", list(sys.path))
    unpack_archive("collect", tmp_path / "archive")
    # The function sets logging up for a process of its own.
    monkeypatch.setattr(logging.root, "handlers", list(logging.root.handlers))
    monkeypatch.setattr(logging.root, "level", logging.root.level)
    main = str(tmp_path / "archive" / "main.py")
    yield create_app("collect", main, "http").test_client()  # type: ignore[no-untyped-call]
    sys.modules.pop("main")


def test_an_ordinary_call_collects_35_days(
    function: flask.testing.FlaskClient, pubsub: PubSubEmulator
) -> None:
    """Cloud Scheduler posts no body; the answer tells what was done, at which cost."""
    answer = function.post("/")
    assert answer.status_code == 200, answer.text
    summary = answer.get_json()
    today = datetime.fromisoformat(summary["collected_at"]).astimezone(ZONE).date()
    assert (summary["since"], summary["until"]) == (str(today - timedelta(days=34)), str(today))
    assert (summary["repositories"], summary["commits"], summary["events"]) == (1, 1, 1)
    assert (summary["requests"], summary["points_used"]) == (3, 3)
    assert summary["points_left"] == 4997
    assert summary["unknown_repositories"] == {}
    assert pubsub.calls.count("Publish") == 1


@pytest.mark.filterwarnings("ignore:The return_immediately flag")
@pytest.mark.parametrize(("chosen", "stated"), [("", "github/octocat"), ("work", "work")])
def test_a_statement_bears_the_name_of_its_source(
    function: flask.testing.FlaskClient,
    pubsub: PubSubEmulator,
    monkeypatch: pytest.MonkeyPatch,
    chosen: str,
    stated: str,
) -> None:
    """The account on GitHub, unless another one is chosen: it withdraws nobody else's numbers."""
    monkeypatch.setenv("SOURCE", chosen)
    with grpc.insecure_channel(pubsub.address) as channel:
        subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        name = "projects/somebody/subscriptions/all"
        subscriber.create_subscription(name=name, topic="projects/somebody/topics/commit-counts")
        function.post("/")
        pulled = subscriber.pull(subscription=name, max_messages=10, return_immediately=True)
    (received,) = pulled.received_messages
    assert received.message.attributes["source"] == stated


def test_a_longer_window_is_collected_in_several_events(
    function: flask.testing.FlaskClient, pubsub: PubSubEmulator
) -> None:
    """The same call with a body; each event states at most 92 days."""
    since = datetime.now(ZONE).date() - timedelta(days=100)
    summary = function.post("/", json={"since": str(since)}).get_json()
    assert (summary["since"], summary["commits"], summary["events"]) == (str(since), 3, 2)
    assert pubsub.calls.count("Publish") == 2


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"since=2026-01-01", "the body: expected JSON or nothing"),
        (b"[]", "the body: expected a JSON object"),
        (b'{"since": "01.02.2026"}', "since: expected a day as YYYY-MM-DD, got '01.02.2026'"),
        (b'{"until": 7}', "until: expected a day as YYYY-MM-DD, got 7"),
        (b'{"until": "2999-01-01"}', "until: expected at most today"),
        (b'{"since": "1969-12-31"}', "since: expected 1970-01-01 or later"),
        (b'{"since": "2026-02-02", "until": "2026-02-01"}', "since: expected at most until"),
        (b'{"forks": "yes"}', "forks: expected true or false, got 'yes'"),
        (b'{"from": "2026-01-01"}', "from: expected one of since, until, forks"),
    ],
)
def test_a_bad_body_gets_400_with_field_and_rule(
    function: flask.testing.FlaskClient, github: GitHubEmulator, body: bytes, rule: str
) -> None:
    """Before anything is asked of GitHub."""
    answer = function.post("/", data=body)
    assert answer.status_code == 400
    assert rule in answer.get_json()["error"]
    assert github.calls.count() == 0


def test_a_failure_that_passes_gets_503_and_the_time(
    function: flask.testing.FlaskClient, github: GitHubEmulator, pubsub: PubSubEmulator
) -> None:
    """The scheduler tries again; nothing was published."""
    github.retry_after_seconds = 3000
    github.calls.inject(Fault(kind="429"))
    answer = function.post("/")
    assert answer.status_code == 503
    assert 2900 < int(answer.headers["Retry-After"]) <= 3000
    assert "rate limit" in answer.get_json()["error"]
    assert pubsub.calls.count("Publish") == 0


@pytest.mark.parametrize(
    ("kind", "severity"), [("429", "WARNING"), ("401", "ERROR"), ("saml", "ERROR")]
)
def test_only_what_somebody_must_fix_is_logged_as_an_error(
    function: flask.testing.FlaskClient,
    github: GitHubEmulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    severity: str,
) -> None:
    """An alert stands on errors: what passes by itself must not ring."""
    monkeypatch.setenv("K_SERVICE", "collect")
    github.retry_after_seconds = 3000
    github.calls.inject(Fault(kind=kind))
    function.post("/")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (line,) = [line for line in lines if line["message"] == "commits not collected"]
    assert line["severity"] == severity


def test_a_failure_that_somebody_must_fix_gets_500(
    function: flask.testing.FlaskClient, github: GitHubEmulator
) -> None:
    """A refused token, say; the answer has the reason and not the token."""
    github.calls.inject(Fault(kind="401"))
    answer = function.post("/")
    assert answer.status_code == 500
    assert "expired or was revoked" in answer.get_json()["error"]


def test_missing_settings_are_told_all_at_once(
    function: flask.testing.FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One message names every variable that is missing or wrong."""
    for name in ("GITHUB_TOKEN", "TIME_ZONE", "TOPIC"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLLECT_FORKS", "perhaps")
    answer = function.post("/")
    assert answer.status_code == 500
    for name in ("GITHUB_TOKEN", "TIME_ZONE", "TOPIC", "COLLECT_FORKS"):
        assert name in answer.get_json()["error"]


def test_one_line_is_logged_for_a_run_and_no_token(
    function: flask.testing.FlaskClient,
    github: GitHubEmulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """JSON in the cloud, with the fields that alerts stand on; never the token."""
    monkeypatch.setenv("K_SERVICE", "collect")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    function.post("/")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (line,) = [line for line in lines if line["message"] == "commits collected"]
    assert line["step"] == "collect"
    assert (line["requests"], line["points_left"], line["severity"]) == (3, 4997, "INFO")
    answers = []
    for kind in ("401", "502", "closed", "not_json", "saml", "echo", "echo_in_errors"):
        github.calls.inject(Fault(kind=kind))
        answers.append(function.post("/").text)
        github.calls.clear_faults()
    assert TOKEN not in "".join([*capsys.readouterr(), *answers]) + json.dumps(lines)
    assert "Bearer [token]" in "".join(answers)


def test_a_failing_run_logs_what_it_has_used_as_well(
    function: flask.testing.FlaskClient,
    github: GitHubEmulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An alert on the points left needs them most where the run ended for want of them."""
    monkeypatch.setenv("K_SERVICE", "collect")
    monkeypatch.setenv("TIMEOUT_SECONDS", "21")
    github.calls.inject(Fault(kind="rate_limited"))
    assert function.post("/").status_code == 503
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (line,) = [line for line in lines if line["message"] == "commits not collected"]
    assert (line["requests"], line["points_left"]) == (1, 0)
