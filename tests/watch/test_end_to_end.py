"""Watched URLs, from the command line to the metrics and the page."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import httpx
import pytest
from google.api_core.exceptions import NotFound
from google.cloud import monitoring_v3
from google.cloud.monitoring_v3.services.metric_service.transports import (
    MetricServiceGrpcTransport,
)

from commit_counts.check import Outcome
from own_dashboard.commands.watch import _FAILURES
from tests.support.processes import wait_until
from tests.support.repositories import History
from tests.support.stack import RunningStack, clean_environment, command
from tests.watch.conftest import Service

PREFIX = "custom.googleapis.com/own_dashboard/"
ENVIRONMENT = clean_environment(WATCH_TIMEOUT_SECONDS="2")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Something to count beside it."""
    history = History()
    history.commit("2026-11-20T12:00:00Z")
    return history.write(tmp_path / "app")


@pytest.fixture
def expected(service: Service, tls_service: Service) -> dict[str, tuple[int, bool]]:
    """URL to whether it is up, and whether an answer came that can be timed."""
    return {
        f"{service.url}/": (1, True),
        f"{service.url}/redirect/status/204": (1, True),
        f"{service.url}/status/503": (0, True),
        f"{service.url}/hang": (0, False),
        f"{service.url}/loop": (0, False),
        f"{tls_service.url}/": (0, False),
    }


def series(address: str, project: str, metric: str) -> dict[str, list[int]]:
    """URL to the values of a metric's series, oldest first, read with the real client."""
    now = datetime.now(UTC)
    with grpc.insecure_channel(address) as channel:
        client = monitoring_v3.MetricServiceClient(
            transport=MetricServiceGrpcTransport(channel=channel)
        )
        found = client.list_time_series(
            request={
                "name": f"projects/{project}",
                "filter": f'metric.type = "{PREFIX}{metric}"',
                "interval": {"start_time": now - timedelta(days=1), "end_time": now},
            }
        )
        return {
            each.metric.labels["url"]: [p.value.int64_value for p in reversed(each.points)]
            for each in found
        }


def is_written(stack: RunningStack, metric: str, count: int) -> bool:
    """Whether a metric has so many series; before the first write there is no such metric."""
    place = stack.endpoints
    try:
        return len(series(place.monitoring, place.project, metric)) == count
    except NotFound:
        return False


def test_what_the_services_did_is_in_the_metrics_and_on_the_page(
    tmp_path: Path, clone: Path, service: Service, expected: dict[str, tuple[int, bool]]
) -> None:
    """Every kind of answer and failure, through the topic and its subscription."""
    secret = f"{service.url}/?key=to-ken".replace("://", "://me:pass-word@")
    urls = [secret if url == f"{service.url}/" else url for url in expected]
    arguments = ("--repositories", str(clone), "--watch", *urls)
    with RunningStack(tmp_path / "state", *arguments, environment=ENVIRONMENT) as stack:
        stack.wait_for_line("6 URLs, 4 down")
        place = stack.endpoints
        wait_until(lambda: is_written(stack, "up", len(expected)), "the series")
        timed_urls = {url for url, (_, answered) in expected.items() if answered}
        wait_until(lambda: is_written(stack, "response_time", len(timed_urls)), "the times")
        up = series(place.monitoring, place.project, "up")
        assert {url: values[-1] for url, values in up.items()} == {
            url: is_up for url, (is_up, _) in expected.items()
        }
        timed = series(place.monitoring, place.project, "response_time")
        assert set(timed) == timed_urls
        assert place.page
        page = httpx.get(place.page, timeout=60).text
        assert "response_time" in page or "Response time" in page
        for url in expected:
            assert url in page
        _refuses_a_malformed_check(place.pubsub_rest, place.project)
    for file in (tmp_path / "state").rglob("*"):
        if file.is_file():
            assert b"pass-word" not in file.read_bytes(), file
            assert b"to-ken" not in file.read_bytes(), file
    assert "pass-word" not in stack.output()


def _refuses_a_malformed_check(rest: str, project: str) -> None:
    """The topic has a schema of its own."""
    path = f"{rest.rstrip('/')}/v1/projects/{project}/topics/checks:publish"
    wrong = {"messages": [{"data": "eyJhZGRyZXNzIjogImgifQ=="}]}  # {"address": "h"}
    answer = httpx.post(path, json=wrong, timeout=60)
    assert answer.status_code == 400
    assert "address" in answer.text


def test_the_command_alone_prints_what_came(expected: dict[str, tuple[int, bool]]) -> None:
    """No cloud, no stack; the status tells whether something is down."""
    done = command("watch", "--format", "json", *expected, environment=ENVIRONMENT)
    assert done.returncode == 1, done.stderr
    found = {event["url"]: event for event in map(json.loads, done.stdout.splitlines())}
    assert {url: int(event["outcome"] == "ok") for url, event in found.items()} == {
        url: is_up for url, (is_up, _) in expected.items()
    }
    first = next(iter(expected))
    done = command("watch", first, environment=ENVIRONMENT)
    assert (done.returncode, done.stdout.split()[:2]) == (0, [first, "200"])


def test_every_kind_of_failure_has_words() -> None:
    """A person reads what went wrong, not a key."""
    kinds = {outcome.value for outcome in Outcome} - {"ok", "status"}
    assert set(_FAILURES) == kinds
    done = command("watch", "http://nobody.invalid/", environment=ENVIRONMENT)
    assert (done.returncode, done.stdout) == (1, "http://nobody.invalid/  name not found\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "found no URL; name one, or set WATCH_URLS"),
        (["ftp://h/"], "address 1 of 1: expected http:// or https:// and a host"),
        (["--publish", "http://h/"], "found no topic"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    """Before anything is requested."""
    done = command("watch", *arguments, "--state", str(tmp_path), environment=ENVIRONMENT)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_a_url_nothing_of_it_is_there(tmp_path: Path, clone: Path) -> None:
    """No process, no topic, no subscription."""
    with RunningStack(
        tmp_path / "state", "--repositories", str(clone), environment=ENVIRONMENT
    ) as stack:
        stack.wait_for_line("metric written")
        assert not (stack.state / "functions" / "watch.log").exists()
        place = stack.endpoints
        topics = httpx.get(f"{place.pubsub_rest.rstrip('/')}/v1/projects/{place.project}/topics")
        assert "checks" not in topics.text
