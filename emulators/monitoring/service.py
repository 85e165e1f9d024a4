"""google.monitoring.v3.MetricService over gRPC: counts, locks, strikes with faults, answers.

It imports Google's types, which takes a third of a second, and is therefore itself imported only
when the first call comes.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn, Protocol, TypeAlias

import grpc
from google.api import metric_pb2  # type: ignore[import-untyped]
from google.cloud.monitoring_v3.types import metric_service as types
from google.protobuf import empty_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]
from grpc_status import rpc_status

from emulators.calls import Calls
from emulators.monitoring import answers
from emulators.monitoring.declarations import InvalidDescriptor, UnknownMetric
from emulators.monitoring.faults import AFTER_WRITE, REFUSE_SOME, Refuse, status_of
from emulators.monitoring.filters import UnknownFilter
from emulators.monitoring.ledger import Ledger
from emulators.monitoring.texts import Wording

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Answer = Callable[[Any, str | None], Any]


class Conditions(Protocol):
    """What a test may turn while the emulator runs."""

    calls: Calls
    clock: Callable[[], datetime]
    wording: Wording
    refuse: Refuse


class Service:
    """The handlers of all calls over one ledger, one call at a time."""

    def __init__(self, ledger: Ledger, lock: threading.Lock, conditions: Conditions) -> None:
        self._ledger = ledger
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
                self._plain(answers.list_time_series),
                types.ListTimeSeriesRequest.deserialize,
                types.ListTimeSeriesResponse.serialize,
            ),
            "CreateMetricDescriptor": self._handler(
                "CreateMetricDescriptor",
                self._plain(answers.create_metric_descriptor),
                types.CreateMetricDescriptorRequest.deserialize,
                descriptor.SerializeToString,
            ),
            "GetMetricDescriptor": self._handler(
                "GetMetricDescriptor",
                self._plain(answers.get_metric_descriptor),
                types.GetMetricDescriptorRequest.deserialize,
                descriptor.SerializeToString,
            ),
            "ListMetricDescriptors": self._handler(
                "ListMetricDescriptors",
                self._plain(answers.list_metric_descriptors),
                types.ListMetricDescriptorsRequest.deserialize,
                types.ListMetricDescriptorsResponse.serialize,
            ),
            "DeleteMetricDescriptor": self._handler(
                "DeleteMetricDescriptor",
                self._plain(answers.delete_metric_descriptor),
                types.DeleteMetricDescriptorRequest.deserialize,
                empty.SerializeToString,
            ),
        }

    def _plain(self, method: Callable[[Ledger, Any], Any]) -> Answer:
        return lambda request, _fault: method(self._ledger, request)

    def _create_time_series(
        self, request: types.CreateTimeSeriesRequest, fault: str | None
    ) -> empty_pb2.Empty:
        return answers.create_time_series(
            self._ledger,
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
                context.abort(code, f"{name}: a fault that was ordered")
            response = self._answer(answer, request, fault, context)
            if code:
                context.abort(code, f"{name}: a fault that was ordered, after the work was done")
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
        except answers.CallRefused as refused:
            _abort(context, refused.status)
        except UnknownMetric as error:
            context.abort(grpc.StatusCode.NOT_FOUND, str(error))
        except (InvalidDescriptor, UnknownFilter) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))


def _abort(context: grpc.ServicerContext, status: status_pb2.Status) -> NoReturn:
    context.abort_with_status(rpc_status.to_status(status))
