"""What an answer of GitHub's means: data, a limit, too heavy, or refused; pure.

GitHub reports limits and failures in many forms, also inside HTTP 200:
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from collect.github.responses import (
    Answer,
    Error,
    Limited,
    Outcome,
    Overloaded,
    Refused,
    Response,
)
from collect.github.token import explain_refused_token

_RATE_WORDS = frozenset({"RATE_LIMITED", "RATE_LIMIT", "graphql_rate_limit"})
_SIZE_WORDS = frozenset(
    {"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED", "EXCESSIVE_PAGINATION"}
)
_LONGEST_QUOTE = 200
# What is said of one repository ends with what to do, and an event has room for it.
_LONGEST_ERROR = 400
# Whoever asks for a longer wait than a day sent nonsense.
_LONGEST_SECONDS = 86_400


def classify(response: Response, *, now: datetime, token: str) -> Outcome:
    """What an HTTP answer means. token: only its form is looked at, to explain why it failed."""
    parsed = _parse(response.body)
    message = _message(parsed)
    if response.status == 401:
        reason, fix = explain_refused_token(token)
        return Refused(reason=reason, fix=fix)
    if response.status in (403, 429):
        return _forbidden(response, message, now)
    if response.status >= 500 or response.status == 408:
        return Overloaded(reason=f"GitHub answered HTTP {response.status}")
    if response.status != 200:
        return Refused(
            reason=f"GitHub: expected HTTP 200, got {response.status} "
            f"({message or 'no reason given'})",
            fix="check GITHUB_GRAPHQL_URL",
        )
    if not isinstance(parsed, dict):
        return Overloaded(reason="GitHub's answer was cut off or is no JSON object")
    return _classify_body(parsed, response, now)


def lasting_reason(errors: Sequence[Error], sso: str | None) -> str | None:
    """Why somebody has to fix something before it can be read; None where that is not so."""
    if forbidden := forbidden_reason(errors, sso):
        return forbidden
    if any(error.kind == "NOT_FOUND" for error in errors):
        return "it was deleted, or the token lost its access to it, while this run read it"
    return None


def forbidden_reason(errors: Sequence[Error], sso: str | None) -> str | None:
    """Why the token may not read it, and what to do; None where that is not said."""
    for error in errors:
        if error.saml:
            return (
                "its organisation demands single sign-on (SAML): authorise the token for it, "
                + (sso or "under Configure SSO in the token's settings")
            )
        if error.kind not in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
            continue
        if "ip allow list" in error.message.lower():
            return (
                f"its organisation lets in certain addresses only ({error.message}): have this "
                "machine's address put on its IP allow list"
            )
        return (
            f"the token may not read it ({error.message}): give it the scope repo, or "
            "Contents and Metadata (read) for its owner if it is fine-grained"
        )
    return None


def limit_ends(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """By `Retry-After`, else by `x-ratelimit-reset` where nothing remains."""
    seconds = headers.get("retry-after", "").strip()
    if seconds.isdecimal():
        return now + timedelta(seconds=min(int(seconds), _LONGEST_SECONDS))
    reset = headers.get("x-ratelimit-reset", "").strip()
    if headers.get("x-ratelimit-remaining", "").strip() == "0" and reset.isdecimal():
        ends = min(int(reset), int(now.timestamp()) + _LONGEST_SECONDS)
        return max(now, datetime.fromtimestamp(ends, UTC)) + timedelta(seconds=1)
    return None


def _classify_body(body: Mapping[str, Any], response: Response, now: datetime) -> Outcome:
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
    return _without_data(errors, _message(body), response.headers.get("x-github-sso"))


def _without_data(errors: tuple[Error, ...], message: str, sso: str | None) -> Outcome:
    for error in errors:
        if error.kind == "INSUFFICIENT_SCOPES":
            return Refused(
                reason=f"the token is too narrow: {error.message}",
                fix="give it the scopes repo, read:user and read:org, or Contents and Metadata "
                "(read) if it is fine-grained",
            )
        if error.saml or error.kind == "FORBIDDEN":
            reason = forbidden_reason([error], sso)
            return Refused(reason=f"GitHub forbids the request: {reason}", forbidden=True)
        if error.path and str(error.path[0]).startswith(("query", "fragment")):
            return Refused(
                reason=f"GitHub does not know a part of the query ({error.message})",
                fix="use a newer version of GitHub Enterprise Server",
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
        reason=f"GitHub forbids the request: {said[:_LONGEST_QUOTE]}",
        fix=(f"authorise the token for the organisation: {sso}; " if sso else "")
        + "check what the token may read (repo, read:user and read:org, or Contents and "
        "Metadata where it is fine-grained)",
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
        message=str(entry.get("message", "no reason given"))[:_LONGEST_ERROR],
        saml=isinstance(extensions, dict) and extensions.get("saml_failure") is True,
    )
