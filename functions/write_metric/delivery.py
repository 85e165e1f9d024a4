"""Brings points to the service: in requests of a bounded size, each point until it is settled.

Only what failed is sent again. A point is settled once it was written, or once the service says
that it has this one or a newer one already; every other refusal is raised at the end, after all
that could be written was.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from commit_counts.errors import NeverWorks, RetryLater
from write_metric.response import Answer, Finding, Verdict, findings
from write_metric.series import Point

# https://cloud.google.com/monitoring/quotas#custom_metrics_quotas
MAX_SERIES_PER_REQUEST = 200
_QUOTED = 3
_REMEDIES = {
    "PERMISSION_DENIED": "grant roles/monitoring.metricWriter to the function's service account, "
    "and see that the Monitoring API is enabled",
    "UNAUTHENTICATED": "see that the function runs with credentials that are still valid",
    "NOT_FOUND": "see that GOOGLE_CLOUD_PROJECT names an existing project",
}


class TimeSeriesSink(Protocol):
    """Where points go."""

    def send(self, points: Sequence[Point], *, timeout_seconds: float) -> Answer:
        """Write at most 200 points of different series in one request."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long one event may take.

    total_seconds: for everything, within the function's time-out. request_seconds: for one request.
    attempts: how often one request is sent that fails in a passing way, with doubling pauses.
    """

    total_seconds: float = 40.0
    request_seconds: float = 12.0
    attempts: int = 4
    first_pause_seconds: float = 0.5


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
        patience: Patience,
        sleep: Callable[[float], None],
        elapsed_seconds: Callable[[], float],
    ) -> None:
        """elapsed_seconds: a monotonic clock, from which the total is counted."""
        self._sink = sink
        self._patience = patience
        self._sleep = sleep
        self._elapsed_seconds = elapsed_seconds
        self._ends_at = elapsed_seconds() + patience.total_seconds
        self._written = 0
        self._already_there = 0
        self._unsettled: dict[Point, Finding] = {}
        self._halted: Finding | None = None

    def deliver(self, points: Sequence[Point]) -> Delivered:
        """Send all points, at most one for each series.

        Raises RetryLater where something may work later, NeverWorks where the service refuses
        points for good; both say which and why. The points that could be written are written.
        """
        for start in range(0, len(points), MAX_SERIES_PER_REQUEST):
            self._settle(points[start : start + MAX_SERIES_PER_REQUEST])
        if self._unsettled:
            raise _failure(self._unsettled, len(points))
        return Delivered(written=self._written, already_there=self._already_there)

    def _settle(self, points: Sequence[Point]) -> None:
        """Send the points of one request, and again those that fail in a passing way."""
        pending = list(points)
        for pause_seconds in self._pauses():
            self._wait(pause_seconds)
            if self._halted:
                for point in pending:
                    self._unsettled.setdefault(point, self._halted)
                return
            pending = self._send(pending)
            if not pending:
                return

    def _send(self, points: Sequence[Point]) -> list[Point]:
        """One request; returns the points that are worth another."""
        remaining = self._ends_at - self._elapsed_seconds()
        timeout = min(self._patience.request_seconds, remaining)
        answer = self._sink.send(points, timeout_seconds=timeout)
        if answer.is_ok:
            self._written += len(points)
            self._note(points, None)
            return []
        if answer.names_series:
            return self._judge(points, answer)
        finding = _finding_of_the_whole(answer)
        self._note(points, finding)
        if answer.is_passing:
            return list(points)
        self._halted = finding
        return []

    def _judge(self, points: Sequence[Point], answer: Answer) -> list[Point]:
        found = findings(answer, len(points))
        self._note(points, None)
        self._written += len(points) - len(found)
        again, open_points = [], []
        for index, finding in found.items():
            if finding is None:
                open_points.append(points[index])
            elif finding.verdict is Verdict.DONE:
                self._already_there += 1
            else:
                self._note([points[index]], finding)
                if finding.verdict is Verdict.PASSING:
                    again.append(points[index])
        for point in open_points:  # alone in its request, a point's refusal is about itself
            self._settle([point])
        return again

    def _note(self, points: Sequence[Point], finding: Finding | None) -> None:
        """Remember why points are not settled; None where they are."""
        for point in points:
            if finding:
                self._unsettled[point] = finding
            else:
                self._unsettled.pop(point, None)

    def _pauses(self) -> Iterator[float]:
        """Seconds to wait before each attempt: none, then doubling, spread to part competitors."""
        yield 0.0
        for doublings in range(self._patience.attempts - 1):
            yield self._patience.first_pause_seconds * 2**doublings * random.uniform(0.5, 1.0)

    def _wait(self, seconds: float) -> None:
        if self._elapsed_seconds() + seconds >= self._ends_at:
            reason = f"no answer within {self._patience.total_seconds:g} seconds"
            self._halted = self._halted or Finding(verdict=Verdict.PASSING, reason=reason)
        elif seconds and not self._halted:
            self._sleep(seconds)


def _finding_of_the_whole(answer: Answer) -> Finding:
    """A request that failed as a whole: only a quota or an outage passes by itself."""
    remedy = _REMEDIES.get(answer.code)
    passing = answer.is_passing or answer.code == "RESOURCE_EXHAUSTED"
    return Finding(
        verdict=Verdict.PASSING if passing else Verdict.REFUSED,
        reason=f"{answer.code}: {answer.message}" + (f" ({remedy})" if remedy else ""),
    )


def _failure(unsettled: Mapping[Point, Finding], total: int) -> RetryLater | NeverWorks:
    refused = any(finding.verdict is Verdict.REFUSED for finding in unsettled.values())
    quoted = [f"{point}: {finding.reason}" for point, finding in unsettled.items()][:_QUOTED]
    more = len(unsettled) - len(quoted)
    text = (
        f"Cloud Monitoring did not take {len(unsettled)} of {total} points: {'; '.join(quoted)}"
        + (f"; and {more} more" if more else "")
        + "; deliver the event again, which adds only what is missing"
    )
    return NeverWorks(f"{text}, once the cause is mended") if refused else RetryLater(text)
