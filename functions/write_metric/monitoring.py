"""The one module that speaks to Cloud Monitoring: points in, the service's response out.

It decides nothing: what a refusal means is `response`'s, what is sent again `delivery`'s business.
"""

from collections.abc import Sequence

import grpc
from google.api_core.exceptions import (
    GoogleAPICallError,
    PermissionDenied,
    ResourceExhausted,
    ServerError,
    Unauthenticated,
)
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.cloud import monitoring_v3
from google.cloud.monitoring_v3.services.metric_service.transports import (
    MetricServiceGrpcTransport,
)

from commit_counts.errors import DashboardError, NeverWorks, RetryLater
from write_metric.metrics import metrics, resource
from write_metric.response import Response
from write_metric.series import Point

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
        self._channel = _channel(emulator_host)
        self._client = monitoring_v3.MetricServiceClient(
            transport=MetricServiceGrpcTransport(channel=self._channel)
        )

    def send(self, points: Sequence[Point], *, timeout_seconds: float) -> Response:
        """One CreateTimeSeries request; the client repeats none by itself."""
        series = [_time_series(point) for point in points]
        try:
            self._client.create_time_series(
                name=self._name, time_series=series, timeout=timeout_seconds
            )
        except GoogleAPICallError as error:
            return _response(error)
        return Response()

    def declared(self, prefix: str, *, timeout_seconds: float) -> frozenset[str]:
        """The metric types that the project knows, of those that begin so.

        Raises RetryLater where the service cannot answer now, NeverWorks where it refuses.
        """
        request = {"name": self._name, "filter": f'metric.type = starts_with("{prefix}")'}
        try:
            found = self._client.list_metric_descriptors(
                request=request, timeout=timeout_seconds, retry=None
            )
            return frozenset(descriptor.type for descriptor in found)
        except (GoogleAPICallError, GoogleAuthError) as error:
            raise _unreadable(error) from error

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()


def _channel(emulator_host: str | None) -> grpc.Channel:
    if emulator_host:
        return grpc.insecure_channel(emulator_host, options=_OPTIONS)
    try:
        return MetricServiceGrpcTransport.create_channel(options=_OPTIONS)
    except DefaultCredentialsError as error:
        raise NeverWorks(
            f"found no Google credentials ({error}); run `gcloud auth application-default login`, "
            "or set MONITORING_EMULATOR_HOST to an emulator's host:port"
        ) from error


def _unreadable(error: GoogleAPICallError | GoogleAuthError) -> DashboardError:
    problem = f"Cloud Monitoring cannot be read: {error}"
    match error:
        case Unauthenticated() | GoogleAuthError():
            return NeverWorks(problem, fix="log in with `gcloud auth application-default login`")
        case PermissionDenied():
            return NeverWorks(problem, fix="use an account with the role roles/monitoring.viewer")
        case ServerError() | ResourceExhausted():
            return RetryLater(problem, fix="try again later")
    return NeverWorks(problem)


def _time_series(point: Point) -> monitoring_v3.TimeSeries:
    kind, fixed = metrics()[point.metric], resource()
    return monitoring_v3.TimeSeries(
        metric={"type": kind.type, "labels": dict(point.labels)},
        resource={"type": fixed.type, "labels": fixed.labels},
        metric_kind=kind.metric_kind,
        value_type=kind.value_type,
        unit=kind.unit,
        points=[
            {"interval": {"end_time": point.end_time}, "value": {"int64_value": point.value}},
        ],
    )


def _response(error: GoogleAPICallError) -> Response:
    code = error.grpc_status_code
    return Response(
        code=code.name if code else "UNKNOWN",
        message=error.message or "",
        failed=_failed_points(error),
    )


def _failed_points(error: GoogleAPICallError) -> int | None:
    """Out of the summary that a partial refusal packs into its details."""
    summary = monitoring_v3.CreateTimeSeriesSummary()
    for detail in error.details:
        packed = monitoring_v3.CreateTimeSeriesSummary.pb(summary)
        if detail.DESCRIPTOR.full_name == "google.protobuf.Any" and detail.Unpack(packed):
            return summary.total_point_count - summary.success_point_count
    return None
