"""Documented rules of the service that Google's emulator does not keep, and the emulator does."""

import queue
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core import exceptions
from google.protobuf import field_mask_pb2
from google.pubsub_v1 import types

from tests.support.pubsub import (
    Clients,
    is_empty,
    pull,
    subscribe,
    topic_name,
)


@pytest.fixture
def clients(emulator_clients: Clients) -> Clients:
    """The emulator's clients only."""
    return emulator_clients


@pytest.mark.parametrize(
    "settings",
    [
        {"ack_deadline_seconds": 9},
        {"expiration_policy": {"ttl": {"seconds": 86_399}}},
        {"filter": "attributes.a ="},
        {"push_config": {"push_endpoint": "https://127.0.0.1/"}},
        {"push_config": {"push_endpoint": "http://example.com/"}},
    ],
    ids=str,
)
def test_more_settings_out_of_bounds_are_refused(
    clients: Clients, topic: str, settings: dict[str, Any]
) -> None:
    """A subscription's settings have bounds; pushes stay on this machine."""
    with pytest.raises(exceptions.InvalidArgument):
        subscribe(clients, topic, **settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"enable_exactly_once_delivery": True},
        {"bigquery_config": {"table": "p.d.t"}},
        {"push_config": {"push_endpoint": "http://127.0.0.1/", "no_wrapper": {}}},
    ],
    ids=str,
)
def test_what_is_left_out_is_said(clients: Clients, topic: str, settings: dict[str, Any]) -> None:
    """A setting that the emulator does not act on, though it would matter, is UNIMPLEMENTED."""
    with pytest.raises(exceptions.MethodNotImplemented):
        subscribe(clients, topic, **settings)


FILTERS = [
    ("attributes:login", {"1", "2", "3"}),
    ("attributes:missing", set()),
    ('attributes.login = "octo"', {"1", "3"}),
    ('attributes.login != "octo"', {"2", "4"}),
    ('hasPrefix(attributes.login, "o")', {"1", "2", "3"}),
    ('hasPrefix(attributes.login, "oc")', {"1", "3"}),
    ("NOT attributes:login", {"4"}),
    ("-attributes:login", {"4"}),
    ('attributes.login = "octo" AND attributes.day = "2"', {"3"}),
    ('attributes.login = "other" OR attributes.day = "2"', {"2", "3"}),
    ('(attributes.login = "octo" OR attributes:day) AND NOT attributes.day = "2"', {"1", "4"}),
    ('attributes:"login"', {"1", "2", "3"}),
]


def test_filters_let_the_right_messages_pass(clients: Clients, topic: str) -> None:
    """Each subscription gets exactly the messages whose attributes match its filter."""
    owed = {subscribe(clients, topic, filter=text): wanted for text, wanted in FILTERS}
    for number, attributes in enumerate(
        ({"login": "octo"}, {"login": "other"}, {"login": "octo", "day": "2"}, {"day": "1"}),
        start=1,
    ):
        clients.publisher.publish(topic, str(number).encode(), **attributes).result()
    for (subscription, wanted), (text, _) in zip(owed.items(), FILTERS, strict=True):
        received = pull(clients, subscription, len(wanted))
        assert {each.message.data.decode() for each in received} == wanted, text
        assert is_empty(clients, subscription), text


def test_a_message_is_given_up_after_its_delivery_attempts(clients: Clients, topic: str) -> None:
    """After five refusals the message is on the dead-letter topic, and nowhere else."""
    letters = topic_name("letters")
    clients.publisher.create_topic(name=letters)
    letter_box = subscribe(clients, letters)
    policy = {"dead_letter_topic": letters, "max_delivery_attempts": 5}
    subscription = subscribe(clients, topic, dead_letter_policy=policy)
    clients.publisher.publish(topic, b"bad", login="octo").result()
    for attempt in range(1, 6):
        (received,) = pull(clients, subscription)
        assert received.delivery_attempt == attempt
        clients.subscriber.modify_ack_deadline(
            subscription=subscription, ack_ids=[received.ack_id], ack_deadline_seconds=0
        )
    (letter,) = pull(clients, letter_box)
    assert letter.message.data == b"bad"
    assert letter.message.attributes["login"] == "octo"
    source = {
        key.removeprefix("CloudPubSubDeadLetterSource"): value
        for key, value in letter.message.attributes.items()
        if key != "login"
    }
    assert source["DeliveryCount"] == "5"
    assert source["Subscription"] == subscription.rsplit("/", 1)[-1]
    assert source["SubscriptionProject"] == "test-project"
    assert datetime.fromisoformat(source["TopicPublishTime"]) <= datetime.now(UTC)
    assert len(source) == 4
    assert is_empty(clients, subscription)


def test_a_stream_keeps_to_the_subscribers_flow_control(clients: Clients, topic: str) -> None:
    """No more messages are on their way than the subscriber asked for; an answer makes room."""
    subscription = subscribe(clients, topic)
    for number in range(5):
        clients.publisher.publish(topic, str(number).encode()).result()
    first = types.StreamingPullRequest(
        subscription=subscription, stream_ack_deadline_seconds=60, max_outstanding_messages=2
    )
    requests: queue.Queue[Any] = queue.Queue()
    requests.put(first)
    stream: Any = clients.raw_subscriber.streaming_pull(requests=iter(requests.get, None))
    seen: list[str] = []
    while len(seen) < 5:
        received = next(stream).received_messages
        seen += [each.message.message_id for each in received]
        assert len(received) <= 2
        ack_ids = [each.ack_id for each in received]
        requests.put(types.StreamingPullRequest(ack_ids=ack_ids))
    requests.put(None)
    stream.cancel()
    assert len(set(seen)) == 5


def test_oidc_settings_are_stored(clients: Clients, topic: str) -> None:
    """A push subscription made as in the cloud comes back with its OIDC settings."""
    token = {"service_account_email": "push@example.com", "audience": "http://127.0.0.1/"}
    push = {"push_endpoint": "http://127.0.0.1:1/", "oidc_token": token}
    name = subscribe(clients, topic, push_config=push)
    found = clients.subscriber.get_subscription(subscription=name).push_config.oidc_token
    assert found.service_account_email == "push@example.com"
    clients.subscriber.delete_subscription(subscription=name)


def test_a_dead_letter_topic_must_exist(clients: Clients, topic: str) -> None:
    """A dead-letter policy on a topic that is not there is NOT_FOUND."""
    policy = {"dead_letter_topic": topic_name(), "max_delivery_attempts": 5}
    with pytest.raises(exceptions.NotFound):
        subscribe(clients, topic, dead_letter_policy=policy)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"attributes": {f"key-{number}": "" for number in range(101)}},
        {"attributes": {"k" * 257: "v"}},
        {"attributes": {"k": "v" * 1_025}},
        {"attributes": {"googclient": "v"}},
        {"data": b"x" * 10_000_001},
        {"data": b"x", "ordering_key": "k" * 1_025},
    ],
    ids=["empty", "attributes", "key", "value", "goog", "size", "ordering key"],
)
def test_a_message_over_a_limit_is_refused(
    clients: Clients, topic: str, message: dict[str, Any]
) -> None:
    """Each documented limit on a message holds."""
    with pytest.raises(exceptions.InvalidArgument):
        clients.raw_publisher.publish(topic=topic, messages=[types.PubsubMessage(message)])


def test_a_message_at_the_limits_is_taken(clients: Clients, topic: str) -> None:
    """The largest message that is allowed is stored."""
    attributes = {f"{number:0256}": "v" for number in range(98)} | {"k": "v" * 1_024}
    size = 10_000_000 - sum(len(key) + len(value) for key, value in attributes.items())
    message = types.PubsubMessage(data=b"x" * size, attributes=attributes)
    assert clients.raw_publisher.publish(topic=topic, messages=[message]).message_ids


def test_a_request_has_1_to_1000_messages(clients: Clients, topic: str) -> None:
    """No message, or 1,001, is refused; 1,000 are taken."""
    message = types.PubsubMessage(data=b"x")
    for count in (0, 1_001):
        with pytest.raises(exceptions.InvalidArgument):
            clients.raw_publisher.publish(topic=topic, messages=[message] * count)
    answer = clients.raw_publisher.publish(topic=topic, messages=[message] * 1_000)
    assert len(set(answer.message_ids)) == 1_000


@pytest.mark.parametrize("attempts", [4, 101])
def test_delivery_attempts_are_5_to_100(clients: Clients, topic: str, attempts: int) -> None:
    """A dead-letter policy with fewer or more delivery attempts is refused."""
    policy = {"dead_letter_topic": topic, "max_delivery_attempts": attempts}
    with pytest.raises(exceptions.InvalidArgument):
        subscribe(clients, topic, dead_letter_policy=policy)


def test_a_topic_is_updated(clients: Clients, topic: str) -> None:
    """A topic's labels change through its update mask."""
    changed = clients.publisher.update_topic(
        topic=types.Topic(name=topic, labels={"a": "b"}),
        update_mask=field_mask_pb2.FieldMask(paths=["labels"]),
    )
    assert changed.labels == {"a": "b"}
    assert clients.publisher.get_topic(topic=topic).labels == {"a": "b"}


def test_a_detached_subscription_gives_nothing(clients: Clients, topic: str) -> None:
    """Detaching drops what is owed; pulling is then a failed precondition."""
    subscription = subscribe(clients, topic)
    clients.publisher.publish(topic, b"1").result()
    clients.publisher.detach_subscription(request={"subscription": subscription})
    assert clients.subscriber.get_subscription(subscription=subscription).detached
    with pytest.raises(exceptions.FailedPrecondition):
        clients.subscriber.pull(subscription=subscription, max_messages=1)


def test_what_no_service_could_have_made_is_an_invalid_argument(emulator_clients: Clients) -> None:
    """A malformed ack id or name is told from one that has ended, or is not there."""
    clients = emulator_clients
    topic = topic_name()
    clients.publisher.create_topic(name=topic)
    subscription = subscribe(clients, topic)
    raw = clients.raw_subscriber
    for ack_ids in (["nonsense"], ["1:2", ""]):
        with pytest.raises(exceptions.InvalidArgument, match="invalid ack ID"):
            raw.acknowledge(subscription=subscription, ack_ids=ack_ids)
        with pytest.raises(exceptions.InvalidArgument, match="invalid ack ID"):
            raw.modify_ack_deadline(
                subscription=subscription, ack_ids=ack_ids, ack_deadline_seconds=10
            )
    raw.acknowledge(subscription=subscription, ack_ids=["1:2"])
    for name, error in (("counts", exceptions.InvalidArgument), (topic, exceptions.InvalidArgument),
                        (f"{subscription}-none", exceptions.NotFound)):  # fmt: skip
        for call in (
            lambda name: raw.acknowledge(subscription=name, ack_ids=["1:2"]),
            lambda name: raw.pull(subscription=name, max_messages=1),
            lambda name: raw.delete_subscription(subscription=name),
            lambda name: raw.seek(request={"subscription": name, "time": "2026-01-01T00:00:00Z"}),
        ):
            with pytest.raises(error):
                call(name)
    with pytest.raises(exceptions.InvalidArgument):
        clients.raw_publisher.publish(topic="counts", messages=[types.PubsubMessage(data=b"1")])
