"""Serves a WSGI application on this machine's loopback address, for the emulators and the page."""

import socket
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

from emulators.http_guard import LOOPBACK, LOOPBACK_HOSTS, guarded

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_POLL_SECONDS = 0.02  # how long a stop takes to be noticed


class _Handler(WSGIRequestHandler):
    """HTTP/1.1, as the services speak, and without a log line per request.

    werkzeug closes the connection after each answer.
    """

    protocol_version = "HTTP/1.1"
    # Headers and body leave in two writes; with Nagle's algorithm the second waits 40 ms.
    disable_nagle_algorithm = True

    def log_request(self, *_: Any) -> None:
        """Callers count their own calls; a line for each would bury the events."""


def check_port(port: int) -> None:
    """OSError where a port of the loopback address is taken; gRPC would write its own lines."""
    with socket.create_server((LOOPBACK, port)):
        pass


class LoopbackServer:
    """A threaded HTTP server on 127.0.0.1, unless another host is named.

    It listens from its making on: a taken port raises OSError here. Port 0 takes a free one.
    Requests from other sites' pages are refused (see `http_guard`).
    """

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        port: int = 0,
        host: str = LOOPBACK,
        names: Iterable[str] = (),
    ) -> None:
        """names: under which it is meant to be reached, beside those of loopback."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # werkzeug would end the whole program over a taken port.
        with socket.create_server((host, port), family=family, backlog=128) as listener:
            self._server = make_server(
                host,
                listener.getsockname()[1],
                guarded(app, hosts={*LOOPBACK_HOSTS, *(name.lower() for name in names)}),
                threaded=True,
                request_handler=_Handler,
                fd=listener.fileno(),
            )
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self.port = self._server.port
        self.url = f"http://{host}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True
        )

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
