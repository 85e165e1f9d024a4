"""What GitHub answers, as values: the HTTP answer, and what it means for the next request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Response:
    """An HTTP answer; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Error:
    """One entry of `errors[]`."""

    kind: str
    path: tuple[str | int, ...]
    message: str
    saml: bool


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Data, perhaps with errors about parts of it.

    cost, points_left: None where the server keeps no rate limit.
    sso: GitHub's `x-github-sso` header: where a token is authorised for an organisation.
    """

    data: Mapping[str, Any]
    errors: tuple[Error, ...] = ()
    cost: int | None = None
    points_left: int | None = None
    sso: str | None = None
    headers: Mapping[str, str]

    def errors_at(self, *path: str | int) -> tuple[Error, ...]:
        """The errors about this part of the data, or about something within it."""
        return tuple(e for e in self.errors if e.path[: len(path)] == path)


@dataclass(frozen=True, kw_only=True)
class Limited:
    """A rate limit; until: when it ends, None where GitHub does not say."""

    until: datetime | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Overloaded:
    """The request was too much, or the answer got lost: a smaller one may pass."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Refused:
    """No request of this kind will pass until somebody changes something: `fix`.

    forbidden: something that it asks for is hidden from the token.
    """

    reason: str
    fix: str | None = None
    forbidden: bool = False


Outcome = Answer | Limited | Overloaded | Refused
