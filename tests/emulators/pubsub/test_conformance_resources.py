"""Topics, subscriptions and schemas, by the rules that the emulator and Google's emulator share."""

from typing import Any

import pytest
from google.api_core import exceptions
from google.protobuf import field_mask_pb2
from google.pubsub_v1 import types

from tests.support.pubsub import (
    PROJECT,
    Clients,
    is_empty,
    pull,
    subscribe,
    subscription_name,
    topic_name,
)


def test_a_topic_lives_from_create_to_delete(clients: Clients) -> None:
    """A topic is found by get and list once made, and NOT_FOUND after its deletion."""
    name = topic_name()
    made = clients.publisher.create_topic(request={"name": name, "labels": {"part": "test"}})
    assert made.name == name
    assert clients.publisher.get_topic(topic=name).labels == {"part": "test"}
    assert name in [each.name for each in clients.publisher.list_topics(project=PROJECT)]
    clients.publisher.delete_topic(topic=name)
    with pytest.raises(exceptions.NotFound):
        clients.publisher.get_topic(topic=name)
    with pytest.raises(exceptions.NotFound):
        clients.publisher.delete_topic(topic=name)


def test_a_name_is_taken_once(clients: Clients, topic: str) -> None:
    """Creating what exists is ALREADY_EXISTS, for topics and subscriptions."""
    with pytest.raises(exceptions.AlreadyExists):
        clients.publisher.create_topic(name=topic)
    name = subscribe(clients, topic)
    with pytest.raises(exceptions.AlreadyExists):
        clients.subscriber.create_subscription(name=name, topic=topic)


@pytest.mark.parametrize("bad", ["ab", "1abc", "a b c", "googly", "a" * 256, "abc/d"])
def test_a_bad_name_is_refused(clients: Clients, topic: str, bad: str) -> None:
    """Ids have 3 to 255 allowed characters, start with a letter and not with goog."""
    with pytest.raises(exceptions.InvalidArgument):
        clients.publisher.create_topic(name=f"{PROJECT}/topics/{bad}")
    with pytest.raises(exceptions.InvalidArgument):
        clients.subscriber.create_subscription(name=f"{PROJECT}/subscriptions/{bad}", topic=topic)


@pytest.mark.parametrize(
    "settings",
    [
        {"ack_deadline_seconds": 601},
        {"message_retention_duration": {"seconds": 599}},
        {"message_retention_duration": {"seconds": 31 * 86_400 + 1}},
        {"retry_policy": {"minimum_backoff": {"seconds": 601}}},
        {"retry_policy": {"maximum_backoff": {"seconds": 601}}},
        {
            "retry_policy": {
                "minimum_backoff": {"seconds": 20},
                "maximum_backoff": {"seconds": 19},
            }
        },
        {"push_config": {"push_endpoint": "no address"}},
    ],
    ids=str,
)
def test_settings_out_of_bounds_are_refused(
    clients: Clients, topic: str, settings: dict[str, Any]
) -> None:
    """A subscription's settings have documented bounds; outside them it is not made."""
    name = subscription_name()
    with pytest.raises(exceptions.InvalidArgument):
        clients.subscriber.create_subscription(request={"name": name, "topic": topic, **settings})
    with pytest.raises(exceptions.NotFound):
        clients.subscriber.get_subscription(subscription=name)


def test_the_service_fills_in_defaults(clients: Clients, topic: str) -> None:
    """Ack deadline 10 s and retention 7 days are answered where nothing was given."""
    made = clients.subscriber.create_subscription(name=subscription_name(), topic=topic)
    assert made.ack_deadline_seconds == 10
    assert made.message_retention_duration.total_seconds() == 7 * 86_400
    assert made == clients.subscriber.get_subscription(subscription=made.name)


def test_an_update_changes_what_its_mask_names(clients: Clients, topic: str) -> None:
    """Fields in the update mask change, the others stay; an update of nothing is refused."""
    name = subscribe(clients, topic, labels={"part": "test"})
    wanted = types.Subscription(name=name, topic=topic, ack_deadline_seconds=77, labels={"a": "b"})
    changed = clients.subscriber.update_subscription(
        subscription=wanted, update_mask=field_mask_pb2.FieldMask(paths=["ack_deadline_seconds"])
    )
    assert (changed.ack_deadline_seconds, dict(changed.labels)) == (77, {"part": "test"})
    with pytest.raises(exceptions.InvalidArgument):
        clients.subscriber.update_subscription(
            subscription=wanted, update_mask=field_mask_pb2.FieldMask()
        )


@pytest.mark.parametrize("path", ["topic", "name", "filter", "nonsense"])
def test_what_cannot_change_is_refused(clients: Clients, topic: str, path: str) -> None:
    """A subscription's name, topic and filter stay, and there is no unknown field."""
    wanted = types.Subscription(name=subscribe(clients, topic), topic=topic)
    with pytest.raises(exceptions.InvalidArgument):
        clients.subscriber.update_subscription(
            subscription=wanted, update_mask=field_mask_pb2.FieldMask(paths=[path])
        )


def test_listings_come_in_pages(clients: Clients, topic: str) -> None:
    """Every subscription of a topic is listed, whatever the size of a page; also in the project."""
    names = sorted(subscribe(clients, topic) for _ in range(5))
    pages = clients.publisher.list_topic_subscriptions(request={"topic": topic, "page_size": 2})
    assert sorted(pages) == names
    found = clients.subscriber.list_subscriptions(request={"project": PROJECT, "page_size": 3})
    assert set(names) <= {each.name for each in found}


def test_a_subscription_outlives_its_topic(clients: Clients, topic: str) -> None:
    """What was published is still pulled; the topic's place says that it was deleted."""
    subscription = subscribe(clients, topic)
    clients.publisher.publish(topic, b"1").result()
    clients.publisher.delete_topic(topic=topic)
    found = clients.subscriber.get_subscription(subscription=subscription)
    assert found.topic == "_deleted-topic_"
    assert pull(clients, subscription)[0].message.data == b"1"


def test_a_deleted_subscription_is_gone_with_its_messages(clients: Clients, topic: str) -> None:
    """A new subscription of the same name starts empty."""
    subscription = subscribe(clients, topic)
    clients.publisher.publish(topic, b"1").result()
    clients.subscriber.delete_subscription(subscription=subscription)
    with pytest.raises(exceptions.NotFound):
        clients.subscriber.get_subscription(subscription=subscription)
    clients.subscriber.create_subscription(name=subscription, topic=topic)
    assert is_empty(clients, subscription)
