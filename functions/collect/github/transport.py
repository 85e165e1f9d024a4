"""Sends queries to GitHub over HTTP; the only module of this step that does.

It knows nothing of what the answers mean: that is `classify`.
"""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urlsplit

import httpx

from collect.github.responses import Response

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CONNECT_SECONDS = 10.0
# GitHub itself gives a query up after 10 s.
ANSWER_SECONDS = 30.0


class Unreachable(Exception):
    """No connection: the request was not sent."""


class Interrupted(Exception):
    """The request was sent, and no whole answer came."""


class Transport(Protocol):
    """Whoever sends one query and brings the answer."""

    def send(self, query: str, variables: Mapping[str, object], seconds: float) -> Response:
        """One request. Raises Unreachable or Interrupted."""


class GitHub:
    """GitHub's GraphQL endpoint, over one kept connection, one request at a time."""

    def __init__(self, *, url: str, token: str) -> None:
        self._url = url
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {token}", "User-Agent": "own-dashboard"},
            follow_redirects=False,
            # A proxy of the environment is for the world outside, not for this machine.
            trust_env=urlsplit(url).hostname not in LOOPBACK,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.close()

    def send(self, query: str, variables: Mapping[str, object], seconds: float) -> Response:
        """One request; seconds: how long to wait at most, for a connection and for the answer."""
        seconds = min(seconds, ANSWER_SECONDS)
        timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        asked = {"query": query, "variables": dict(variables)}
        ends_at = time.monotonic() + seconds
        body = bytearray()
        try:
            with self._client.stream("POST", self._url, json=asked, timeout=timeout) as response:
                for part in response.iter_bytes():
                    body += part
                    # httpx bounds the wait for each part, and not that for all of them.
                    if time.monotonic() > ends_at:
                        raise Interrupted(f"the answer was not whole after {seconds:.0f} s")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise Unreachable(f"no connection to {self._url}: {error}") from error
        except httpx.HTTPError as error:
            raise Interrupted(f"{type(error).__name__}: {error}") from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Response(status=response.status_code, headers=headers, body=bytes(body))
