"""Faults of a whole answer, for GraphQL and REST alike, in the shapes that GitHub sends.

    401                 bad credentials
    403_primary         no points left: x-ratelimit-remaining 0 and x-ratelimit-reset
    403_secondary       a secondary limit with Retry-After
    403_secondary_bare  a secondary limit without any header that helps
    429                 a secondary limit with Retry-After, by the newer status
    500                 JSON with a message
    502                 an HTML page, as a proxy sends it after 10 seconds
    502_json            GraphQL's own "Something went wrong while executing your query"
    503                 an HTML page
    504                 an HTML page
    rate_limited        HTTP 200, `errors[].type` RATE_LIMITED, and no points left in the headers
    rate_limit          HTTP 200, `errors[].type` RATE_LIMIT with code graphql_rate_limit
    not_json            HTTP 200 with an HTML page
    truncated           HTTP 200 whose body ends before its Content-Length
    closed              the connection is closed without an answer
    hang                no answer, until the client gives up

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

import json
import select
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response

from emulators.github.limits import RateLimit

_DOCS = "https://docs.github.com"
_SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
_WENT_WRONG = (
    "Something went wrong while executing your query. This may be the result of a timeout, or it "
    "could be a GitHub bug."
)


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a fault's answer is made of.

    connection: the client's socket. stopping: set when the emulator stops.
    """

    rate_limit: RateLimit
    retry_after_seconds: int
    connection: socket.socket
    stopping: threading.Event


def bad_credentials() -> Response:
    """A wrong, expired or revoked token."""
    return as_json(
        HTTPStatus.UNAUTHORIZED,
        {"message": "Bad credentials", "documentation_url": f"{_DOCS}/rest", "status": "401"},
    )


def as_json(status: int, body: object, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON."""
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, headers=dict(headers or {}), mimetype="application/json")


def _limited(status: int, message: str, headers: Mapping[str, str]) -> Response:
    page = f"{_DOCS}/graphql/using-the-rest-api/rate-limits-for-the-rest-api"
    return as_json(status, {"documentation_url": page, "message": message}, headers)


def _primary(now: Circumstances) -> Response:
    return _limited(
        HTTPStatus.FORBIDDEN,
        "API rate limit exceeded for user ID 1.",
        now.rate_limit.headers(exhausted=True),
    )


def _secondary(status: int) -> "Callable[[Circumstances], Response]":
    return lambda now: _limited(
        status,
        _SECONDARY,
        {**now.rate_limit.headers(), "retry-after": str(now.retry_after_seconds)},
    )


def _html(status: HTTPStatus) -> "Callable[[Circumstances], Response]":
    page = f"<!DOCTYPE html>\n<html><head><title>{status.phrase}</title></head><body></body></html>"
    return lambda _: Response(page, status=status, mimetype="text/html")


def _errors(status: int, error: Mapping[str, Any], *, exhausted: bool) -> Any:
    return lambda now: as_json(
        status, {"errors": [error]}, now.rate_limit.headers(exhausted=exhausted)
    )


def _truncated(now: Circumstances) -> Response:
    whole = json.dumps({"data": {"viewer": {"login": "somebody"}}}).encode()

    def half() -> Iterator[bytes]:
        yield whole[: len(whole) // 2]
        now.connection.shutdown(socket.SHUT_RDWR)

    return Response(
        half(), headers={"Content-Length": str(len(whole))}, mimetype="application/json"
    )


def _closed(now: Circumstances) -> Response:
    now.connection.shutdown(socket.SHUT_RDWR)
    return Response(status=HTTPStatus.OK)


def _hang(now: Circumstances) -> Response:
    while not now.stopping.is_set():
        readable, _, _ = select.select([now.connection], [], [], 0.05)
        if readable and not now.connection.recv(1, socket.MSG_PEEK):
            break
    return _closed(now)


_ANSWERS: Mapping[str, Callable[[Circumstances], Response]] = {
    "401": lambda _: bad_credentials(),
    "403_primary": _primary,
    "403_secondary": _secondary(HTTPStatus.FORBIDDEN),
    "403_secondary_bare": lambda _: _limited(HTTPStatus.FORBIDDEN, _SECONDARY, {}),
    "429": _secondary(HTTPStatus.TOO_MANY_REQUESTS),
    "500": lambda _: as_json(HTTPStatus.INTERNAL_SERVER_ERROR, {"message": "Server Error"}),
    "502": _html(HTTPStatus.BAD_GATEWAY),
    "502_json": _errors(HTTPStatus.BAD_GATEWAY, {"message": _WENT_WRONG}, exhausted=False),
    "503": _html(HTTPStatus.SERVICE_UNAVAILABLE),
    "504": _html(HTTPStatus.GATEWAY_TIMEOUT),
    "rate_limited": _errors(
        HTTPStatus.OK,
        {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."},
        exhausted=True,
    ),
    "rate_limit": _errors(
        HTTPStatus.OK,
        {
            "type": "RATE_LIMIT",
            "code": "graphql_rate_limit",
            "message": "API rate limit already exceeded for user ID 1.",
        },
        exhausted=True,
    ),
    "not_json": _html(HTTPStatus.OK),
    "truncated": _truncated,
    "closed": _closed,
    "hang": _hang,
}
KINDS = tuple(_ANSWERS)


def answer(kind: str | None, now: Circumstances) -> Response | None:
    """The answer of that fault; None where it is no fault of a whole answer."""
    shape = _ANSWERS.get(kind) if kind else None
    return shape(now) if shape else None
