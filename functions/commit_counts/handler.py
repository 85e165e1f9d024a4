"""What the handlers of the subscribers have in common: one delivery in, one answer out.

Raising means redelivery and returning means done: Pub/Sub takes every status but 102, 200, 201, 202
and 204 as a refusal, and ignores the body, which is for people and for logs.
"""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol

import flask

from commit_counts import logs
from commit_counts.errors import DashboardError, InvalidEvent, RetryLater
from commit_counts.event import CommitCounts
from commit_counts.parse import parse_event
from commit_counts.push_message import Message, message_from_delivery

logger = logging.getLogger(__name__)

Outcome = Mapping[str, object]


class CloudEvent(Protocol):
    """What is used of the event object that functions-framework hands over."""

    data: Any


def receive(step: str, cloud_event: CloudEvent, write: Callable[[CommitCounts], Outcome]) -> None:
    """Read the event of one delivery, write it, and log one line about it.

    write: does the step's work and returns the facts for the log line; any DashboardError that it
        raises is answered with a status that makes Pub/Sub deliver the message again.
    """
    logs.configure()
    logs.trace.set(logs.trace_of(_header("X-Cloud-Trace-Context")))
    started = time.monotonic()
    facts: dict[str, object] = {"step": step}
    try:
        message = message_from_delivery(_delivery(cloud_event))
        facts |= _message_facts(message)
        event = parse_event(message.body, published_at=message.published_at)
        facts |= event.attributes()
        facts |= write(event)
    except DashboardError as error:
        _refuse(error, facts)
    facts["duration_seconds"] = round(time.monotonic() - started, 3)
    logs.log(logger, "event written", facts)


def status_of(error: DashboardError) -> int:
    """The HTTP status that tells an expected failure: none of them acknowledges a message."""
    if isinstance(error, InvalidEvent):
        return 400
    return 503 if isinstance(error, RetryLater) else 500


def _refuse(error: DashboardError, facts: Outcome) -> NoReturn:
    logs.log(
        logger,
        "event not written",
        {**facts, "outcome": type(error).__name__, "reason": str(error)},
        level=logging.WARNING if isinstance(error, RetryLater) else logging.ERROR,
    )
    answer = flask.Response(f"{error}\n", status_of(error), mimetype="text/plain")
    flask.abort(answer)


def _delivery(cloud_event: CloudEvent) -> object:
    """The delivery as it came: functions-framework's conversion drops the subscription."""
    raw = flask.request.get_json(silent=True) if flask.has_request_context() else None
    return raw if isinstance(raw, dict) and "message" in raw else cloud_event.data


def _header(name: str) -> str | None:
    return flask.request.headers.get(name) if flask.has_request_context() else None


def _message_facts(message: Message) -> dict[str, object]:
    facts: dict[str, object] = {"message_id": message.message_id}
    if message.subscription:
        facts["subscription"] = message.subscription.rpartition("/")[2]
    if message.delivery_attempt:
        facts["attempt"] = message.delivery_attempt
    return facts
