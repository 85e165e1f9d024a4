"""The step: one event in, its points in Cloud Monitoring.

Nothing here knows Google's client: the sink is an argument.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from commit_counts.errors import RetryLater
from commit_counts.event import CommitCounts, format_instant
from write_metric.delivery import Delivery, Patience, TimeSeriesSink
from write_metric.series import Choices, points_of

# https://cloud.google.com/monitoring/api/ref_v3/rpc/google.monitoring.v3#timeinterval
OLDEST = timedelta(hours=25)
FURTHEST_AHEAD = timedelta(minutes=5)


def utc_now() -> datetime:
    """The present, by which the age of an event is judged."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of an event's points; their sum is what the event says about its today.

    written: points that the service took. already_there: points that it had, or newer ones of the
    same series. too_old: points that it takes no more. All 0 where the event says nothing of today.
    """

    written: int = 0
    already_there: int = 0
    too_old: int = 0

    @property
    def points(self) -> int:
        """How many points the event makes."""
        return self.written + self.already_there + self.too_old

    def facts(self) -> Mapping[str, object]:
        """For the log line."""
        outcome = "nothing about today" if not self.points else "written"
        return {
            "outcome": "too old" if self.too_old else outcome,
            "points": self.points,
            "points_written": self.written,
            "points_already_there": self.already_there,
            "points_too_old": self.too_old,
        }


def write(
    event: CommitCounts,
    sink: TimeSeriesSink,
    choices: Choices,
    *,
    now: Callable[[], datetime] = utc_now,
    patience: Patience | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Written:
    """Write an event's points. Delivered twice, late or out of order, it leaves the same series.

    An event whose points the service takes no more is done: the Sheet holds what is past.
    Raises RetryLater and NeverWorks as `Delivery.deliver`, and RetryLater for an event from the
    future, which the service takes once its time has come.
    """
    points = points_of(event, choices)
    if not points:
        return Written()
    age = now() - event.collected_at
    if age > OLDEST:
        return Written(too_old=len(points))
    if age < -FURTHEST_AHEAD:
        raise RetryLater(
            f"collected_at: expected at most {FURTHEST_AHEAD.seconds // 60} minutes ahead of now, "
            f"came {format_instant(event.collected_at)}; Cloud Monitoring takes it from "
            f"{format_instant(event.collected_at - FURTHEST_AHEAD)} on; if that is wrong, set the "
            "clock of the machine that collects",
            retry_at=event.collected_at - FURTHEST_AHEAD,
        )
    delivery = Delivery(
        sink, patience=patience or Patience(), sleep=sleep, elapsed_seconds=time.monotonic
    )
    delivered = delivery.deliver(points)
    return Written(written=delivered.written, already_there=delivered.already_there)
