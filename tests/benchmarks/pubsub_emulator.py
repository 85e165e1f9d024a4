"""The Pub/Sub emulator beside Google's, where the machine has that one.

Start, memory, published and pushed messages a second. The receiver of the pushes is a process of
its own, the same for both.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import grpc
from google.pubsub_v1 import PublisherClient, PubsubMessage, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from tests.benchmarks.receiver import Receiver, receiver
from tests.benchmarks.report import Bench, Samples, Table, ratio
from tests.support.ports import unused_port
from tests.support.processes import group_memory_mb
from tests.support.pubsub import google_emulator_command
from tests.support.stack import ROOT

OURS, GOOGLES = "emulators.pubsub", "Google's"
STARTS = 3
PUBLISHED, BATCH, PUSHED = 10_000, 100, 2_000
_DATA = b"x" * 200
_MOST_SECONDS = 120.0


def run(bench: Bench) -> None:
    """Start both in turn; then let each take messages and push them."""
    commands = {OURS: [sys.executable, "-m", "emulators", "pubsub"]}
    googles = google_emulator_command()
    notes = []
    if isinstance(googles, str):
        notes.append(f"Not compared: {googles}.")
    else:
        commands[GOOGLES] = googles
    starts = {name: Samples() for name in commands}
    memory = {name: Samples() for name in commands}
    published = {name: Samples() for name in commands}
    pushed = {name: Samples() for name in commands}
    with tempfile.TemporaryDirectory() as folder, receiver() as pushes:
        for each in bench.rounds(STARTS):
            for name, command in commands.items():
                state = Path(folder) / f"{each}"
                with _Emulator(name, command, state) as emulator:
                    starts[name].add(emulator.start_seconds)
                    published[name].add(_publish(emulator.address, bench.quick))
                    pushed[name].add(_push(emulator.address, pushes, bench.quick))
                    memory[name].add(emulator.memory_mb())
    bench.show(
        Table(
            title="The Pub/Sub emulator",
            headings=("emulator", "start", "times Google's", "memory", "times Google's",
                      "published a second", "pushed a second"),
            rows=[
                (
                    name,
                    starts[name].shown("s"),
                    ratio(starts[name], starts[GOOGLES]) if GOOGLES in commands else "",
                    memory[name].shown("MB", digits=0),
                    ratio(memory[name], memory[GOOGLES]) if GOOGLES in commands else "",
                    published[name].shown("", digits=0),
                    pushed[name].shown("", digits=0),
                )
                for name in commands
            ],
            notes=[
                *notes,
                f"Published: {PUBLISHED:,} messages of {len(_DATA)} bytes, {BATCH} a request. "
                f"Pushed: {PUSHED:,} messages to one subscription. Memory: after both.",
            ],
        )
    )  # fmt: skip


class _Emulator:
    """One emulator as a process of its own."""

    def __init__(self, name: str, command: list[str], state: Path) -> None:
        self._name, self._command, self._state = name, command, state
        self.address = ""
        self.start_seconds = 0.0

    def __enter__(self) -> "_Emulator":
        port = unused_port()
        self.address = f"127.0.0.1:{port}"
        own = [f"--port={port}", f"--state={self._state}"]
        arguments = own if self._name == OURS else ["--host=127.0.0.1", f"--port={port}"]
        with grpc.insecure_channel(self.address) as channel:
            publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
            started = time.perf_counter()
            self._process = subprocess.Popen(
                [*self._command, *arguments],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            self._wait_until_it_listens()  # a channel that has once failed waits before it retries
            publisher.list_topics(project="projects/measured", timeout=_MOST_SECONDS)
            self.start_seconds = time.perf_counter() - started
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + _MOST_SECONDS
        host, port = self.address.split(":")
        while True:
            try:
                socket.create_connection((host, int(port))).close()
            except ConnectionError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the emulator {self._name} does not start") from None
                time.sleep(0.001)
            else:
                return

    def memory_mb(self) -> float:
        """What its processes hold."""
        return group_memory_mb(self._process.pid)


def _publish(address: str, quick: bool) -> float:
    """Messages a second, by one client that waits for each answer."""
    number = BATCH if quick else PUBLISHED
    with grpc.insecure_channel(address) as channel:
        publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        topic = "projects/measured/topics/published"
        publisher.create_topic(name=topic)
        messages = [PubsubMessage(data=_DATA)] * BATCH
        started = time.perf_counter()
        for _ in range(number // BATCH):
            publisher.publish(topic=topic, messages=messages)
        return number / (time.perf_counter() - started)


def _push(address: str, pushes: Receiver, quick: bool) -> float:
    """Messages a second, from the first publish to the last push."""
    number = BATCH if quick else PUSHED
    pushes.expect(number)
    with grpc.insecure_channel(address) as channel:
        publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        topic = "projects/measured/topics/pushed"
        publisher.create_topic(name=topic)
        subscriber.create_subscription(
            request={
                "name": "projects/measured/subscriptions/pushed",
                "topic": topic,
                "push_config": {"push_endpoint": pushes.url},
            }
        )
        started = time.perf_counter()
        for _ in range(number // BATCH):
            publisher.publish(topic=topic, messages=[PubsubMessage(data=_DATA)] * BATCH)
        pushes.wait()
        return number / (time.perf_counter() - started)
