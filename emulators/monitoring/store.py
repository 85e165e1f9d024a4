"""What the emulator remembers: every series and descriptor, in memory and in an append-only file.

A write is one line, put down in one piece before anything is answered, so that a killed process
leaves at most a torn last line, which the next start drops. Not thread-safe: the caller locks.
"""

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from emulators.monitoring.series import Descriptor, Point, SeriesKey, TimeSeries

FILE_NAME = "points.jsonl"
KEPT = timedelta(weeks=6)

Entry = tuple[SeriesKey, Point]


class Store:
    """Series and descriptors of all projects, kept in `state/points.jsonl`."""

    def __init__(self, state: Path, *, now: datetime) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self._path = state / FILE_NAME
        self._descriptors: dict[tuple[str, str], Descriptor] = {}
        self._points: dict[SeriesKey, list[Point]] = {}
        self.version = 0
        self._load(oldest=now - KEPT)
        self._file = self._path.open("ab", buffering=0)

    def close(self) -> None:
        """Let go of the file; nothing can be written afterwards."""
        self._file.close()

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
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
        self._append(line.encode())
        self._apply(record)

    def _append(self, line: bytes) -> None:
        """Write a line whole or not at all: what would follow half of one could not be read."""
        size = os.fstat(self._file.fileno()).st_size
        try:
            if self._file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        except OSError:
            self._file.truncate(size)
            raise

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
        text = self._path.read_bytes() if self._path.exists() else b""
        whole = text[: text.rfind(b"\n") + 1]
        for line in whole.splitlines():
            self._apply(json.loads(line))
        if self._drop_points_before(oldest) or whole != text:
            self._rewrite()

    def _drop_points_before(self, oldest: datetime) -> bool:
        before = sum(map(len, self._points.values()))
        recent = {
            key: [point for point in points if point.end_time >= oldest]
            for key, points in self._points.items()
        }
        self._points = {key: points for key, points in recent.items() if points}
        return sum(map(len, self._points.values())) < before

    def _rewrite(self) -> None:
        """Replace the file by one that holds just what is in memory."""
        records: list[Mapping[str, Any]] = [
            {"project": project, "descriptor": descriptor.to_json()}
            for (project, _), descriptor in self._descriptors.items()
        ]
        records += [
            {"points": [_entry_to_json(key, point)]}
            for key, points in self._points.items()
            for point in points
        ]
        lines = (
            json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records
        )
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        os.replace(temporary, self._path)


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
