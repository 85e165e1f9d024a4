"""The doorway of `collect`: an HTTP request in, one run, a JSON summary out.

The body may hold `since`, `until` (YYYY-MM-DD) and `forks`; without them the last 35 days are
collected. 400 tells a bad body, 503 a failure that passes, 500 one that somebody must mend.
"""

import importlib
import json
import logging
import os
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from functools import cache

import flask
import functions_framework

from collect.deadline import Deadline, utc_now
from collect.request import read_request
from collect.run import run
from collect.settings import Settings, read_settings
from collect.window import InvalidRequest
from commit_counts import logs
from commit_counts.errors import DashboardError, RetryLater

logger = logging.getLogger("collect.main")
# What an answer needs to reach the scheduler before the platform ends the function.
MARGIN_SECONDS = 20


@cache
def _settings() -> Settings:
    return read_settings(os.environ)


@functions_framework.http
def collect(request: flask.Request) -> flask.Response:
    """Collect once."""
    logs.configure()
    logs.trace.set(logs.trace_of(request.headers.get("X-Cloud-Trace-Context")))
    # google-cloud-pubsub takes long to import: meanwhile GitHub answers.
    threading.Thread(target=importlib.import_module, args=("collect.publisher",)).start()
    now = utc_now()
    started = time.monotonic()
    facts: dict[str, object] = {"step": "collect"}
    try:
        settings = _settings()
        seconds = max(1, settings.timeout_seconds - MARGIN_SECONDS)
        deadline = Deadline(ends_at=now + timedelta(seconds=seconds))
        summary = run(settings, read_request(request.get_data()), deadline=deadline, now=now)
    except DashboardError as error:
        return _failure(error, facts)
    facts |= {**summary.facts(), "duration_seconds": round(time.monotonic() - started, 3)}
    logs.log(logger, "commits collected", facts)
    return _answer(200, summary.to_json())


def _answer(status: int, body: Mapping[str, object]) -> flask.Response:
    text = json.dumps(body, ensure_ascii=False) + "\n"
    return flask.Response(text, status, mimetype="application/json")


def _failure(error: DashboardError, facts: dict[str, object]) -> flask.Response:
    passing = isinstance(error, RetryLater)
    status = 400 if isinstance(error, InvalidRequest) else 503 if passing else 500
    facts |= {"outcome": type(error).__name__, "reason": str(error)}
    level = logging.ERROR if status == 500 else logging.WARNING
    logs.log(logger, "commits not collected", facts, level=level)
    answer = _answer(status, {"error": str(error)})
    if isinstance(error, RetryLater) and error.retry_at:
        seconds = (error.retry_at - utc_now()).total_seconds()
        answer.headers["Retry-After"] = str(max(1, round(seconds)))
    return answer
