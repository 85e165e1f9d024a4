"""The Publisher service: topics, and publishing to them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from google.protobuf import empty_pb2
from google.pubsub_v1.types import pubsub

from emulators.pubsub.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    Unimplemented,
)
from emulators.pubsub.faults import DUPLICATE
from emulators.pubsub.limits import check_publish
from emulators.pubsub.live import Live
from emulators.pubsub.model import Draft
from emulators.pubsub.names import check_name, check_project
from emulators.pubsub.operations import Operation, Request, check_update_mask, page_of
from emulators.pubsub.resources import copy_of
from emulators.pubsub.schemas import BINARY, JSON, check_message

_CHANGEABLE = (
    "labels",
    "message_storage_policy",
    "kms_key_name",
    "schema_settings",
    "message_retention_duration",
)


class Publisher:
    """Answers the calls of google.pubsub.v1.Publisher."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def operations(self) -> Iterator[Operation]:
        """Every call of the service that is answered here."""
        answers: Mapping[str, tuple[Any, Any]] = {
            "CreateTopic": (pubsub.Topic, self._create),
            "GetTopic": (pubsub.GetTopicRequest, self._get),
            "UpdateTopic": (pubsub.UpdateTopicRequest, self._update),
            "ListTopics": (pubsub.ListTopicsRequest, self._list),
            "DeleteTopic": (pubsub.DeleteTopicRequest, self._delete),
            "ListTopicSubscriptions": (
                pubsub.ListTopicSubscriptionsRequest,
                self._list_subscriptions,
            ),
            "DetachSubscription": (pubsub.DetachSubscriptionRequest, self._detach),
            "Publish": (pubsub.PublishRequest, self._publish),
        }
        for name, (request_type, answer) in answers.items():
            yield Operation(
                service="Publisher", name=name, request_type=request_type.pb(), answer=answer
            )

    def _publish(self, request: Request) -> Any:
        body = request.body
        with self._live.broker() as broker:
            settings = copy_of(broker.state.resource("topics", body.topic).schema_settings)
            definition = broker.state.schemas.get(settings.schema)
        drafts = [
            Draft(data=m.data, attributes=dict(m.attributes), ordering_key=m.ordering_key)
            for m in body.messages
        ]
        check_publish(drafts)
        if settings.schema and definition is None:
            raise FailedPrecondition("The topic's schema has been deleted.")
        if definition is not None:
            # Compiling and parsing take their time: without the lock.
            for draft in drafts:
                check_message(definition, settings.encoding, draft.data)
        with self._live.broker() as broker:
            ids = broker.publish(body.topic, drafts, published_at=datetime.now(UTC))
            if request.fault == DUPLICATE:
                broker.publish(body.topic, drafts, published_at=datetime.now(UTC))
        return pubsub.PublishResponse.pb()(message_ids=ids)

    def _create(self, request: Request) -> Any:
        topic = copy_of(request.body)
        check_name(topic.name, "topics")
        with self._live.broker() as broker:
            if topic.name in broker.state.topics:
                raise AlreadyExists.of(topic.name)
            _check_topic(topic, broker.state.schemas)
            topic.state = int(pubsub.Topic.State.ACTIVE)
            broker.store("topics", topic)
        return topic

    def _get(self, request: Request) -> Any:
        check_name(request.body.topic, "topics")
        with self._live.broker() as broker:
            return copy_of(broker.state.resource("topics", request.body.topic))

    def _update(self, request: Request) -> Any:
        given, mask = request.body.topic, request.body.update_mask
        check_update_mask(mask.paths, allowed=_CHANGEABLE)
        with self._live.broker() as broker:
            topic = copy_of(broker.state.resource("topics", given.name))
            for path in mask.paths:
                if "." not in path:
                    topic.ClearField(path)
            mask.MergeMessage(given, topic, replace_repeated_field=True)
            _check_topic(topic, broker.state.schemas)
            broker.store("topics", topic)
        return topic

    def _list(self, request: Request) -> Any:
        body = request.body
        prefix = check_project(body.project) + "/"
        with self._live.broker() as broker:
            topics = [
                t for name, t in sorted(broker.state.topics.items()) if name.startswith(prefix)
            ]
            page, token = page_of(topics, page_size=body.page_size, page_token=body.page_token)
            return pubsub.ListTopicsResponse.pb()(topics=page, next_page_token=token)

    def _list_subscriptions(self, request: Request) -> Any:
        body = request.body
        with self._live.broker() as broker:
            broker.state.resource("topics", body.topic)
            names = sorted(
                name
                for name, held in broker.state.subscriptions.items()
                if held.resource.topic == body.topic
            )
        page, token = page_of(names, page_size=body.page_size, page_token=body.page_token)
        return pubsub.ListTopicSubscriptionsResponse.pb()(subscriptions=page, next_page_token=token)

    def _delete(self, request: Request) -> Any:
        with self._live.broker() as broker:
            broker.delete("topics", request.body.topic)
        return empty_pb2.Empty()

    def _detach(self, request: Request) -> Any:
        with self._live.broker() as broker:
            held = broker.state.subscription(request.body.subscription)
            detached = copy_of(held.resource)
            detached.detached = True
            broker.store("subscriptions", detached)
        return pubsub.DetachSubscriptionResponse.pb()()


def _check_topic(topic: Any, schemas: Mapping[str, Any]) -> None:
    if topic.HasField("ingestion_data_source_settings"):
        raise Unimplemented("Import topics are not part of this emulator.")
    if topic.message_transforms:
        raise Unimplemented("Message transforms are not part of this emulator.")
    settings = topic.schema_settings
    if topic.HasField("schema_settings"):
        check_name(settings.schema, "schemas")
        if settings.encoding not in (JSON, BINARY):
            raise InvalidArgument("The schema_settings' encoding must be JSON or BINARY.")
        if settings.schema not in schemas:
            raise NotFound.of(settings.schema)
    if topic.HasField("message_retention_duration"):
        seconds = topic.message_retention_duration.ToTimedelta().total_seconds()
        if not 600 <= seconds <= 31 * 86_400:
            raise InvalidArgument(
                f"Invalid message_retention_duration: {seconds:g} s. It must be between 10 minutes"
                " and 31 days."
            )
