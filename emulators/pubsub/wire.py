"""Messages as they go out: over gRPC, and as the body of a push."""

import base64
import json
from typing import Any

from google.pubsub_v1.types import pubsub

from emulators.pubsub.model import Lease, Message
from emulators.pubsub.rules import DeliveryRules

_RECEIVED_MESSAGE = pubsub.ReceivedMessage.pb()


def received_message(lease: Lease, rules: DeliveryRules) -> Any:
    """The message as a puller gets it; `delivery_attempt` is 0 without a dead-letter policy."""
    message = lease.message
    received = _RECEIVED_MESSAGE(
        ack_id=lease.ack_id,
        message={
            "data": message.data,
            "attributes": message.attributes,
            "message_id": message.message_id,
            "ordering_key": message.ordering_key,
        },
        delivery_attempt=lease.attempt if rules.dead_letter_topic else 0,
    )
    received.message.publish_time.FromDatetime(message.published_at)
    return received


def push_body(lease: Lease, rules: DeliveryRules) -> bytes:
    """The wrapped body that a push subscription posts.

    messageId and publishTime come in both spellings, as the service sends them
    (https://cloud.google.com/pubsub/docs/push#receive_push).
    """
    body: dict[str, Any] = {"message": _push_message(lease.message)}
    body["subscription"] = lease.subscription
    if rules.dead_letter_topic:
        body["deliveryAttempt"] = lease.attempt
    return json.dumps(body).encode()


def _push_message(message: Message) -> dict[str, Any]:
    published = message.published_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    plain: dict[str, Any] = {
        "messageId": message.message_id,
        "message_id": message.message_id,
        "publishTime": published,
        "publish_time": published,
    }
    if message.data:
        plain["data"] = base64.b64encode(message.data).decode()
    if message.attributes:
        plain["attributes"] = dict(message.attributes)
    if message.ordering_key:
        plain["orderingKey"] = message.ordering_key
    return plain
