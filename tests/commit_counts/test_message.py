"""A Pub/Sub message is read out of every shape of delivery that reaches a function."""

import base64
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from commit_counts.errors import InvalidEvent
from commit_counts.push_message import Message, message_from_delivery

BODY = b'{"date": "2026-11-23"}'
DATA = base64.b64encode(BODY).decode()
TIME = "2026-11-23T00:05:02.113Z"
AT = datetime(2026, 11, 23, 0, 5, 2, 113000, tzinfo=UTC)
PUSH: dict[str, Any] = {
    "message": {
        "data": DATA,
        "attributes": {"login": "me"},
        "messageId": "12",
        "message_id": "12",
        "publishTime": TIME,
        "publish_time": TIME,
    },
    "subscription": "projects/p/subscriptions/write-sheet",
    "deliveryAttempt": 3,
}


@pytest.mark.parametrize(
    ("delivery", "expected"),
    [
        pytest.param(
            PUSH,
            Message(
                message_id="12",
                published_at=AT,
                body=BODY,
                subscription="projects/p/subscriptions/write-sheet",
                delivery_attempt=3,
            ),
            id="an own push subscription's body",
        ),
        pytest.param(
            {
                "message": {
                    "@type": "type.googleapis.com/google.pubsub.v1.PubsubMessage",
                    "data": DATA,
                    "attributes": {},
                    "messageId": "12",
                    "publishTime": TIME,
                }
            },
            Message(message_id="12", published_at=AT, body=BODY),
            id="the same as functions-framework converts it",
        ),
        pytest.param(
            {
                "message": {"data": DATA, "message_id": "12", "publish_time": TIME},
                "subscription": "projects/p/subscriptions/eventarc",
            },
            Message(
                message_id="12",
                published_at=AT,
                body=BODY,
                subscription="projects/p/subscriptions/eventarc",
            ),
            id="snake-case fields only",
        ),
    ],
)
def test_each_shape_gives_the_same_message(delivery: object, expected: Message) -> None:
    """Both spellings of the fields are read, and what a shape lost is None."""
    assert message_from_delivery(delivery) == expected


def test_an_attributes_only_message_has_an_empty_body() -> None:
    """It is left to the contract to refuse it, with its own words."""
    message = {"messageId": "1", "publishTime": TIME, "attributes": {"a": "b"}}
    assert message_from_delivery({"message": message}).body == b""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"data": "nö"}, "message.data: expected base64"),
        ({"messageId": "", "message_id": ""}, "message.messageId: expected"),
        ({"publishTime": "now", "publish_time": "now"}, "message.publishTime: expected RFC 3339"),
        ({"publishTime": "2026-11-23T00:05:02"}, "expected an offset"),
    ],
)
def test_a_broken_delivery_is_refused(change: dict[str, str], said: str) -> None:
    """The text names the field and what came."""
    with pytest.raises(InvalidEvent, match=re.escape(said)):
        message_from_delivery({"message": {**PUSH["message"], **change}})


@pytest.mark.parametrize("delivery", [None, [], "x", {}, {"message": "x"}])
def test_what_is_no_delivery_is_refused(delivery: object) -> None:
    """Anything else than Pub/Sub's envelope is told so."""
    with pytest.raises(InvalidEvent, match="the delivery: expected"):
        message_from_delivery(delivery)
