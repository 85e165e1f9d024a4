"""StreamingPull: messages flow to the subscriber as they come, within its flow control."""

import threading
from collections.abc import Iterator
from typing import Any

import grpc
from google.pubsub_v1.types import pubsub

from emulators.faults import FaultInjector
from emulators.pubsub.errors import REORDER, InvalidArgument, Refusal, raise_fault
from emulators.pubsub.live import Live
from emulators.pubsub.model import Lease
from emulators.pubsub.service import check_ack_deadline, received_message

OPERATION = "StreamingPull"
REQUEST_TYPE = pubsub.StreamingPullRequest.pb()

_RESPONSE_TYPE = pubsub.StreamingPullResponse.pb()
_MESSAGES_A_RESPONSE = 100
_LOOK_AGAIN_SECONDS = 30.0


class StreamingPull:
    """Answers google.pubsub.v1.Subscriber.StreamingPull."""

    def __init__(self, live: Live, calls: FaultInjector) -> None:
        self._live = live
        self._calls = calls

    def answer(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
        """Messages until the subscriber hangs up; Refusal where the first request is wrong."""
        fault = self._calls.begin(OPERATION)
        raise_fault(OPERATION, fault)
        first = next(requests)
        check_ack_deadline(first.stream_ack_deadline_seconds)
        if first.stream_ack_deadline_seconds < 10:
            raise InvalidArgument("stream_ack_deadline_seconds must be between 10 and 600.")
        with self._live.broker() as broker:
            broker.state.subscription(first.subscription)
        stream = _Stream(self._live, first, context, newest_first=fault == REORDER)
        reader = threading.Thread(target=stream.read, args=(requests,), daemon=True)
        reader.start()
        try:
            yield from stream.responses()
        finally:
            stream.close()


class _Stream:
    def __init__(
        self, live: Live, first: Any, context: grpc.ServicerContext, *, newest_first: bool
    ) -> None:
        self._live = live
        self._name = first.subscription
        self._lease_seconds = first.stream_ack_deadline_seconds
        self._most_messages = first.max_outstanding_messages
        self._most_bytes = first.max_outstanding_bytes
        self._newest_first = newest_first
        self._outstanding: list[Lease] = []
        self._ended = False
        self._refusal: Refusal | None = None
        if not context.add_callback(self.close):
            self._ended = True

    def read(self, requests: Iterator[Any]) -> None:
        """Follow what the subscriber says on the stream, until it hangs up."""
        try:
            for request in requests:
                self._follow(request)
        except grpc.RpcError:
            # How grpc tells the reader that the stream has been cancelled.
            self.close()
        except Refusal as refusal:
            self._refusal = refusal
            self.close()

    def close(self) -> None:
        """Hand out nothing more."""
        self._ended = True
        self._live.wake(self._name)

    def responses(self) -> Iterator[Any]:
        """What goes down the stream."""
        while not self._over():
            leases = self._live.take(
                self._name,
                _MESSAGES_A_RESPONSE,
                wait_seconds=_LOOK_AGAIN_SECONDS,
                lease_seconds=self._lease_seconds,
                newest_first=self._newest_first,
                gone=self._over,
                room=self._room,
            )
            if leases:
                self._outstanding += leases
                with self._live.broker() as broker:
                    rules = broker.state.subscription(self._name).rules
                yield _RESPONSE_TYPE(
                    received_messages=[received_message(lease, rules) for lease in leases]
                )

        if self._refusal:
            raise self._refusal

    def _over(self) -> bool:
        return self._ended or self._live.closed

    def _room(self) -> int:
        with self._live.broker() as broker:
            backlog = broker.state.subscription(self._name).backlog
            self._outstanding = [
                lease for lease in self._outstanding if backlog.message_id_of(lease.ack_id)
            ]
        size = sum(lease.message.size for lease in self._outstanding)
        if 0 < self._most_bytes <= size:
            return 0
        if self._most_messages <= 0:
            return _MESSAGES_A_RESPONSE
        return int(self._most_messages) - len(self._outstanding)

    def _follow(self, request: Any) -> None:
        if request.stream_ack_deadline_seconds:
            check_ack_deadline(request.stream_ack_deadline_seconds)
            self._lease_seconds = request.stream_ack_deadline_seconds
        if request.ack_ids:
            with self._live.broker() as broker:
                broker.acknowledge(self._name, request.ack_ids)
        for ack_id, seconds in zip(
            request.modify_deadline_ack_ids, request.modify_deadline_seconds, strict=True
        ):
            self._live.extend(self._name, [ack_id], seconds=seconds)
