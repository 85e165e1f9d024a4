"""The service's answer to one request, and what it means for each series of it. Pure.

A refusal is partial: it names the refused series in its text, by their index in the request, in one
of several forms, and counts them in a summary. What the text does not settle is left open, never
guessed. https://cloud.google.com/monitoring/custom-metrics/troubleshooting
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

PARTIAL = "could not be written: "
# The series holds this very point, or a newer one, or the point is too old to be of use.
_DONE = re.compile(
    r"points must be written in order"
    r"|written more frequently than the maximum sampling period"
    r"|was older than the most recent"
    r"|cannot be written more than \w+ in the past",
    re.IGNORECASE,
)
_PASSING = re.compile(r"internal error|retry after|try again|unavailable", re.IGNORECASE)
_PASSING_CODES = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "ABORTED", "UNKNOWN"})
_INDEXES = r"timeSeries\[(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)\]"
# `timeSeries[0-2] (example …): write for resource=… failed with: REASON`, or without the middle.
_INDEXES_FIRST = re.compile(
    rf"{_INDEXES}(?: \(example .*\))?: (?:write for resource=.* failed with: )?(?P<reason>.*)",
    re.DOTALL,
)
# `REASON: generic_task{…} timeSeries[0-2]: metric{…}`, `REASON: timeSeries[0-2]`, or with the index
# within the reason: `Field timeSeries[0] had an invalid value: …`.
_REASON_FIRST = re.compile(rf"(?P<reason>.*?)(?:: (?:\w+\{{.*\}} )?{_INDEXES}.*)?", re.DOTALL)
_FIELD = re.compile(r"Field timeSeries\[(\d+)\]")


class Verdict(Enum):
    """What a refusal of one series means."""

    DONE = "done"
    PASSING = "passing"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How one request ended.

    code: the name of the gRPC status, OK for success. failed: how many points were not written, by
    the summary; None where there is none.
    """

    code: str = "OK"
    message: str = ""
    failed: int | None = None

    @property
    def is_ok(self) -> bool:
        """Every point was written."""
        return self.code == "OK"

    @property
    def names_series(self) -> bool:
        """Whether the refusal is about what is in the request: of single series, or all of it."""
        return self.failed is not None or PARTIAL in self.message or self.code == "INVALID_ARGUMENT"

    @property
    def is_passing(self) -> bool:
        """Whether the request as a whole failed in a way that may pass by itself."""
        return self.code in _PASSING_CODES and not self.names_series


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What the answer says of one series."""

    verdict: Verdict
    reason: str


def findings(answer: Answer, requested: int) -> Mapping[int, Finding | None]:
    """Index to finding, of every series that may not have been written; None where it is open.

    requested: how many series the request had. An index that is absent was written.
    """
    text = answer.message.partition(PARTIAL)[2] if PARTIAL in answer.message else answer.message
    if requested == 1:
        return {0: _finding(_parse(text)[1])}
    named: dict[int, Finding] = {}
    understood = True
    for part in text.split("; "):
        indexes, reason = _parse(part)
        understood &= bool(indexes)
        for index in indexes:
            known = named.get(index)
            if known is None or known.verdict is Verdict.DONE:
                named[index] = _finding(reason)
    if understood and len(named) == answer.failed and max(named) < requested:
        return dict(named)
    return dict.fromkeys(range(requested))


def verdict_of(reason: str) -> Verdict:
    """What one reason means: already done, passing, or refused for good."""
    if _DONE.search(reason):
        return Verdict.DONE
    return Verdict.PASSING if _PASSING.search(reason) else Verdict.REFUSED


def _finding(reason: str) -> Finding:
    return Finding(verdict=verdict_of(reason), reason=reason)


def _parse(part: str) -> tuple[Sequence[int], str]:
    """The indexes that one part of a refusal names, none where it names none, and its reason alone.

    Labels stand beside the reason, and hold names that may read like anything: they are left out.
    """
    field = _FIELD.match(part)
    if field:
        return [int(field[1])], part
    pattern = _INDEXES_FIRST if part.startswith("timeSeries[") else _REASON_FIRST
    match = pattern.fullmatch(part)
    if not match:
        return [], ""
    return list(_numbers(match[1 if pattern is _INDEXES_FIRST else 2])), match["reason"]


def _numbers(text: str | None) -> Iterator[int]:
    for piece in text.split(",") if text else ():
        first, _, last = piece.partition("-")
        yield from range(int(first), int(last or first) + 1)
