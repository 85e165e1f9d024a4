"""The primary rate limit: a budget of points that fills up anew every hour.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_WINDOW = timedelta(hours=1)


class RateLimit:
    """One budget. Thread-safe."""

    def __init__(self, *, resource: str, limit: int, now: Callable[[], datetime]) -> None:
        self.limit = limit
        self._resource = resource
        self._now = now
        self._lock = threading.Lock()
        self._used = 0
        self._reset = now() + _WINDOW

    def spend(self, points: int) -> bool:
        """Take points; False, and nothing taken, where too few are left."""
        with self._lock:
            if self._now() >= self._reset:
                self._used = 0
                self._reset = self._now() + _WINDOW
            if self._used + points > self.limit:
                return False
            self._used += points
            return True

    @property
    def used(self) -> int:
        """Points taken since the budget was last full."""
        return self._used

    @property
    def remaining(self) -> int:
        """Points left."""
        return max(0, self.limit - self._used)

    @property
    def reset_at(self) -> datetime:
        """When the budget is full again."""
        return self._reset.astimezone(UTC).replace(microsecond=0)

    def headers(self, *, exhausted: bool = False) -> dict[str, str]:
        """The x-ratelimit-* headers of every answer."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": "0" if exhausted else str(self.remaining),
            "x-ratelimit-used": str(self.limit if exhausted else self.used),
            "x-ratelimit-reset": str(int(self.reset_at.timestamp())),
            "x-ratelimit-resource": self._resource,
        }
