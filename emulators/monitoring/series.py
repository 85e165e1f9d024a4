"""What the emulator stores, as plain values: time series, their points, their metrics' descriptors.

Nothing here knows Google's types; `messages` translates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

Value = bool | int | float
Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Point:
    """One value at one instant (UTC), or over an interval where the metric is CUMULATIVE."""

    end_time: datetime
    value: Value
    start_time: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SeriesKey:
    """What tells one series from all others; labels sorted by their key."""

    project: str
    metric_type: str
    labels: Labels
    resource_type: str
    resource_labels: Labels


@dataclass(frozen=True, kw_only=True)
class TimeSeries:
    """One series as it stands.

    metric_kind: GAUGE or CUMULATIVE. value_type: BOOL, INT64 or DOUBLE. points: oldest first.
    """

    project: str
    metric_type: str
    metric_kind: str
    value_type: str
    labels: Mapping[str, str]
    resource_type: str
    resource_labels: Mapping[str, str]
    points: tuple[Point, ...]

    def between(self, start: datetime, end: datetime) -> "TimeSeries":
        """The same series with only the points that end in (start, end], or at the end itself."""
        kept = tuple(p for p in self.points if start < p.end_time <= end or p.end_time == end)
        return replace(self, points=kept)


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """What is declared of one metric. labels: key to description, in the order of declaration."""

    metric_type: str
    metric_kind: str
    value_type: str
    unit: str = ""
    display_name: str = ""
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As one plain object, for the state file."""
        return {**vars(self), "labels": dict(self.labels)}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One entry of a CreateTimeSeries request, not yet checked.

    metric_kind: "" where the request leaves it out. value_types: one for each point.
    """

    index: int
    key: SeriesKey
    metric_kind: str
    value_types: tuple[str, ...]
    points: tuple[Point, ...]
    unit: str = ""
    description: str = ""
