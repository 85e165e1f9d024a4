"""Injected faults, in the shapes that GitHub sends.

Of a whole answer, for GraphQL and REST alike:

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
    echo                HTTP 400 whose message repeats the Authorization header, as some proxies do
    echo_in_errors      the same in `errors[]` inside HTTP 200

Inside an otherwise good GraphQL answer, HTTP 200, at the first place where one fits:

    null_node            a repository of `nodes` or `repositories` is null, error NOT_FOUND
    saml                 the same with FORBIDDEN and `extensions.saml_failure`
    ip_allow_list        the same with FORBIDDEN and `saml_failure` false
    contributions_saml   the first contributed repository is such a null; it may not be one, so the
                         whole account is null
    empty_repository     a repository that has commits says `isEmpty: true`, and has no branch
    reordered_nodes      `nodes(ids:)` answers in the opposite order
    null_branch          a repository's defaultBranchRef is null, and no error says so
    history_unavailable  a history fails: its `target` is null, error SERVICE_UNAVAILABLE
    resource_limits      RESOURCE_LIMITS_EXCEEDED: the first history is there, all others are null
    empty_page           a connection has no elements and says `hasNextPage: true`
    short_page           a connection's page lacks its last element and says there is no more;
                         only `totalCount` tells
    null_element         a connection's first element is null, and no error says so
    null_rate_limit      `rateLimit` is null, as on GitHub Enterprise Server without limits

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

import json
import select
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response

from emulators.github.errors import (
    GitHubError,
    ip_wall,
    not_found,
    resource_limits,
    saml_wall,
    unavailable,
)
from emulators.github.paging import Connection
from emulators.github.rules import RateLimit

T = TypeVar("T")

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

    authorization: the request's header. connection: the client's socket. stopping: set when the
    emulator stops.
    """

    rate_limit: RateLimit
    retry_after_seconds: int
    authorization: str
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


def _echo(now: Circumstances) -> Response:
    message = f"Bad request: Authorization: {now.authorization}"
    return as_json(HTTPStatus.BAD_REQUEST, {"message": message})


def _echo_in_errors(now: Circumstances) -> Response:
    message = f"Something went wrong with {{Authorization={now.authorization}}}"
    return as_json(HTTPStatus.OK, {"errors": [{"message": message}]}, now.rate_limit.headers())


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
    "echo": _echo,
    "echo_in_errors": _echo_in_errors,
}
WHOLE_KINDS = tuple(_ANSWERS)


def answer(kind: str | None, now: Circumstances) -> Response | None:
    """The answer of that fault; None where it is no fault of a whole answer."""
    shape = _ANSWERS.get(kind) if kind else None
    return shape(now) if shape else None


INNER_KINDS = (
    "null_node",
    "saml",
    "ip_allow_list",
    "contributions_saml",
    "empty_repository",
    "reordered_nodes",
    "null_branch",
    "history_unavailable",
    "resource_limits",
    "empty_page",
    "short_page",
    "null_element",
    "null_rate_limit",
)
KINDS = (*WHOLE_KINDS, *INNER_KINDS)


class AnswerFault:
    """The one fault, if any, inside one request's answer."""

    def __init__(self, kind: str | None, *, keep_first_history: bool) -> None:
        self._kind = kind
        self._spared = 1 if keep_first_history else 0

    def take(self, kind: str) -> bool:
        """Whether this is the first place where a fault of that kind fits."""
        if self._kind != kind:
            return False
        self._kind = None
        return True

    def node_error(self, node_id: str) -> GitHubError | None:
        """What a repository is replaced by."""
        if self.take("null_node"):
            return not_found(node_id)
        if self.take("ip_allow_list"):
            return ip_wall("acme")
        return saml_wall() if self.take("saml") else None

    def raise_if_exhausted(self) -> None:
        """The end of what one query may cost, at each field that is heavy work."""
        if self._kind != "resource_limits":
            return
        if not self._spared:
            raise resource_limits()
        self._spared -= 1

    def raise_if_unavailable(self) -> None:
        """A history that cannot be worked out this time."""
        if self.take("history_unavailable"):
            raise unavailable("SERVICE_UNAVAILABLE")

    def page(self, connection: Connection[T]) -> Connection[T]:
        """The page as it goes out: cut or holed if that is this request's fault."""
        if not connection.edges:
            return connection
        if self.take("empty_page"):
            cut = replace(
                connection.page_info, has_next_page=True, end_cursor=None, start_cursor=None
            )
            return replace(connection, edges=(), page_info=cut)
        if self.take("short_page"):
            end = replace(connection.page_info, has_next_page=False)
            return replace(connection, edges=connection.edges[:-1], page_info=end)
        if self.take("null_element"):
            hole = replace(connection.edges[0], node=None)
            return replace(connection, edges=[hole, *connection.edges[1:]])
        return connection
