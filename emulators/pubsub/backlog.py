"""One subscription's messages: which are owed, which are leased to a subscriber, until when.

Pure: no clock, no threads, no files. Times are seconds on any one clock, passed in. What happens
here is decided by `broker.Broker`, which also writes the records.
"""

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass

from emulators.pubsub.model import Lease, Message, Outstanding

ACK_ID = re.compile(r"\d+:\d+")  # message id, number of the lease


@dataclass(kw_only=True)
class _Entry:
    message: Message
    order: int
    failures: int = 0
    failure_reason: str = ""
    available_at: float = float("-inf")
    ack_id: str | None = None


class Backlog:
    """The unacknowledged messages of the subscription `name`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._entries: dict[str, _Entry] = {}
        self._ready: list[tuple[float, int, str]] = []  # available_at, order, message id
        self._leases: dict[str, tuple[float, str]] = {}  # ack id -> deadline, message id
        self._deadlines: list[tuple[float, str]] = []  # deadline, ack id; outdated ones too
        self._order = 0
        self._lease_number = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._entries

    def __iter__(self) -> Iterator[Outstanding]:
        """Every message that is not acknowledged, oldest first."""
        for entry in self._entries.values():
            yield Outstanding(
                message=entry.message,
                failures=entry.failures,
                failure_reason=entry.failure_reason,
            )

    def add(self, message: Message, *, failures: int = 0, failure_reason: str = "") -> None:
        """Owe a message to the subscription, at once."""
        self._order += 1
        entry = _Entry(
            message=message, order=self._order, failures=failures, failure_reason=failure_reason
        )
        self._entries[message.message_id] = entry
        self._offer(entry)

    def take(
        self, limit: int, *, now: float, lease_seconds: float, newest_first: bool = False
    ) -> list[Lease]:
        """Lease up to `limit` messages whose time has come, oldest first if not told otherwise."""
        # By id, as an entry may have been offered twice for the same time.
        taken: dict[str, _Entry] = {}
        while self._ready and (newest_first or len(taken) < limit) and self._ready[0][0] <= now:
            offer = heapq.heappop(self._ready)
            if self._is_offered(*offer):
                taken[offer[2]] = self._entries[offer[2]]
        chosen = list(taken.values())
        if newest_first:
            chosen.sort(key=lambda entry: -entry.order)
            for entry in chosen[limit:]:
                self._offer(entry)
        return [self._lease(entry, now + lease_seconds) for entry in chosen[:limit]]

    def message_id_of(self, ack_id: str) -> str | None:
        """The message under a lease that still runs."""
        lease = self._leases.get(ack_id)
        return lease[1] if lease else None

    def extend(self, ack_id: str, *, deadline: float) -> None:
        """Move the end of a lease that still runs."""
        if ack_id in self._leases:
            self._leases[ack_id] = (deadline, self._leases[ack_id][1])
            heapq.heappush(self._deadlines, (deadline, ack_id))

    def renew(self, message_id: str, *, deadline: float) -> None:
        """Move the end of the lease that a message is under, also where it has just ended."""
        ack_id = self._entries[message_id].ack_id
        if ack_id:
            self.extend(ack_id, deadline=deadline)

    def release(self, ack_id: str) -> None:
        """End a lease that still runs, without counting a failed delivery."""
        lease = self._leases.pop(ack_id, None)
        if lease:
            entry = self._entries[lease[1]]
            entry.ack_id = None
            self._offer(entry)

    def remove(self, message_id: str) -> None:
        """Be done with a message."""
        entry = self._entries.pop(message_id, None)
        if entry and entry.ack_id:
            del self._leases[entry.ack_id]

    def postpone(self, message_id: str, *, reason: str, available_at: float) -> None:
        """Count a failed delivery and offer the message again from `available_at` on."""
        entry = self._entries.get(message_id)
        if entry is None:
            return
        if entry.ack_id:
            del self._leases[entry.ack_id]
            entry.ack_id = None
        entry.failures += 1
        entry.failure_reason = reason
        entry.available_at = available_at
        self._offer(entry)

    def failures(self, message_id: str) -> int:
        """How many deliveries of a message here have failed."""
        return self._entries[message_id].failures

    def message(self, message_id: str) -> Message:
        """A message that is here; KeyError where it is not."""
        return self._entries[message_id].message

    def overdue(self, now: float) -> list[str]:
        """The ids of messages whose lease has ended unanswered."""
        found = []
        while (deadline := self.next_deadline()) is not None and deadline <= now:
            _, ack_id = heapq.heappop(self._deadlines)
            found.append(self._leases[ack_id][1])
        return found

    def next_deadline(self) -> float | None:
        """When the next lease ends, if any runs."""
        while self._deadlines:
            deadline, ack_id = self._deadlines[0]
            if self._leases.get(ack_id, (None,))[0] == deadline:
                return deadline
            heapq.heappop(self._deadlines)
        return None

    def next_available_at(self) -> float | None:
        """When the next message that is not leased may be delivered, if there is any."""
        while self._ready:
            if self._is_offered(*self._ready[0]):
                return self._ready[0][0]
            heapq.heappop(self._ready)
        return None

    def _is_offered(self, available_at: float, order: int, message_id: str) -> bool:
        # Acknowledged, leased or postponed since: what counts then is another heap entry.
        entry = self._entries.get(message_id)
        return (
            entry is not None
            and entry.ack_id is None
            and (entry.available_at, entry.order) == (available_at, order)
        )

    def _offer(self, entry: _Entry) -> None:
        heapq.heappush(self._ready, (entry.available_at, entry.order, entry.message.message_id))

    def _lease(self, entry: _Entry, deadline: float) -> Lease:
        self._lease_number += 1
        ack_id = f"{entry.message.message_id}:{self._lease_number}"
        entry.ack_id = ack_id
        self._leases[ack_id] = (deadline, entry.message.message_id)
        if deadline < float("inf"):
            heapq.heappush(self._deadlines, (deadline, ack_id))
        return Lease(
            subscription=self._name,
            ack_id=ack_id,
            message=entry.message,
            attempt=entry.failures + 1,
        )
