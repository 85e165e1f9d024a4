"""What an HTTP call of `collect` means: the body, the deadline, the notices."""

import logging
from collections.abc import Callable
from datetime import timedelta

import flask

from collect.counting.result import Summary
from collect.request import read_request
from collect.run import run
from collect.settings import Settings
from commit_counts import handler, logs
from commit_counts.retry import Deadline, utc_now

logger = logging.getLogger(__name__)

# What publishing and an answer need before the platform ends the function.
MARGIN_SECONDS = 20


def answer(request: flask.Request, settings: Callable[[], Settings]) -> flask.Response:
    """Collect once, log one line, and answer with a summary or with what went wrong."""
    return handler.answer(
        "collect",
        request,
        lambda: _collect(settings(), request.get_data()),
        done="commits collected",
        failed="commits not collected",
    )


def _collect(settings: Settings, body: bytes) -> Summary:
    now = utc_now()
    seconds = max(1, settings.timeout_seconds - MARGIN_SECONDS)
    deadline = Deadline(ends_at=now + timedelta(seconds=seconds))
    summary = run(settings, read_request(body), deadline=deadline, now=now)
    for notice in summary.report.notices:
        logs.log(logger, "notice", {"step": "collect", "notice": notice}, level=logging.WARNING)
    return summary
