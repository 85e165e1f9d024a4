"""The core: what may happen to topics, subscriptions and messages, decided and recorded.

Pure: no clock, no threads, no files. Times come in; every change is a record that goes to the
sink first and then to the state, so that nothing is forgotten before the record that says so.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulators.pubsub.errors import FailedPrecondition, NotWritten
from emulators.pubsub.model import Delivery, Draft, Lease, Message
from emulators.pubsub.rules import project_of
from emulators.pubsub.store import (
    LONG_AGO,
    Acknowledged,
    Collection,
    DeadLettered,
    Deleted,
    Failed,
    Published,
    Pushed,
    Record,
    State,
    Stored,
    to_plain,
)

ATTRIBUTE_PREFIX = "CloudPubSubDeadLetterSource"
# How long what the disk does not take is left before the next try.
LOOK_AGAIN_SECONDS = 1.0
DEADLINE_PASSED = "The ack deadline passed unanswered."

Sink = Callable[[Iterable[Record]], None]
"""Where records go: a journal's `append`, or a list's `extend`."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Now: seconds on a clock that only waits are measured by, and the date."""

    seconds: float
    date: datetime


class Broker:
    """Decides over a state; `sink` gets each change's records before anybody hears of it."""

    def __init__(self, *, state: State, sink: Sink) -> None:
        self.state = state
        self._sink = sink

    def store(self, collection: Collection, resource: Any) -> None:
        """Make or change a topic, subscription or schema that has been checked."""
        record = Stored(collection=collection, name=resource.name, resource=to_plain(resource))
        self._commit([record])

    def delete(self, collection: Collection, name: str) -> None:
        """Remove a topic, subscription or schema; NotFound where there is none."""
        self.state.resource(collection, name)
        self._commit([Deleted(collection=collection, name=name)])

    def publish(self, topic: str, drafts: Sequence[Draft], *, published_at: datetime) -> list[str]:
        """Owe the messages to each subscription of the topic whose filter lets them pass."""
        self.state.resource("topics", topic)
        records = [
            self._published(topic, draft, number=number, published_at=published_at)
            for number, draft in enumerate(drafts, start=self.state.next_message_number)
        ]
        self._commit(records)
        return [record.message.message_id for record in records]

    def take(
        self,
        name: str,
        limit: int,
        *,
        at: Moment,
        lease_seconds: float | None = None,
        newest_first: bool = False,
    ) -> list[Lease]:
        """Lease up to `limit` due messages, for the subscription's ack deadline if not told."""
        held = self.state.subscription(name)
        if held.resource.detached:
            raise FailedPrecondition(f"The subscription is detached from its topic ({name}).")
        self.expire(name, at=at)
        return held.backlog.take(
            limit,
            now=at.seconds,
            lease_seconds=(
                held.rules.ack_deadline_seconds if lease_seconds is None else lease_seconds
            ),
            newest_first=newest_first,
        )

    def acknowledge(self, name: str, ack_ids: Sequence[str], *, again: bool = False) -> None:
        """Be done with leased messages; a lease that has ended is passed over.

        again: a fault: offer the messages once more although they are acknowledged.
        """
        backlog = self.state.subscription(name).backlog
        ids = tuple(dict.fromkeys(filter(None, map(backlog.message_id_of, ack_ids))))
        if not ids:
            return
        messages = [backlog.message(message_id) for message_id in ids]
        self._commit([Acknowledged(subscription=name, message_ids=ids)])
        for message in messages if again else ():
            backlog.add(message)
            self.state.on_owed(name)

    def fail(self, name: str, ack_id: str, *, reason: str, at: Moment) -> None:
        """A leased message was refused: try it again later, or give it up as a dead letter."""
        message_id = self.state.subscription(name).backlog.message_id_of(ack_id)
        if message_id is not None:
            self._fail(name, message_id, reason=reason, at=at)

    def extend(self, name: str, ack_id: str, *, seconds: float, at: Moment) -> None:
        """Let a lease end `seconds` from now; a lease that has ended is passed over."""
        self.state.subscription(name).backlog.extend(ack_id, deadline=at.seconds + seconds)

    def release(self, name: str, ack_id: str) -> None:
        """Offer a leased message again at once, as if it had not been taken."""
        self.state.subscription(name).backlog.release(ack_id)
        self.state.on_owed(name)

    def expire(self, name: str, *, at: Moment) -> None:
        """Take back the messages whose lease ended unanswered."""
        backlog = self.state.subscription(name).backlog
        for message_id in backlog.overdue(at.seconds):
            try:
                self._fail(name, message_id, reason=DEADLINE_PASSED, at=at)
            except NotWritten:
                backlog.renew(message_id, deadline=at.seconds + LOOK_AGAIN_SECONDS)

    def purge(self, name: str, *, before: datetime) -> None:
        """Acknowledge everything that was published before a date."""
        ids = tuple(
            owed.message.message_id
            for owed in self.state.subscription(name).backlog
            if owed.message.published_at < before
        )
        self._commit([Acknowledged(subscription=name, message_ids=ids)])

    def postpone(self, name: str, ack_id: str, *, reason: str, at: Moment) -> None:
        """Offer a leased message again a little later, without remembering why on disk."""
        backlog = self.state.subscription(name).backlog
        message_id = backlog.message_id_of(ack_id)
        if message_id is not None:
            available_at = at.seconds + LOOK_AGAIN_SECONDS
            backlog.postpone(message_id, reason=reason, available_at=available_at)
            self.state.on_owed(name)

    def log_push(self, delivery: Delivery) -> None:
        """Remember what came of a push, for the list of the last deliveries."""
        self._commit([Pushed(delivery=delivery)])

    def _fail(self, name: str, message_id: str, *, reason: str, at: Moment) -> None:
        held = self.state.subscription(name)
        deliveries = held.backlog.failures(message_id) + 1
        rules = held.rules
        exhausted = (
            rules.max_delivery_attempts is not None and deliveries >= rules.max_delivery_attempts
        )
        if exhausted and rules.dead_letter_topic in self.state.topics:
            letter = self._letter(name, message_id, deliveries=deliveries, reason=reason, at=at)
            record: Record = DeadLettered(subscription=name, message_id=message_id, letter=letter)
        else:
            record = Failed(subscription=name, message_id=message_id, reason=reason)
        self._commit([record], now=at.seconds)

    def _letter(
        self, name: str, message_id: str, *, deliveries: int, reason: str, at: Moment
    ) -> Published:
        held = self.state.subscription(name)
        message = held.backlog.message(message_id)
        source = {
            "DeliveryCount": str(deliveries),
            "Subscription": name.rsplit("/", 1)[-1],
            "SubscriptionProject": project_of(name),
            "TopicPublishTime": message.published_at.isoformat(timespec="milliseconds"),
        }
        attributes = {f"{ATTRIBUTE_PREFIX}{key}": value for key, value in source.items()}
        draft = Draft(
            data=message.data,
            attributes={**message.attributes, **attributes},
            ordering_key=message.ordering_key,
        )
        return self._published(
            held.rules.dead_letter_topic or "",
            draft,
            number=self.state.next_message_number,
            published_at=at.date,
            failure_reason=reason,
        )

    def _published(
        self,
        topic: str,
        draft: Draft,
        *,
        number: int,
        published_at: datetime,
        failure_reason: str = "",
    ) -> Published:
        message = Message(
            message_id=str(number), published_at=published_at, failure_reason=failure_reason,
            data=draft.data, attributes=draft.attributes, ordering_key=draft.ordering_key,
        )  # fmt: skip
        owed_to = tuple(
            name
            for name, held in self.state.subscriptions.items()
            if held.resource.topic == topic and held.matches(draft.attributes)
        )
        return Published(topic=topic, message=message, subscriptions=owed_to)

    def _commit(self, records: Sequence[Record], *, now: float = LONG_AGO) -> None:
        try:
            self._sink(records)
        except OSError as error:
            raise NotWritten(error) from error
        for record in records:
            self.state.apply(record, now=now)
