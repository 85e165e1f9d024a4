"""The step: one event in, its points in Cloud Monitoring.

Nothing here knows Google's client: the sink is an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from commit_counts.check import Check, is_check, parse_check
from commit_counts.errors import RetryLater
from commit_counts.event import CommitCounts, format_instant
from commit_counts.parse import parse_event
from commit_counts.retry import Deadline, RetryPolicy, utc_now
from write_metric.checks import points_of_check
from write_metric.delivery import POLICY, REQUEST_SECONDS, Delivery, TimeSeriesSink
from write_metric.series import Choices, points_of

# https://cloud.google.com/monitoring/api/ref_v3/rpc/google.monitoring.v3#timeinterval
OLDEST = timedelta(hours=25)
FURTHEST_AHEAD = timedelta(minutes=5)
# For all requests of one event: the function has a minute.
_TOTAL = timedelta(seconds=40)


Event = CommitCounts | Check


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


def read_event(body: bytes, *, published_at: datetime) -> Event:
    """The event in a message's body, of either kind that is written. Raises InvalidEvent."""
    return parse_check(body) if is_check(body) else parse_event(body, published_at=published_at)


def write(
    event: Event,
    sink: TimeSeriesSink,
    choices: Choices,
    *,
    deadline: Deadline | None = None,
    policy: RetryPolicy = POLICY,
    request_seconds: float = REQUEST_SECONDS,
) -> Written:
    """Write an event's points. Delivered twice, late or out of order, it leaves the same series.

    deadline: the clock, and when to give up; by default after 40 seconds.
    An event whose points the service takes no more is done: the Sheet holds what is past.
    Raises RetryLater and NeverWorks as `Delivery.deliver`, and RetryLater for an event from the
    future, which the service takes once its time has come.
    """
    points = points_of_check(event) if isinstance(event, Check) else points_of(event, choices)
    if not points:
        return Written()
    deadline = deadline or Deadline(ends_at=utc_now() + _TOTAL)
    stated_at = points[0].end_time
    age = deadline.now() - stated_at
    if age > OLDEST:
        return Written(too_old=len(points))
    if age < -FURTHEST_AHEAD:
        raise RetryLater(
            f"the event's instant: expected at most {FURTHEST_AHEAD.seconds // 60} minutes ahead "
            f"of now, got {format_instant(stated_at)}; Cloud Monitoring takes it from "
            f"{format_instant(stated_at - FURTHEST_AHEAD)} on",
            fix="if that is wrong, set the clock of the machine that publishes",
            retry_at=stated_at - FURTHEST_AHEAD,
        )
    delivery = Delivery(sink, deadline=deadline, policy=policy, request_seconds=request_seconds)
    delivered = delivery.deliver(points)
    return Written(written=delivered.written, already_there=delivered.already_there)
