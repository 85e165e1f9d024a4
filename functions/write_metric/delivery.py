"""Brings points to the service: in requests of a bounded size, each point until it is settled.

A point is settled once it was written, or once the service says that the series has this one or a
newer one already. What passes is tried again; a point that is refused for good is raised at the
end, after all that could be written was. Delivered again, an event adds only what is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.retry import Deadline, Retries, RetryPolicy
from write_metric.response import Response, Verdict
from write_metric.series import Point

# https://cloud.google.com/monitoring/quotas#custom_metrics_quotas
MAX_SERIES_PER_REQUEST = 200
SAMPLING_PERIOD = timedelta(seconds=5)
REQUEST_SECONDS = 12.0
POLICY = RetryPolicy(attempts=4, first_seconds=0.5)
_QUOTED = 3
_FIXES = {
    "PERMISSION_DENIED": "grant roles/monitoring.metricWriter to the function's service account, "
    "and see that the Monitoring API is enabled",
    "UNAUTHENTICATED": "see that the function runs with credentials that are still valid",
    "NOT_FOUND": "see that GOOGLE_CLOUD_PROJECT names an existing project",
}
_QUOTA = "RESOURCE_EXHAUSTED"


class TimeSeriesSink(Protocol):
    """Where points go."""

    def send(self, points: Sequence[Point], *, timeout_seconds: float) -> Response:
        """Write at most 200 points of different series in one request."""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """written: points that the service took. already_there: points that it had, or newer ones."""

    written: int
    already_there: int


class Delivery:
    """The points of one event on their way. Use once."""

    def __init__(
        self,
        sink: TimeSeriesSink,
        *,
        deadline: Deadline,
        policy: RetryPolicy = POLICY,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        """deadline: for everything. policy: for one request. request_seconds: its time-out."""
        self._sink = sink
        self._deadline = deadline
        self._policy = policy
        self._request_seconds = request_seconds
        self._written = 0
        self._refused: dict[Point, Response] = {}

    def deliver(self, points: Sequence[Point]) -> Delivered:
        """Send all points, at most one for each series.

        Raises RetryLater where something may work later, NeverWorks where the service refuses
        points for good; both say which and why.
        """
        for start in range(0, len(points), MAX_SERIES_PER_REQUEST):
            self._send(points[start : start + MAX_SERIES_PER_REQUEST])
        if self._refused:
            raise _refusal(self._refused, len(points))
        return Delivered(written=self._written, already_there=len(points) - self._written)

    def _send(self, points: Sequence[Point]) -> None:
        if len(points) == 1:
            self._send_alone(points[0])
            return
        response = self._response(points)
        if response.is_ok:
            self._written += len(points)
        elif response.failed is not None:
            self._written += len(points) - response.failed
        for point in () if response.is_ok else points:
            self._send_alone(point)

    def _send_alone(self, point: Point) -> None:
        """Alone in its request, a point's refusal is about itself."""
        response = self._response([point])
        verdict = response.verdict(point)
        if verdict is Verdict.TOO_FREQUENT:
            # Less than a sampling period before, an older statement of another value was written.
            # The newer one takes the next place in the series rather than none.
            later = replace(point, end_time=point.end_time + SAMPLING_PERIOD)
            response = self._response([later])
            verdict = response.verdict(later)
        if verdict is Verdict.WRITTEN:
            self._written += 1
        elif verdict is Verdict.REFUSED:
            self._refused[point] = response

    def _response(self, points: Sequence[Point]) -> Response:
        """The response to one request once it is not a passing failure any more.

        Raises RetryLater where it stays one, and what is about no point at all.
        """
        retries = Retries(self._policy, self._deadline)
        while True:
            seconds = retries.bound(self._request_seconds)
            response = self._sink.send(points, timeout_seconds=seconds)
            text = f"Cloud Monitoring did not take {_named(points)}: {response}"
            if response.code == _QUOTA and not response.is_about_points:
                raise RetryLater(text)  # another request would only strain the quota further
            alone = len(points) == 1 and response.verdict(points[0]) is Verdict.PASSING
            if alone or response.is_passing:
                retries.wait(text)
            elif response.is_ok or response.is_about_points:
                return response
            else:
                raise NeverWorks(text, fix=_FIXES.get(response.code))


def _named(points: Sequence[Point]) -> str:
    others = f" and {len(points) - 1} more points" if len(points) > 1 else ""
    return f"{points[0]}{others}"


def _refusal(refused: dict[Point, Response], total: int) -> NeverWorks:
    quoted = [f"{point}: {response.message}" for point, response in refused.items()][:_QUOTED]
    more = len(refused) - len(quoted)
    return NeverWorks(
        f"Cloud Monitoring did not take {len(refused)} of {total} points: {'; '.join(quoted)}"
        + (f"; and {more} more" if more else ""),
        fix="remove the cause, and the next delivery of the event adds what is missing",
    )
