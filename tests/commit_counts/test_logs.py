"""Log lines: plain at a terminal, JSON with severity and trace in the cloud."""

import json
import logging
from collections.abc import Iterator

import pytest

from commit_counts import logs


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    logs.trace.set(None)


def test_a_terminal_sees_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    """The phrase first, then the facts."""
    logs.configure({})
    logs.log(logging.getLogger("x"), "event written", {"step": "write_sheet", "rows": 3})
    assert capsys.readouterr().err == "event written step=write_sheet rows=3\n"


def test_the_cloud_sees_json_with_severity_and_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """Cloud Logging files the line under its level and its request."""
    logs.configure({"K_SERVICE": "write-sheet", "GOOGLE_CLOUD_PROJECT": "p"})
    logs.trace.set(logs.trace_of("abc123/77;o=1"))
    logger = logging.getLogger("x")
    logs.log(logger, "event not written", {"attempt": 2}, level=logging.WARNING)
    assert json.loads(capsys.readouterr().err) == {
        "severity": "WARNING",
        "message": "event not written",
        "logger": "x",
        "attempt": 2,
        "logging.googleapis.com/trace": "projects/p/traces/abc123",
    }


def test_a_traceback_stays_in_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """One event, one line: a traceback is part of the JSON message."""
    logs.configure({"K_SERVICE": "collect"})
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("x").exception("crashed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: broken" in json.loads(line)["message"]


def test_an_unknown_level_is_told_and_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error in LOG_LEVEL must not silence the logs."""
    logs.configure({"LOG_LEVEL": "loud"})
    logging.getLogger("x").info("heard")
    assert capsys.readouterr().err.splitlines()[1:] == ["heard"]


def test_requests_and_answers_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """httpx would log each request's address, and httpcore the headers of each answer."""
    logs.configure({"LOG_LEVEL": "DEBUG"})
    logging.getLogger("httpx").info("HTTP Request: POST https://secret")
    logging.getLogger("httpcore.http11").debug("receive_response_headers.complete secret")
    assert capsys.readouterr().err == ""
