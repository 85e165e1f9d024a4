"""Publishes events to a Pub/Sub topic; the only module of the functions that speaks to Pub/Sub.

Each event is one call and one message: nothing is gathered into batches. Importing it loads gRPC,
which takes a twentieth of a second: a producer does it while it waits for something else.
Subscribers never do.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, cast

import grpc
from google.auth.exceptions import GoogleAuthError

from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.google_grpc import open_channel, routing
from commit_counts.partial_import import import_alone
from commit_counts.retry import Deadline, Retries, RetryPolicy, utc_now

if TYPE_CHECKING:
    from google.pubsub_v1.types import PublishRequest, PublishResponse

CALL_SECONDS = 10.0
PUBLISH_SECONDS = 20.0
# The deadline ends the attempts, not their number.
_POLICY = RetryPolicy(attempts=1000, first_seconds=0.1, longest_seconds=5.0)
# https://cloud.google.com/pubsub/docs/reference/error-codes
_PASSING = frozenset(
    {
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.UNKNOWN,
    }
)
_LASTING = frozenset(
    {
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.INVALID_ARGUMENT,
    }
)

_pubsub = import_alone("google.pubsub_v1.types.pubsub")


class Event(Protocol):
    """What travels on a topic."""

    def to_json(self) -> str:
        """The message's body."""

    def attributes(self) -> Mapping[str, str]:
        """The message's attributes, by which a subscription can filter."""


class Publisher:
    """One topic.

    emulator_host: `host:port` of an emulator, which is spoken to without credentials; None for the
        real service.
    seconds: how long an event is tried.
    """

    def __init__(
        self,
        *,
        project: str,
        topic: str,
        emulator_host: str | None,
        seconds: float = PUBLISH_SECONDS,
    ) -> None:
        self._topic = f"projects/{project}/topics/{topic}"
        self._seconds = seconds
        try:
            self._channel = open_channel("pubsub.googleapis.com", emulator_host=emulator_host)
        except GoogleAuthError as error:
            raise NeverWorks(
                f"no credentials for Pub/Sub ({error}): run `gcloud auth application-default "
                "login`, or use the local stack"
            ) from error
        self._publish: grpc.UnaryUnaryMultiCallable[PublishRequest, PublishResponse] = (
            self._channel.unary_unary(
                "/google.pubsub.v1.Publisher/Publish",
                request_serializer=_pubsub.PublishRequest.serialize,
                response_deserializer=_pubsub.PublishResponse.deserialize,
            )
        )

    def close(self) -> None:
        """Give the connection back."""
        self._channel.close()

    def publish(self, event: Event) -> None:
        """Returns when Pub/Sub has stored the event.

        Raises RetryLater or NeverWorks where it did not, naming the topic.
        """
        message = {"data": event.to_json().encode(), "attributes": dict(event.attributes())}
        request = _pubsub.PublishRequest(topic=self._topic, messages=[message])
        ends_at = utc_now() + timedelta(seconds=self._seconds)
        retries = Retries(_POLICY, Deadline(ends_at=ends_at))
        metadata = routing("topic", self._topic)
        while True:
            try:
                self._publish(request, timeout=retries.bound(CALL_SECONDS), metadata=metadata)
            except grpc.RpcError as error:
                call = cast(grpc.Call, error)
                said = f"{call.code().name}: {call.details()}"
                if call.code() in _LASTING:
                    raise NeverWorks(
                        f"{self._topic} takes no event ({said}): check GOOGLE_CLOUD_PROJECT and "
                        "TOPIC, and that this account may publish to it (roles/pubsub.publisher)"
                    ) from error
                failure = f"{self._topic} did not take the event: {said}"
                if call.code() not in _PASSING:
                    raise RetryLater(failure) from error
                retries.wait(failure)
            else:
                return
