"""The service's calls by name, each a plain function from request to answer: topics, subscriptions.

gRPC and REST serve the same table of operations. The SchemaService is in `schemas`, StreamingPull
in `streaming`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from google.protobuf import empty_pb2
from google.pubsub_v1.types import pubsub

from emulators.pubsub.backlog import ACK_ID
from emulators.pubsub.errors import (
    DUPLICATE,
    REORDER,
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    Unimplemented,
)
from emulators.pubsub.filters import compile_filter
from emulators.pubsub.live import Live
from emulators.pubsub.model import Draft, Lease
from emulators.pubsub.operations import Operation, Request, check_update_mask, page_of
from emulators.pubsub.rules import (
    DeliveryRules,
    check_name,
    check_project,
    check_publish,
    check_push_config,
    check_subscription,
    complete,
)
from emulators.pubsub.schemas import BINARY, JSON, allowed_revisions, checked_draft
from emulators.pubsub.store import copy_of

_CHANGEABLE_OF_TOPICS = (
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
            revisions = list(broker.state.schemas.get(settings.schema, ()))
        drafts = [
            Draft(data=m.data, attributes=dict(m.attributes), ordering_key=m.ordering_key)
            for m in body.messages
        ]
        check_publish(drafts)
        if settings.schema:
            # Compiling and parsing take their time: without the lock.
            allowed = allowed_revisions(revisions, settings)
            if not allowed:
                raise FailedPrecondition("The topic's schema has been deleted.")
            drafts = [checked_draft(draft, allowed, settings) for draft in drafts]
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
        check_update_mask(mask.paths, allowed=_CHANGEABLE_OF_TOPICS)
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


def _check_topic(topic: Any, schemas: Mapping[str, Sequence[Any]]) -> None:
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
        known = {revision.revision_id for revision in schemas[settings.schema]}
        for revision_id in (settings.first_revision_id, settings.last_revision_id):
            if revision_id and revision_id not in known:
                raise NotFound.of(f"{settings.schema}@{revision_id}")
    if topic.HasField("message_retention_duration"):
        seconds = topic.message_retention_duration.ToTimedelta().total_seconds()
        if not 600 <= seconds <= 31 * 86_400:
            raise InvalidArgument(
                f"Invalid message_retention_duration: {seconds:g} s. It must be between 10 minutes"
                " and 31 days."
            )


# The service answers an empty pull after a while of its own choice.
PULL_WAIT_SECONDS = 0.3
MAX_ACK_DEADLINE_SECONDS = 600

_CHANGEABLE_OF_SUBSCRIPTIONS = (
    "ack_deadline_seconds",
    "dead_letter_policy",
    "enable_exactly_once_delivery",
    "expiration_policy",
    "labels",
    "message_retention_duration",
    "push_config",
    "retain_acked_messages",
    "retry_policy",
)


class Subscriber:
    """Answers the unary calls of google.pubsub.v1.Subscriber."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def operations(self) -> Iterator[Operation]:
        """Every unary call of the service that is answered here."""
        answers: Mapping[str, tuple[Any, Any]] = {
            "CreateSubscription": (pubsub.Subscription, self._create),
            "GetSubscription": (pubsub.GetSubscriptionRequest, self._get),
            "UpdateSubscription": (pubsub.UpdateSubscriptionRequest, self._update),
            "ListSubscriptions": (pubsub.ListSubscriptionsRequest, self._list),
            "DeleteSubscription": (pubsub.DeleteSubscriptionRequest, self._delete),
            "ModifyPushConfig": (pubsub.ModifyPushConfigRequest, self._modify_push_config),
            "Pull": (pubsub.PullRequest, self._pull),
            "Acknowledge": (pubsub.AcknowledgeRequest, self._acknowledge),
            "ModifyAckDeadline": (pubsub.ModifyAckDeadlineRequest, self._modify_ack_deadline),
            "Seek": (pubsub.SeekRequest, self._seek),
        }
        for name, (request_type, answer) in answers.items():
            yield Operation(
                service="Subscriber", name=name, request_type=request_type.pb(), answer=answer
            )

    def _create(self, request: Request) -> Any:
        given = copy_of(request.body)
        complete(given)
        check_subscription(given)
        compile_filter(given.filter)
        with self._live.broker() as broker:
            if given.name in broker.state.subscriptions:
                raise AlreadyExists.of(given.name)
            broker.state.resource("topics", given.topic)
            if given.dead_letter_policy.dead_letter_topic:
                broker.state.resource("topics", given.dead_letter_policy.dead_letter_topic)
            broker.store("subscriptions", given)
        return given

    def _get(self, request: Request) -> Any:
        check_name(request.body.subscription, "subscriptions")
        with self._live.broker() as broker:
            return copy_of(broker.state.resource("subscriptions", request.body.subscription))

    def _update(self, request: Request) -> Any:
        given, mask = request.body.subscription, request.body.update_mask
        check_update_mask(mask.paths, allowed=_CHANGEABLE_OF_SUBSCRIPTIONS)
        with self._live.broker() as broker:
            changed = copy_of(broker.state.resource("subscriptions", given.name))
            for path in mask.paths:
                if "." not in path:
                    changed.ClearField(path)
            mask.MergeMessage(given, changed, replace_repeated_field=True)
            for field in ("dead_letter_policy", "retry_policy"):
                if field in mask.paths and not given.HasField(field):
                    changed.ClearField(field)
            complete(changed)
            check_subscription(changed)
            if changed.dead_letter_policy.dead_letter_topic:
                broker.state.resource("topics", changed.dead_letter_policy.dead_letter_topic)
            broker.store("subscriptions", changed)
        return changed

    def _list(self, request: Request) -> Any:
        body = request.body
        prefix = check_project(body.project) + "/"
        with self._live.broker() as broker:
            held = sorted(broker.state.resources("subscriptions").items())
            found = [resource for name, resource in held if name.startswith(prefix)]
            page, token = page_of(found, page_size=body.page_size, page_token=body.page_token)
            return pubsub.ListSubscriptionsResponse.pb()(subscriptions=page, next_page_token=token)

    def _delete(self, request: Request) -> Any:
        with self._live.broker() as broker:
            broker.delete("subscriptions", request.body.subscription)
        return empty_pb2.Empty()

    def _modify_push_config(self, request: Request) -> Any:
        body = request.body
        check_push_config(body.push_config)
        with self._live.broker() as broker:
            changed = copy_of(broker.state.resource("subscriptions", body.subscription))
            changed.push_config.CopyFrom(body.push_config)
            broker.store("subscriptions", changed)
        return empty_pb2.Empty()

    def _pull(self, request: Request) -> Any:
        body = request.body
        if body.max_messages <= 0:
            raise InvalidArgument("Invalid max_messages: it must be at least 1.")
        leases = self._live.take(
            body.subscription,
            min(body.max_messages, 1_000),
            wait_seconds=0 if body.return_immediately else PULL_WAIT_SECONDS,
            newest_first=request.fault == REORDER,
            gone=request.gone,
        )
        with self._live.broker() as broker:
            rules = broker.state.subscription(body.subscription).rules
        return pubsub.PullResponse.pb()(
            received_messages=[received_message(lease, rules) for lease in leases]
        )

    def _acknowledge(self, request: Request) -> Any:
        body = request.body
        _check_ack_ids(body.ack_ids)
        with self._live.broker() as broker:
            again = request.fault == DUPLICATE
            broker.acknowledge(body.subscription, body.ack_ids, again=again)
        return empty_pb2.Empty()

    def _modify_ack_deadline(self, request: Request) -> Any:
        body = request.body
        _check_ack_ids(body.ack_ids)
        check_ack_deadline(body.ack_deadline_seconds)
        with self._live.broker() as broker:
            broker.state.subscription(body.subscription)
        self._live.extend(body.subscription, body.ack_ids, seconds=body.ack_deadline_seconds)
        return empty_pb2.Empty()

    def _seek(self, request: Request) -> Any:
        body = request.body
        if not body.HasField("time"):
            raise Unimplemented("Snapshots are not part of this emulator; seek to a time.")
        with self._live.broker() as broker:
            broker.purge(body.subscription, before=body.time.ToDatetime(tzinfo=UTC))
        return pubsub.SeekResponse.pb()()


def check_ack_deadline(seconds: int) -> None:
    """Refuse a lease that is longer than the service gives."""
    if not 0 <= seconds <= MAX_ACK_DEADLINE_SECONDS:
        raise InvalidArgument(
            f"Invalid ack deadline: {seconds} s. It must be between 0 and"
            f" {MAX_ACK_DEADLINE_SECONDS} seconds."
        )


def _check_ack_ids(ack_ids: Any) -> None:
    if not ack_ids:
        raise InvalidArgument("No ack ids specified.")
    for ack_id in ack_ids:
        if not ACK_ID.fullmatch(ack_id):
            raise InvalidArgument(
                f"You have passed an invalid ack ID to the service (ack_id={ack_id})."
            )


_RECEIVED_MESSAGE = pubsub.ReceivedMessage.pb()


def received_message(lease: Lease, rules: DeliveryRules) -> Any:
    """The message as a puller gets it; `delivery_attempt` is 0 without a dead-letter policy."""
    message = lease.message
    received = _RECEIVED_MESSAGE(
        ack_id=lease.ack_id,
        message={
            "data": message.data,
            "attributes": message.attributes,
            "message_id": message.message_id,
            "ordering_key": message.ordering_key,
        },
        delivery_attempt=lease.attempt if rules.dead_letter_topic else 0,
    )
    received.message.publish_time.FromDatetime(message.published_at)
    return received
