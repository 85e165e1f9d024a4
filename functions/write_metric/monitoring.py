"""The one module that speaks to Cloud Monitoring: points in, the service's response out.

It decides nothing: what a refusal means is `response`'s, what is sent again `delivery`'s business.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import grpc
from google.auth.exceptions import DefaultCredentialsError
from google.protobuf.empty_pb2 import Empty
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

from commit_counts.errors import DashboardError, NeverWorks, RetryLater
from commit_counts.google_grpc import open_channel, routing
from commit_counts.partial_import import import_alone
from write_metric.metrics import metrics, resource
from write_metric.response import Response
from write_metric.series import Point

if TYPE_CHECKING:
    from google.cloud.monitoring_v3 import TimeSeries

_messages = import_alone("google.cloud.monitoring_v3.types.metric_service")
_metric = import_alone("google.cloud.monitoring_v3.types.metric")

_DETAILS = "grpc-status-details-bin"
_PASSING = frozenset(
    {
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.UNKNOWN,
    }
)
# A refusal of many series does not fit into gRPC's usual 8 KB of trailing metadata; the client then
# reports an exhausted resource in its stead, and which series failed is lost.
_OPTIONS = (("grpc.max_metadata_size", 4 * 1024 * 1024),)


class MonitoringSink:
    """Cloud Monitoring's custom metrics of one project. Close it after use."""

    def __init__(self, *, project: str, emulator_host: str | None = None) -> None:
        """emulator_host: `host:port` of an emulator, reached without credentials.

        Raises NeverWorks where there are no credentials for the real service.
        """
        self._name = f"projects/{project}"
        try:
            self._channel = open_channel(
                "monitoring.googleapis.com",
                emulator_host=emulator_host,
                options=_OPTIONS,
            )
        except DefaultCredentialsError as error:
            raise NeverWorks(
                f"found no Google credentials ({error}); run `gcloud auth application-default "
                "login`, or set MONITORING_EMULATOR_HOST to an emulator's host:port"
            ) from error
        self._create = self._method(
            "CreateTimeSeries", _messages.CreateTimeSeriesRequest, Empty.FromString
        )
        self._list = self._method(
            "ListMetricDescriptors",
            _messages.ListMetricDescriptorsRequest,
            _messages.ListMetricDescriptorsResponse.deserialize,
        )

    def send(self, points: Sequence[Point], *, timeout_seconds: float) -> Response:
        """One CreateTimeSeries request; the client repeats none by itself."""
        series = [_time_series(point) for point in points]
        request = _messages.CreateTimeSeriesRequest(name=self._name, time_series=series)
        try:
            self._create(request, timeout=timeout_seconds, metadata=routing("name", self._name))
        except grpc.RpcError as error:
            return _response(cast(grpc.Call, error))
        return Response()

    def declared(self, prefix: str, *, timeout_seconds: float) -> frozenset[str]:
        """The metric types that the project knows, of those that begin so.

        Raises RetryLater where the service cannot answer now, NeverWorks where it refuses.
        """
        found: set[str] = set()
        request = _messages.ListMetricDescriptorsRequest(
            name=self._name, filter=f'metric.type = starts_with("{prefix}")'
        )
        metadata = routing("name", self._name)
        while True:
            try:
                page = self._list(request, timeout=timeout_seconds, metadata=metadata)
            except grpc.RpcError as error:
                raise _failure(cast(grpc.Call, error)) from error
            found |= {descriptor.type for descriptor in page.metric_descriptors}
            if not page.next_page_token:
                return frozenset(found)
            request.page_token = page.next_page_token

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def _method(
        self, name: str, request: Any, deserialize: Callable[[bytes], Any]
    ) -> "grpc.UnaryUnaryMultiCallable[Any, Any]":
        return self._channel.unary_unary(
            f"/google.monitoring.v3.MetricService/{name}",
            request_serializer=request.serialize,
            response_deserializer=deserialize,
        )


def _failure(error: grpc.Call) -> DashboardError:
    problem = f"Cloud Monitoring cannot be read: {error.code().name}: {error.details()}"
    match error.code():
        case grpc.StatusCode.UNAUTHENTICATED:
            return NeverWorks(problem, fix="log in with `gcloud auth application-default login`")
        case grpc.StatusCode.PERMISSION_DENIED:
            return NeverWorks(problem, fix="use an account with the role roles/monitoring.viewer")
    if error.code() in _PASSING:
        return RetryLater(problem, fix="try again later")
    return NeverWorks(problem)


def _time_series(point: Point) -> "TimeSeries":
    kind, fixed = metrics()[point.metric], resource()
    series: TimeSeries = _metric.TimeSeries(
        metric={"type": kind.type, "labels": dict(point.labels)},
        resource={"type": fixed.type, "labels": fixed.labels},
        metric_kind=kind.metric_kind,
        value_type=kind.value_type,
        unit=kind.unit,
        points=[
            {"interval": {"end_time": point.end_time}, "value": {"int64_value": point.value}},
        ],
    )
    return series


def _response(error: grpc.Call) -> Response:
    return Response(
        code=error.code().name, message=error.details() or "", failed=_failed_points(error)
    )


def _failed_points(error: grpc.Call) -> int | None:
    """Out of the summary that a partial refusal packs into its details."""
    summary = _messages.CreateTimeSeriesSummary()
    packed = _messages.CreateTimeSeriesSummary.pb(summary)
    for key, value in error.trailing_metadata() or ():
        if key != _DETAILS:
            continue
        for detail in Status.FromString(value).details:
            if detail.Unpack(packed):
                return int(summary.total_point_count - summary.success_point_count)
    return None
