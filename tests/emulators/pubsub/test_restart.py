"""What the emulator knows outlives it, however it ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from google.api_core import exceptions
from google.pubsub_v1 import types

from tests.support.processes import MOST_SECONDS
from tests.support.pubsub import PROJECT, Clients, connected, endpoint, pull, running, subscribe

TOPIC = f"{PROJECT}/topics/counts"
PROTO = 'syntax = "proto3"; message Count { int64 commits = 1; }'
ROOT = Path(__file__).resolve().parents[3]

SERVE = """
import sys, pathlib, threading
from emulators.pubsub import PubSubEmulator
emulator = PubSubEmulator(state=pathlib.Path(sys.argv[1]))
emulator.start()
print(emulator.address, flush=True)
threading.Event().wait()
"""


@contextmanager
def killed(state: Path) -> Iterator[Clients]:
    """An emulator in a process of its own, killed with SIGKILL at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(state)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    with process.stdout as output, connected(output.readline().strip()) as clients:
        try:
            yield clients
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()


def test_everything_outlives_a_kill(tmp_path: Path) -> None:
    """Topics, subscriptions, schemas and what is owed are there again; acknowledged is not."""
    with killed(tmp_path) as clients:
        schema = clients.schemas.create_schema(
            parent=PROJECT,
            schema=types.Schema(type_=types.Schema.Type.PROTOCOL_BUFFER, definition=PROTO),
            schema_id="counts",
        )
        settings = {"schema": schema.name, "encoding": types.Encoding.JSON}
        clients.publisher.create_topic(request={"name": TOPIC, "schema_settings": settings})
        subscription = subscribe(clients, TOPIC, ack_deadline_seconds=77)
        wanted = clients.subscriber.get_subscription(subscription=subscription)
        for number in range(3):
            data = b'{"commits": %d}' % number
            clients.publisher.publish(TOPIC, data, login="octo").result()
        first, second = pull(clients, subscription, 2)
        clients.subscriber.acknowledge(subscription=subscription, ack_ids=[first.ack_id])
    with running(tmp_path) as emulator, connected(emulator.address) as clients:
        assert clients.subscriber.get_subscription(subscription=subscription) == wanted
        assert clients.schemas.get_schema(name=schema.name).definition == PROTO
        with pytest.raises(exceptions.InvalidArgument):
            clients.raw_publisher.publish(topic=TOPIC, messages=[types.PubsubMessage(data=b"{")])
        again = pull(clients, subscription, 2)
        assert again[0].message == second.message
        assert {each.message.data for each in again} == {b'{"commits": 1}', b'{"commits": 2}'}
        new_id = clients.publisher.publish(TOPIC, b"{}").result()
        assert new_id not in {each.message.message_id for each in (first, *again)}


def test_deliveries_and_dead_letters_outlive_a_restart(tmp_path: Path) -> None:
    """The list of the last pushes, and the dead letters' reasons, are there again."""
    letters = f"{PROJECT}/topics/letters"
    with (
        running(tmp_path, speed=1_000) as emulator,
        connected(emulator.address) as clients,
        endpoint(lambda _: (500, "no")) as function,
    ):
        for name in (TOPIC, letters):
            clients.publisher.create_topic(name=name)
        letter_box = subscribe(clients, letters)
        subscription = subscribe(
            clients,
            TOPIC,
            push_config={"push_endpoint": function.url},
            dead_letter_policy={"dead_letter_topic": letters, "max_delivery_attempts": 5},
        )
        clients.publisher.publish(TOPIC, b"\xff bad").result()
        assert emulator.wait_until_settled([subscription], timeout_seconds=MOST_SECONDS)
        deliveries, box = emulator.deliveries(), emulator.backlog(letter_box)
    assert len(deliveries) == 5
    with running(tmp_path) as emulator:
        assert emulator.deliveries() == deliveries
        assert emulator.deliveries(limit=2) == deliveries[-2:]
        assert emulator.backlog(letter_box) == box
    assert box[0].message.failure_reason == "no"


def test_a_line_cut_short_is_passed_over(tmp_path: Path) -> None:
    """A crash in the middle of a write costs that write only."""
    with running(tmp_path) as emulator, connected(emulator.address) as clients:
        clients.publisher.create_topic(name=TOPIC)
        subscription = subscribe(clients, TOPIC)
        clients.publisher.publish(TOPIC, "数".encode()).result()
    journal = tmp_path / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole.splitlines()[-1][:-30])
    with running(tmp_path) as emulator:
        assert [each.message.data.decode() for each in emulator.backlog(subscription)] == ["数"]


def test_a_journal_without_checksums_is_taken_over(tmp_path: Path) -> None:
    """What was written before there were checksums is read, and has them afterwards."""
    subscription = f"{PROJECT}/subscriptions/old"
    records = [
        {"kind": "stored", "collection": "topics", "name": TOPIC, "resource": {"name": TOPIC}},
        {"kind": "stored", "collection": "subscriptions", "name": subscription,
         "resource": {"name": subscription, "topic": TOPIC}},
        {"kind": "published", "topic": TOPIC, "subscriptions": [subscription], "failures": 2,
         "failure_reason": "", "message": {"message_id": "7", "data": "old",
                                           "published_at": "2026-11-20T00:00:00+00:00"}},
    ]  # fmt: skip
    lines = [json.dumps(record) for record in records]
    (tmp_path / "journal.jsonl").write_text("\n".join([*lines, lines[-1][:40]]))
    for _ in range(2):
        with running(tmp_path) as emulator:
            assert [each.message.data for each in emulator.backlog(subscription)] == [b"old"]
    assert (tmp_path / "journal.jsonl").read_text().count('"crc32"') == 5
    assert list(tmp_path.glob("*.damaged-*")) == []


def test_a_start_compacts_what_is_done_with(tmp_path: Path) -> None:
    """What was acknowledged takes no room after a restart."""
    with running(tmp_path) as emulator, connected(emulator.address) as clients:
        clients.publisher.create_topic(name=TOPIC)
        subscription = subscribe(clients, TOPIC)
        for _ in range(20):
            clients.publisher.publish(TOPIC, b"1").result()
        ack_ids = [each.ack_id for each in pull(clients, subscription, 20)]
        clients.subscriber.acknowledge(subscription=subscription, ack_ids=ack_ids)
    with running(tmp_path):
        pass
    assert len((tmp_path / "journal.jsonl").read_text().splitlines()) == 4
