"""What the emulator remembers: every series and descriptor, in memory and in an append-only file.

A write is one record, in the file before anything is answered. Not thread-safe: the caller locks.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from emulators.journal import Journal
from emulators.monitoring.series import Descriptor, Point, SeriesKey, TimeSeries

FILE_NAME = "points.jsonl"
KEPT = timedelta(weeks=6)
_TYPES = {bool: "BOOL", int: "INT64", float: "DOUBLE"}

Entry = tuple[SeriesKey, Point]


class Store:
    """Series and descriptors of all projects, kept in `state/points.jsonl`."""

    def __init__(self, state: Path, *, now: datetime) -> None:
        self._journal = Journal(state / FILE_NAME)
        self._descriptors: dict[tuple[str, str], Descriptor] = {}
        self._points: dict[SeriesKey, list[Point]] = {}
        self.version = 0
        try:
            self._load(oldest=now - KEPT)
        except BaseException:
            self._journal.close()
            raise

    def close(self) -> None:
        """Let go of the file; nothing can be written afterwards."""
        self._journal.close()

    def descriptor(self, project: str, metric_type: str) -> Descriptor | None:
        """What is declared of a metric."""
        return self._descriptors.get((project, metric_type))

    def descriptors(self, project: str) -> list[Descriptor]:
        """Everything that is declared in a project, by metric type."""
        owned = (item for (owner, _), item in self._descriptors.items() if owner == project)
        return sorted(owned, key=lambda descriptor: descriptor.metric_type)

    def last_point(self, key: SeriesKey) -> Point | None:
        """The newest point of a series."""
        points = self._points.get(key)
        return points[-1] if points else None

    def time_series(self) -> Iterator[TimeSeries]:
        """Every series with all its points, in the order of their first writes."""
        for key, points in self._points.items():
            declared = self._descriptors[key.project, key.metric_type]
            yield TimeSeries(
                project=key.project,
                metric_type=key.metric_type,
                metric_kind=declared.metric_kind,
                value_type=declared.value_type,
                labels=dict(key.labels),
                resource_type=key.resource_type,
                resource_labels=dict(key.resource_labels),
                points=tuple(points),
            )

    def declare(self, project: str, descriptor: Descriptor) -> None:
        """Keep a new descriptor, or a changed one of the same metric."""
        self._record({"project": project, "descriptor": descriptor.to_json()})

    def forget(self, project: str, metric_type: str) -> None:
        """Drop a descriptor and the data of its metric."""
        self._record({"project": project, "deleted": metric_type})

    def add(self, entries: Iterable[Entry]) -> None:
        """Store one point for each series, all in one line; their metrics have descriptors."""
        points = [_entry_to_json(key, point) for key, point in entries]
        if points:
            self._record({"points": points})

    def _record(self, record: Mapping[str, Any]) -> None:
        self._journal.append([record])
        self._apply(record)

    def _apply(self, record: Mapping[str, Any]) -> None:
        self.version += 1
        if "descriptor" in record:
            descriptor = Descriptor(**record["descriptor"])
            self._descriptors[record["project"], descriptor.metric_type] = descriptor
        elif "deleted" in record:
            owner = (record["project"], record["deleted"])
            self._descriptors.pop(owner, None)
            kept = {k: v for k, v in self._points.items() if (k.project, k.metric_type) != owner}
            self._points = kept
        else:
            for key, point in map(_entry_from_json, record["points"]):
                self._points.setdefault(key, []).append(point)

    def _load(self, *, oldest: datetime) -> None:
        for record in self._journal.read(dict):
            self._apply(record)
        self._declare_what_is_lost()
        dropped = self._drop_points_before(oldest)
        self._journal.open(None if self._journal.whole and not dropped else self._records())

    def _declare_what_is_lost(self) -> None:
        """Where a damaged file has lost a descriptor, its points say what it was."""
        for key, points in self._points.items():
            if (key.project, key.metric_type) not in self._descriptors:
                first = points[0]
                is_gauge = first.start_time in (None, first.end_time)
                self._descriptors[key.project, key.metric_type] = Descriptor(
                    metric_type=key.metric_type,
                    metric_kind="GAUGE" if is_gauge else "CUMULATIVE",
                    value_type=_TYPES[type(first.value)],
                    labels={name: "" for name, _ in key.labels},
                )

    def _drop_points_before(self, oldest: datetime) -> bool:
        before = sum(map(len, self._points.values()))
        recent = {
            key: [point for point in points if point.end_time >= oldest]
            for key, points in self._points.items()
        }
        self._points = {key: points for key, points in recent.items() if points}
        return sum(map(len, self._points.values())) < before

    def _records(self) -> Iterator[Mapping[str, Any]]:
        """Just what is in memory."""
        for (project, _), descriptor in self._descriptors.items():
            yield {"project": project, "descriptor": descriptor.to_json()}
        for key, points in self._points.items():
            yield {"points": [_entry_to_json(key, point) for point in points]}


def _entry_to_json(key: SeriesKey, point: Point) -> dict[str, Any]:
    return {
        "project": key.project,
        "metric": key.metric_type,
        "labels": dict(key.labels),
        "resource": {"type": key.resource_type, "labels": dict(key.resource_labels)},
        "start": point.start_time and point.start_time.isoformat(),
        "end": point.end_time.isoformat(),
        "value": point.value,
    }


def _entry_from_json(entry: Mapping[str, Any]) -> Entry:
    key = SeriesKey(
        project=entry["project"],
        metric_type=entry["metric"],
        labels=tuple(entry["labels"].items()),
        resource_type=entry["resource"]["type"],
        resource_labels=tuple(entry["resource"]["labels"].items()),
    )
    start = entry["start"]
    point = Point(
        end_time=datetime.fromisoformat(entry["end"]),
        value=entry["value"],
        start_time=datetime.fromisoformat(start) if start else None,
    )
    return key, point
