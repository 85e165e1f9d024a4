"""The service's response to one request, and what it means. Pure.

A refusal of several series names them in prose, in one of several forms, which is not taken apart:
each point is sent again alone, and then the refusal is about that point.
https://cloud.google.com/monitoring/custom-metrics/troubleshooting
"""

import re
from dataclasses import dataclass
from enum import Enum

from write_metric.series import Point

_PARTIAL = "could not be written: "
# The series holds this very point, or a newer one, or the point is too old to be of use.
_DONE = re.compile(
    r"points must be written in order"
    r"|was older than the most recent"
    r"|cannot be written more than \w+ in the past",
    re.IGNORECASE,
)
_TOO_FREQUENT = re.compile("more frequently than the maximum sampling period", re.IGNORECASE)
_PASSING = re.compile(r"internal error|retry after|try again|unavailable", re.IGNORECASE)
_PASSING_CODES = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "ABORTED", "UNKNOWN"})


class Verdict(Enum):
    """What a response means for a point that was alone in its request."""

    WRITTEN = "written"
    DONE = "done"
    TOO_FREQUENT = "too frequent"
    PASSING = "passing"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Response:
    """How one request ended.

    code: the name of the gRPC status, OK for success. failed: how many points were not written, by
    the summary; None where there is none.
    """

    code: str = "OK"
    message: str = ""
    failed: int | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    @property
    def is_ok(self) -> bool:
        """Every point was written."""
        return self.code == "OK"

    @property
    def is_about_points(self) -> bool:
        """Whether the refusal is about what is in the request: single points, or all of them."""
        return (
            self.failed is not None or _PARTIAL in self.message or self.code == "INVALID_ARGUMENT"
        )

    @property
    def is_passing(self) -> bool:
        """Whether the request as a whole failed in a way that may pass by itself."""
        return self.code in _PASSING_CODES and not self.is_about_points

    def verdict(self, point: Point) -> Verdict:
        """What it means for the only point of the request."""
        if self.is_ok:
            return Verdict.WRITTEN
        words = self.message
        for _, value in point.labels:  # a repository may be called like a reason
            if any(reason.search(value) for reason in (_DONE, _TOO_FREQUENT, _PASSING)):
                words = words.replace(value, "")
        if _DONE.search(words):
            return Verdict.DONE
        if _TOO_FREQUENT.search(words):
            return Verdict.TOO_FREQUENT
        passing = self.is_passing or _PASSING.search(words)
        return Verdict.PASSING if passing else Verdict.REFUSED
