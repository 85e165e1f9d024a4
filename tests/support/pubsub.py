"""Pub/Sub for tests: the emulator, Google's emulator where the machine has it, and the clients."""

import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import Any
from unittest.mock import patch

import google.cloud.pubsub_v1 as pubsub_v1
import grpc
import pytest
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from emulators.pubsub import PubSubEmulator
from tests.support.ports import unused_port
from tests.support.processes import MOST_SECONDS

PROJECT = "projects/test-project"
EMULATOR_MAIN = "com.google.cloud.pubsub.testing.v1.Main"


def topic_name(prefix: str = "topic") -> str:
    """A full name that no other test uses."""
    return f"{PROJECT}/topics/{prefix}-{uuid.uuid4().hex[:12]}"


def subscription_name(prefix: str = "subscription") -> str:
    """A full name that no other test uses."""
    return f"{PROJECT}/subscriptions/{prefix}-{uuid.uuid4().hex[:12]}"


@dataclass(frozen=True, kw_only=True)
class Clients:
    """The real clients, connected to one server; the raw ones send each request as it is."""

    publisher: pubsub_v1.PublisherClient
    raw_publisher: PublisherClient
    raw_subscriber: SubscriberClient
    subscriber: pubsub_v1.SubscriberClient
    schemas: pubsub_v1.SchemaServiceClient


@contextmanager
def connected(address: str) -> Iterator[Clients]:
    """The real clients against 127.0.0.1:PORT, closed at the end."""
    schema_transport = pubsub_v1.SchemaServiceClient.get_transport_class("grpc")
    # Read when a client is made; it must not outlive that, for a fixture may outlive its test.
    with patch.dict(os.environ, {"PUBSUB_EMULATOR_HOST": address}):
        subscriber = pubsub_v1.SubscriberClient()
        publisher = pubsub_v1.PublisherClient(pubsub_v1.types.BatchSettings(max_messages=1))
    with grpc.insecure_channel(address) as channel, subscriber:
        yield Clients(
            publisher=publisher,
            raw_publisher=PublisherClient(transport=PublisherGrpcTransport(channel=channel)),
            raw_subscriber=SubscriberClient(transport=SubscriberGrpcTransport(channel=channel)),
            subscriber=subscriber,
            schemas=pubsub_v1.SchemaServiceClient(transport=schema_transport(channel=channel)),
        )
        publisher.stop()
        publisher.transport.close()


@contextmanager
def running(
    state: Path, *, speed: float = 1.0, only_new_endpoints: bool = False
) -> Iterator[PubSubEmulator]:
    """A started emulator, stopped at the end."""
    emulator = PubSubEmulator(state=state, speed=speed, only_new_endpoints=only_new_endpoints)
    emulator.start()
    try:
        yield emulator
    finally:
        emulator.stop()


def google_emulator_command() -> list[str] | str:
    """How to start Google's emulator, without its port; or why it cannot be started here."""
    java, gcloud = shutil.which("java"), shutil.which("gcloud")
    if java is None:
        return "no java here to run Google's Pub/Sub emulator"
    roots = [Path("/usr/lib/google-cloud-sdk")]
    if gcloud is not None:
        roots.insert(0, Path(gcloud).resolve().parent.parent)
    for root in roots:
        for jar in sorted(root.glob("platform/pubsub-emulator/lib/cloud-pubsub-emulator-*.jar")):
            return [java, "-XX:TieredStopAtLevel=1", "-cp", str(jar), EMULATOR_MAIN]
    return "Google's Pub/Sub emulator is not installed beside gcloud here"


@contextmanager
def google_emulator(command: list[str], log: Path) -> Iterator[str]:
    """Google's emulator, its 127.0.0.1:PORT, ended at the end."""
    port = unused_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--host=127.0.0.1", f"--port={port}"],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"127.0.0.1:{port}"
        with grpc.insecure_channel(address) as channel:
            grpc.channel_ready_future(channel).result(timeout=MOST_SECONDS)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass
class Endpoint:
    """A push endpoint: `answers` decides the status and body for the n-th request (from 1)."""

    answers: Callable[[int], tuple[int, str]] = lambda _: (204, "")
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    arrived: Condition = field(default_factory=Condition)
    url: str = ""

    def wait_for(self, count: int) -> None:
        """Wait until so many requests have come."""
        with self.arrived:
            arrived = self.arrived.wait_for(lambda: len(self.bodies) >= count, MOST_SECONDS)
        assert arrived, f"expected {count} pushes, got {len(self.bodies)}"


@contextmanager
def endpoint(answers: Callable[[int], tuple[int, str]] | None = None) -> Iterator[Endpoint]:
    """A push endpoint on a free port of this machine."""
    made = Endpoint() if answers is None else Endpoint(answers=answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with made.arrived:
                made.bodies.append(body)
                made.headers.append(dict(self.headers))
                number = len(made.bodies)
                made.arrived.notify_all()
            status, text = made.answers(number)
            self.send_response(status)
            if status not in (102, 204):
                self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            if status not in (102, 204):
                self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_port}/push"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def subscribe(clients: Clients, topic: str, **settings: Any) -> str:
    """A new subscription to the topic: what it has delivered comes again only when told to."""
    request = {"name": subscription_name(), "topic": topic, "ack_deadline_seconds": 600, **settings}
    return str(clients.subscriber.create_subscription(request=request).name)


def pull(clients: Clients, subscription: str, count: int = 1) -> list[Any]:
    """So many messages; AssertionError where they do not come."""
    received: list[Any] = []
    end = time.monotonic() + MOST_SECONDS
    while len(received) < count and time.monotonic() < end:
        answer = clients.subscriber.pull(
            subscription=subscription, max_messages=count - len(received), timeout=MOST_SECONDS
        )
        received += answer.received_messages
    assert len(received) == count
    return received


def is_empty(clients: Clients, subscription: str) -> bool:
    """Whether a pull finds nothing at once."""
    with pytest.warns(DeprecationWarning, match="return_immediately"):
        answer = clients.subscriber.pull(
            request={"subscription": subscription, "max_messages": 1, "return_immediately": True}
        )
    return not answer.received_messages
