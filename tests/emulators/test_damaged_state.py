"""No damage to a file of records passes unnoticed, and what is intact is used."""

import logging
import os
import resource
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable
from hypothesis import given
from hypothesis import strategies as st

from emulators.journal import Journal
from emulators.pubsub import PubSubEmulator
from tests.support.monitoring import NOON, reading, running_monitoring
from tests.support.monitoring import PROJECT as MONITORED
from tests.support.processes import MOST_SECONDS
from tests.support.pubsub import PROJECT, connected, endpoint, running, subscribe

RECORDS = [{"number": number, "名": "値" * number} for number in range(5)]

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "zeroed": lambda content: bytes(len(content)),
    "cut in a line": lambda content: content[:-15],
    "cut between lines": lambda content: b"".join(content.splitlines(keepends=True)[:-1]),
    "cut to its first line": lambda content: content.splitlines(keepends=True)[0],
    "a hole": lambda content: content[:-150] + bytes(100) + content[-50:],
    "a flipped byte": lambda content: content[:-40] + bytes([content[-40] ^ 1]) + content[-39:],
    "its first line is flipped": lambda content: bytes([content[0] ^ 1]) + content[1:],
    "garbage": lambda content: os.urandom(len(content)),
    "a line is gone": lambda content: b"".join(
        line for number, line in enumerate(content.splitlines(keepends=True)) if number != 2
    ),
}  # fmt: skip


def written(path: Path) -> bytes:
    journal = Journal(path)
    journal.read(dict)
    journal.open(RECORDS[:2])
    for record in RECORDS[2:]:
        journal.append([record])
    journal.close()
    return path.read_bytes()


def read(path: Path) -> tuple[list[dict[str, Any]], bool]:
    """The records of a file, and whether it is whole."""
    journal = Journal(path)
    records = journal.read(dict)
    journal.close()
    return records, journal.whole


def test_what_was_written_is_read_and_a_whole_file_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "records"
    written(path)
    journal = Journal(path)
    assert journal.read(dict) == RECORDS
    assert journal.whole
    journal.open(None)
    journal.append([{"number": 5}])
    journal.close()
    assert read(path) == ([*RECORDS, {"number": 5}], True)


@given(data=st.data())
def test_a_file_with_any_byte_changed_or_cut_is_whole_no_more(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("state") / "records"
    content = written(path)
    at = data.draw(st.integers(0, len(content) - 1), label="at")
    value = data.draw(st.none() | st.integers(1, 255), label="xor with; None cuts")
    changed = content[:at] if value is None else bytearray(content)
    if isinstance(changed, bytearray) and value is not None:
        changed[at] ^= value
    path.write_bytes(changed)
    records, whole = read(path)
    assert not whole
    assert all(record in RECORDS for record in records)
    if value is not None:
        assert len(records) >= len(RECORDS) - 2, "a newline that is gone joins two lines"
    aside = path.with_name("records.damaged-1")
    assert aside.read_bytes() == changed
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600


def test_what_lies_behind_the_length_was_never_accepted(tmp_path: Path) -> None:
    """A crash in the middle of an append costs that append, and is no damage."""
    path = tmp_path / "records"
    content = written(path)
    path.write_bytes(content + content.splitlines(keepends=True)[-1][:-9])
    assert read(path) == (RECORDS, True)


def test_two_emulators_do_not_share_a_folder(tmp_path: Path) -> None:
    with running(tmp_path):
        second = PubSubEmulator(state=tmp_path)
        with pytest.raises(OSError, match="another emulator uses this folder"):
            second.start()
        second.stop()
    with running(tmp_path):
        pass


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_journal_is_said_and_kept_and_the_rest_is_delivered(
    tmp_path: Path, damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """The start names the file and how much is lost; what is left is owed as before."""
    topic = f"{PROJECT}/topics/counts"
    sent = [f"message {number} {'x' * 200}".encode() for number in range(6)]
    with running(tmp_path) as emulator, connected(emulator.address) as clients:
        clients.publisher.create_topic(name=topic)
        subscription = subscribe(clients, topic)
        for data in sent:
            clients.publisher.publish(topic, data).result()
    journal = tmp_path / "journal.jsonl"
    content = journal.read_bytes()
    damaged = damage(content)
    journal.write_bytes(damaged)
    whole = set(content.splitlines(keepends=True)) & set(damaged.splitlines(keepends=True))
    with caplog.at_level(logging.WARNING, "emulators"), running(tmp_path) as emulator:
        known = subscription in (name for name in _subscriptions(emulator))
        owed = [each.message.data for each in emulator.backlog(subscription)] if known else []
    intact = [data for data in sent if any(data in line for line in whole)]
    assert owed == (intact if known else [])
    first = caplog.messages[0]
    assert str(journal) in first
    assert "journal.jsonl.damaged-1" in first
    assert any(character.isdigit() for character in first.split("damaged:")[1])
    assert (tmp_path / "journal.jsonl.damaged-1").read_bytes() == damaged
    caplog.clear()
    with running(tmp_path):
        pass
    assert caplog.messages == [], "damage is said once"


def _subscriptions(emulator: PubSubEmulator) -> list[str]:
    with connected(emulator.address) as clients:
        found = clients.subscriber.list_subscriptions(project=PROJECT)
        return [each.name for each in found]


def test_messages_whose_subscription_is_lost_are_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    topic = f"{PROJECT}/topics/counts"
    with running(tmp_path) as emulator, connected(emulator.address) as clients:
        clients.publisher.create_topic(name=topic)
        subscription = subscribe(clients, topic)
        clients.publisher.publish(topic, b"1").result()
    journal = tmp_path / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    stored = next(i for i, line in enumerate(lines) if b'"subscriptions","name"' in line)
    lines[stored] = lines[stored].replace(b"ackDeadline", b"ackDEADLINE")
    journal.write_bytes(b"".join(lines))
    with caplog.at_level(logging.WARNING, "emulators"), running(tmp_path) as emulator:
        assert subscription not in _subscriptions(emulator)
    assert any("1 messages were owed to subscriptions that are lost" in m for m in caplog.messages)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_points_are_said_and_kept_and_the_rest_is_read(
    tmp_path: Path, damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    state = tmp_path / "monitoring"
    with running_monitoring(state) as first:
        first.client.create_time_series(name=MONITORED, time_series=[reading(NOON, 7)])
    points = state / "points.jsonl"
    damaged = damage(points.read_bytes())
    points.write_bytes(damaged)
    with caplog.at_level(logging.WARNING, "emulators"), running_monitoring(state) as second:
        values = [p.value for series in second.emulator.time_series() for p in series.points]
        assert values in ([7], [])
    assert str(points) in caplog.messages[0]
    assert (state / "points.jsonl.damaged-1").read_bytes() == damaged


def test_points_whose_descriptor_is_lost_are_read(tmp_path: Path) -> None:
    with running_monitoring(tmp_path) as first:
        first.client.create_time_series(name=MONITORED, time_series=[reading(NOON, 7)])
        kept = first.emulator.time_series()
    points = tmp_path / "points.jsonl"
    header, descriptor, *rest = points.read_bytes().splitlines(keepends=True)
    points.write_bytes(header + descriptor.replace(b"GAUGE", b"GUAGE") + b"".join(rest))
    with running_monitoring(tmp_path) as second:
        assert second.emulator.time_series() == kept


@contextmanager
def full_disk(path: Path) -> Iterator[None]:
    """No file can grow further than this one has room for half a record."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_refuses_the_publisher_and_spoils_nothing(tmp_path: Path) -> None:
    """Nothing of the refused message is accepted, and the next record is intact."""
    topic = f"{PROJECT}/topics/counts"
    with running(tmp_path) as emulator, connected(emulator.address) as clients:
        clients.publisher.create_topic(name=topic)
        subscription = subscribe(clients, topic)
        with full_disk(tmp_path / "journal.jsonl"):
            request = {"topic": topic, "messages": [{"data": b"refused"}]}
            with pytest.raises(ServiceUnavailable, match="state cannot be written"):
                clients.raw_publisher.publish(request, retry=None)
        assert emulator.backlog(subscription) == []
        clients.publisher.publish(topic, b"accepted").result()
    with running(tmp_path) as emulator:
        assert [each.message.data for each in emulator.backlog(subscription)] == [b"accepted"]
    assert list(tmp_path.glob("*.damaged-*")) == []


def test_a_full_disk_does_not_end_pushing(tmp_path: Path) -> None:
    """What was answered while the disk was full is pushed again, and then acknowledged."""
    topic = f"{PROJECT}/topics/counts"
    release = threading.Event()

    def answer(_: int) -> tuple[int, str]:
        release.wait()
        return 204, ""

    with (
        endpoint(answer) as function,
        running(tmp_path) as emulator,
        connected(emulator.address) as clients,
    ):
        clients.publisher.create_topic(name=topic)
        subscription = subscribe(clients, topic, push_config={"push_endpoint": function.url})
        clients.publisher.publish(topic, b"1").result()
        function.wait_for(1)
        with full_disk(tmp_path / "journal.jsonl"):
            release.set()
            function.wait_for(2)
        assert emulator.wait_until_settled([subscription], timeout_seconds=MOST_SECONDS)
        assert emulator.deliveries()[-1].outcome == "acknowledged"


def test_nothing_is_readable_for_others(tmp_path: Path) -> None:
    """Whatever the umask is."""
    before = os.umask(0)
    try:
        with running(tmp_path / "pubsub"), running_monitoring(tmp_path / "monitoring"):
            pass
    finally:
        os.umask(before)
    for emulator in ("pubsub", "monitoring"):
        assert stat.S_IMODE((tmp_path / emulator).stat().st_mode) == 0o700
        for path in (tmp_path / emulator).iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
