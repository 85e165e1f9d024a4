"""What the handlers have in common: one call in, one log line, one answer out.

For a subscriber, raising means redelivery and returning means done: Pub/Sub takes every status but
102, 200, 201, 202 and 204 as a refusal, and ignores the body, which is for people and for logs.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn, Protocol, TypeVar

import flask

from commit_counts import logs
from commit_counts.errors import DashboardError, InvalidEvent, InvalidRequest, RetryLater
from commit_counts.push_message import Message, message_from_delivery
from commit_counts.retry import utc_now

logger = logging.getLogger(__name__)

Outcome = Mapping[str, object]
E = TypeVar("E", bound="Event")
E_co = TypeVar("E_co", bound="Event", covariant=True)


class CloudEvent(Protocol):
    """What is used of the event object that functions-framework hands over."""

    data: Any


class Event(Protocol):
    """What a message holds."""

    def attributes(self) -> Mapping[str, str]:
        """What a log line says of it."""


class Parse(Protocol[E_co]):
    """Reads an event of one kind; raises InvalidEvent."""

    def __call__(self, body: bytes, *, published_at: datetime) -> E_co: ...


class Result(Protocol):
    """What a call of a producer led to."""

    def facts(self) -> Outcome:
        """The fields of the log line."""

    def to_json(self) -> Outcome:
        """The answer's body."""


def receive(
    step: str, cloud_event: CloudEvent, parse: Parse[E], write: Callable[[E], Outcome]
) -> None:
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
        event = parse(message.body, published_at=message.published_at)
        facts |= event.attributes()
        facts |= write(event)
    except DashboardError as error:
        _refuse(error, facts)
    facts["duration_seconds"] = round(time.monotonic() - started, 3)
    logs.log(logger, "event written", facts)


def answer(
    step: str,
    request: flask.Request,
    work: Callable[[], Result],
    *,
    done: str,
    failed: str,
) -> flask.Response:
    """Do a producer's work for one HTTP call, log one line, and answer with what came of it.

    done, failed: the phrases of the log line.
    A failure is answered as `{"error": …}`, with Retry-After where the time to come back is known.
    """
    logs.configure()
    logs.trace.set(logs.trace_of(request.headers.get("X-Cloud-Trace-Context")))
    started = time.monotonic()
    facts: dict[str, object] = {"step": step}
    try:
        result = work()
    except DashboardError as error:
        return _failure(error, failed, facts)
    facts |= {**result.facts(), "duration_seconds": round(time.monotonic() - started, 3)}
    logs.log(logger, done, facts)
    return _json(200, result.to_json())


def status_of(error: DashboardError) -> int:
    """The HTTP status that tells an expected failure: none of them acknowledges a message."""
    if isinstance(error, InvalidEvent | InvalidRequest):
        return 400
    return 503 if isinstance(error, RetryLater) else 500


def _refuse(error: DashboardError, facts: Outcome) -> NoReturn:
    logs.log(
        logger,
        "event not written",
        {**facts, "outcome": type(error).__name__, "reason": str(error)},
        level=logging.WARNING if isinstance(error, RetryLater) else logging.ERROR,
    )
    flask.abort(flask.Response(f"{error}\n", status_of(error), mimetype="text/plain"))


def _failure(error: DashboardError, phrase: str, facts: Outcome) -> flask.Response:
    status = status_of(error)
    level = logging.ERROR if status == 500 else logging.WARNING
    facts = {**facts, **error.facts, "outcome": type(error).__name__, "reason": str(error)}
    logs.log(logger, phrase, facts, level=level)
    response = _json(status, {"error": str(error)})
    if isinstance(error, RetryLater) and error.retry_at:
        seconds = (error.retry_at - utc_now()).total_seconds()
        response.headers["Retry-After"] = str(max(1, round(seconds)))
    return response


def _json(status: int, body: Outcome) -> flask.Response:
    text = json.dumps(body, ensure_ascii=False) + "\n"
    return flask.Response(text, status, mimetype="application/json")


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
