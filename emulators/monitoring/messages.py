"""Between Google's message types and the emulator's own values.

https://cloud.google.com/monitoring/api/ref_v3/rpc/google.monitoring.v3
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from google.api import (  # type: ignore[import-untyped]
    label_pb2,
    metric_pb2,
    monitored_resource_pb2,
)
from google.cloud import monitoring_v3
from google.protobuf.any_pb2 import Any as PackedAny
from google.rpc import status_pb2  # type: ignore[import-untyped]

from emulators.monitoring.aggregation import Aggregation
from emulators.monitoring.errors import Refusal
from emulators.monitoring.series import (
    Candidate,
    Descriptor,
    Labels,
    Point,
    SeriesKey,
    TimeSeries,
)

_TYPE_OF_FIELD = {
    "bool_value": "BOOL",
    "int64_value": "INT64",
    "double_value": "DOUBLE",
    "string_value": "STRING",
    "distribution_value": "DISTRIBUTION",
    None: "",
}
_FIELD_OF_TYPE = {value_type: field for field, value_type in _TYPE_OF_FIELD.items()}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def candidate(index: int, project: str, series: monitoring_v3.TimeSeries) -> Candidate:
    """One entry of a CreateTimeSeries request."""
    message = monitoring_v3.TimeSeries.pb(series)
    resource = {"project_id": project, **message.resource.labels}
    kind = metric_pb2.MetricDescriptor.MetricKind.Name(message.metric_kind)
    return Candidate(
        index=index,
        key=SeriesKey(
            project=project,
            metric_type=message.metric.type,
            labels=_sorted(message.metric.labels),
            resource_type=message.resource.type,
            resource_labels=_sorted(resource),
        ),
        metric_kind="" if kind == "METRIC_KIND_UNSPECIFIED" else kind,
        value_types=tuple(_TYPE_OF_FIELD[p.value.WhichOneof("value")] for p in message.points),
        points=tuple(map(_point, message.points)),
        unit=message.unit,
        description=message.description,
    )


def summary_status(
    code: int, message: str, refusals: Iterable[Refusal], *, requested: int
) -> status_pb2.Status:
    """A refusal with its CreateTimeSeriesSummary packed into the details.

    The summary counts by status code and, as the service's does, does not repeat the reasons.
    """
    codes = [refusal.code for refusal in refusals]
    errors = [
        monitoring_v3.CreateTimeSeriesSummary.Error(
            status=status_pb2.Status(code=each), point_count=codes.count(each)
        )
        for each in sorted(set(codes))
    ]
    summary = monitoring_v3.CreateTimeSeriesSummary(
        total_point_count=requested, success_point_count=requested - len(codes), errors=errors
    )
    packed = PackedAny()
    packed.Pack(monitoring_v3.CreateTimeSeriesSummary.pb(summary))
    return status_pb2.Status(code=code, message=message, details=[packed])


def time_series(series: TimeSeries, *, with_points: bool) -> monitoring_v3.TimeSeries:
    """One series as ListTimeSeries answers it: points newest first."""
    kinds = metric_pb2.MetricDescriptor.MetricKind
    types = metric_pb2.MetricDescriptor.ValueType
    return monitoring_v3.TimeSeries(
        metric=metric_pb2.Metric(type=series.metric_type, labels=series.labels),
        resource=monitored_resource_pb2.MonitoredResource(
            type=series.resource_type, labels=series.resource_labels
        ),
        metric_kind=kinds.Value(series.metric_kind),
        value_type=types.Value(series.value_type),
        points=[_point_message(p, series.value_type) for p in reversed(series.points)]
        if with_points
        else [],
    )


def descriptor(message: metric_pb2.MetricDescriptor) -> Descriptor:
    """A descriptor out of a request; unspecified kinds and types become ""."""
    kind = metric_pb2.MetricDescriptor.MetricKind.Name(message.metric_kind)
    value_type = metric_pb2.MetricDescriptor.ValueType.Name(message.value_type)
    return Descriptor(
        metric_type=message.type,
        metric_kind="" if kind.endswith("UNSPECIFIED") else kind,
        value_type="" if value_type.endswith("UNSPECIFIED") else value_type,
        unit=message.unit,
        display_name=message.display_name,
        description=message.description,
        labels={label.key: label.description for label in message.labels},
    )


def descriptor_message(project: str, declared: Descriptor) -> metric_pb2.MetricDescriptor:
    """A descriptor as the service answers it."""
    return metric_pb2.MetricDescriptor(
        name=f"projects/{project}/metricDescriptors/{declared.metric_type}",
        type=declared.metric_type,
        metric_kind=metric_pb2.MetricDescriptor.MetricKind.Value(declared.metric_kind),
        value_type=metric_pb2.MetricDescriptor.ValueType.Value(declared.value_type),
        unit=declared.unit,
        display_name=declared.display_name,
        description=declared.description,
        labels=[
            label_pb2.LabelDescriptor(key=key, description=text)
            for key, text in declared.labels.items()
        ],
    )


def aggregation(message: Any) -> Aggregation:
    """How the series of a listing are to be aligned and reduced."""
    return Aggregation(
        period=timedelta(seconds=message.alignment_period.seconds),
        aligner=monitoring_v3.Aggregation.Aligner(message.per_series_aligner).name,
        reducer=monitoring_v3.Aggregation.Reducer(message.cross_series_reducer).name,
        group_by=tuple(message.group_by_fields),
    )


def instant(timestamp: Any) -> datetime:
    """A protobuf Timestamp in UTC, to the microsecond."""
    return _EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1000)


def _point(message: Any) -> Point:
    field = message.value.WhichOneof("value")
    plain = _TYPE_OF_FIELD[field] in ("BOOL", "INT64", "DOUBLE")
    interval = message.interval
    return Point(
        end_time=instant(interval.end_time),
        start_time=instant(interval.start_time) if interval.HasField("start_time") else None,
        value=getattr(message.value, field) if plain else 0,
    )


def _point_message(point: Point, value_type: str) -> monitoring_v3.Point:
    start = point.start_time or point.end_time
    field = _FIELD_OF_TYPE[value_type]
    assert field
    return monitoring_v3.Point(
        interval=monitoring_v3.TimeInterval(start_time=start, end_time=point.end_time),
        value=monitoring_v3.TypedValue({field: point.value}),
    )


def _sorted(labels: Mapping[str, str]) -> Labels:
    return tuple(sorted(labels.items()))
