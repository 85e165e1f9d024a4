"""Our calls over gRPC are those that the client libraries make, and find credentials as they do."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.cloud.monitoring_v3 import MetricServiceClient
from google.cloud.monitoring_v3.services.metric_service.transports import (
    MetricServiceGrpcTransport,
)
from google.protobuf.empty_pb2 import Empty
from google.pubsub_v1 import PublisherClient, PublishResponse
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from commit_counts.errors import NeverWorks
from commit_counts.event import CommitCounts
from commit_counts.publisher import Publisher
from tests.support.collect import NOW, TOKYO, window_of
from write_metric.monitoring import MonitoringSink
from write_metric.series import Point

EVENT = CommitCounts(
    source="github/octocat",
    collected_at=NOW,
    counts=(),
    window=window_of("2026-02-25", "2026-03-31"),
    login="octocat",
    time_zone=TOKYO,
)
POINT = Point(metric="commits_today", value=1, end_time=NOW)


@dataclass
class Recorder(grpc.GenericRpcHandler):
    """A server that takes any unary call, and remembers what was called with which routing."""

    calls: list[tuple[str, str]] = field(default_factory=list)

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> "grpc.RpcMethodHandler[bytes, bytes]":
        """Whatever the method."""
        sent = dict(handler_call_details.invocation_metadata)
        method = handler_call_details.method
        self.calls.append((method, str(sent.get("x-goog-request-params"))))
        answer = (
            PublishResponse.serialize(PublishResponse(message_ids=["1"]))
            if method.endswith("Publish")
            else Empty().SerializeToString()
        )
        return grpc.unary_unary_rpc_method_handler(lambda _request, _context: answer)


@pytest.fixture(name="recorder")
def _recorder() -> Recorder:
    return Recorder()


@pytest.fixture(name="host")
def _host(recorder: Recorder) -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(max_workers=1))
    server.add_generic_rpc_handlers([recorder])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


def test_a_publish_is_called_and_routed_as_the_library_does(recorder: Recorder, host: str) -> None:
    """Google's front end finds the topic by the metadata, not by the message."""
    with closing(Publisher(project="some:body", topic="a~b", emulator_host=host)) as publisher:
        publisher.publish(EVENT)
    with grpc.insecure_channel(host) as channel:
        library = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        library.publish(topic="projects/some:body/topics/a~b", messages=[])
    assert recorder.calls[0] == recorder.calls[1]


def test_points_are_sent_and_routed_as_the_library_does(recorder: Recorder, host: str) -> None:
    """By the project."""
    with closing(MonitoringSink(project="some:body", emulator_host=host)) as sink:
        sink.send([POINT], timeout_seconds=10)
    with grpc.insecure_channel(host) as channel:
        library = MetricServiceClient(transport=MetricServiceGrpcTransport(channel=channel))
        library.create_time_series(name="projects/some:body", time_series=[])
    assert recorder.calls[0] == recorder.calls[1]


def test_the_services_are_where_the_libraries_look_for_them(
    monkeypatch: pytest.MonkeyPatch, credentials: Path
) -> None:
    """With the credentials of this place, which nothing is asked for before the first call."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(credentials))
    opened: list[str] = []
    plain = grpc.secure_channel

    def remember(target: str, *arguments: object, **options: object) -> grpc.Channel:
        opened.append(target)
        return plain(target, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(grpc, "secure_channel", remember)
    Publisher(project="p", topic="t", emulator_host=None).close()
    MonitoringSink(project="p", emulator_host=None).close()
    PublisherClient().transport.close()  # type: ignore[no-untyped-call]
    MetricServiceClient().transport.close()  # type: ignore[no-untyped-call]
    assert (
        opened[:2] == opened[2:] == ["pubsub.googleapis.com:443", "monitoring.googleapis.com:443"]
    )


def test_missing_credentials_are_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Trying again would not help."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(NeverWorks, match="gcloud auth application-default login"):
        Publisher(project="p", topic="t", emulator_host=None)
    with pytest.raises(NeverWorks, match="gcloud auth application-default login"):
        MonitoringSink(project="p")


@pytest.fixture(name="credentials")
def _credentials(tmp_path: Path) -> Path:
    """A key of a service account that does not exist."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    content = {
        "type": "service_account",
        "client_email": "nobody@nowhere.iam.gserviceaccount.com",
        "private_key": text,
        "token_uri": "https://127.0.0.1:1/token",
    }
    file = tmp_path / "key.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file
