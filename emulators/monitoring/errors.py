"""How the service words a refusal, and the faults that can be injected through `calls.inject`.

A partial refusal is a status message and a packed summary. Three forms of the message are in public
reports, so a client has to read all of them: googleapis/google-cloud-python and
GoogleCloudPlatform/opentelemetry-operations-python #431 (2025),
GoogleCloudPlatform/opentelemetry-operations-java #247 (2023) and
GoogleCloudPlatform/prometheus-engine #493 (no indexes at all).

Every gRPC code in CODES is a fault; with `_after_write` behind it the call does its work first and
the answer is lost. `refuse_some` lets CreateTimeSeries refuse single series, which
`MonitoringEmulator.refuse` chooses.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

import grpc

from emulators.monitoring.series import Candidate, Labels

REFUSE_SOME = "refuse_some"
CODES = (
    "UNAVAILABLE",
    "DEADLINE_EXCEEDED",
    "RESOURCE_EXHAUSTED",
    "INTERNAL",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
)
AFTER_WRITE = frozenset({"UNAVAILABLE_after_write", "DEADLINE_EXCEEDED_after_write"})
KINDS = frozenset({*CODES, *AFTER_WRITE, REFUSE_SOME})

# Metric type and metric labels of a series to the reason for which it is refused, None to take it.
Refuse = Callable[[str, Mapping[str, str]], str | None]


def refuse_all(metric_type: str, labels: Mapping[str, str]) -> str:
    """Refuse every series with the service's text for a passing internal error."""
    del metric_type, labels
    return INTERNAL_ERROR


def status_of(kind: str | None) -> grpc.StatusCode | None:
    """The gRPC code with which a fault ends the whole call, None where it does not."""
    if kind is None or kind == REFUSE_SOME:
        return None
    return grpc.StatusCode[kind.removesuffix("_after_write")]


INVALID_ARGUMENT = 3
INTERNAL = 13
PREFIX = "One or more TimeSeries could not be written: "
INTERNAL_ERROR = (
    "Internal error encountered. Please retry after a few seconds. If internal errors persist, "
    "contact support at https://cloud.google.com/support/docs."
)


class Wording(Enum):
    """Which form the refusals have."""

    CURRENT = "current"
    EARLIER = "earlier"
    WITHOUT_INDEXES = "without indexes"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One series that is not written, and why."""

    candidate: Candidate
    reason: str

    @property
    def code(self) -> int:
        """The gRPC status code of this series alone."""
        return INTERNAL if self.reason == INTERNAL_ERROR else INVALID_ARGUMENT

    @property
    def names_its_series(self) -> bool:
        """Whether the reason itself says which entry of the request it is about."""
        return self.reason.startswith("Field timeSeries[")


def status_code(refusals: Iterable[Refusal]) -> int:
    """The code of the whole answer: INTERNAL as soon as one series failed that way."""
    return max(refusal.code for refusal in refusals)


def status_message(refusals: Sequence[Refusal], *, requested: int, wording: Wording) -> str:
    """The message of the whole answer.

    A request of a single series that breaks a field's rule gets the reason alone, without prefix:
    google/slo-generator #98.
    """
    if requested == 1 and refusals[0].names_its_series:
        return refusals[0].reason
    return PREFIX + "; ".join(_entry(group, wording) for group in _groups(refusals))


def index_ranges(indexes: Iterable[int]) -> str:
    """`0-2,5`: how the service writes which entries of the request it means."""
    ranges: list[list[int]] = []
    for index in indexes:
        if ranges and index == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], index]
        else:
            ranges.append([index])
    return ",".join("-".join(map(str, ends)) for ends in ranges)


def _groups(refusals: Sequence[Refusal]) -> list[list[Refusal]]:
    def likeness(refusal: Refusal) -> tuple[str, Labels]:
        return refusal.reason, refusal.candidate.key.resource_labels

    ordered = sorted(refusals, key=lambda refusal: (*likeness(refusal), refusal.candidate.index))
    return [list(group) for _, group in groupby(ordered, key=likeness)]


def _entry(group: Sequence[Refusal], wording: Wording) -> str:
    first = group[0]
    key = first.candidate.key
    if first.names_its_series or wording is Wording.WITHOUT_INDEXES:
        return first.reason
    which = f"timeSeries[{index_ranges(refusal.candidate.index for refusal in group)}]"
    resource = f"{key.resource_type}{_braces(key.resource_labels)}"
    if wording is Wording.EARLIER:
        return f"{first.reason}: {resource} {which}: {key.metric_type}{_braces(key.labels)}"
    labels = ", ".join(f'"{name}": "{value}"' for name, value in key.labels)
    example = f'example metric.type="{key.metric_type}", metric.labels={{{labels}}}'
    return f"{which} ({example}): write for resource={resource} failed with: {first.reason}"


def _braces(labels: Labels) -> str:
    return "{" + ",".join(f"{name}:{value}" for name, value in labels) + "}"
