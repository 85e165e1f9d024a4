"""Lays out what Pub/Sub did: the last deliveries, and the dead letters with their reasons."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from emulators.pubsub.model import Delivery, Outstanding
from own_dashboard.page.words import Words

MOST_DELIVERIES = 20
MOST_LETTERS = 20
MOST_CHARACTERS = 4000
# https://cloud.google.com/pubsub/docs/handling-failures#track_delivery_attempts
_SOURCE_SUBSCRIPTION = "CloudPubSubDeadLetterSourceSubscription"
_SOURCE_ATTEMPTS = "CloudPubSubDeadLetterSourceDeliveryCount"


@dataclass(frozen=True, kw_only=True)
class DrawnDelivery:
    """One delivery in words. good: whether it was acknowledged."""

    time: str
    instant: str
    subscription: str
    attempt: int
    outcome: str
    good: bool
    duration: str
    reason: str
    message_id: str


@dataclass(frozen=True, kw_only=True)
class DrawnLetter:
    """One dead letter in words. event: its text, indented where it is JSON."""

    message_id: str
    published: str
    attempts: str
    reason: str
    event: str


def draw_deliveries(
    deliveries: Sequence[Delivery], zone: ZoneInfo, words: Words, now: datetime
) -> list[DrawnDelivery]:
    """The newest deliveries first, whatever their subscriptions; those of today by time alone."""
    newest = sorted(deliveries, key=lambda delivery: delivery.started_at, reverse=True)
    today = now.astimezone(zone).date()
    return [_delivery(delivery, zone, words, today) for delivery in newest[:MOST_DELIVERIES]]


def draw_letters(letters: Sequence[Outstanding], zone: ZoneInfo, words: Words) -> list[DrawnLetter]:
    """The newest dead letters first."""
    newest = sorted(letters, key=lambda letter: letter.message.published_at, reverse=True)
    return [_letter(letter, zone, words) for letter in newest[:MOST_LETTERS]]


def _delivery(delivery: Delivery, zone: ZoneInfo, words: Words, today: date) -> DrawnDelivery:
    local = delivery.started_at.astimezone(zone)
    return DrawnDelivery(
        time=f"{local:%H:%M:%S}" if local.date() == today else words.instant(local),
        instant=local.isoformat(timespec="milliseconds"),
        subscription=_short(delivery.subscription),
        attempt=delivery.attempt,
        outcome=words.outcomes.get(delivery.outcome, delivery.outcome),
        good=delivery.outcome == "acknowledged",
        duration=_duration(delivery.duration_seconds),
        reason=_reason(delivery),
        message_id=delivery.message_id,
    )


def _reason(delivery: Delivery) -> str:
    if delivery.outcome != "refused" or delivery.status is None:
        return delivery.reason
    return f"HTTP {delivery.status}: {delivery.reason}"


def _letter(letter: Outstanding, zone: ZoneInfo, words: Words) -> DrawnLetter:
    message = letter.message
    return DrawnLetter(
        message_id=message.message_id,
        published=words.published_of.format(_instant(message.published_at, zone, words)),
        attempts=_attempts(message.attributes, words),
        reason=message.failure_reason or letter.failure_reason or words.no_reason,
        event=_event_text(message.data),
    )


def _attempts(attributes: Mapping[str, str], words: Words) -> str:
    source = attributes.get(_SOURCE_SUBSCRIPTION)
    count = attributes.get(_SOURCE_ATTEMPTS)
    return words.attempts_of.format(count, _short(source)) if source and count else ""


def _instant(instant: datetime, zone: ZoneInfo, words: Words) -> str:
    return words.instant(instant.astimezone(zone))


def _short(name: str) -> str:
    """The last part of `projects/P/subscriptions/S`."""
    return name.rsplit("/", 1)[-1]


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _event_text(data: bytes) -> str:
    """The event as a person reads it; what is no JSON stays as it came."""
    text = data.decode("utf-8", "backslashreplace")
    try:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text[:MOST_CHARACTERS]
    return text[:MOST_CHARACTERS]
