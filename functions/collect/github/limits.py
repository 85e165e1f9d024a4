"""When a rate limit of GitHub's ends, by the headers of an answer; pure.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

# Whoever asks for a longer wait than a day sent nonsense.
_LONGEST_SECONDS = 86_400


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
