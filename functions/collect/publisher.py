"""Publishes events to a Pub/Sub topic; the only module of this step that speaks to Pub/Sub.

Importing it loads google-cloud-pubsub, which takes a third of a second: handlers do it while GitHub
answers.
"""

from concurrent.futures import TimeoutError as FutureTimeout

import grpc
from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud.pubsub_v1 import PublisherClient
from google.cloud.pubsub_v1.types import BatchSettings, PublisherOptions
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.event import CommitCounts

CALL_SECONDS = 10.0
PUBLISH_SECONDS = 20.0
_PASSING = if_exception_type(
    exceptions.Aborted,
    exceptions.DeadlineExceeded,
    exceptions.InternalServerError,
    exceptions.ResourceExhausted,
    exceptions.ServiceUnavailable,
    exceptions.Unknown,
)
_LASTING = (
    exceptions.NotFound,
    exceptions.Forbidden,
    exceptions.Unauthorized,
    exceptions.InvalidArgument,
)


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
        # The client's own default would go on for ten minutes, also when nobody waits any more.
        retry = Retry(predicate=_PASSING, initial=0.1, maximum=5.0, timeout=seconds)
        options = PublisherOptions(retry=retry, timeout=min(CALL_SECONDS, seconds))
        at_once = BatchSettings(max_messages=1)
        try:
            if emulator_host:
                transport = PublisherGrpcTransport(channel=grpc.insecure_channel(emulator_host))
                self._client = PublisherClient(
                    at_once, publisher_options=options, transport=transport
                )
            else:
                self._client = PublisherClient(at_once, publisher_options=options)
        except GoogleAuthError as error:
            raise NeverWorks(
                f"no credentials for Pub/Sub ({error}): run `gcloud auth application-default "
                "login`, or use the local stack"
            ) from error

    def close(self) -> None:
        """Give the connection back."""
        self._client.stop()
        self._client.transport.close()

    def publish(self, event: CommitCounts) -> None:
        """Returns when Pub/Sub has stored the event.

        Raises RetryLater or NeverWorks where it did not, naming the topic.
        """
        body = event.to_json().encode()
        future = self._client.publish(self._topic, body, **event.attributes())
        try:
            future.result(timeout=self._seconds + CALL_SECONDS)
        except _LASTING as error:
            raise NeverWorks(
                f"{self._topic} takes no event ({error.message}): check GOOGLE_CLOUD_PROJECT and "
                "TOPIC, and that this account may publish to it (roles/pubsub.publisher)"
            ) from error
        except (exceptions.GoogleAPIError, FutureTimeout, GoogleAuthError) as error:
            raise RetryLater(f"{self._topic} did not take the event: {error!r}") from error
