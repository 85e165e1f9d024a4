"""Tells a wrong GitHub token from an expired one, and a narrow one, without ever showing it; pure.

GitHub answers 401 "Bad credentials" to a mistyped, an expired and a revoked token alike; the form
of a token says which it can be.
https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

NEW_TOKEN = "https://github.com/settings/tokens"
# Classic, OAuth, user-to-server, installation and fine-grained; and classic ones before 2021.
_FORMS = re.compile(
    r"gh[pour]_[A-Za-z0-9]{36,251}|ghs_[A-Za-z0-9._-]{36,}|github_pat_[A-Za-z0-9_]{40,244}"
    r"|[0-9a-f]{40}"
)
SOON_DAYS = 7


def explain_refused_token(token: str) -> tuple[str, str]:
    """What can be wrong with a token that GitHub answered 401 to, and what to do."""
    if _FORMS.fullmatch(token):
        return (
            "GitHub refuses the token although it has a token's form: it has expired or was "
            "revoked",
            f"make a new one at {NEW_TOKEN} and set GITHUB_TOKEN",
        )
    return (
        "GitHub refuses the token, and it has not the form of one (ghp_… or github_pat_…): it is "
        "mistyped or cut off",
        f"copy it again, or make a new one at {NEW_TOKEN}, into GITHUB_TOKEN",
    )


def token_notices(headers: Mapping[str, str], now: datetime) -> list[str]:
    """What the headers of an answer say about a token that works, and a person should know."""
    notices = []
    scopes = headers.get("x-oauth-scopes")
    if scopes is not None and "repo" not in {scope.strip() for scope in scopes.split(",")}:
        notices.append(
            "the token lacks the scope repo: commits in private repositories are not counted"
        )
    days = token_days_left(headers, now)
    if days is not None and days < SOON_DAYS:
        notices.append(f"the token expires within {days + 1} days: make a new one at {NEW_TOKEN}")
    return notices


def token_days_left(headers: Mapping[str, str], now: datetime) -> int | None:
    """Whole days until the token expires; None where it does not, or GitHub does not say."""
    expiry = _expiry(headers.get("github-authentication-token-expiration", ""))
    return max(0, (expiry - now).days) if expiry else None


def _expiry(text: str) -> datetime | None:
    """GitHub writes `2026-12-01 09:00:00 UTC`, and also `2026-12-01 09:00:00 +0900`."""
    for form in ("%Y-%m-%d %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S %z"):
        try:
            instant = datetime.strptime(text, form)  # noqa: DTZ007 - UTC is given to it below
        except ValueError:
            continue
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return None
