"""The service's quota a minute and user, off unless a test or a person switches it on.

Source: https://developers.google.com/workspace/sheets/api/limits
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable

from emulators.sheets.errors import ApiError

READS_PER_MINUTE = 60
_WINDOW_SECONDS = 60.0


class Quota:
    """Counts calls in the last minute, reads and writes apart. Thread-safe.

    per_minute: how many of each; None for no limit.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute: int | None = None
        self._clock = clock
        self._lock = threading.Lock()
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)

    def spend(self, kind: str) -> None:
        """Count one call of `Read` or `Write`; ApiError 429 when the minute's are used up."""
        if self.per_minute is None:
            return
        with self._lock:
            now, times = self._clock(), self._times[kind]
            while times and now - times[0] >= _WINDOW_SECONDS:
                times.popleft()
            if len(times) >= self.per_minute:
                raise quota_exceeded(kind)
            times.append(now)


def quota_exceeded(kind: str) -> ApiError:
    """429 in the service's words."""
    limit = f"{kind} requests per minute per user"
    metadata = {
        "quota_limit": f"{kind}RequestsPerMinutePerUser",
        "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
        "service": "sheets.googleapis.com",
    }
    return ApiError(
        429,
        f"Quota exceeded for quota metric '{kind} requests' and limit '{limit}' of service "
        "'sheets.googleapis.com' for consumer 'project_number:0'.",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": metadata,
            }
        ],
    )
