"""What the journal remembers: one frozen record per thing that happened, one JSON line each.

Replaying the records in order gives the state back (`broker.Broker.apply`). Times are RFC 3339;
a message's data is kept as text where it is UTF-8 (`data`), otherwise as `data_base64`.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from emulators.pubsub.model import Delivery, Message

Collection = Literal["topics", "subscriptions", "schemas"]


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


def to_line(record: Record) -> str:
    """The record as one line of JSON, without the line's end."""
    return json.dumps(_encoded(record), ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> Record:
    """The record of a line; ValueError, KeyError or TypeError where it is none."""
    plain = json.loads(line)
    kind = _KINDS[plain.pop("kind")]
    return _decoded(kind, plain)


def _encoded(record: Record) -> dict[str, Any]:
    plain: dict[str, Any] = {"kind": type(record).__name__.lower(), **vars(record)}
    match record:
        case Published():
            plain["message"] = _encoded_message(record.message)
        case DeadLettered():
            plain["letter"] = _encoded(record.letter)
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
