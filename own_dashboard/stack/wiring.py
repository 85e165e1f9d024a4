"""Makes topic, schema, subscriptions and dead letters as Terraform would, through the real client.

What is missing is made; the functions' addresses, new at every start, are brought up to date.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import grpc
from google.api_core.exceptions import AlreadyExists, GoogleAPICallError, RetryError
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.pubsub_v1 import PublisherClient, SchemaServiceClient, SubscriberClient, types
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.schema_service.transports import SchemaServiceGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from commit_counts.errors import NeverWorks
from own_dashboard.stack.archive import SHARED, package_folder
from own_dashboard.stack.pipeline import Pipeline, Subscription

_CHANGEABLE = ("push_config", "ack_deadline_seconds", "retry_policy", "dead_letter_policy")
# The longest lease: whoever reads the dead letters takes their time.
_DEAD_LETTER_ACK_SECONDS = 600
EVENT_PROTO: Path = package_folder(SHARED) / "event.proto"


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
        _make_schema(schemas, names, pipeline)
        _make_topics(publisher, names, pipeline)
        _make_dead_letter_subscription(subscriber, names, pipeline)
        for function in pipeline.functions:
            if function.subscription:
                url = functions[function.step]
                _make_push_subscription(subscriber, names, function.subscription, url)


class _Names:
    """The full resource names."""

    def __init__(self, project: str, pipeline: Pipeline) -> None:
        self.project = f"projects/{project}"
        self.schema = f"{self.project}/schemas/{pipeline.schema}"
        self.topic = f"{self.project}/topics/{pipeline.topic}"
        self.dead_letter_topic = f"{self.project}/topics/{pipeline.dead_letter_topic}"
        self.dead_letter_subscription = self.subscription(pipeline.dead_letter_subscription)

    def subscription(self, name: str) -> str:
        return f"{self.project}/subscriptions/{name}"


def _make(create: Callable[..., Any], **request: Any) -> bool:
    """Create a resource; False where it was there before."""
    try:
        create(request=request)
    except AlreadyExists:
        return False
    return True


def _make_schema(schemas: SchemaServiceClient, names: _Names, pipeline: Pipeline) -> None:
    definition = EVENT_PROTO.read_text(encoding="utf-8")
    schema = types.Schema(type_=types.Schema.Type.PROTOCOL_BUFFER, definition=definition)
    made = _make(
        schemas.create_schema, parent=names.project, schema_id=pipeline.schema, schema=schema
    )
    if not made and schemas.get_schema(request={"name": names.schema}).definition != definition:
        # State of an older version; the topic knows its schema by name.
        schemas.delete_schema(request={"name": names.schema})
        _make(schemas.create_schema, parent=names.project, schema_id=pipeline.schema, schema=schema)


def _make_topics(publisher: PublisherClient, names: _Names, pipeline: Pipeline) -> None:
    _make(publisher.create_topic, name=names.dead_letter_topic)
    _make(
        publisher.create_topic,
        name=names.topic,
        schema_settings=types.SchemaSettings(schema=names.schema, encoding=types.Encoding.JSON),
        message_retention_duration=Duration(seconds=pipeline.message_retention_seconds),
    )


def _make_dead_letter_subscription(
    subscriber: SubscriberClient, names: _Names, pipeline: Pipeline
) -> None:
    _make(
        subscriber.create_subscription,
        name=names.dead_letter_subscription,
        topic=names.dead_letter_topic,
        ack_deadline_seconds=_DEAD_LETTER_ACK_SECONDS,
        message_retention_duration=Duration(seconds=pipeline.dead_letter_retention_seconds),
        expiration_policy=types.ExpirationPolicy(),
    )


def _make_push_subscription(
    subscriber: SubscriberClient, names: _Names, settings: Subscription, url: str
) -> None:
    subscription = types.Subscription(
        name=names.subscription(settings.name),
        topic=names.topic,
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
