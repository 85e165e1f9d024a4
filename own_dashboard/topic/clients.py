"""Real Pub/Sub clients for the commands, on the stack running here or on the cloud."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
from google.api_core.exceptions import (
    DeadlineExceeded,
    GoogleAPICallError,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    RetryError,
    ServiceUnavailable,
    Unauthenticated,
)
from google.auth.exceptions import GoogleAuthError
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from commit_counts.errors import DashboardError, NeverWorks, RetryLater
from commit_counts.event import CommitCounts
from own_dashboard.topic.target import Topic

# A person waits: what does not answer by then is told, not tried for ten minutes.
SECONDS = 20.0
_LOG_IN = "log in with `gcloud auth application-default login`"


@dataclass(frozen=True, kw_only=True)
class TopicClients:
    """The two sides of one topic, and its full name."""

    topic: Topic
    publisher: PublisherClient
    subscriber: SubscriberClient

    @property
    def path(self) -> str:
        """`projects/P/topics/T`."""
        return f"projects/{self.topic.project}/topics/{self.topic.name}"

    def subscription_path(self, name: str) -> str:
        """`projects/P/subscriptions/NAME`."""
        return f"projects/{self.topic.project}/subscriptions/{name}"

    def publish(self, event: CommitCounts) -> str:
        """Send one event; returns the message's id once Pub/Sub has it for good."""
        message = {"data": event.to_json().encode(), "attributes": event.attributes()}
        request = {"topic": self.path, "messages": [message]}
        return str(
            self.publisher.publish(request=request, timeout=SECONDS, retry=None).message_ids[0]
        )


@contextmanager
def topic_clients(topic: Topic) -> Iterator[TopicClients]:
    """Clients of a topic; what the service refuses inside is raised as a DashboardError."""
    try:
        if topic.emulator_host is None:
            yield TopicClients(
                topic=topic, publisher=PublisherClient(), subscriber=SubscriberClient()
            )
            return
        with grpc.insecure_channel(topic.emulator_host) as channel:
            yield TopicClients(
                topic=topic,
                publisher=PublisherClient(transport=PublisherGrpcTransport(channel=channel)),
                subscriber=SubscriberClient(transport=SubscriberGrpcTransport(channel=channel)),
            )
    except (GoogleAPICallError, RetryError, GoogleAuthError) as error:
        raise _explained(error, topic) from error


def _explained(error: Exception, topic: Topic) -> DashboardError:
    place = f"topic {topic.name} of project {topic.project}"
    match error:
        case GoogleAuthError():
            return NeverWorks(f"no usable Google credentials ({error}); {_LOG_IN}")
        case Unauthenticated():
            return NeverWorks(
                f"Google does not accept the credentials ({error.message}); {_LOG_IN}"
            )
        case PermissionDenied():
            return NeverWorks(f"these credentials may not use the {place}: {error.message}")
        case NotFound():
            return NeverWorks(f"the {place} is not there as expected: {error.message}")
        case InvalidArgument():
            return NeverWorks(f"the {place} refused the request: {error.message}")
        case ServiceUnavailable() | DeadlineExceeded() | RetryError():
            return RetryLater(f"the {place} cannot be reached now ({error}); try again later")
    return RetryLater(f"the {place} failed: {error}; try again later")
