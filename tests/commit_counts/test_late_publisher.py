"""What publishing needs is loaded while its producer waits, and once for all its threads."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from google.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from commit_counts.errors import NeverWorks
from commit_counts.event import CommitCounts, Count
from commit_counts.late_publisher import LatePublisher
from emulators.pubsub import PubSubEmulator
from own_dashboard.stack.archive import SHARED, package_folder
from tests.support.collect import NOW, window_of
from tests.support.pubsub import running

DAY = window_of("2026-03-01", "2026-03-01").since
EVENT = CommitCounts(
    source="hand", collected_at=NOW, counts=(Count(date=DAY, repository="a/b", commits=3),)
)
WAITING = """
import sys, threading
from commit_counts.late_publisher import LatePublisher
assert "grpc" not in sys.modules
LatePublisher(project="p", topic="t", emulator_host="127.0.0.1:1")
for thread in set(threading.enumerate()) - {threading.main_thread()}:
    thread.join()
assert "commit_counts.publisher" in sys.modules
"""


@pytest.fixture(name="pubsub")
def _pubsub(tmp_path: Path) -> Iterator[PubSubEmulator]:
    with running(tmp_path) as emulator, grpc.insecure_channel(emulator.address) as channel:
        publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        publisher.create_topic(name="projects/somebody/topics/checks")
        yield emulator


def test_loading_needs_no_event() -> None:
    """It is under way from the beginning, beside what the producer does; before it nothing is."""
    functions = package_folder(SHARED).parent
    subprocess.run([sys.executable, "-c", WAITING], cwd=functions, check=True)


def test_many_threads_publish_over_one_connection(
    pubsub: PubSubEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of them comes first."""
    opened: list[str] = []
    plain = grpc.insecure_channel

    def remember(target: str, **options: object) -> grpc.Channel:
        opened.append(target)
        time.sleep(0.05)  # so that the other threads come here too, unless they are kept out
        return plain(target, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(grpc, "insecure_channel", remember)
    with (
        LatePublisher(
            project="somebody", topic="checks", emulator_host=pubsub.address
        ) as publisher,
        ThreadPoolExecutor(max_workers=8) as pool,
    ):
        assert list(pool.map(publisher.publish, [EVENT] * 8)) == [None] * 8
    assert opened == [pubsub.address]
    assert pubsub.calls.count("Publish") == 8


def test_without_credentials_every_event_is_told_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They are looked for anew at each, as an instance may outlive the moment without them."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with LatePublisher(project="p", topic="t", emulator_host=None) as publisher:
        for _ in range(2):
            with pytest.raises(NeverWorks, match="no credentials"):
                publisher.publish(EVENT)
