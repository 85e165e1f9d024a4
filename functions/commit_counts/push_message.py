"""A Pub/Sub message out of the body of a delivery, in each shape that reaches a function.

An own push subscription sends `{"message": …, "subscription": …, "deliveryAttempt": …}`; Eventarc
sends the same body under CloudEvent headers; functions-framework, where it converts a push, keeps
only `message` with its camel-case fields. All three are read here.
https://cloud.google.com/pubsub/docs/push#receive_push
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commit_counts.errors import InvalidEvent


@dataclass(frozen=True, kw_only=True)
class Message:
    """One delivery of one message.

    subscription: full resource name, None where the shape lost it.
    delivery_attempt: 1 for the first; None without a dead-letter policy or where the shape lost it.
    """

    message_id: str
    published_at: datetime
    body: bytes
    subscription: str | None = None
    delivery_attempt: int | None = None


def message_from_delivery(delivery: object) -> Message:
    """The message in a delivery's body, parsed from JSON.

    Raises InvalidEvent where it is none of the shapes.
    """
    if not isinstance(delivery, Mapping) or not isinstance(delivery.get("message"), Mapping):
        raise InvalidEvent(
            'the delivery: expected {"message": {"data": …, "messageId": …, "publishTime": …}} '
            f"as Pub/Sub pushes it, got {type(delivery).__name__} without a message"
        )
    message = delivery["message"]
    attempt = delivery.get("deliveryAttempt")
    subscription = delivery.get("subscription")
    return Message(
        message_id=str(_either(message, "messageId", "message_id")),
        published_at=_instant(_either(message, "publishTime", "publish_time")),
        body=_decode(message.get("data", "")),
        subscription=subscription if isinstance(subscription, str) else None,
        delivery_attempt=attempt if isinstance(attempt, int) else None,
    )


def _either(message: Mapping[str, Any], *names: str) -> object:
    for name in names:
        if message.get(name):
            return message[name]
    raise InvalidEvent(f"message.{names[0]}: expected as Pub/Sub sets it, got none")


def _decode(data: object) -> bytes:
    try:
        return base64.b64decode(str(data), validate=True)
    except ValueError as error:
        raise InvalidEvent(f"message.data: expected base64, got {str(data)[:80]!r}") from error


def _instant(text: object) -> datetime:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidEvent(f"message.publishTime: expected RFC 3339, got {text!r}") from error
    if instant.tzinfo is None:
        raise InvalidEvent(f"message.publishTime: expected an offset or Z, got {text!r}")
    return instant
