"""google.monitoring.v3.MetricService over gRPC: Google's request in, its response or status out.

It imports Google's types, which takes a third of a second, and is therefore itself imported only
when the first call comes.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn, Protocol, TypeAlias

import grpc
from google.api import metric_pb2  # type: ignore[import-untyped]
from google.cloud.monitoring_v3.types import metric_service
from google.cloud.monitoring_v3.types import metric_service as types
from google.protobuf import empty_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]
from grpc_status import rpc_status

from emulators.faults import FaultInjector
from emulators.monitoring import messages
from emulators.monitoring.aggregation import UnknownAggregation
from emulators.monitoring.errors import (
    AFTER_WRITE,
    REFUSE_SOME,
    Refusal,
    Refuse,
    Wording,
    status_code,
    status_message,
    status_of,
)
from emulators.monitoring.filters import UnknownFilter, metric_type_of, parse_filter
from emulators.monitoring.rules import (
    MAX_SERIES_PER_REQUEST,
    InvalidDescriptor,
    UnknownMetric,
    create_descriptor,
    delete_descriptor,
    find_descriptor,
    write_series,
)
from emulators.monitoring.series import TimeSeries
from emulators.monitoring.store import Store

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Answer = Callable[[Any, str | None], Any]


class Conditions(Protocol):
    """What a test may turn while the emulator runs."""

    calls: FaultInjector
    clock: Callable[[], datetime]
    wording: Wording
    refuse: Refuse


class Service:
    """The handlers of all calls over one store, one call at a time."""

    def __init__(self, store: Store, lock: threading.Lock, conditions: Conditions) -> None:
        self._store = store
        self._lock = lock
        self._conditions = conditions

    def handlers(self) -> dict[str, Handler]:
        """Method name to handler."""
        empty, descriptor = empty_pb2.Empty, metric_pb2.MetricDescriptor
        return {
            "CreateTimeSeries": self._handler(
                "CreateTimeSeries",
                self._create_time_series,
                types.CreateTimeSeriesRequest.deserialize,
                empty.SerializeToString,
            ),
            "ListTimeSeries": self._handler(
                "ListTimeSeries",
                self._plain(list_time_series),
                types.ListTimeSeriesRequest.deserialize,
                types.ListTimeSeriesResponse.serialize,
            ),
            "CreateMetricDescriptor": self._handler(
                "CreateMetricDescriptor",
                self._plain(create_metric_descriptor),
                types.CreateMetricDescriptorRequest.deserialize,
                descriptor.SerializeToString,
            ),
            "GetMetricDescriptor": self._handler(
                "GetMetricDescriptor",
                self._plain(get_metric_descriptor),
                types.GetMetricDescriptorRequest.deserialize,
                descriptor.SerializeToString,
            ),
            "ListMetricDescriptors": self._handler(
                "ListMetricDescriptors",
                self._plain(list_metric_descriptors),
                types.ListMetricDescriptorsRequest.deserialize,
                types.ListMetricDescriptorsResponse.serialize,
            ),
            "DeleteMetricDescriptor": self._handler(
                "DeleteMetricDescriptor",
                self._plain(delete_metric_descriptor),
                types.DeleteMetricDescriptorRequest.deserialize,
                empty.SerializeToString,
            ),
        }

    def _plain(self, method: Callable[[Store, Any], Any]) -> Answer:
        return lambda request, _fault: method(self._store, request)

    def _create_time_series(
        self, request: types.CreateTimeSeriesRequest, fault: str | None
    ) -> empty_pb2.Empty:
        return create_time_series(
            self._store,
            request,
            now=self._conditions.clock(),
            wording=self._conditions.wording,
            refuse=self._conditions.refuse if fault == REFUSE_SOME else None,
        )

    def _handler(self, name: str, answer: Answer, read: Any, put: Any) -> Handler:
        def handle(request: Any, context: grpc.ServicerContext) -> Any:
            fault = self._conditions.calls.begin(name)
            code = status_of(fault)
            if code and fault not in AFTER_WRITE:
                context.abort(code, f"{name}: an injected fault")
            response = self._answer(answer, request, fault, context)
            if code:
                context.abort(code, f"{name}: an injected fault, after the work was done")
            return response

        return grpc.unary_unary_rpc_method_handler(
            handle, request_deserializer=read, response_serializer=put
        )

    def _answer(
        self, answer: Answer, request: Any, fault: str | None, context: grpc.ServicerContext
    ) -> Any:
        try:
            with self._lock:
                return answer(request, fault)
        except CallRefused as refused:
            _abort(context, refused.status)
        except OSError as error:  # a full disk: nothing was accepted
            problem = f"The state cannot be written: {error.strerror or error}."
            context.abort(grpc.StatusCode.UNAVAILABLE, problem)
        except UnknownMetric as error:
            context.abort(grpc.StatusCode.NOT_FOUND, str(error))
        except (InvalidDescriptor, UnknownAggregation, UnknownFilter) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))


def _abort(context: grpc.ServicerContext, status: status_pb2.Status) -> NoReturn:
    context.abort_with_status(rpc_status.to_status(status))


MAX_PAGE = 100_000


class CallRefused(Exception):
    """A call that ends with an error status. status: with details, where there are any."""

    def __init__(self, message: str, *, status: status_pb2.Status | None = None) -> None:
        super().__init__(message)
        invalid: int = grpc.StatusCode.INVALID_ARGUMENT.value[0]
        self.status = status or status_pb2.Status(code=invalid, message=message)


def create_time_series(
    store: Store,
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
            f"a single request; got {requested}."
        )
    entries = [messages.candidate(i, project, each) for i, each in enumerate(request.time_series)]
    ordered = []
    for entry in entries if refuse else ():
        reason = refuse and refuse(entry.key.metric_type, dict(entry.key.labels))
        if reason:
            ordered.append(Refusal(candidate=entry, reason=reason))
    refusals = write_series(store, entries, now=now, refusals_ordered=ordered)
    if refusals:
        message = status_message(refusals, requested=requested, wording=wording)
        code = status_code(refusals)
        status = messages.summary_status(code, message, refusals, requested=requested)
        raise CallRefused(message, status=status)
    return empty_pb2.Empty()


def list_time_series(
    store: Store, request: metric_service.ListTimeSeriesRequest
) -> metric_service.ListTimeSeriesResponse:
    """Series of one metric with a point in (start, end], one page of series."""
    project = _project(request.name)
    message = metric_service.ListTimeSeriesRequest.pb(request)
    if message.HasField("secondary_aggregation"):
        raise CallRefused("Field secondaryAggregation: this emulator does not aggregate twice.")
    if message.order_by:
        raise CallRefused("Field orderBy: this emulator does not order series.")
    found = _matching(store, project, message)
    first = _page_start(message.page_token)
    last = first + min(message.page_size or MAX_PAGE, MAX_PAGE)
    full = message.view == metric_service.ListTimeSeriesRequest.TimeSeriesView.FULL
    return metric_service.ListTimeSeriesResponse(
        time_series=[messages.time_series(each, with_points=full) for each in found[first:last]],
        next_page_token=str(last) if last < len(found) else "",
    )


def create_metric_descriptor(
    store: Store, request: metric_service.CreateMetricDescriptorRequest
) -> metric_pb2.MetricDescriptor:
    """Create or update one."""
    project = _project(request.name)
    wanted = messages.descriptor(request.metric_descriptor)
    return messages.descriptor_message(project, create_descriptor(store, project, wanted))


def get_metric_descriptor(
    store: Store, request: metric_service.GetMetricDescriptorRequest
) -> metric_pb2.MetricDescriptor:
    """Find one."""
    project, metric_type = _metric(request.name)
    return messages.descriptor_message(project, find_descriptor(store, project, metric_type))


def list_metric_descriptors(
    store: Store, request: metric_service.ListMetricDescriptorsRequest
) -> metric_service.ListMetricDescriptorsResponse:
    """All of the project, or those whose type meets a filter on metric.type."""
    project = _project(request.name)
    conditions = parse_filter(request.filter) if request.filter else ()
    if any(condition.selector != ("metric", "type") for condition in conditions):
        raise CallRefused("Field filter: descriptors can be filtered by metric.type here only.")
    found = [
        messages.descriptor_message(project, declared)
        for declared in store.descriptors(project)
        if all(condition.meets(declared.metric_type) for condition in conditions)
    ]
    return metric_service.ListMetricDescriptorsResponse(metric_descriptors=found)


def delete_metric_descriptor(
    store: Store, request: metric_service.DeleteMetricDescriptorRequest
) -> empty_pb2.Empty:
    """Delete one with its data."""
    delete_descriptor(store, *_metric(request.name))
    return empty_pb2.Empty()


def _matching(
    store: Store, project: str, message: metric_service.ListTimeSeriesRequest
) -> list[TimeSeries]:
    if not message.interval.end_time.ToNanoseconds():
        raise CallRefused("Field interval.endTime had an invalid value: it is required.")
    end = messages.instant(message.interval.end_time)
    since = message.interval.HasField("start_time") and message.interval.start_time
    start = messages.instant(since) if since else end
    conditions = parse_filter(message.filter)
    metric_type = metric_type_of(conditions)
    if metric_type is None:
        raise CallRefused("Field filter: it must name exactly one metric type by metric.type.")
    if not store.descriptor(project, metric_type):
        raise UnknownMetric(f'Cannot find metric(s) that match type = "{metric_type}".')
    found = (
        each
        for each in store.time_series()
        if each.project == project and all(c.matches(each) for c in conditions)
    )
    aggregation = messages.aggregation(message.aggregation)
    return aggregation.apply(found, start=start, end=end)


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
