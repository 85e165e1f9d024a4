"""How messages travel, by the rules that the emulator and Google's emulator share."""

import json
import queue
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core import exceptions
from google.pubsub_v1 import types

from tests.support.processes import MOST_SECONDS
from tests.support.pubsub import (
    Clients,
    endpoint,
    is_empty,
    pull,
    subscribe,
    subscription_name,
    topic_name,
)


def test_what_is_published_is_pulled(clients: Clients, topic: str) -> None:
    """Data, attributes, id and publish time arrive as they were sent, at every subscription."""
    subscriptions = [subscribe(clients, topic), subscribe(clients, topic)]
    before = datetime.now(UTC) - timedelta(seconds=1)
    message_id = clients.publisher.publish(topic, b"\x00\xffcount", login="octo").result()
    for subscription in subscriptions:
        (received,) = pull(clients, subscription)
        assert received.message.data == b"\x00\xffcount"
        assert received.message.attributes == {"login": "octo"}
        assert received.message.message_id == message_id
        assert before <= received.message.publish_time <= before + timedelta(seconds=60)
        assert received.delivery_attempt == 0


def test_an_ordering_key_is_carried(clients: Clients, topic: str) -> None:
    """A message's ordering key reaches the subscriber."""
    subscription = subscribe(clients, topic, enable_message_ordering=True)
    clients.raw_publisher.publish(
        topic=topic, messages=[types.PubsubMessage(data=b"1", ordering_key="login")]
    )
    (received,) = pull(clients, subscription)
    assert received.message.ordering_key == "login"


def test_acknowledged_messages_are_gone(clients: Clients, topic: str) -> None:
    """Nothing is delivered again once it is acknowledged."""
    subscription = subscribe(clients, topic)
    clients.publisher.publish(topic, b"1").result()
    (received,) = pull(clients, subscription)
    assert is_empty(clients, subscription)
    clients.subscriber.acknowledge(subscription=subscription, ack_ids=[received.ack_id])
    clients.subscriber.acknowledge(subscription=subscription, ack_ids=[received.ack_id])
    assert is_empty(clients, subscription)


def test_a_refused_message_comes_again(clients: Clients, topic: str) -> None:
    """An ack deadline of 0 seconds is a refusal: the message is delivered again."""
    subscription = subscribe(clients, topic)
    message_id = clients.publisher.publish(topic, b"1").result()
    for _ in range(3):
        (received,) = pull(clients, subscription)
        assert received.message.message_id == message_id
        clients.subscriber.modify_ack_deadline(
            subscription=subscription, ack_ids=[received.ack_id], ack_deadline_seconds=0
        )


def test_an_unanswered_message_comes_again(clients: Clients, topic: str) -> None:
    """When the ack deadline has passed, the message is delivered again, and not before."""
    subscription = subscribe(clients, topic)
    clients.publisher.publish(topic, b"1").result()
    (received,) = pull(clients, subscription)
    since = time.monotonic()
    clients.subscriber.modify_ack_deadline(
        subscription=subscription, ack_ids=[received.ack_id], ack_deadline_seconds=1
    )
    pull(clients, subscription)
    assert time.monotonic() - since > 0.8


def test_the_streaming_subscriber_gets_and_acknowledges(clients: Clients, topic: str) -> None:
    """The client's streaming pull delivers what comes while it runs; acknowledged is gone."""
    subscription = subscribe(clients, topic)
    received: queue.Queue[Any] = queue.Queue()

    def callback(message: Any) -> None:
        message.ack()
        received.put(message.data)

    future = clients.subscriber.subscribe(subscription, callback)
    for number in range(20):
        clients.publisher.publish(topic, str(number).encode())
    data = {received.get(timeout=MOST_SECONDS) for _ in range(20)}
    future.cancel()
    future.result(timeout=MOST_SECONDS)
    assert data == {str(number).encode() for number in range(20)}
    assert is_empty(clients, subscription)


def test_a_subscription_owes_nothing_from_before_it(clients: Clients, topic: str) -> None:
    """Messages published before a subscription was made are not delivered to it."""
    clients.publisher.publish(topic, b"early").result()
    subscription = subscribe(clients, topic)
    clients.publisher.publish(topic, b"late").result()
    (received,) = pull(clients, subscription)
    assert received.message.data == b"late"
    assert is_empty(clients, subscription)


def test_publishing_to_no_topic_is_refused(clients: Clients) -> None:
    """A topic that does not exist is NOT_FOUND for publishing and subscribing."""
    with pytest.raises(exceptions.NotFound):
        clients.publisher.publish(topic_name(), b"1").result()
    with pytest.raises(exceptions.NotFound):
        clients.subscriber.create_subscription(name=subscription_name(), topic=topic_name())
    with pytest.raises(exceptions.NotFound):
        clients.subscriber.pull(subscription=subscription_name(), max_messages=1)


def test_seeking_to_now_drops_what_is_owed(clients: Clients, topic: str) -> None:
    """A seek to a time acknowledges what was published before it."""
    subscription = subscribe(clients, topic)
    clients.publisher.publish(topic, b"1").result()
    moment = datetime.now(UTC) + timedelta(seconds=1)
    clients.subscriber.seek(request={"subscription": subscription, "time": moment})
    assert is_empty(clients, subscription)


def test_a_push_has_the_wrapped_body(clients: Clients, topic: str) -> None:
    """The endpoint gets message and subscription; a 204 acknowledges."""
    with endpoint() as function:
        push = {"push_endpoint": function.url}
        subscription = subscribe(clients, topic, push_config=push)
        message_id = clients.publisher.publish(topic, b"count", login="octo").result()
        function.wait_for(1)
        clients.subscriber.modify_push_config(subscription=subscription, push_config={})
    body = json.loads(function.bodies[0])
    assert body["subscription"] == subscription
    assert body["message"]["data"] == "Y291bnQ="
    assert body["message"]["attributes"] == {"login": "octo"}
    assert body["message"]["messageId"] == body["message"]["message_id"] == message_id
    assert body["message"]["publishTime"] == body["message"]["publish_time"]
    assert datetime.fromisoformat(body["message"]["publishTime"]).tzinfo
    assert is_empty(clients, subscription)


@pytest.mark.parametrize("status", [301, 500])
def test_a_refused_push_comes_again(clients: Clients, topic: str, status: int) -> None:
    """Any status but the acknowledging ones is a refusal: the message is pushed again."""
    with endpoint(lambda number: (status, "no") if number == 1 else (200, "")) as function:
        push = {"push_endpoint": function.url}
        subscription = subscribe(clients, topic, push_config=push)
        clients.publisher.publish(topic, b"1").result()
        function.wait_for(2)
        clients.subscriber.modify_push_config(subscription=subscription, push_config={})
    first, second = (json.loads(body) for body in function.bodies[:2])
    assert first["message"]["messageId"] == second["message"]["messageId"]
