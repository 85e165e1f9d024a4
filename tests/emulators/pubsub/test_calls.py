"""The faults of the service that can be ordered, as the real clients meet them."""

import threading
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.pubsub_v1 import types

from emulators.faults import Fault
from emulators.pubsub import PubSubEmulator
from tests.support.processes import MOST_SECONDS, wait_until
from tests.support.pubsub import (
    Clients,
    connected,
    pull,
    running,
    subscribe,
)

CODES = {
    "UNAVAILABLE": exceptions.ServiceUnavailable,
    "DEADLINE_EXCEEDED": exceptions.DeadlineExceeded,
    "RESOURCE_EXHAUSTED": exceptions.ResourceExhausted,
    "INTERNAL": exceptions.InternalServerError,
}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PubSubEmulator]:
    """A started emulator."""
    with running(tmp_path_factory.mktemp("pubsub-calls")) as started:
        yield started


@pytest.fixture(scope="module")
def clients(emulator: PubSubEmulator) -> Iterator[Clients]:
    """The real clients connected to it."""
    with connected(emulator.address) as made:
        yield made


@pytest.mark.parametrize("kind", CODES)
def test_an_ordered_status_reaches_the_caller(
    emulator: PubSubEmulator, clients: Clients, topic: str, kind: str
) -> None:
    """The call fails with that status, nothing is done, and the next one is well."""
    emulator.calls.inject(Fault(operation="DeleteTopic", kind=kind))
    with pytest.raises(CODES[kind]):
        clients.raw_publisher.delete_topic(topic=topic, retry=None)
    assert clients.publisher.get_topic(topic=topic).name == topic
    clients.raw_publisher.delete_topic(topic=topic)


def test_the_publisher_gets_over_an_outage(
    emulator: PubSubEmulator, clients: Clients, topic: str
) -> None:
    """The real client's own retry publishes once the service is back."""
    subscription = subscribe(clients, topic)
    before = emulator.calls.count("Publish")
    emulator.calls.inject(Fault(operation="Publish", kind="UNAVAILABLE", times=2))
    clients.publisher.publish(topic, b"1").result(timeout=MOST_SECONDS)
    assert emulator.calls.count("Publish") - before == 3
    assert len(emulator.backlog(subscription)) == 1


@pytest.mark.parametrize("kind", ["drop_answer", "duplicate"])
def test_a_message_may_be_stored_twice(
    emulator: PubSubEmulator, clients: Clients, topic: str, kind: str
) -> None:
    """A publisher that retried a stored message leaves two with different ids."""
    subscription = subscribe(clients, topic)
    emulator.calls.inject(Fault(operation="Publish", kind=kind))
    clients.publisher.publish(topic, b"1").result(timeout=MOST_SECONDS)
    first, second = emulator.backlog(subscription)
    assert first.message.data == second.message.data == b"1"
    assert first.message.message_id != second.message.message_id


def test_an_acknowledged_message_may_be_pulled_again(
    emulator: PubSubEmulator, clients: Clients, topic: str
) -> None:
    """Ordered `duplicate` on Acknowledge: the message comes once more."""
    subscription = subscribe(clients, topic)
    clients.publisher.publish(topic, b"1").result()
    emulator.calls.inject(Fault(operation="Acknowledge", kind="duplicate"))
    for _ in range(2):
        (received,) = pull(clients, subscription)
        clients.subscriber.acknowledge(subscription=subscription, ack_ids=[received.ack_id])
    assert emulator.backlog(subscription) == []


def test_a_stream_that_breaks_is_opened_again(
    emulator: PubSubEmulator, clients: Clients, topic: str
) -> None:
    """The real streaming pull goes on after UNAVAILABLE."""
    subscription = subscribe(clients, topic)
    received = threading.Event()
    emulator.calls.inject(Fault(operation="StreamingPull", kind="UNAVAILABLE"))
    future = clients.subscriber.subscribe(subscription, lambda _: received.set())

    def arrives() -> bool:
        # The client may open two streams then, and leave one with what that one was given.
        clients.publisher.publish(topic, b"1").result()
        return received.wait(0.05)

    wait_until(arrives, "a message arrives")
    future.cancel()
    future.result(timeout=MOST_SECONDS)
    assert emulator.calls.count("StreamingPull") >= 2


def test_an_unknown_method_is_unimplemented(emulator: PubSubEmulator) -> None:
    """What is left out answers UNIMPLEMENTED, as grpc does."""
    with grpc.insecure_channel(emulator.address) as channel:
        call: grpc.UnaryUnaryMultiCallable[Any, bytes] = channel.unary_unary(
            "/google.pubsub.v1.Subscriber/CreateSnapshot",
            request_serializer=types.CreateSnapshotRequest.serialize,
        )
        with pytest.raises(grpc.RpcError) as refused:
            call(types.CreateSnapshotRequest())
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
