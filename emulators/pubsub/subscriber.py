"""The Subscriber service's unary calls: subscriptions, and pulling from them."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from google.protobuf import empty_pb2
from google.pubsub_v1.types import pubsub

from emulators.pubsub.errors import AlreadyExists, InvalidArgument, Unimplemented
from emulators.pubsub.faults import DUPLICATE, REORDER
from emulators.pubsub.filters import compile_filter
from emulators.pubsub.live import Live
from emulators.pubsub.names import check_name, check_project
from emulators.pubsub.operations import Operation, Request, check_update_mask, page_of
from emulators.pubsub.resources import copy_of
from emulators.pubsub.rules import check_push_config, check_subscription, complete
from emulators.pubsub.wire import received_message

# The service answers an empty pull after a while of its own choice.
PULL_WAIT_SECONDS = 10.0
MAX_ACK_DEADLINE_SECONDS = 600

_CHANGEABLE = (
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
        check_update_mask(mask.paths, allowed=_CHANGEABLE)
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
