"""What each call answers: Google's request in, Google's response out, or CallRefused.

Nothing here locks, counts or fails on order: `service` does.
"""

from datetime import datetime

import grpc
from google.api import metric_pb2  # type: ignore[import-untyped]
from google.cloud.monitoring_v3.types import metric_service
from google.protobuf import empty_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]

from emulators.monitoring import declarations, wire
from emulators.monitoring.faults import Refuse
from emulators.monitoring.filters import metric_type_of, parse_filter
from emulators.monitoring.ledger import Ledger
from emulators.monitoring.rules import MAX_SERIES_PER_REQUEST
from emulators.monitoring.series import TimeSeries
from emulators.monitoring.texts import Refusal, Wording, status_code, status_message
from emulators.monitoring.writes import write

MAX_PAGE = 100_000


class CallRefused(Exception):
    """A call that ends with an error status. status: with details, where there are any."""

    def __init__(self, message: str, *, status: status_pb2.Status | None = None) -> None:
        super().__init__(message)
        invalid: int = grpc.StatusCode.INVALID_ARGUMENT.value[0]
        self.status = status or status_pb2.Status(code=invalid, message=message)


def create_time_series(
    ledger: Ledger,
    request: metric_service.CreateTimeSeriesRequest,
    *,
    now: datetime,
    wording: Wording,
    refuse: Refuse | None,
) -> empty_pb2.Empty:
    """Write what may be written; refuse the rest with a packed summary.

    refuse: chooses series that are refused whatever they hold.
    """
    project = _project(request.name)
    requested = len(request.time_series)
    if not 1 <= requested <= MAX_SERIES_PER_REQUEST:
        raise CallRefused(
            "Field timeSeries had an invalid value: A maximum of 200 TimeSeries can be written in "
            f"a single request. Here came {requested}."
        )
    entries = [wire.candidate(i, project, each) for i, each in enumerate(request.time_series)]
    ordered = []
    for entry in entries if refuse else ():
        reason = refuse and refuse(entry.key.metric_type, dict(entry.key.labels))
        if reason:
            ordered.append(Refusal(candidate=entry, reason=reason))
    refusals = write(ledger, entries, now=now, refusals_ordered=ordered)
    if refusals:
        message = status_message(refusals, requested=requested, wording=wording)
        code = status_code(refusals)
        status = wire.summary_status(code, message, refusals, requested=requested)
        raise CallRefused(message, status=status)
    return empty_pb2.Empty()


def list_time_series(
    ledger: Ledger, request: metric_service.ListTimeSeriesRequest
) -> metric_service.ListTimeSeriesResponse:
    """Series of one metric with a point in (start, end], one page of series."""
    project = _project(request.name)
    message = metric_service.ListTimeSeriesRequest.pb(request)
    for name in ("aggregation", "secondary_aggregation"):
        if message.HasField(name):
            raise CallRefused(
                f"Field {name}: this emulator reads series only as they were written."
            )
    if message.order_by:
        raise CallRefused("Field orderBy: this emulator does not order series.")
    found = _matching(ledger, project, message)
    first = _page_start(message.page_token)
    last = first + min(message.page_size or MAX_PAGE, MAX_PAGE)
    full = message.view == metric_service.ListTimeSeriesRequest.TimeSeriesView.FULL
    return metric_service.ListTimeSeriesResponse(
        time_series=[wire.time_series(each, with_points=full) for each in found[first:last]],
        next_page_token=str(last) if last < len(found) else "",
    )


def create_metric_descriptor(
    ledger: Ledger, request: metric_service.CreateMetricDescriptorRequest
) -> metric_pb2.MetricDescriptor:
    """Create or update one."""
    project = _project(request.name)
    wanted = wire.descriptor(request.metric_descriptor)
    return wire.descriptor_message(project, declarations.create(ledger, project, wanted))


def get_metric_descriptor(
    ledger: Ledger, request: metric_service.GetMetricDescriptorRequest
) -> metric_pb2.MetricDescriptor:
    """Find one."""
    project, metric_type = _metric(request.name)
    return wire.descriptor_message(project, declarations.find(ledger, project, metric_type))


def list_metric_descriptors(
    ledger: Ledger, request: metric_service.ListMetricDescriptorsRequest
) -> metric_service.ListMetricDescriptorsResponse:
    """All of the project, or those whose type meets a filter on metric.type."""
    project = _project(request.name)
    conditions = parse_filter(request.filter) if request.filter else ()
    if any(condition.selector != ("metric", "type") for condition in conditions):
        raise CallRefused("Field filter: descriptors can be filtered by metric.type here only.")
    found = [
        wire.descriptor_message(project, declared)
        for declared in ledger.descriptors(project)
        if all(condition.meets(declared.metric_type) for condition in conditions)
    ]
    return metric_service.ListMetricDescriptorsResponse(metric_descriptors=found)


def delete_metric_descriptor(
    ledger: Ledger, request: metric_service.DeleteMetricDescriptorRequest
) -> empty_pb2.Empty:
    """Delete one with its data."""
    declarations.delete(ledger, *_metric(request.name))
    return empty_pb2.Empty()


def _matching(
    ledger: Ledger, project: str, message: metric_service.ListTimeSeriesRequest
) -> list[TimeSeries]:
    if not message.interval.end_time.ToNanoseconds():
        raise CallRefused("Field interval.endTime had an invalid value: it is required.")
    end = wire.instant(message.interval.end_time)
    since = message.interval.HasField("start_time") and message.interval.start_time
    start = wire.instant(since) if since else end
    conditions = parse_filter(message.filter)
    metric_type = metric_type_of(conditions)
    if metric_type is None:
        raise CallRefused("Field filter: it must name exactly one metric type by metric.type.")
    if not ledger.descriptor(project, metric_type):
        raise declarations.UnknownMetric(
            f'Cannot find metric(s) that match type = "{metric_type}".'
        )
    every = (each.between(start, end) for each in ledger.time_series() if each.project == project)
    return [each for each in every if each.points and all(c.matches(each) for c in conditions)]


def _project(name: str) -> str:
    kind, _, project = name.partition("/")
    if kind != "projects" or not project or "/" in project:
        raise CallRefused(
            f'Field name had an invalid value of "{name}": expected projects/PROJECT.'
        )
    return project


def _metric(name: str) -> tuple[str, str]:
    project, separator, metric_type = name.partition("/metricDescriptors/")
    if not separator or not metric_type:
        raise CallRefused(
            f'Field name had an invalid value of "{name}": expected '
            "projects/PROJECT/metricDescriptors/TYPE."
        )
    return _project(project), metric_type


def _page_start(token: str) -> int:
    if token and not token.isdecimal():
        raise CallRefused(f'Field pageToken had an invalid value of "{token}".')
    return int(token or 0)
