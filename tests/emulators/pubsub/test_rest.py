"""The REST door: what curl and the real gcloud meet."""

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from emulators.pubsub import PubSubEmulator
from tests.support.pubsub import connected, running

TOPIC = "projects/test-project/topics/counts"
SUBSCRIPTION = "projects/test-project/subscriptions/reader"
PROTO = 'syntax = "proto3"; message Count { int64 commits = 1; }'


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PubSubEmulator]:
    """An emulator with a topic that has a schema, and a subscription, all made over REST."""
    with running(tmp_path_factory.mktemp("pubsub-rest")) as started:
        with httpx.Client(base_url=f"{started.rest_url}/v1/") as http:
            schema = {"type": "PROTOCOL_BUFFER", "definition": PROTO}
            settings = {"schema": "projects/test-project/schemas/counts", "encoding": "JSON"}
            for answer in (
                http.post("projects/test-project/schemas?schemaId=counts", json=schema),
                http.put(TOPIC, json={"schemaSettings": settings}),
                http.put(SUBSCRIPTION, json={"topic": TOPIC}),
            ):
                assert answer.status_code == 200, answer.text
        yield started


@pytest.fixture
def http(emulator: PubSubEmulator) -> Iterator[httpx.Client]:
    """A plain HTTP client of the API."""
    with httpx.Client(base_url=f"{emulator.rest_url}/v1/") as client:
        yield client


def encoded(data: bytes) -> str:
    """Bytes as JSON carries them."""
    return base64.b64encode(data).decode()


def test_a_message_goes_in_and_comes_out(http: httpx.Client) -> None:
    """Publish, pull and acknowledge have the REST API's JSON."""
    message = {"data": encoded(b'{"commits": 3}'), "attributes": {"login": "octo"}}
    (message_id,) = http.post(f"{TOPIC}:publish", json={"messages": [message]}).json()["messageIds"]
    pulled = http.post(f"{SUBSCRIPTION}:pull", json={"maxMessages": 5}).json()
    (received,) = pulled["receivedMessages"]
    got = received["message"]
    assert (got["messageId"], got["data"]) == (message_id, message["data"])
    assert got["attributes"]["login"] == "octo"
    acknowledged = http.post(f"{SUBSCRIPTION}:acknowledge", json={"ackIds": [received["ackId"]]})
    assert acknowledged.json() == {}


def test_resources_are_read(http: httpx.Client) -> None:
    """Topics, subscriptions and schemas are read and listed."""
    assert http.get(TOPIC).json()["name"] == TOPIC
    assert http.get("projects/test-project/topics").json()["topics"] == [http.get(TOPIC).json()]
    assert http.get(SUBSCRIPTION).json()["ackDeadlineSeconds"] == 10
    assert http.get(f"{TOPIC}/subscriptions").json()["subscriptions"] == [SUBSCRIPTION]
    schema = http.get("projects/test-project/schemas/counts").json()
    assert (schema["type"], schema["definition"]) == ("PROTOCOL_BUFFER", PROTO)


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "status"),
    [
        ("POST", f"{TOPIC}-none:publish", '{"messages": [{"data": "eA=="}]}', 404, "NOT_FOUND"),
        ("PUT", TOPIC, "{}", 409, "ALREADY_EXISTS"),
        ("POST", f"{TOPIC}:publish", '{"messages": [{}]}', 400, "INVALID_ARGUMENT"),
        ("POST", f"{TOPIC}:publish", '{"massages": []}', 400, "INVALID_ARGUMENT"),
        ("POST", f"{TOPIC}:publish", "{", 400, "INVALID_ARGUMENT"),
        ("POST", f"{TOPIC}:publish", "\udcff", 400, "INVALID_ARGUMENT"),
        ("GET", "projects/p/snapshots", "", 501, "UNIMPLEMENTED"),
        ("GET", "../v2/projects", "", 404, "NOT_FOUND"),
    ],
)
def test_refusals_have_googles_shape(
    http: httpx.Client, method: str, path: str, body: str, code: int, status: str
) -> None:
    """An error has code, message and status, as every Google API answers."""
    content = body.encode(errors="surrogateescape")
    headers = {"Content-Type": "application/json"}
    answer = http.request(method, path, content=content, headers=headers)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["status"]) == (code, code, status)
    assert error["message"]


def gcloud(emulator: PubSubEmulator, config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The real command line, with a configuration of its own, against the REST API."""
    program = shutil.which("gcloud")
    if program is None:
        pytest.skip("no gcloud here to publish with")
    settings = {
        "CLOUDSDK_CONFIG": str(config),
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB": f"{emulator.rest_url}/",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        "CLOUDSDK_CORE_PROJECT": "test-project",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "true",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
    }
    return subprocess.run(
        [program, "pubsub", *words],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_real_gcloud_publishes(emulator: PubSubEmulator, tmp_path: Path) -> None:
    """`gcloud pubsub topics publish` stores a good message and prints why a bad one is refused."""
    words = ("topics", "publish", "counts")
    good = gcloud(emulator, tmp_path, *words, '--message={"commits": 7}', "--attribute=login=octo")
    assert good.returncode == 0, good.stderr
    assert "messageIds" in good.stdout
    (owed,) = emulator.backlog(SUBSCRIPTION)
    assert owed.message.data == b'{"commits": 7}'
    assert owed.message.attributes["login"] == "octo"
    bad = gcloud(emulator, tmp_path, *words, '--message={"comits": 7}')
    assert bad.returncode == 1
    assert "INVALID_ARGUMENT" in bad.stderr
    assert 'no field named "comits"' in bad.stderr
    assert len(emulator.backlog(SUBSCRIPTION)) == 1


def test_the_real_gcloud_updates_and_is_told_at_once_what_is_left_out(
    emulator: PubSubEmulator, tmp_path: Path
) -> None:
    """It would try a 5xx again for half a minute; other callers get the 501 itself."""
    updated = gcloud(emulator, tmp_path, "subscriptions", "update", "reader", "--ack-deadline=33")
    assert updated.returncode == 0, updated.stderr
    with connected(emulator.address) as clients:
        assert (
            clients.subscriber.get_subscription(subscription=SUBSCRIPTION).ack_deadline_seconds
            == 33
        )
    before = emulator.calls.count()
    left_out = gcloud(emulator, tmp_path, "snapshots", "list")
    assert left_out.returncode == 1
    assert "is not part of this emulator" in left_out.stderr
    assert emulator.calls.count() == before


@pytest.mark.parametrize(
    ("agent", "status"), [("curl/8", 501), ("google-cloud-sdk gcloud/570.0.0", 400)]
)
def test_what_is_left_out_is_unimplemented_in_json(
    http: httpx.Client, agent: str, status: int
) -> None:
    headers = {"User-Agent": agent, "Content-Type": "application/json"}
    for method, path in (("GET", "projects/p/snapshots"), ("PATCH", "projects/p/snapshots/s"),
                         ("OPTIONS", TOPIC), ("TRACE", TOPIC)):  # fmt: skip
        answer = http.request(method, path, headers=headers)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["status"]) == (
            status,
            501,
            "UNIMPLEMENTED",
        )
        assert method in error["message"]
