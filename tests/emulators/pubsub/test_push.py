"""Pushes that go wrong, by themselves or by injected faults, end as the service would end them."""

import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulators.faults import Fault
from emulators.journal import Journal
from emulators.pubsub import Delivery, PubSubEmulator
from emulators.pubsub.store import Stored, decode, encode
from tests.support.processes import MOST_SECONDS, interrupted, wait_until
from tests.support.pubsub import (
    Clients,
    connected,
    endpoint,
    pull,
    running,
    subscribe,
    topic_name,
)

TOPIC = "projects/test-project/topics/counts"
SUBSCRIPTION = "projects/test-project/subscriptions/pushed"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PubSubEmulator]:
    """An emulator whose back-off waits are a thousandth."""
    with running(tmp_path_factory.mktemp("pubsub-push"), speed=1_000) as started:
        yield started


@pytest.fixture(scope="module")
def clients(emulator: PubSubEmulator) -> Iterator[Clients]:
    """The real clients connected to it."""
    with connected(emulator.address) as made:
        yield made


def push_to(clients: Clients, topic: str, url: str, **settings: Any) -> str:
    """A push subscription that retries after 10 to 600 s (divided by the speed)."""
    return subscribe(
        clients, topic, push_config={"push_endpoint": url}, retry_policy={}, **settings
    )


def settle(emulator: PubSubEmulator, subscription: str) -> list[Delivery]:
    """Wait until all is delivered; the pushes that it took."""
    assert emulator.wait_until_settled([subscription], timeout_seconds=MOST_SECONDS)
    return pushes(emulator, subscription)


def pushes(emulator: PubSubEmulator, subscription: str) -> list[Delivery]:
    """The last pushes of one subscription."""
    return [each for each in emulator.deliveries() if each.subscription == subscription]


@pytest.mark.parametrize("status", [102, 200, 201, 202, 204])
def test_these_statuses_acknowledge(
    emulator: PubSubEmulator, clients: Clients, topic: str, status: int
) -> None:
    """102, 200, 201, 202 and 204 end a delivery."""
    with endpoint(lambda _: (status, "")) as function:
        subscription = push_to(clients, topic, function.url)
        clients.publisher.publish(topic, b"1").result()
        (delivery,) = settle(emulator, subscription)
    assert (delivery.outcome, delivery.status, delivery.attempt) == ("acknowledged", status, 1)


@pytest.mark.parametrize("status", [203, 206, 301, 400, 404, 429, 500, 503])
def test_all_other_statuses_refuse(
    emulator: PubSubEmulator, clients: Clients, topic: str, status: int
) -> None:
    """The delivery's reason is the beginning of the answer's body; the message comes again."""
    with endpoint(lambda n: (status, "é" * 3_000) if n == 1 else (204, "")) as function:
        subscription = push_to(clients, topic, function.url)
        clients.publisher.publish(topic, b"1").result()
        refused, acknowledged = settle(emulator, subscription)
    assert (refused.outcome, refused.status) == ("refused", status)
    assert refused.reason == "é" * 1_000
    assert (acknowledged.outcome, acknowledged.attempt) == ("acknowledged", 2)


def test_dead_letters_keep_their_reason(
    emulator: PubSubEmulator, clients: Clients, topic: str
) -> None:
    """After the last attempt the letter lies on the dead-letter subscription, with the reason."""
    letters = topic_name("letters")
    clients.publisher.create_topic(name=letters)
    letter_box = subscribe(clients, letters)
    policy = {"dead_letter_topic": letters, "max_delivery_attempts": 6}
    with endpoint(lambda n: (500, f"refusal {n}")) as function:
        subscription = push_to(clients, topic, function.url, dead_letter_policy=policy)
        clients.publisher.publish(topic, b"bad", login="octo").result()
        deliveries = settle(emulator, subscription)
    assert [each.attempt for each in deliveries] == [1, 2, 3, 4, 5, 6]
    assert [b'"deliveryAttempt": %d' % n in body for n, body in enumerate(function.bodies, 1)] == [
        True
    ] * 6
    (letter,) = emulator.backlog(letter_box)
    assert letter.message.failure_reason == "refusal 6"
    assert letter.message.attributes["CloudPubSubDeadLetterSourceDeliveryCount"] == "6"
    assert (letter.message.data, letter.message.attributes["login"]) == (b"bad", "octo")


def test_no_one_listening_is_unreachable(
    emulator: PubSubEmulator, clients: Clients, topic: str
) -> None:
    """A function that is down gets its messages when it is back."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        subscription = push_to(clients, topic, url)
        clients.publisher.publish(topic, b"1").result()
        wait_until(lambda: pushes(emulator, subscription), "it has been tried")
    with endpoint() as function:
        clients.subscriber.modify_push_config(
            subscription=subscription, push_config={"push_endpoint": function.url}
        )
        first, *_, last = settle(emulator, subscription)
    assert (first.outcome, first.status) == ("unreachable", None)
    assert "ConnectionRefusedError" in first.reason
    assert last.outcome == "acknowledged"


def test_no_answer_within_the_ack_deadline_is_a_timeout(tmp_path: Path) -> None:
    """The ack deadline is the push's time limit; the message comes again after it."""
    journal = Journal(tmp_path / "journal.jsonl")
    finished = threading.Event()

    def slow_once(number: int) -> tuple[int, str]:
        if number == 1:
            finished.wait()
        return 204, ""

    with endpoint(slow_once) as function:
        # Shorter than the service allows, so that the test need not wait for 10 s.
        resource = {
            "name": SUBSCRIPTION,
            "topic": TOPIC,
            "ackDeadlineSeconds": 1,
            "pushConfig": {"pushEndpoint": function.url},
        }
        journal.open(
            map(
                encode,
                [
                    Stored(collection="topics", name=TOPIC, resource={"name": TOPIC}),
                    Stored(collection="subscriptions", name=SUBSCRIPTION, resource=resource),
                ],
            )
        )
        journal.close()
        with running(tmp_path) as emulator, connected(emulator.address) as clients:
            clients.publisher.publish(TOPIC, b"1").result()
            late, *_, acknowledged = settle(emulator, SUBSCRIPTION)
            finished.set()
    assert (late.outcome, late.status) == ("timed_out", None)
    assert late.duration_seconds >= 1
    assert "ack deadline of 1 s" in late.reason
    assert acknowledged.outcome == "acknowledged"


def test_a_lost_answer_makes_the_function_run_twice(
    emulator: PubSubEmulator, clients: Clients, topic: str
) -> None:
    """Ordered `drop_answer`: the work was done, and the message comes again."""
    emulator.calls.inject(Fault(operation="Push", kind="drop_answer"))
    with endpoint() as function:
        subscription = push_to(clients, topic, function.url)
        clients.publisher.publish(topic, b"1").result()
        lost, acknowledged = settle(emulator, subscription)
    assert len(function.bodies) == 2
    assert (lost.outcome, acknowledged.outcome) == ("unreachable", "acknowledged")


def test_an_acknowledged_message_may_come_again(
    emulator: PubSubEmulator, clients: Clients, topic: str
) -> None:
    """Ordered `duplicate`: at-least-once means that a function sees it twice."""
    emulator.calls.inject(Fault(operation="Push", kind="duplicate"))
    with endpoint() as function:
        subscription = push_to(clients, topic, function.url)
        clients.publisher.publish(topic, b"1").result()
        first, second = settle(emulator, subscription)
    assert first.message_id == second.message_id
    assert [first.outcome, second.outcome] == ["acknowledged", "acknowledged"]


def test_an_ordered_outage_sends_nothing(
    emulator: PubSubEmulator, clients: Clients, topic: str
) -> None:
    """An ordered status on `Push` keeps the message from the function until it is over."""
    emulator.calls.inject(Fault(operation="Push", kind="UNAVAILABLE", times=3))
    heard: list[Delivery] = []
    before = emulator.calls.count("Push")
    emulator.on_delivery(heard.append)
    with endpoint() as function:
        subscription = push_to(clients, topic, function.url)
        clients.publisher.publish(topic, b"1").result()
        deliveries = settle(emulator, subscription)
    assert [each.outcome for each in deliveries] == ["unreachable"] * 3 + ["acknowledged"]
    assert len(function.bodies) == 1
    wait_until(lambda: heard == deliveries, "all are heard of")
    assert emulator.calls.count("Push") - before == 4


def test_the_newest_may_come_first(emulator: PubSubEmulator, clients: Clients, topic: str) -> None:
    """Ordered `reorder`: of what is due, the newest is delivered first."""
    subscription = subscribe(clients, topic)
    for number in range(3):
        clients.publisher.publish(topic, str(number).encode()).result()
    emulator.calls.inject(Fault(operation="Pull", kind="reorder"))
    data = [each.message.data for each in pull(clients, subscription, 3)]
    assert data == [b"2", b"1", b"0"]


def test_stopping_does_not_wait_for_a_function(tmp_path: Path) -> None:
    """A push under way is cut; its message is delivered after a restart, at the same attempt."""
    stopped = threading.Event()
    released: list[bool] = []

    def held_once(number: int) -> tuple[int, str]:
        if number == 1:
            # Would stop() wait for this function, it would not be set in time.
            released.append(stopped.wait(MOST_SECONDS))
        return 204, ""

    before = threading.active_count()
    with endpoint(held_once) as function:
        with running(tmp_path) as emulator, connected(emulator.address) as clients:
            clients.publisher.create_topic(name=TOPIC)
            subscription = push_to(clients, TOPIC, function.url, ack_deadline_seconds=600)
            clients.publisher.publish(TOPIC, b"1").result()
            function.wait_for(1)
            emulator.stop()
            stopped.set()
        with running(tmp_path) as emulator:
            (delivery,) = settle(emulator, subscription)
    assert released == [True]
    assert (delivery.attempt, delivery.outcome) == (1, "acknowledged")
    wait_until(lambda: threading.active_count() <= before, "its threads are gone")


def test_stopping_does_not_wait_for_the_rest_of_an_answer(tmp_path: Path) -> None:
    """Also where the function has begun to answer and closes the connection by itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with running(tmp_path) as emulator, connected(emulator.address) as clients:
            clients.publisher.create_topic(name=TOPIC)
            subscription = push_to(clients, TOPIC, url, ack_deadline_seconds=600)
            clients.publisher.publish(TOPIC, b"1").result()
            connection, _ = listener.accept()
            with connection:
                connection.recv(100_000)
                connection.sendall(b"HTTP/1.1 500 No\r\nConnection: close\r\n\r\nbecause")
                wait_until(_is_read_from, "the answer is read")
                emulator.stop()
                assert [each.failures for each in emulator.backlog(subscription)] == [0]


def _is_read_from() -> bool:
    """Whether some thread waits for the rest of an HTTP answer's body."""
    for frame in sys._current_frames().values():
        codes = [each.f_code for each, _ in traceback.walk_stack(frame)]
        if any(code.co_qualname == "HTTPResponse.read" for code in codes):
            return True
    return False


def test_what_an_earlier_run_left_waits_for_an_address_of_this_run(tmp_path: Path) -> None:
    """Nothing goes to the last run's port, whoever has it now, and no attempt is counted."""
    first_left, second_left = (
        f"projects/test-project/subscriptions/{name}" for name in ("kept", "given-up")
    )
    with endpoint() as stranger, endpoint() as function:
        with running(tmp_path) as emulator, connected(emulator.address) as clients:
            clients.publisher.create_topic(name=TOPIC)
            for name in (first_left, second_left):
                clients.subscriber.create_subscription(name=name, topic=TOPIC)
            clients.publisher.publish(TOPIC, b"1").result()
            emulator.stop()
            journal = tmp_path / "journal.jsonl"
            push_again(journal, stranger.url)
        with (
            running(tmp_path, only_new_endpoints=True) as emulator,
            connected(emulator.address) as clients,
        ):
            clients.subscriber.modify_push_config(
                subscription=first_left, push_config={"push_endpoint": function.url}
            )
            (delivery,) = settle(emulator, first_left)
            assert (delivery.subscription, delivery.attempt) == (first_left, 1)
            assert [each.failures for each in emulator.backlog(second_left)] == [0]
        assert len(function.bodies) == 1
        assert stranger.bodies == []


def push_again(path: Path, url: str) -> None:
    """Give every subscription of a journal an endpoint, as if it had had it all the time."""
    journal = Journal(path)
    records = journal.read(decode)
    for record in records:
        if isinstance(record, Stored) and record.collection == "subscriptions":
            assert isinstance(record.resource, dict)
            record.resource["pushConfig"] = {"pushEndpoint": url}
    journal.open(map(encode, records))
    journal.close()


def test_waiting_for_the_backlog_can_be_interrupted(tmp_path: Path) -> None:
    """Also by a signal that another thread receives, which wakes nobody."""
    with running(tmp_path) as emulator, connected(emulator.address) as clients:
        clients.publisher.create_topic(name=TOPIC)
        subscription = "projects/test-project/subscriptions/pulled"
        clients.subscriber.create_subscription(name=subscription, topic=TOPIC)
        clients.publisher.publish(TOPIC, b"1").result()
        with interrupted():
            emulator.wait_until_settled([subscription], timeout_seconds=60)
