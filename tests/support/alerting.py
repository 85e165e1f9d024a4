"""Alert policies, evaluated as Cloud Monitoring does, over series of its emulator.

https://docs.cloud.google.com/monitoring/alerts/concepts-indepth. A distribution of one reading
stands here as that number, so that its percentile is the number itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from google.cloud import monitoring_v3

from emulators.monitoring.series import Descriptor, Point, SeriesKey
from emulators.monitoring.store import Store
from tests.support.monitoring import PROJECT
from tests.support.watched import metrics

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Readings:
    """One series as its service writes it: its labels, and its value at each instant."""

    metric: str
    labels: Mapping[str, str]
    resource: Mapping[str, str]
    points: Mapping[datetime, float]


def record(state: Path, readings: Iterable[Readings], now: datetime) -> None:
    """Put series where the emulator finds them when it starts: what Google's services write."""
    store = Store(state, now=now)
    project = PROJECT.removeprefix("projects/")
    for name, metric in metrics().items():
        store.declare(
            project,
            Descriptor(
                metric_type=name, metric_kind=metric.kind, value_type=_stored(metric.value_type)
            ),
        )
    for each in readings:
        metric = metrics()[each.metric]
        key = SeriesKey(
            project=project,
            metric_type=each.metric,
            labels=tuple(sorted(each.labels.items())),
            resource_type=metric.resource,
            resource_labels=tuple(sorted(each.resource.items())),
        )
        for instant, value in sorted(each.points.items()):
            start = instant - MINUTE if metric.kind == "DELTA" else None
            point = Point(
                end_time=instant,
                start_time=start,
                value=float(value) if _stored(metric.value_type) == "DOUBLE" else int(value),
            )
            store.add([(key, point)])
    store.close()


def _stored(value_type: str) -> str:
    return "DOUBLE" if value_type == "DISTRIBUTION" else value_type


@dataclass(frozen=True, kw_only=True)
class Series:
    """What a filter finds: the labels that one may group by, and the points, oldest first."""

    labels: Mapping[str, str]
    points: Sequence[tuple[datetime, float]]


def found(
    client: monitoring_v3.MetricServiceClient, text: str, start: datetime, end: datetime
) -> list[Series]:
    """The series that a filter finds, through the real client."""
    interval = monitoring_v3.TimeInterval(start_time=start, end_time=end)
    request = {"name": PROJECT, "filter": text, "interval": interval, "view": 0}
    return [_series(each) for each in client.list_time_series(request=request)]


def _series(found: Any) -> Series:
    metric, resource = found.metric.labels.items(), found.resource.labels.items()
    return Series(
        labels={
            **{f"metric.labels.{key}": value for key, value in metric},
            **{f"resource.labels.{key}": value for key, value in resource},
        },
        points=[
            (point.interval.end_time, float(point.value.double_value or point.value.int64_value))
            for point in reversed(found.points)
        ],
    )


Minutes = list[int]


def open_minutes(
    policy: Mapping[str, Any],
    client: monitoring_v3.MetricServiceClient,
    start: datetime,
    minutes: int,
) -> dict[str, Minutes]:
    """Title of each condition to the minutes, from the start, at which an incident is open."""
    end = start + minutes * MINUTE
    instants = [start + index * MINUTE for index in range(minutes + 1)]
    opened: dict[str, Minutes] = {}
    for condition in policy["conditions"]:
        if condition["condition_absent"]:
            (absent,) = condition["condition_absent"]
            series = found(client, absent["filter"], start, end)
            states = _silence(absent, series, instants)
        else:
            (threshold,) = condition["condition_threshold"]
            states = _above(threshold, lambda text: found(client, text, start, end), instants)
        opened[condition["display_name"]] = [i for i, is_open in enumerate(states) if is_open]
    return opened


def _silence(
    condition: Mapping[str, Any], series: Sequence[Series], instants: Sequence[datetime]
) -> list[bool]:
    seconds = timedelta(seconds=_seconds(condition["duration"]))
    times = sorted(instant for each in series for instant, _ in each.points)
    states = []
    for now in instants:
        before = [instant for instant in times if instant <= now]
        states.append(bool(before) and now - before[-1] >= seconds)
    return states


def _above(
    condition: Mapping[str, Any],
    find: Callable[[str], Sequence[Series]],
    instants: Sequence[datetime],
) -> list[bool]:
    (aggregation,) = condition["aggregations"]
    numerator = find(condition["filter"])
    denominator = find(condition["denominator_filter"]) if condition["denominator_filter"] else None
    if denominator is not None:
        assert condition["denominator_aggregations"] == condition["aggregations"]
    inactive = condition["evaluation_missing_data"] == "EVALUATION_MISSING_DATA_INACTIVE"
    retest = round(_seconds(condition["duration"]) / 60)
    held: dict[tuple[str, ...], int] = {}  # group to the minutes for which it has been violated
    states: list[bool] = []
    for now in instants:
        values = _aggregated(aggregation, numerator, now)
        if denominator is not None:
            whole = _aggregated(aggregation, denominator, now)
            values = {group: values.get(group, 0) / whole[group] for group in whole}
        for group in set(held) - set(values):
            if inactive:
                del held[group]
        for group, value in values.items():
            if _violates(condition, value):
                held[group] = held.get(group, -1) + 1
            else:
                held.pop(group, None)
        states.append(any(minutes >= retest for minutes in held.values()))
    return states


def _aggregated(
    aggregation: Mapping[str, Any], series: Sequence[Series], now: datetime
) -> dict[tuple[str, ...], float]:
    since = now - timedelta(seconds=_seconds(aggregation["alignment_period"]))
    align = {"ALIGN_MAX": max, "ALIGN_DELTA": sum, "ALIGN_PERCENTILE_05": min}
    reduce = {"REDUCE_MAX": max, "REDUCE_MIN": min, "REDUCE_SUM": sum}
    groups: dict[tuple[str, ...], list[float]] = {}
    for each in series:
        within = [value for instant, value in each.points if since < instant <= now]
        if within:
            group = tuple(each.labels[field] for field in aggregation["group_by_fields"] or ())
            aligned: float = align[aggregation["per_series_aligner"]](within)  # type: ignore[operator]
            groups.setdefault(group, []).append(aligned)
    return {
        group: reduce[aggregation["cross_series_reducer"]](values)  # type: ignore[operator]
        for group, values in groups.items()
    }


def _violates(condition: Mapping[str, Any], value: float) -> bool:
    threshold: float = condition["threshold_value"] or 0
    return {"COMPARISON_GT": value > threshold, "COMPARISON_LT": value < threshold}[
        condition["comparison"]
    ]


def _seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))
