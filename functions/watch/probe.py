"""Requests one URL, and says what came of it; the only module of this step that uses httpx.

The address that a host's name leads to is checked after it is connected to and before anything is
sent, so that no name and no redirect leads to a private network.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from commit_counts.check import Check, Outcome
from commit_counts.retry import utc_now
from watch.target import Target, is_public

MOST_REDIRECTS = 5
_DAY_SECONDS = 86_400


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How URLs are requested.

    timeout_seconds: for each wait of one check, and for the whole of its body.
    allow_private: ask addresses of private networks too.
    """

    timeout_seconds: float
    follow_redirects: bool = True
    allow_private: bool = False


class ForbiddenAddressError(Exception):
    """A host that leads to an address that must not be asked."""


def probe(
    target: Target,
    rules: Rules,
    authorities: ssl.SSLContext,
    *,
    now: Callable[[], datetime] = utc_now,
) -> Check:
    """Request a URL once; a failure is a result, never an exception.

    authorities: those that may vouch for a host.
    """
    with _client(rules, authorities) as client:
        checked_at, observed = now(), _Observed(allow_private=rules.allow_private)
        try:
            status = _exchange(client, target.url, rules, observed)
            outcome = Outcome.OK if status < 400 else Outcome.STATUS
        except (httpx.HTTPError, httpx.InvalidURL, ForbiddenAddressError, ssl.SSLError) as error:
            status, outcome = None, _outcome(error)
        return Check(
            url=target.label,
            checked_at=checked_at,
            outcome=outcome,
            status=status,
            first_byte_ms=observed.first_byte_ms if status else None,
            total_ms=observed.elapsed_ms() if status else None,
            certificate_days_left=_days_left(observed.certificate, checked_at),
        )


@dataclass(kw_only=True)
class _Observed:
    """What is noticed while a request is under way: times, and the first host's certificate."""

    allow_private: bool
    started: float = field(default_factory=time.monotonic)
    first_byte_ms: int | None = None
    certificate: Mapping[str, Any] | None = None

    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self.started) * 1000)

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Called by httpx at each stage. https://www.python-httpx.org/advanced/extensions/#trace"""
        if event == "connection.connect_tcp.complete":
            stream = info["return_value"]
            address = stream.get_extra_info("server_addr")[0]
            if not self.allow_private and not is_public(address):
                stream.close()
                raise ForbiddenAddressError(address)
        elif event == "connection.start_tls.complete" and self.certificate is None:
            self.certificate = info["return_value"].get_extra_info("ssl_object").getpeercert()
        elif event == "http11.receive_response_headers.complete":
            self.first_byte_ms = self.elapsed_ms()


def _client(rules: Rules, authorities: ssl.SSLContext) -> httpx.Client:
    """A client for one check: a connection that another left open would hide its own times."""
    return httpx.Client(
        timeout=rules.timeout_seconds,
        follow_redirects=rules.follow_redirects,
        max_redirects=MOST_REDIRECTS,
        trust_env=False,
        verify=authorities,
    )


def _exchange(client: httpx.Client, url: str, rules: Rules, observed: _Observed) -> int:
    """The status of the last answer; its body is read and thrown away."""
    with client.stream("GET", url, extensions={"trace": observed.trace}) as response:
        for _ in response.iter_raw():
            if observed.elapsed_ms() > rules.timeout_seconds * 1000:
                raise httpx.ReadTimeout("the answer does not end", request=response.request)
        return response.status_code


def _outcome(error: Exception) -> Outcome:
    causes = tuple(_chain(error))
    for kind, outcome in (
        (ForbiddenAddressError, Outcome.FORBIDDEN_ADDRESS),
        (httpx.TooManyRedirects, Outcome.REDIRECTS),
        (httpx.TimeoutException, Outcome.TIMEOUT),
        (socket.gaierror, Outcome.DNS),
        (ssl.SSLError, Outcome.TLS),
        (ConnectionRefusedError, Outcome.REFUSED),
    ):
        if any(isinstance(cause, kind) for cause in causes):
            return outcome
    return Outcome.CONNECTION


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _days_left(certificate: Mapping[str, Any] | None, now: datetime) -> int | None:
    if not certificate:
        return None
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    return int((expires - now).total_seconds() // _DAY_SECONDS)
