"""What passes through the emulator: messages, their leases, and what became of each push."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Outcome = Literal["acknowledged", "refused", "unreachable", "timed_out"]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message as a publisher hands it over."""

    data: bytes = b""
    attributes: Mapping[str, str] = field(default_factory=dict)
    ordering_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A published message. `failure_reason` says of a dead letter why its last delivery failed."""

    message_id: str
    published_at: datetime
    data: bytes = b""
    attributes: Mapping[str, str] = field(default_factory=dict)
    ordering_key: str = ""
    failure_reason: str = ""

    @property
    def size(self) -> int:
        """Bytes, roughly as flow control counts them."""
        return len(self.data) + sum(len(k) + len(v) for k, v in self.attributes.items())


@dataclass(frozen=True, kw_only=True)
class Lease:
    """One delivery of a message to one subscriber, until it is answered or its deadline passes.

    attempt counts the deliveries of this message on this subscription, from 1.
    """

    subscription: str
    ack_id: str
    message: Message
    attempt: int


@dataclass(frozen=True, kw_only=True)
class Outstanding:
    """A message that a subscription has not acknowledged; `failure_reason` is its last one here."""

    message: Message
    failures: int
    failure_reason: str


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One push and what came of it.

    attempt: 1 for the first delivery of this message on this subscription.
    status: the HTTP status of the answer, None where none came.
    reason: why it was not acknowledged: the first 1,000 characters of the answer's body, or what
        went wrong with the connection; empty where it was acknowledged.
    """

    subscription: str
    message_id: str
    attempt: int
    started_at: datetime
    duration_seconds: float
    outcome: Outcome
    status: int | None = None
    reason: str = ""
