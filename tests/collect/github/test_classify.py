"""GitHub's answers without a network: what each means for the run."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collect.github.classify import classify, lasting_reason
from collect.github.responses import Answer, Limited, Outcome, Overloaded, Refused, Response
from collect.github.token import explain_refused_token, token_days_left, token_notices

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


def classified(status: int, body: object, **headers: str) -> Outcome:
    text = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Response(status=status, headers=named, body=text.encode())
    return classify(response, now=NOW, token="ghp_" + "x" * 36)


def error(kind: str | None = None, **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": "said", **({"type": kind} if kind else {}), **more}]}


IN_TEN = str(int((NOW + timedelta(minutes=10)).timestamp()))
SECONDARY = {"message": "You have exceeded a secondary rate limit"}


@pytest.mark.parametrize(
    ("status", "body", "headers", "until"),
    [
        (
            200,
            error("RATE_LIMITED"),
            {"x_ratelimit_remaining": "0", "x_ratelimit_reset": IN_TEN},
            601,
        ),
        (200, error("RATE_LIMIT", code="graphql_rate_limit"), {"retry_after": "5"}, 5),
        (200, error(extensions={"code": "graphql_rate_limit"}), {}, None),
        (200, {"data": {"viewer": None}, **error("RATE_LIMITED")}, {}, None),
        (403, SECONDARY, {"retry_after": "30"}, 30),
        (403, SECONDARY, {}, None),
        (403, {"message": "x"}, {"x_ratelimit_remaining": "0", "x_ratelimit_reset": IN_TEN}, 601),
        (403, {"message": "You have triggered an abuse detection mechanism"}, {}, None),
        (429, "", {}, None),
        (429, "<html>", {"retry_after": "soon"}, None),
        (429, "", {"retry_after": "9" * 30}, 86_400),
    ],
)
def test_limits_are_recognised_in_every_form(
    status: int, body: object, headers: dict[str, str], until: int | None
) -> None:
    """Until the time that Retry-After or the reset tells; None where neither helps."""
    outcome = classified(status, body, **headers)
    assert isinstance(outcome, Limited)
    assert outcome.until == (None if until is None else NOW + timedelta(seconds=until))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, ""),
        (502, "<html>"),
        (504, {"data": {}}),
        (408, ""),
        (200, ""),
        (200, "[]"),
        (200, '{"data": {'),
        (200, error()),
        (200, {"data": None}),
        (200, {"data": {"viewer": {}}, **error()}),
        (200, {"data": {"viewer": {}}, "errors": "some"}),
        (200, {"data": {"viewer": {}}, "errors": ["some"]}),
        (200, {"data": {"viewer": {}}, **error(code={})}),
        (200, {"data": {"nodes": [None]}, **error("RESOURCE_LIMITS_EXCEEDED", path=["nodes", 0])}),
        (200, error("MAX_NODE_LIMIT_EXCEEDED")),
    ],
)
def test_what_a_smaller_request_may_mend(status: int, body: object) -> None:
    """Also an error that does not say which part of the data it is about."""
    assert isinstance(classified(status, body), Overloaded)


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (401, {"message": "Bad credentials"}, {}, "expired or was revoked"),
        (403, {"message": "Resource not accessible"}, {}, "what the token may read"),
        (403, {"message": "x"}, {"x_github_sso": "required; url=u"}, "required; url=u"),
        (404, {"message": "Not Found"}, {}, "GITHUB_GRAPHQL_URL"),
        (301, "", {}, "GITHUB_GRAPHQL_URL"),
        (200, error("INSUFFICIENT_SCOPES"), {}, "too narrow"),
        (200, error("FORBIDDEN", extensions={"saml_failure": True}), {}, "forbids"),
        (200, error(path=["query Histories", "nodes"]), {}, "newer version"),
    ],
)
def test_what_nobody_but_a_person_can_mend(
    status: int, body: object, headers: dict[str, str], words: str
) -> None:
    """With what to do."""
    outcome = classified(status, body, **headers)
    assert isinstance(outcome, Refused)
    assert words in f"{outcome.reason}; {outcome.fix}"


IP_ALLOW_LIST = (
    "Although you appear to have the correct authorization credentials, the `acme` organization "
    "has an IP allow list enabled, and your IP address is not permitted to access this resource."
)


@pytest.mark.parametrize(
    ("entry", "words", "not_said"),
    [
        ({"type": "FORBIDDEN", "extensions": {"saml_failure": True}}, "single sign-on", "scope"),
        ({"type": "FORBIDDEN", "message": IP_ALLOW_LIST}, "put on its IP allow list", "sign-on"),
        ({"type": "FORBIDDEN", "message": "Resource not accessible"}, "Metadata", "sign-on"),
        ({"type": "NOT_FOUND"}, "it was deleted", "sign-on"),
    ],
)
def test_each_reason_why_something_is_hidden_has_its_own_fix(
    entry: dict[str, Any], words: str, not_said: str
) -> None:
    """FORBIDDEN is not always single sign-on."""
    outcome = classified(200, {"data": {}, "errors": [{"path": ["nodes", 0], **entry}]})
    assert isinstance(outcome, Answer)
    reason = lasting_reason(outcome.errors, None)
    assert reason is not None
    assert words in reason
    assert not_said not in reason
    if entry["type"] == "FORBIDDEN":
        refused = classified(200, {"data": None, "errors": [entry]})
        assert isinstance(refused, Refused)
        assert refused.forbidden
        assert words in refused.reason


def test_data_with_errors_keeps_both() -> None:
    """Each error stays with the part that it is about."""
    body = {"data": {"nodes": [None, {}]}, **error("NOT_FOUND", path=["nodes", 0])}
    outcome = classified(200, body)
    assert isinstance(outcome, Answer)
    assert [e.kind for e in outcome.errors_at("nodes", 0)] == ["NOT_FOUND"]
    assert outcome.errors_at("nodes", 1) == ()
    assert outcome.cost is None


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("ghp_" + "a1" * 18, "expired"),
        ("github_pat_" + "A" * 82, "expired"),
        ("0123456789abcdef" * 2 + "01234567", "expired"),
        ("ghp_short", "mistyped"),
        ("hunter2", "mistyped"),
    ],
)
def test_a_refused_token_is_explained_by_its_form(token: str, words: str) -> None:
    """And not shown."""
    explained = explain_refused_token(token)
    assert words in explained[0]
    assert all(token not in text for text in explained)


def test_a_working_token_that_will_not_for_long_is_told() -> None:
    """GitHub names its expiry in two forms, and a classic token's scopes."""
    for text in ("2026-04-03 13:00:00 UTC", "2026-04-03 22:00:00 +0900"):
        headers = {"github-authentication-token-expiration": text}
        assert token_days_left(headers, NOW) == 3
        assert any("expires within 4 days" in notice for notice in token_notices(headers, NOW))
    for text, notices in (("2026-04-07 11:59:59 UTC", 1), ("2026-04-07 12:00:00 UTC", 0)):
        headers = {"github-authentication-token-expiration": text}
        assert len(token_notices(headers, NOW)) == notices
    assert (
        token_days_left({"github-authentication-token-expiration": "2026-03-01 00:00:00 UTC"}, NOW)
        == 0
    )
    assert token_notices({"x-oauth-scopes": "repo, read:org"}, NOW) == []
    assert token_notices({}, NOW) == []
    (narrow,) = token_notices({"x-oauth-scopes": "read:user"}, NOW)
    assert "scope repo" in narrow
