"""How something that fails in passing is tried again: the one policy of every step.

    retries = Retries(POLICY, deadline)
    while True:
        try:
            return call()
        except Busy as error:
            retries.wait(f"the service is busy: {error}", retry_at=error.retry_at)

`wait` returns when it is time for the next attempt, and raises RetryLater where none is left.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from commit_counts.errors import RetryLater


def utc_now() -> datetime:
    """This instant, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When a run has to be over; None where it may take as long as it needs.

    now, sleep: the clock, so that a test need not wait.
    """

    ends_at: datetime | None = None
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep

    def bound(self, seconds: float, why: str = "") -> float:
        """So many seconds, or what is left if that is less.

        why: what went wrong before, if anything did. Raises RetryLater where nothing is left.
        """
        if self.ends_at is None:
            return seconds
        left = (self.ends_at - self.now()).total_seconds()
        if left <= 0:
            over = f"the time for this run was over at {_clock(self.ends_at)}"
            raise RetryLater(f"{why}; {over}" if why else over)
        return min(seconds, left)

    def wait(self, seconds: float, why: str) -> None:
        """Sleep, or raise RetryLater with the time to come back where that would end too late."""
        over_at = self.now() + timedelta(seconds=seconds)
        if self.ends_at is not None and over_at >= self.ends_at:
            raise RetryLater(
                f"{why}; waiting until {_clock(over_at)} would take longer than this run may last",
                retry_at=over_at,
            )
        if seconds > 0:
            self.sleep(seconds)


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often, and after which pauses.

    attempts: calls in all, the first one included.
    first_seconds, longest_seconds: the pause before the second attempt, which doubles from one
        attempt to the next up to the longest.
    jitter: the share of a pause, 0 to 1, that is left to chance, to part competitors.
    """

    attempts: int
    first_seconds: float
    longest_seconds: float = 60.0
    jitter: float = 0.5

    def pause_seconds(self, failures: int) -> float:
        """How long to wait after so many failures, from 1 on."""
        # 2.0**1024 would overflow; no policy has so many attempts that differ by then.
        pause = min(self.first_seconds * 2.0 ** min(failures - 1, 64), self.longest_seconds)
        return pause * random.uniform(1 - self.jitter, 1)


class Retries:
    """The failures of one thing so far. Use once."""

    def __init__(self, policy: RetryPolicy, deadline: Deadline) -> None:
        self._policy = policy
        self._deadline = deadline
        self._reason = ""
        self.failures = 0

    def bound(self, seconds: float) -> float:
        """How long the next attempt may take. RetryLater with the last failure's reason if over."""
        return self._deadline.bound(seconds, self._reason)

    def wait(self, reason: str, *, retry_at: datetime | None = None) -> None:
        """Wait for the next attempt after a failure.

        retry_at: when the service says that it is worth another; goes before the policy's pause.
        Raises RetryLater with the reason where no attempt is left, or where the wait would outlast
        the deadline.
        """
        self.failures += 1
        self._reason = reason
        if self.failures >= self._policy.attempts:
            raise RetryLater(f"{reason} (tried {self.failures} times)", retry_at=retry_at)
        seconds = self._policy.pause_seconds(self.failures)
        if retry_at is not None:
            seconds = max(0.0, (retry_at - self._deadline.now()).total_seconds())
        self._deadline.wait(seconds, reason)


def _clock(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
