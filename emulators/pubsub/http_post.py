"""One kept-alive connection over which pushes are posted, that another thread may cut.

The standard library's client: a push costs a quarter of what httpx takes, and its socket can be
shut from outside, so that stopping need not wait for a function that works for minutes.
"""

import http.client
import select
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

BODY_LIMIT = 4_096  # bytes of an answer that are read: 1,000 characters, and then some


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer: its status and the beginning of its body."""

    status: int
    body: str


class Poster:
    """Posts JSON, one request at a time. Raises OSError (TimeoutError too) or HTTPException."""

    def __init__(self) -> None:
        self._cut = False
        self._origin = ("", 0)
        self._connection: http.client.HTTPConnection | None = None

    def post(self, url: str, body: bytes, *, timeout_seconds: float) -> Answer:
        """One request and its answer; no answer in time is a TimeoutError."""
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = self._connected(parts.hostname or "", parts.port or 80, timeout_seconds)
        try:
            headers = {"Content-Type": "application/json", "Accept": "application/json"}
            connection.request("POST", target, body=body, headers=headers)
            response = connection.getresponse()
            text = response.read(BODY_LIMIT).decode(errors="replace")
            if not response.isclosed():
                self.close()
            return Answer(status=response.status, body=text)
        except BaseException:
            self.close()
            raise

    def cut(self) -> None:
        """From another thread: end the request under way, and refuse any other."""
        self._cut = True
        connection = self._connection
        if connection is not None and connection.sock is not None:
            try:
                connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The other side, or this one's own thread, was quicker.
                return

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(
        self, host: str, port: int, timeout_seconds: float
    ) -> http.client.HTTPConnection:
        if self._connection is None or self._origin != (host, port) or self._is_stale():
            self.close()
            self._origin = (host, port)
            self._connection = http.client.HTTPConnection(host, port, timeout=timeout_seconds)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._cut:
            raise ConnectionAbortedError("the emulator is stopping")
        self._connection.sock.settimeout(timeout_seconds)
        return self._connection

    def _is_stale(self) -> bool:
        # Between requests a kept-alive connection has nothing to say: what can be read is its end.
        sock = self._connection.sock if self._connection else None
        return sock is None or bool(select.select([sock], [], [], 0)[0])
