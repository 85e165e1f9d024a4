"""What a push subscription pushes to where only the pushing is measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from threading import Condition, Thread

from tests.benchmarks.services import in_own_process

_MOST_SECONDS = 120.0


class Receiver:
    """A push endpoint in a process of its own, which counts and does nothing else."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.url = str(connection.recv())

    def expect(self, number: int) -> None:
        """Count anew, up to this number; returns once what comes is counted."""
        self._connection.send(number)
        self._connection.recv()

    def wait(self) -> None:
        """Until all have come."""
        if not self._connection.poll(_MOST_SECONDS):
            raise RuntimeError("not all messages were pushed")
        self._connection.recv()


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One, ended at the end."""
    with in_own_process(_receive) as connection:
        yield Receiver(connection)


def _receive(connection: Connection) -> None:
    came, changed = [0], Condition()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Take one message."""
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
            with changed:
                came[0] += 1
                changed.notify_all()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    connection.send(f"http://127.0.0.1:{server.server_port}/")
    for number in iter(connection.recv, "stop"):
        with changed:
            came[0] = 0
            connection.send("ready")
            changed.wait_for(lambda expected=number: came[0] >= expected)  # type: ignore[misc]
        connection.send("all")
