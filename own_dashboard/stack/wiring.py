"""Makes topic, schema, subscriptions and dead letters as Terraform would, through the real client.

What is missing is made; the functions' addresses, new at every start, are brought up to date.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import grpc
from google.api_core.exceptions import (
    AlreadyExists,
    FailedPrecondition,
    GoogleAPICallError,
    InvalidArgument,
    RetryError,
)
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.pubsub_v1 import PublisherClient, SchemaServiceClient, SubscriberClient, types
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.schema_service.transports import SchemaServiceGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from commit_counts.errors import NeverWorks
from own_dashboard.stack.archive import SHARED, package_folder
from own_dashboard.stack.pipeline import Pipeline, Subscription, Topic

_CHANGEABLE = ("push_config", "ack_deadline_seconds", "retry_policy", "dead_letter_policy")
# The longest lease: whoever reads the dead letters takes their time.
_DEAD_LETTER_ACK_SECONDS = 600


def schema_file(topic: Topic) -> Path:
    """Where the definition of a topic's schema lies, here as in the package that is installed."""
    return package_folder(SHARED).parent / topic.definition


def wire(pipeline: Pipeline, project: str, address: str, functions: Mapping[str, str]) -> None:
    """Create or update every Pub/Sub resource of the pipeline.

    address: `host:port` of the Pub/Sub emulator. functions: step to the URL that is pushed to.
    Raises NeverWorks where the emulator refuses something or cannot be reached.
    """
    try:
        _wire(pipeline, project, address, functions)
    except (GoogleAPICallError, RetryError) as error:
        raise NeverWorks(f"the local Pub/Sub at {address} cannot be set up: {error}") from error


def _wire(pipeline: Pipeline, project: str, address: str, functions: Mapping[str, str]) -> None:
    with grpc.insecure_channel(address) as channel:
        publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        schemas = SchemaServiceClient(transport=SchemaServiceGrpcTransport(channel=channel))
        names = _Names(project, pipeline)
        _make(publisher.create_topic, name=names.dead_letter_topic)
        for topic in pipeline.topics:
            _make_schema(schemas, names, topic)
            _make_topic(publisher, names, topic)
        _make_dead_letter_subscription(subscriber, names, pipeline)
        for function in pipeline.functions:
            for subscription in function.subscriptions:
                url = functions[function.step]
                _make_push_subscription(subscriber, names, subscription, url)


class _Names:
    """The full resource names."""

    def __init__(self, project: str, pipeline: Pipeline) -> None:
        self.project = f"projects/{project}"
        self.dead_letter_topic = self.topic(pipeline.dead_letters.topic)
        self.dead_letter_subscription = self.subscription(pipeline.dead_letters.subscription)

    def schema(self, name: str) -> str:
        return f"{self.project}/schemas/{name}"

    def topic(self, name: str) -> str:
        return f"{self.project}/topics/{name}"

    def subscription(self, name: str) -> str:
        return f"{self.project}/subscriptions/{name}"


def _make(create: Callable[..., Any], **request: Any) -> bool:
    """Create a resource; False where it was there before."""
    try:
        create(request=request)
    except AlreadyExists:
        return False
    return True


def _make_schema(schemas: SchemaServiceClient, names: _Names, topic: Topic) -> None:
    definition = schema_file(topic).read_text(encoding="utf-8")
    schema = types.Schema(type_=types.Schema.Type.PROTOCOL_BUFFER, definition=definition)
    request = {"parent": names.project, "schema_id": topic.schema, "schema": schema}
    name = names.schema(topic.schema)
    if _make(schemas.create_schema, **request):
        return
    if schemas.get_schema(request={"name": name}).definition == definition:
        return
    try:
        schemas.commit_schema(request={"name": name, "schema": schema})
    except (FailedPrecondition, InvalidArgument):
        # No successor of what an older version left; the topic is told of the new one below.
        schemas.delete_schema(request={"name": name})
        _make(schemas.create_schema, **request)


def _make_topic(publisher: PublisherClient, names: _Names, topic: Topic) -> None:
    wanted = types.Topic(
        name=names.topic(topic.name),
        schema_settings=types.SchemaSettings(
            schema=names.schema(topic.schema), encoding=types.Encoding.JSON
        ),
        message_retention_duration=Duration(seconds=topic.retention_seconds),
    )
    try:
        publisher.create_topic(request=wanted)
    except AlreadyExists:
        # A topic whose schema was deleted refuses each message until it is given one again.
        paths = ["schema_settings", "message_retention_duration"]
        request = {"topic": wanted, "update_mask": FieldMask(paths=paths)}
        publisher.update_topic(request=request)


def _make_dead_letter_subscription(
    subscriber: SubscriberClient, names: _Names, pipeline: Pipeline
) -> None:
    _make(
        subscriber.create_subscription,
        name=names.dead_letter_subscription,
        topic=names.dead_letter_topic,
        ack_deadline_seconds=_DEAD_LETTER_ACK_SECONDS,
        message_retention_duration=Duration(seconds=pipeline.dead_letters.retention_seconds),
        expiration_policy=types.ExpirationPolicy(),
    )


def _make_push_subscription(
    subscriber: SubscriberClient, names: _Names, settings: Subscription, url: str
) -> None:
    subscription = types.Subscription(
        name=names.subscription(settings.name),
        topic=names.topic(settings.topic),
        filter=settings.filter,
        push_config=types.PushConfig(push_endpoint=url),
        ack_deadline_seconds=settings.ack_deadline_seconds,
        retry_policy=types.RetryPolicy(
            minimum_backoff=Duration(seconds=settings.minimum_backoff_seconds),
            maximum_backoff=Duration(seconds=settings.maximum_backoff_seconds),
        ),
        dead_letter_policy=types.DeadLetterPolicy(
            dead_letter_topic=names.dead_letter_topic,
            max_delivery_attempts=settings.max_delivery_attempts,
        ),
        expiration_policy=types.ExpirationPolicy(),
    )
    try:
        subscriber.create_subscription(request=subscription)
    except AlreadyExists:
        mask = FieldMask(paths=_CHANGEABLE)
        request = {"subscription": subscription, "update_mask": mask}
        subscriber.update_subscription(request=request)
