"""The real Pub/Sub client behind collect: an event is stored, or the failure is told apart."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.event import CommitCounts, Count
from commit_counts.parse import parse_event
from commit_counts.publisher import Publisher
from emulators.faults import Fault
from emulators.pubsub import PubSubEmulator
from tests.support.collect import NOW, TOKYO, window_of
from tests.support.pubsub import running

TOPIC = "projects/somebody/topics/commit-counts"
SUBSCRIPTION = "projects/somebody/subscriptions/all"
EVENT = CommitCounts(
    source="github/octocat",
    collected_at=NOW,
    counts=(Count(date=window_of("2026-03-01", "2026-03-01").since, repository="a/b", commits=3),),
    window=window_of("2026-02-25", "2026-03-31"),
    login="octocat",
    time_zone=TOKYO,
)


@pytest.fixture(name="pubsub")
def _pubsub(tmp_path: Path) -> Iterator[PubSubEmulator]:
    with running(tmp_path) as emulator, grpc.insecure_channel(emulator.address) as channel:
        publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        publisher.create_topic(name=TOPIC)
        subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        subscriber.create_subscription(name=SUBSCRIPTION, topic=TOPIC)
        yield emulator


@pytest.fixture(name="publisher")
def _publisher(pubsub: PubSubEmulator) -> Iterator[Publisher]:
    opened = Publisher(project="somebody", topic="commit-counts", emulator_host=pubsub.address)
    yield opened
    opened.close()


def stored(pubsub: PubSubEmulator) -> list[tuple[bytes, dict[str, str]]]:
    """Body and attributes of what lies in the subscription."""
    with grpc.insecure_channel(pubsub.address) as channel:
        subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        pulled = subscriber.pull(
            subscription=SUBSCRIPTION, max_messages=10, return_immediately=True
        )
    return [(m.message.data, dict(m.message.attributes)) for m in pulled.received_messages]


@pytest.mark.filterwarnings("ignore:The return_immediately flag")
def test_a_published_event_is_stored_with_its_attributes(
    pubsub: PubSubEmulator, publisher: Publisher
) -> None:
    """When `publish` returns, the event lies in the topic, and a subscription can filter it."""
    publisher.publish(EVENT)
    ((body, attributes),) = stored(pubsub)
    assert parse_event(body, published_at=NOW) == EVENT
    assert attributes == {
        "schema_version": "1",
        "source": "github/octocat",
        "login": "octocat",
        "since": "2026-02-25",
        "until": "2026-03-31",
    }


@pytest.mark.filterwarnings("ignore:The return_immediately flag")
@pytest.mark.parametrize(
    "kind",
    ["UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "drop_answer"],
)
def test_a_passing_fault_is_tried_again(
    pubsub: PubSubEmulator, publisher: Publisher, kind: str
) -> None:
    """At least once: an answer that got lost may leave the event twice, which changes nothing."""
    pubsub.calls.inject(Fault(operation="Publish", kind=kind))
    publisher.publish(EVENT)
    assert {body for body, _ in stored(pubsub)} == {EVENT.to_json().encode()}


def test_a_fault_that_stays_is_worth_another_try(pubsub: PubSubEmulator) -> None:
    """The run fails, so that the scheduler calls again."""
    publisher = Publisher(
        project="somebody", topic="commit-counts", emulator_host=pubsub.address, seconds=0.3
    )
    pubsub.calls.inject(Fault(operation="Publish", kind="UNAVAILABLE", times=None))
    try:
        with pytest.raises(RetryLater, match="topics/commit-counts did not take the event"):
            publisher.publish(EVENT)
    finally:
        publisher.close()
        pubsub.calls.clear_faults()


def test_a_missing_topic_needs_somebody(pubsub: PubSubEmulator) -> None:
    """It is named, with what to check."""
    publisher = Publisher(project="somebody", topic="none", emulator_host=pubsub.address)
    try:
        with pytest.raises(NeverWorks, match=r"topics/none takes no event .* check"):
            publisher.publish(EVENT)
    finally:
        publisher.close()
