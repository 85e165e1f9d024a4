"""Aligns and reduces time series, the part of ListTimeSeries' aggregation that is kept here.

https://cloud.google.com/monitoring/api/ref_v3/rpc/google.monitoring.v3#aggregation
Periods end at the end of the interval and every period before it; a period without points has no
point. The aligned series are GAUGE.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from emulators.monitoring.series import Point, TimeSeries, Value

_Combine = Callable[[Sequence[Value]], Value]

_COMBINE: Mapping[str, _Combine] = {
    "MAX": max,
    "MIN": min,
    "SUM": sum,
    "COUNT": len,
    "MEAN": lambda values: sum(values) / len(values),
}
ALIGNERS = ("ALIGN_NONE", "ALIGN_NEXT_OLDER", *(f"ALIGN_{name}" for name in _COMBINE))
REDUCERS = ("REDUCE_NONE", *(f"REDUCE_{name}" for name in _COMBINE))
_FIELD = re.compile(r"(metric|resource)\.labels?\.(\w+)|resource\.type")


class UnknownAggregation(ValueError):
    """An aggregation that breaks a rule, or that this emulator leaves out."""


@dataclass(frozen=True, kw_only=True)
class Aggregation:
    """By the service's names; group_by: `metric.labels.KEY`, `resource.labels.KEY`, …"""

    period: timedelta
    aligner: str
    reducer: str
    group_by: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise UnknownAggregation where it cannot be applied."""
        for name, known in ((self.aligner, ALIGNERS), (self.reducer, REDUCERS)):
            if name not in known:
                raise UnknownAggregation(f"{name} is left out here; known: {', '.join(known)}.")
        if self.reducer != "REDUCE_NONE" and self.aligner == "ALIGN_NONE":
            raise UnknownAggregation("A cross-series reducer needs a per-series aligner.")
        if self.aligner != "ALIGN_NONE" and self.period < timedelta(seconds=60):
            raise UnknownAggregation("The alignment period must be at least 60 seconds.")
        for field in self.group_by:
            if not _FIELD.fullmatch(field):
                raise UnknownAggregation(f"{field!r} is no field to group by here.")

    def apply(
        self, series: Iterable[TimeSeries], *, start: datetime, end: datetime
    ) -> list[TimeSeries]:
        """The series of an interval (start, end], aligned and reduced; those without points go."""
        self.check()
        if self.aligner == "ALIGN_NONE":
            found = [each.between(start, end) for each in series]
        else:
            found = [self._aligned(each, start, end) for each in series]
        found = [each for each in found if each.points]
        return found if self.reducer == "REDUCE_NONE" else self._reduced(found)

    def _aligned(self, series: TimeSeries, start: datetime, end: datetime) -> TimeSeries:
        if series.metric_kind != "GAUGE" or (
            series.value_type == "BOOL" and self.aligner not in ("ALIGN_COUNT", "ALIGN_NEXT_OLDER")
        ):
            raise UnknownAggregation(
                f"{self.aligner} does not apply to {series.metric_kind} {series.value_type} here."
            )
        times = [point.end_time for point in series.points]
        points = []
        at = end
        while at > start:
            newest = bisect_right(times, at)
            if self.aligner == "ALIGN_NEXT_OLDER":
                values = [point.value for point in series.points[:newest][-1:]]
            else:
                oldest = bisect_right(times, at - self.period)
                values = [point.value for point in series.points[oldest:newest]]
            if values:
                points.append(Point(end_time=at, value=self._combine_aligned(values)))
            at -= self.period
        return _with(series, tuple(reversed(points)), self.aligner)

    def _combine_aligned(self, values: Sequence[Value]) -> Value:
        if self.aligner == "ALIGN_NEXT_OLDER":
            return values[-1]
        return _COMBINE[self.aligner.removeprefix("ALIGN_")](values)

    def _reduced(self, series: Sequence[TimeSeries]) -> list[TimeSeries]:
        groups: dict[tuple[str, ...], list[TimeSeries]] = {}
        for each in series:
            groups.setdefault(tuple(_field(each, name) for name in self.group_by), []).append(each)
        return [self._reduced_group(group) for group in groups.values()]

    def _reduced_group(self, group: Sequence[TimeSeries]) -> TimeSeries:
        combine = _COMBINE[self.reducer.removeprefix("REDUCE_")]
        values: dict[datetime, list[Value]] = {}
        for point in (point for each in group for point in each.points):
            values.setdefault(point.end_time, []).append(point.value)
        points = tuple(Point(end_time=at, value=combine(values[at])) for at in sorted(values))
        kept = replace(
            group[0],
            labels=self._kept("metric", group[0].labels),
            resource_labels=self._kept("resource", group[0].resource_labels),
        )
        return _with(kept, points, self.reducer)

    def _kept(self, part: str, labels: Mapping[str, str]) -> dict[str, str]:
        fields = (_FIELD.fullmatch(name) for name in self.group_by)
        wanted = {match[2] for match in fields if match and match[1] == part}
        return {key: value for key, value in labels.items() if key in wanted}


def _field(series: TimeSeries, name: str) -> str:
    match = _FIELD.fullmatch(name)
    if match is None or match[1] is None:
        return series.resource_type
    labels = series.labels if match[1] == "metric" else series.resource_labels
    return labels.get(match[2], "")


def _with(series: TimeSeries, points: tuple[Point, ...], function: str) -> TimeSeries:
    value_type = series.value_type
    if function.endswith("_MEAN"):
        value_type = "DOUBLE"
    elif function.endswith("_COUNT"):
        value_type = "INT64"
    return replace(series, points=points, metric_kind="GAUGE", value_type=value_type)
