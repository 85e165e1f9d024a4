"""No page of another site reaches a server of this machine, by whatever trick; real clients do."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from emulators.github import GitHubEmulator
from emulators.http_guard import guarded
from emulators.http_server import LoopbackServer
from emulators.pubsub import PubSubEmulator
from emulators.sheets import SheetsEmulator

JSON = {"Content-Type": "application/json"}
SERVERS = {
    "pubsub": ("PUT", "/v1/projects/p/topics/evil", "{}"),
    "sheets": ("POST", "/v4/spreadsheets", "{}"),
    "github": ("POST", "/graphql", '{"query": "{viewer{login}}"}'),
}


def call(
    port: int, method: str, path: str, body: str | None, headers: dict[str, str]
) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


@contextmanager
def served(name: str, state: Path) -> Iterator[int]:
    """The port of one of the emulators' HTTP servers."""
    if name == "pubsub":
        emulator: Any = PubSubEmulator(state=state)
        emulator.start()
        url = emulator.rest_url
    else:
        emulator = {"sheets": SheetsEmulator, "github": GitHubEmulator}[name](state=state)
        emulator.start()
        url = emulator.url
    try:
        yield int(url.removeprefix("http://").split("/")[0].partition(":")[2])
    finally:
        emulator.stop()


REFUSED = [
    ({"Host": "evil.example"}, 403),
    ({"Host": "evil.example:{port}"}, 403),
    ({"Host": "127.0.0.1.evil.example"}, 403),
    ({"Host": ""}, 403),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "http://localhost:1"}, 403),
    ({"Content-Type": "text/plain"}, 415),
    ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
    ({"Content-Type": ""}, 415),
]


@pytest.mark.parametrize("name", SERVERS)
def test_a_foreign_request_is_refused_with_an_error_in_json(name: str, tmp_path: Path) -> None:
    method, path, body = SERVERS[name]
    with served(name, tmp_path) as port:
        for headers, status in REFUSED:
            sent = {k: v.format(port=port) for k, v in (JSON | headers).items()}
            got, answer = call(port, method, path, body, sent)
            assert (got, answer["error"]["code"]) == (status, status), headers
            assert answer["error"]["message"]
        if name == "pubsub":
            _, listed = call(port, "GET", "/v1/projects/p/topics", None, {})
            assert listed == {}


@pytest.mark.parametrize("name", SERVERS)
def test_a_client_of_this_machine_is_answered(name: str, tmp_path: Path) -> None:
    """By either name, from a page that the server itself served, and with any kind of JSON."""
    method, path, body = SERVERS[name]
    allowed = [
        {},
        {"Host": "localhost:{port}"},
        {"Origin": "http://127.0.0.1:{port}"},
        {"Content-Type": "application/json; charset=UTF-8"},
        {"Content-Type": "application/vnd.github+json"},
    ]
    with served(name, tmp_path) as port:
        for headers in allowed:
            sent = {k: v.format(port=port) for k, v in (JSON | headers).items()}
            got, _ = call(port, method, path, body, sent)
            assert got in (200, 409), headers


def test_where_each_call_does_something_only_post_is_answered() -> None:
    def app(_: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "6")])
        return [b'"done"']

    server = LoopbackServer(guarded(app, post_only=True, open_paths=("/robots.txt",)))
    server.start()
    port = int(server.url.rpartition(":")[2])
    try:
        assert call(port, "POST", "/", "{}", JSON) == (200, "done")
        assert call(port, "GET", "/robots.txt", None, {}) == (200, "done")
        for method in ("GET", "PUT", "DELETE"):
            status, answer = call(port, method, "/", None, {})
            assert (status, answer["error"]["code"]) == (405, 405)
    finally:
        server.stop()
