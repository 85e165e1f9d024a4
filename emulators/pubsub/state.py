"""The state of the service as the records make it: replaying them gives it back.

Pure: no clock, no threads, no files. What may happen is decided in `broker`; here it happens.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from emulators.pubsub.backlog import Backlog
from emulators.pubsub.errors import NotFound
from emulators.pubsub.filters import Predicate, compile_filter
from emulators.pubsub.model import Delivery
from emulators.pubsub.names import DELETED_SCHEMA, DELETED_TOPIC
from emulators.pubsub.records import (
    Acknowledged,
    Collection,
    DeadLettered,
    Deleted,
    Failed,
    Numbered,
    Published,
    Pushed,
    Record,
    Stored,
)
from emulators.pubsub.resources import copy_of, parse_resource, to_plain
from emulators.pubsub.rules import DeliveryRules, rules_of

DELIVERIES_KEPT = 200
LONG_AGO = float("-inf")


class Subscription:
    """A subscription: its settings and what it has not acknowledged."""

    def __init__(self, resource: Any) -> None:
        self.backlog = Backlog(resource.name)
        self.change(resource)

    def change(self, resource: Any) -> None:
        """Take on the resource's settings; the backlog stays."""
        self.resource = resource
        self.rules: DeliveryRules = rules_of(resource)
        self.matches: Predicate = compile_filter(resource.filter)


class State:
    """Everything that the service knows.

    on_owed: called with a subscription's name when it may have something new to deliver.
    on_changed: called with a subscription's name when its settings changed, or it is gone.
    speed: divides the waits between deliveries, and nothing else.
    """

    def __init__(self, *, speed: float = 1.0) -> None:
        self.topics: dict[str, Any] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.schemas: dict[str, Any] = {}
        self.deliveries: deque[Delivery] = deque(maxlen=DELIVERIES_KEPT)
        self.next_message_number = 1
        self.on_owed: Callable[[str], None] = lambda _: None
        self.on_changed: Callable[[str], None] = lambda _: None
        self._speed = speed

    def resource(self, collection: Collection, name: str) -> Any:
        """The topic, subscription or schema of that full name, or NotFound."""
        resources = self.resources(collection)
        if name not in resources:
            raise NotFound.of(name)
        return resources[name]

    def resources(self, collection: Collection) -> Mapping[str, Any]:
        """All topics, subscriptions or schemas by full name."""
        if collection == "topics":
            return self.topics
        if collection == "schemas":
            return self.schemas
        return {name: held.resource for name, held in self.subscriptions.items()}

    def subscription(self, name: str) -> Subscription:
        """The subscription of that full name, or NotFound."""
        if name not in self.subscriptions:
            raise NotFound.of(name)
        return self.subscriptions[name]

    def records(self) -> Iterator[Record]:
        """The whole state in the fewest records."""
        yield Numbered(next_message_number=self.next_message_number)
        collections: tuple[Collection, ...] = ("topics", "schemas", "subscriptions")
        for collection in collections:
            for name, resource in self.resources(collection).items():
                yield Stored(collection=collection, name=name, resource=to_plain(resource))
        for name, held in self.subscriptions.items():
            for owed in held.backlog:
                yield Published(
                    topic=held.resource.topic,
                    message=owed.message,
                    subscriptions=(name,),
                    failures=owed.failures,
                    failure_reason=owed.failure_reason,
                )
        yield from (Pushed(delivery=delivery) for delivery in self.deliveries)

    def apply(self, record: Record, *, now: float = LONG_AGO) -> None:
        """Let a record happen. Replayed, it happens long ago, so that no wait is left of it."""
        match record:
            case Stored():
                self._store(record)
            case Deleted():
                self._forget(record)
            case Published():
                self._owe(record)
            case Acknowledged():
                for message_id in record.message_ids:
                    self._settle(record.subscription, message_id)
            case Failed():
                self._postpone(record, now)
            case DeadLettered():
                self._settle(record.subscription, record.message_id)
                self._owe(record.letter)
            case Pushed():
                self.deliveries.append(record.delivery)
            case Numbered():
                self.next_message_number = max(self.next_message_number, record.next_message_number)

    def _store(self, record: Stored) -> None:
        resource = parse_resource(record.collection, record.resource)
        if record.collection == "topics":
            self.topics[record.name] = resource
        elif record.collection == "schemas":
            self.schemas[record.name] = resource
        else:
            self._store_subscription(resource)

    def _store_subscription(self, resource: Any) -> None:
        held = self.subscriptions.get(resource.name)
        if held is None:
            self.subscriptions[resource.name] = held = Subscription(resource)
        else:
            held.change(resource)
        if resource.detached:
            held.backlog = Backlog(resource.name)
        self.on_changed(resource.name)

    def _forget(self, record: Deleted) -> None:
        if record.collection == "subscriptions":
            self.subscriptions.pop(record.name, None)
            self.on_changed(record.name)
        elif record.collection == "topics":
            self.topics.pop(record.name, None)
            for held in self.subscriptions.values():
                if held.resource.topic == record.name:
                    held.resource = copy_of(held.resource)
                    held.resource.topic = DELETED_TOPIC
        else:
            self.schemas.pop(record.name, None)
            for topic in self.topics.values():
                if topic.schema_settings.schema == record.name:
                    topic.schema_settings.schema = DELETED_SCHEMA

    def _owe(self, record: Published) -> None:
        number = int(record.message.message_id)
        self.next_message_number = max(self.next_message_number, number + 1)
        for name in record.subscriptions:
            if name in self.subscriptions:
                self.subscriptions[name].backlog.add(
                    record.message,
                    failures=record.failures,
                    failure_reason=record.failure_reason,
                )
                self.on_owed(name)

    def _settle(self, name: str, message_id: str) -> None:
        if name in self.subscriptions:
            self.subscriptions[name].backlog.remove(message_id)
            self.on_owed(name)

    def _postpone(self, record: Failed, now: float) -> None:
        if record.subscription not in self.subscriptions:
            return
        held = self.subscriptions[record.subscription]
        if record.message_id in held.backlog:
            failures = held.backlog.failures(record.message_id) + 1
            wait = held.rules.backoff_seconds(failures) / self._speed
            held.backlog.postpone(record.message_id, reason=record.reason, available_at=now + wait)
            self.on_owed(record.subscription)
