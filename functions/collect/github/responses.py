"""Reads GitHub's answers without any I/O: what came, and what it means for the next request.

GitHub reports limits and failures in many forms, also inside HTTP 200:
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from collect.github.limits import limit_ends
from collect.github.token import explain_refused_token

_RATE_WORDS = frozenset({"RATE_LIMITED", "RATE_LIMIT", "graphql_rate_limit"})
_SIZE_WORDS = frozenset(
    {"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED", "EXCESSIVE_PAGINATION"}
)
_LONGEST_QUOTE = 200


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
    """No request of this kind will pass until somebody changes something."""

    reason: str


Outcome = Answer | Limited | Overloaded | Refused


def query_text(name: str) -> str:
    """The text of `queries/NAME.graphql`, which is what is sent."""
    return (
        resources.files("collect.github").joinpath("queries", f"{name}.graphql").read_text("utf-8")
    )


def judge(response: Response, *, now: datetime, token: str) -> Outcome:
    """What an HTTP answer means. token: only its form is looked at, to explain why it failed."""
    parsed = _parse(response.body)
    message = _message(parsed)
    if response.status == 401:
        return Refused(reason=explain_refused_token(token))
    if response.status in (403, 429):
        return _forbidden(response, message, now)
    if response.status >= 500 or response.status == 408:
        return Overloaded(reason=f"GitHub answered HTTP {response.status}")
    if response.status != 200:
        return Refused(
            reason=f"GitHub answered HTTP {response.status} ({message or 'no reason given'}): "
            "expected 200; check GITHUB_GRAPHQL_URL"
        )
    if not isinstance(parsed, dict):
        return Overloaded(reason="GitHub's answer was cut off or is no JSON object")
    return _judge_body(parsed, response, now)


def _judge_body(body: Mapping[str, Any], response: Response, now: datetime) -> Outcome:
    entries = body.get("errors") or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return Overloaded(reason="GitHub's errors are no list of objects")
    if message := _of_kind(entries, _RATE_WORDS):
        return Limited(until=limit_ends(response.headers, now), reason=f"rate limit: {message}")
    if message := _of_kind(entries, _SIZE_WORDS):
        return Overloaded(reason=f"GitHub: {message}")
    errors = tuple(_error(entry) for entry in entries)
    data = body.get("data")
    if isinstance(data, dict) and all(error.path for error in errors):
        return _answer(data, errors, response)
    return _without_data(errors, _message(body))


def _without_data(errors: tuple[Error, ...], message: str) -> Outcome:
    for error in errors:
        if error.kind == "INSUFFICIENT_SCOPES":
            return Refused(
                reason=f"the token is too narrow: {error.message} Give it the scopes repo, "
                "read:user and read:org, or Contents and Metadata (read) if it is fine-grained"
            )
        if error.saml or error.kind == "FORBIDDEN":
            return Refused(reason=f"GitHub forbids the request: {error.message}")
        if error.path and str(error.path[0]).startswith(("query", "fragment")):
            return Refused(
                reason=f"GitHub does not know a part of the query ({error.message}): its version "
                "may be too old"
            )
    said = "; ".join(error.message for error in errors) or message or "no data and no error"
    return Overloaded(reason=f"GitHub: {said[:_LONGEST_QUOTE]}")


def _answer(data: Mapping[str, Any], errors: tuple[Error, ...], response: Response) -> Answer:
    rate = data.get("rateLimit")
    rate = rate if isinstance(rate, dict) else {}
    cost, left = rate.get("cost"), rate.get("remaining")
    return Answer(
        data=data,
        errors=tuple(error for error in errors if error.path[0] != "rateLimit"),
        cost=cost if isinstance(cost, int) else None,
        points_left=left if isinstance(left, int) else None,
        sso=response.headers.get("x-github-sso"),
        headers=response.headers,
    )


def _forbidden(response: Response, message: str, now: datetime) -> Outcome:
    said = message or f"HTTP {response.status}"
    limit = limit_ends(response.headers, now)
    words = said.lower()
    if limit or response.status == 429 or "rate limit" in words or "abuse" in words:
        return Limited(until=limit, reason=f"rate limit: {said[:_LONGEST_QUOTE]}")
    sso = response.headers.get("x-github-sso")
    return Refused(
        reason=f"GitHub forbids the request: {said[:_LONGEST_QUOTE]}"
        + (f"; authorise the token for the organisation: {sso}" if sso else "")
        + "; check what the token may read (repo, read:user and read:org, or Contents and "
        "Metadata where it is fine-grained)"
    )


def _parse(body: bytes) -> object:
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed


def _message(parsed: object) -> str:
    message = parsed.get("message") if isinstance(parsed, dict) else None
    return message if isinstance(message, str) else ""


def _of_kind(entries: list[dict[str, Any]], words: frozenset[str]) -> str | None:
    for entry in entries:
        extensions = entry.get("extensions")
        code = extensions.get("code") if isinstance(extensions, dict) else None
        if any(str(word) in words for word in (entry.get("type"), entry.get("code"), code)):
            return str(entry.get("message", ""))[:_LONGEST_QUOTE] or "no reason given"
    return None


def _error(entry: Mapping[str, Any]) -> Error:
    extensions = entry.get("extensions")
    path = entry.get("path")
    return Error(
        kind=str(entry.get("type") or ""),
        path=tuple(path) if isinstance(path, list) else (),
        message=str(entry.get("message", "no reason given"))[:_LONGEST_QUOTE],
        saml=isinstance(extensions, dict) and extensions.get("saml_failure") is True,
    )
