"""A running Cloud Monitoring emulator, the real client connected to it, and a clock to turn."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
from google.cloud import monitoring_v3
from google.cloud.monitoring_v3.services.metric_service.transports import (
    MetricServiceGrpcTransport,
)

from emulators.monitoring import MonitoringEmulator

PROJECT = "projects/somebody"
METRIC = "custom.googleapis.com/own_dashboard/readings"
TASK = {"location": "global", "namespace": "own_dashboard", "job": "test", "task_id": "0"}
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Clock:
    """What time it is for the service; a test moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time that was set."""
        return self.now

    def advance(self, **duration: float) -> datetime:
        """Move on by a timedelta's arguments; returns the new time."""
        self.now += timedelta(**duration)
        return self.now


def label_of(labels: Mapping[str, str]) -> str:
    """The value of a series' own label, which every series has beside its source."""
    return next((value for key, value in labels.items() if key != "source"), "")


@dataclass(frozen=True, kw_only=True)
class Monitoring:
    """The emulator, its clock, and the real client."""

    emulator: MonitoringEmulator
    clock: Clock
    client: monitoring_v3.MetricServiceClient

    def stored(self) -> dict[tuple[str, str], list[tuple[datetime, float]]]:
        """The metric's last word and its own label's value to the end and value of each point."""
        return {
            (each.metric_type.rpartition("/")[2], label_of(each.labels)): [
                (point.end_time, point.value) for point in each.points
            ]
            for each in self.emulator.time_series()
        }


@contextmanager
def running_monitoring(state: Path, *, now: datetime = NOON) -> Iterator[Monitoring]:
    """An emulator with its state in a folder, and a client; both are closed at the end."""
    clock = Clock(now)
    emulator = MonitoringEmulator(state=state, clock=clock)
    emulator.start()
    options = [("grpc.max_metadata_size", 1 << 20)]
    channel = grpc.insecure_channel(emulator.address, options=options)
    client = monitoring_v3.MetricServiceClient(
        transport=MetricServiceGrpcTransport(channel=channel)
    )
    try:
        yield Monitoring(emulator=emulator, clock=clock, client=client)
    finally:
        channel.close()
        emulator.stop()


def reading(
    end: datetime,
    value: bool | int | float | str = 1,
    *,
    labels: Mapping[str, str] | None = None,
    metric: str = METRIC,
    resource: str = "generic_task",
    resource_labels: Mapping[str, str] | None = None,
    start: datetime | None = None,
    kind: int = 0,
) -> monitoring_v3.TimeSeries:
    """One series with one point, as a client sends it."""
    fields = {bool: "bool_value", int: "int64_value", float: "double_value", str: "string_value"}
    interval = {"end_time": end} | ({"start_time": start} if start else {})
    return monitoring_v3.TimeSeries(
        metric={"type": metric, "labels": dict(labels or {})},
        resource={
            "type": resource,
            "labels": dict(TASK if resource_labels is None else resource_labels),
        },
        metric_kind=kind,
        points=[{"interval": interval, "value": {fields[type(value)]: value}}],
    )
