"""How a query travels: straight to this machine, and never longer than it may take."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from collect.github.transport import GitHub, Interrupted
from emulators.github import GitHubEmulator
from tests.support.collect import TOKEN, run_github, serving, window_of


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_not_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """An emulator on loopback is reached although the proxy leads nowhere."""
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    with serving(GitHubEmulator(authors=["me@example.com"], token=TOKEN)) as emulator:
        run_github(emulator, window_of("2026-02-25", "2026-03-31"))
        assert emulator.calls.count() == 2


@contextmanager
def dripping() -> Iterator[str]:
    """A server whose answer never ends, and never pauses for long; its address."""
    over = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not over.wait(0.01):
                try:
                    connection.sendall(b" ")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=drip, args=(listener,))
        server.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"
        finally:
            over.set()
            server.join()


def test_an_answer_that_drips_is_given_up_in_time() -> None:
    """Each byte comes soon enough, all of them do not."""
    with (
        dripping() as url,
        GitHub(url=url, token=TOKEN) as github,
        pytest.raises(Interrupted, match="not whole after"),
    ):
        github.send("query { viewer { login } }", {}, 1)


@contextmanager
def echoing() -> Iterator[str]:
    """A server that sends back all that it gets, as a header and as the body; its address."""

    def echo(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            lines = connection.recv(65536).decode().split("\r\n")
            (got,) = [line for line in lines if line.lower().startswith("authorization")]
            head = (
                f"HTTP/1.1 400 Bad Request\r\nX-Echo: {got}\r\nContent-Length: {len(got)}\r\n\r\n"
            )
            connection.sendall((head + got).encode())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=echo, args=(listener,))
        server.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"
        finally:
            server.join()


def test_the_token_in_an_answer_goes_no_further() -> None:
    """Whatever part of it holds it: all that GitHub says enters here."""
    with echoing() as url, GitHub(url=url, token=TOKEN) as github:
        response = github.send("query { viewer { login } }", {}, 10)
    assert response.body.lower() == b"authorization: bearer [token]"
    assert response.headers["x-echo"].lower() == "authorization: bearer [token]"
