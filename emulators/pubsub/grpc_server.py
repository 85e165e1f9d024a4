"""The operations' table served over gRPC as google.pubsub.v1 on a loopback port."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]
from grpc_status import rpc_status

from emulators.http_guard import LOOPBACK
from emulators.http_server import check_port
from emulators.pubsub.errors import DOMAIN, Refusal
from emulators.pubsub.operations import Operation, Operations
from emulators.pubsub.streaming import OPERATION as STREAMING_PULL
from emulators.pubsub.streaming import REQUEST_TYPE as STREAMING_PULL_REQUEST
from emulators.pubsub.streaming import StreamingPull

# A stream keeps a thread for as long as it lives; threads are made when they are needed.
_MAX_THREADS = 128
# A request of 10 MB is for the service's own rule to refuse, not for the transport's.
_MAX_MESSAGE_BYTES = 20_000_000


class GrpcServer:
    """Serves the operations and the streaming pull; `address` is 127.0.0.1:PORT."""

    def __init__(self, operations: Operations, streaming: StreamingPull, *, port: int = 0) -> None:
        """OSError where the port is taken."""
        self._threads = ThreadPoolExecutor(_MAX_THREADS, thread_name_prefix="pubsub-grpc")
        self._server = grpc.server(
            self._threads,
            options=[
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
                ("grpc.max_send_message_length", -1),
            ],
        )
        for service in ("Publisher", "Subscriber", "SchemaService"):
            handlers = {
                each.name: _unary_handler(each, operations)
                for each in operations.by_name.values()
                if each.service == service
            }
            if service == "Subscriber":
                handlers[STREAMING_PULL] = _stream_handler(streaming)
            self._server.add_generic_rpc_handlers(
                [grpc.method_handlers_generic_handler(f"google.pubsub.v1.{service}", handlers)]
            )
        check_port(port)
        bound = self._server.add_insecure_port(f"{LOOPBACK}:{port}")
        self.address = f"{LOOPBACK}:{bound}"

    def start(self) -> None:
        """Answer from now on."""
        self._server.start()

    def stop(self) -> None:
        """End every call and free the port."""
        self._server.stop(grace=None).wait()
        self._threads.shutdown()


def _unary_handler(
    operation: Operation, operations: Operations
) -> "grpc.RpcMethodHandler[Any, Any]":
    def answer(request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return operations.call(operation.name, request, gone=lambda: not context.is_active())
        except Refusal as refusal:
            _abort(context, refusal)

    return grpc.unary_unary_rpc_method_handler(
        answer,
        request_deserializer=operation.request_type.FromString,
        response_serializer=_serialize,
    )


def _stream_handler(streaming: StreamingPull) -> "grpc.RpcMethodHandler[Any, Any]":
    def answer(requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
        try:
            yield from streaming.answer(requests, context)
        except Refusal as refusal:
            _abort(context, refusal)

    return grpc.stream_stream_rpc_method_handler(
        answer,
        request_deserializer=STREAMING_PULL_REQUEST.FromString,
        response_serializer=_serialize,
    )


def _serialize(message: Any) -> bytes:
    serialized: bytes = message.SerializeToString()
    return serialized


def _abort(context: grpc.ServicerContext, refusal: Refusal) -> NoReturn:
    code: int = grpc.StatusCode[refusal.status].value[0]
    status = status_pb2.Status(code=code, message=refusal.message)
    if refusal.reason:
        packed = any_pb2.Any()
        packed.Pack(
            error_details_pb2.ErrorInfo(
                reason=refusal.reason, domain=DOMAIN, metadata=refusal.facts
            )
        )
        status.details.append(packed)
    context.abort_with_status(rpc_status.to_status(status))
    raise AssertionError("unreachable: abort_with_status raises")
