"""The handler of write_metric: one Pub/Sub delivery in, its points in Cloud Monitoring."""

from collections.abc import Mapping
from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from commit_counts.startup import without_garbage_collection

with without_garbage_collection():
    from commit_counts.handler import receive
    from write_metric import step
    from write_metric.monitoring import MonitoringSink
    from write_metric.settings import Settings, read_settings


@functions_framework.cloud_event
def write_metric(cloud_event: CloudEvent) -> None:
    """Write the event of one delivery; raises what keeps it from being acknowledged."""
    receive("write_metric", cloud_event, step.read_event, _write)


def _write(event: step.Event) -> Mapping[str, object]:
    settings = _settings()
    return step.write(event, _sink(), settings.choices).facts()


@cache
def _settings() -> Settings:
    return read_settings()


@cache
def _sink() -> MonitoringSink:
    settings = _settings()
    return MonitoringSink(project=settings.project, emulator_host=settings.emulator_host)
