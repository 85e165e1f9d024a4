"""What an HTTP call of `collect` means: the body, the deadline, the log line, the status."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

import flask

from collect.counting.result import Summary
from collect.counting.window import InvalidRequest
from collect.request import read_request
from collect.run import run
from collect.settings import Settings
from commit_counts import logs
from commit_counts.errors import DashboardError, RetryLater
from commit_counts.retry import Deadline, utc_now

logger = logging.getLogger(__name__)

# What publishing and an answer need before the platform ends the function.
MARGIN_SECONDS = 20


def answer(request: flask.Request, settings: Callable[[], Settings]) -> flask.Response:
    """Collect once, log one line, and answer with a summary or with what went wrong."""
    logs.configure()
    logs.trace.set(logs.trace_of(request.headers.get("X-Cloud-Trace-Context")))
    started = time.monotonic()
    facts: dict[str, object] = {"step": "collect"}
    try:
        summary = _collect(settings(), request.get_data())
    except DashboardError as error:
        return _failure(error, facts)
    facts |= {**summary.facts(), "duration_seconds": round(time.monotonic() - started, 3)}
    logs.log(logger, "commits collected", facts)
    for notice in summary.report.notices:
        logs.log(logger, "notice", {"step": "collect", "notice": notice}, level=logging.WARNING)
    return _json(200, summary.to_json())


def _collect(settings: Settings, body: bytes) -> Summary:
    now = utc_now()
    seconds = max(1, settings.timeout_seconds - MARGIN_SECONDS)
    deadline = Deadline(ends_at=now + timedelta(seconds=seconds))
    return run(settings, read_request(body), deadline=deadline, now=now)


def _failure(error: DashboardError, facts: dict[str, object]) -> flask.Response:
    passing = isinstance(error, RetryLater)
    status = 400 if isinstance(error, InvalidRequest) else 503 if passing else 500
    facts |= {**error.facts, "outcome": type(error).__name__, "reason": str(error)}
    level = logging.ERROR if status == 500 else logging.WARNING
    logs.log(logger, "commits not collected", facts, level=level)
    response = _json(status, {"error": str(error)})
    if isinstance(error, RetryLater) and error.retry_at:
        seconds = (error.retry_at - utc_now()).total_seconds()
        response.headers["Retry-After"] = str(max(1, round(seconds)))
    return response


def _json(status: int, body: Mapping[str, object]) -> flask.Response:
    text = json.dumps(body, ensure_ascii=False) + "\n"
    return flask.Response(text, status, mimetype="application/json")
