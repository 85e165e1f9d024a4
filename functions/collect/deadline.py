"""How long a run may take: every wait is asked for here, so that none outlives the function."""

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
    """When the run has to be over; None where it may take as long as it needs.

    now, sleep: the clock, so that a test need not wait.
    """

    ends_at: datetime | None = None
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep

    def bound(self, seconds: float) -> float:
        """So many seconds, or what is left if that is less. RetryLater where nothing is left."""
        if self.ends_at is None:
            return seconds
        left = (self.ends_at - self.now()).total_seconds()
        if left <= 0:
            raise RetryLater(f"the time for this run was over at {_clock(self.ends_at)}")
        return min(seconds, left)

    def wait(self, seconds: float, why: str) -> None:
        """Sleep, or raise RetryLater with the time to come back where that would end too late."""
        over_at = self.now() + timedelta(seconds=seconds)
        if self.ends_at is not None and over_at >= self.ends_at:
            raise RetryLater(
                f"{why}; waiting until {_clock(over_at)} would take longer than this run may last",
                retry_at=over_at,
            )
        self.sleep(seconds)


def _clock(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
