"""What the service remembers: records of what happened, and the state that they make in order.

Replaying the records gives the state back. Pure: no clock, no threads, no files; what may happen is
decided in `broker`, the file is that of `emulators.journal`. Topics, subscriptions and schemas are
kept in the form of the REST API (https://cloud.google.com/pubsub/docs/reference/rest); a message's
data as text where it is UTF-8 (`data`), otherwise as `data_base64`; times are RFC 3339.
google.pubsub_v1 is not typed down to its raw messages, hence `Any` here and in the service.
"""

import base64
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from google.protobuf.json_format import MessageToDict, ParseDict
from google.pubsub_v1.types import pubsub, schema

from emulators.pubsub.backlog import Backlog
from emulators.pubsub.errors import NotFound
from emulators.pubsub.filters import Predicate, compile_filter
from emulators.pubsub.model import Delivery, Message
from emulators.pubsub.rules import (
    DELETED_SCHEMA,
    DELETED_TOPIC,
    DeliveryRules,
    check_name,
    rules_of,
)

Collection = Literal["topics", "subscriptions", "schemas"]

_TYPES: Mapping[Collection, Any] = {
    "topics": pubsub.Topic.pb(),
    "subscriptions": pubsub.Subscription.pb(),
    "schemas": schema.Schema.pb(),
}


def to_plain(resource: Any) -> dict[str, Any]:
    """The JSON form of a resource."""
    plain: dict[str, Any] = MessageToDict(resource)
    return plain


def parse_resource(collection: Collection, plain: Mapping[str, Any]) -> Any:
    """The resource of a JSON form; fields of a later version are passed over."""
    return ParseDict(dict(plain), _TYPES[collection](), ignore_unknown_fields=True)


def copy_of(resource: Any) -> Any:
    """A copy that may be changed."""
    copy = type(resource)()
    copy.CopyFrom(resource)
    return copy


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A topic, subscription or schema made or changed; `resource` is the REST API's JSON form."""

    collection: Collection
    name: str
    resource: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """A topic, subscription or schema that is gone, with what it held."""

    collection: Collection
    name: str


@dataclass(frozen=True, kw_only=True)
class Published:
    """A message accepted, and the subscriptions that it is owed to.

    failures: deliveries that have failed already; only a compacted journal has any.
    """

    topic: str
    message: Message
    subscriptions: tuple[str, ...]
    failures: int = 0
    failure_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """A subscription's messages that are done with."""

    subscription: str
    message_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A delivery that was refused, or whose deadline passed."""

    subscription: str
    message_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DeadLettered:
    """A message moved, in one step, from a subscription to those of the dead-letter topic."""

    subscription: str
    message_id: str
    letter: Published


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """One push, for the list of the last deliveries."""

    delivery: Delivery


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """The number of the next message, so that ids stay unique after compaction."""

    next_message_number: int


Record = Stored | Deleted | Published | Acknowledged | Failed | DeadLettered | Pushed | Numbered

_KINDS: Mapping[str, type[Record]] = {
    kind.__name__.lower(): kind
    for kind in (
        Stored,
        Deleted,
        Published,
        Acknowledged,
        Failed,
        DeadLettered,
        Pushed,
        Numbered,
    )
}


def decode(plain: dict[str, Any]) -> Record:
    """The record of a plain form; ValueError, KeyError or TypeError where it is none."""
    kind = _KINDS[plain.pop("kind")]
    return _decoded(kind, plain)


def encode(record: Record) -> dict[str, Any]:
    """The plain form of a record, for JSON."""
    plain: dict[str, Any] = {"kind": type(record).__name__.lower(), **vars(record)}
    match record:
        case Published():
            plain["message"] = _encoded_message(record.message)
        case DeadLettered():
            plain["letter"] = encode(record.letter)
        case Pushed():
            plain["delivery"] = {
                **vars(record.delivery),
                "started_at": record.delivery.started_at.isoformat(),
            }
    return plain


def _decoded(kind: type[Record], plain: dict[str, Any]) -> Record:
    if kind is Published:
        plain["message"] = _decoded_message(plain["message"])
        plain["subscriptions"] = tuple(plain["subscriptions"])
    elif kind is Acknowledged:
        plain["message_ids"] = tuple(plain["message_ids"])
    elif kind is DeadLettered:
        plain["letter"].pop("kind")
        plain["letter"] = _decoded(Published, plain["letter"])
    elif kind is Pushed:
        facts = plain["delivery"]
        facts["started_at"] = datetime.fromisoformat(facts["started_at"])
        plain["delivery"] = Delivery(**facts)
    return kind(**plain)


def _encoded_message(message: Message) -> dict[str, Any]:
    plain = {k: v for k, v in vars(message).items() if v and k != "data"}
    plain["published_at"] = message.published_at.isoformat()
    try:
        plain["data"] = message.data.decode()
    except UnicodeDecodeError:
        plain["data_base64"] = base64.b64encode(message.data).decode()
    return plain


def _decoded_message(plain: dict[str, Any]) -> Message:
    data = base64.b64decode(plain.pop("data_base64", ""))
    text = plain.pop("data", "")
    published_at = datetime.fromisoformat(plain.pop("published_at"))
    return Message(data=data or text.encode(), published_at=published_at, **plain)


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
        self.schemas: dict[str, list[Any]] = {}  # by full name, the revisions, newest last
        self.deliveries: deque[Delivery] = deque(maxlen=DELIVERIES_KEPT)
        self.next_message_number = 1
        self.unclaimed = 0  # messages that were owed to subscriptions that are not known
        self.on_owed: Callable[[str], None] = lambda _: None
        self.on_changed: Callable[[str], None] = lambda _: None
        self._speed = speed

    def resource(self, collection: Collection, name: str) -> Any:
        """The topic, subscription or schema of that full name, or NotFound."""
        if collection == "schemas":
            return self.schema(name)
        resources = self.resources(collection)
        if name not in resources:
            raise _missing(collection, name)
        return resources[name]

    def resources(self, collection: Collection) -> Mapping[str, Any]:
        """All topics, subscriptions or schemas (their newest revisions) by full name."""
        if collection == "topics":
            return self.topics
        if collection == "schemas":
            return {name: revisions[-1] for name, revisions in self.schemas.items()}
        return {name: held.resource for name, held in self.subscriptions.items()}

    def schema(self, name: str) -> Any:
        """The newest revision of a schema, or with NAME@REVISION that one; or NotFound."""
        base, _, revision_id = name.partition("@")
        for revision in reversed(self.schemas.get(base, ())):
            if revision_id in ("", revision.revision_id):
                return revision
        check_name(base, "schemas")
        raise NotFound.of(name)

    def subscription(self, name: str) -> Subscription:
        """The subscription of that full name, or NotFound."""
        if name not in self.subscriptions:
            raise _missing("subscriptions", name)
        return self.subscriptions[name]

    def records(self) -> Iterator[Record]:
        """The whole state in the fewest records."""
        yield Numbered(next_message_number=self.next_message_number)
        for name, revisions in self.schemas.items():
            for revision in revisions:
                yield Stored(collection="schemas", name=name, resource=to_plain(revision))
        collections: tuple[Collection, ...] = ("topics", "subscriptions")
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
            self.schemas.setdefault(record.name, []).append(resource)
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
            base, _, revision_id = record.name.partition("@")
            if revision_id:
                revisions = self.schemas.get(base, [])
                revisions[:] = [each for each in revisions if each.revision_id != revision_id]
                return
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
            else:
                self.unclaimed += 1

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


def _missing(collection: Collection, name: str) -> NotFound:
    """That there is no such resource; InvalidArgument where there cannot be one of that name."""
    check_name(name, collection)
    return NotFound.of(name)
