"""Sends queries to GitHub over HTTP; the only module of this step that does.

It knows nothing of what the answers mean: that is `classify`. Every text of GitHub's enters here,
so here the token is taken out of it, should an answer echo what was sent.
"""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urlsplit

import httpx

from collect.github.responses import Response
from commit_counts.settings import LOOPBACK
from commit_counts.tls import trusted_authorities

CONNECT_SECONDS = 10.0
# GitHub itself gives a query up after 10 s.
ANSWER_SECONDS = 30.0


REDACTED = "[token]"


class Unreachable(Exception):
    """No connection: the request was not sent."""


class Interrupted(Exception):
    """The request was sent, and no whole answer was received."""


class Transport(Protocol):
    """Whoever sends one query and brings the answer."""

    def send(self, query: str, variables: Mapping[str, object], seconds: float) -> Response:
        """One request. Raises Unreachable or Interrupted."""


class GitHub:
    """GitHub's GraphQL endpoint, over one kept connection, one request at a time."""

    def __init__(self, *, url: str, token: str) -> None:
        self._url = url
        self._token = token
        # A proxy of the environment is for the world outside, not for this machine.
        trust_env = urlsplit(url).hostname not in LOOPBACK
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {token}", "User-Agent": "own-dashboard"},
            follow_redirects=False,
            trust_env=trust_env,
            verify=trusted_authorities(trust_env=trust_env),
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
            said = self._redacted(str(error))
            raise Unreachable(f"no connection to {self._url}: {said}") from error
        except httpx.HTTPError as error:
            said = self._redacted(str(error))
            raise Interrupted(f"{type(error).__name__}: {said}") from error
        return Response(
            status=response.status_code,
            headers={n.lower(): self._redacted(v) for n, v in response.headers.items()},
            body=bytes(body).replace(self._token.encode(), REDACTED.encode()),
        )

    def _redacted(self, text: str) -> str:
        return text.replace(self._token, REDACTED)
