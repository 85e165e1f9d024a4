"""write_metric's requests and time for 1, 200 and 1,000 series, beside one call for each series."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from commit_counts.retry import Deadline, utc_now
from emulators.monitoring import MonitoringEmulator
from tests.benchmarks.report import Bench, Samples, Table, ratio
from write_metric.delivery import Delivery
from write_metric.metrics import COMMITS_TODAY_BY_REPOSITORY, REPOSITORY_LABEL, SOURCE_LABEL
from write_metric.monitoring import MonitoringSink
from write_metric.series import Point

SERIES = (1, 200, 1000)
ROUNDS = 15


def run(bench: Bench) -> None:
    """Both ways in turn, each time with new series: the service wants 5 s between two points."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        emulator = MonitoringEmulator(state=Path(folder))
        emulator.start()
        try:
            with closing(MonitoringSink(project="p", emulator_host=emulator.address)) as sink:
                sink.send(_points(1, "warm-up"), timeout_seconds=10)
                for number in SERIES[:2] if bench.quick else SERIES:
                    rows += _compare(bench, emulator, sink, number)
        finally:
            emulator.stop()
    bench.show(
        Table(
            title="Series of one event to Cloud Monitoring (its emulator)",
            headings=("series", "writer", "requests", "time", "one call a series takes"),
            rows=rows,
        )
    )


def _compare(
    bench: Bench, emulator: MonitoringEmulator, sink: MonitoringSink, number: int
) -> list[tuple[str, ...]]:
    times = {"write_metric": Samples(), "one call a series": Samples()}
    requests: dict[str, int] = {}
    for each in bench.rounds(ROUNDS):
        for writer, samples in times.items():
            points = _points(number, f"{writer}/{number}/{each}")
            before, started = emulator.calls.count(), time.perf_counter()
            if writer == "write_metric":
                deadline = Deadline(ends_at=utc_now() + timedelta(minutes=1))
                Delivery(sink, deadline=deadline).deliver(points)
            else:
                for point in points:
                    sink.send([point], timeout_seconds=10)
            samples.add(time.perf_counter() - started)
            requests[writer] = emulator.calls.count() - before
    factor = ratio(times["one call a series"], times["write_metric"])
    return [
        (
            f"{number:,}",
            writer,
            f"{requests[writer]:,}",
            samples.shown("s", digits=3),
            factor if writer == "write_metric" else "",
        )
        for writer, samples in times.items()
    ]


def _points(number: int, source: str) -> Sequence[Point]:
    now = datetime.now(UTC)
    return [
        Point(
            metric=COMMITS_TODAY_BY_REPOSITORY,
            value=index,
            end_time=now,
            labels=((REPOSITORY_LABEL, f"me/r{index}"), (SOURCE_LABEL, source)),
        )
        for index in range(number)
    ]
