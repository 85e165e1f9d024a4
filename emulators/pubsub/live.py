"""The core with a clock, a lock and someone to wake: what the threads of the shells share.

Every access to the broker holds the one lock. Waiting for messages is a condition per
subscription; one thread of its own takes back leases whose deadline passed.
"""

import logging
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from emulators.journal import Journal
from emulators.pubsub.broker import Broker, Moment
from emulators.pubsub.model import Lease
from emulators.pubsub.store import State, decode, encode

FOREVER = float("inf")

# A signal that arrives just before a wait does not end it; whoever waits here may be interrupted.
_LOOK_FOR_SIGNALS_SECONDS = 0.5

_LOG = logging.getLogger("emulators")


def now() -> Moment:
    """The moment that it is."""
    return Moment(seconds=time.monotonic(), date=datetime.now(UTC))


class Live:
    """A broker that threads may use. `on_changed` hears of subscriptions made, changed or gone."""

    def __init__(self, *, state: State, journal: Journal) -> None:
        self.closed = False
        self.on_changed: Callable[[str], None] = lambda _: None
        self._journal = journal
        self._broker = Broker(
            state=state, sink=lambda records: journal.append(map(encode, records))
        )
        self._lock = threading.RLock()
        self._owed: defaultdict[str, threading.Condition] = defaultdict(
            lambda: threading.Condition(self._lock)
        )
        self._settled = threading.Condition(self._lock)
        self._deadlines = threading.Condition(self._lock)
        self._wake_at = FOREVER
        self._watch = threading.Thread(
            target=self._watch_deadlines, name="pubsub-deadlines", daemon=True
        )

    def start(self) -> None:
        """Bring back what the journal holds, and let time pass."""
        state = self._broker.state
        for record in self._journal.read(decode):
            state.apply(record)
        if state.unclaimed:
            _LOG.warning(
                "%s: %d messages were owed to subscriptions that are lost with what was damaged",
                self._journal.path, state.unclaimed,
            )  # fmt: skip
        self._journal.open(map(encode, state.records()))
        state.on_owed = self._wake
        state.on_changed = self._changed
        self._watch.start()

    def stop_waiting(self) -> None:
        """Let every waiting thread go, with nothing."""
        with self._lock:
            self.closed = True
            for condition in (*self._owed.values(), self._settled, self._deadlines):
                condition.notify_all()
        if self._watch.is_alive():
            self._watch.join()

    def close(self) -> None:
        """Close the journal, when nobody writes any more."""
        with self._lock:
            self._journal.close()

    @contextmanager
    def broker(self) -> Iterator[Broker]:
        """The broker, for as long as the block lasts."""
        with self._lock:
            yield self._broker

    def take(
        self,
        name: str,
        limit: int,
        *,
        wait_seconds: float = 0.0,
        lease_seconds: float | None = None,
        newest_first: bool = False,
        gone: Callable[[], bool] = lambda: False,
        room: Callable[[], int] = lambda: sys.maxsize,
    ) -> list[Lease]:
        """Lease due messages; where there are none, wait for one. Nothing once `gone` or closed.

        room: how many the caller can hold just now; called with the lock held.
        """
        give_up_at = time.monotonic() + wait_seconds
        with self._lock:
            while not self.closed and not gone():
                at = now()
                most = min(limit, room())
                leases = self._broker.take(
                    name, most, at=at, lease_seconds=lease_seconds, newest_first=newest_first
                )
                if leases or at.seconds >= give_up_at:
                    self._note_deadline(name)
                    return leases
                if most <= 0:
                    # Not on the subscription's condition: its call is for who has room.
                    self._settled.wait(_until(give_up_at))
                    continue
                due = self._broker.state.subscription(name).backlog.next_available_at()
                self._owed[name].wait(_until(min(give_up_at, due or FOREVER)))
            # This thread may have used up the call that another one waits for.
            self._owed[name].notify()
            return []

    def extend(self, name: str, ack_ids: Sequence[str], *, seconds: float) -> None:
        """Give leases so many seconds from now; none means that they are refused."""
        with self._lock:
            for ack_id in ack_ids:
                if seconds:
                    self._broker.extend(name, ack_id, seconds=seconds, at=now())
                else:
                    self._broker.fail(
                        name, ack_id, reason="The subscriber refused the message.", at=now()
                    )
            self._note_deadline(name)

    def wake(self, name: str) -> None:
        """Let the threads that wait for this subscription's messages look again."""
        with self._lock:
            self._owed[name].notify_all()
            self._settled.notify_all()

    def wait_until_settled(self, names: Sequence[str], *, timeout_seconds: float) -> bool:
        """Wait until nothing is owed to these subscriptions; False where the time passes first."""
        end = time.monotonic() + timeout_seconds
        with self._lock:
            while any(len(self._broker.state.subscription(name).backlog) for name in names):
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self._settled.wait(min(left, _LOOK_FOR_SIGNALS_SECONDS))
        return True

    def _wake(self, name: str) -> None:
        self._owed[name].notify()
        self._settled.notify_all()

    def _changed(self, name: str) -> None:
        self._owed[name].notify_all()
        self._settled.notify_all()
        self.on_changed(name)

    def _note_deadline(self, name: str) -> None:
        held = self._broker.state.subscriptions.get(name)
        deadline = held.backlog.next_deadline() if held else None
        if deadline is not None and deadline < self._wake_at:
            self._deadlines.notify()

    def _watch_deadlines(self) -> None:
        with self._lock:
            while not self.closed:
                subscriptions = self._broker.state.subscriptions
                for name in list(subscriptions):
                    self._broker.expire(name, at=now())
                self._wake_at = min(
                    (held.backlog.next_deadline() or FOREVER for held in subscriptions.values()),
                    default=FOREVER,
                )
                self._deadlines.wait(_until(self._wake_at))


def _until(moment: float) -> float | None:
    if moment == FOREVER:
        return None
    return max(0.0, moment - time.monotonic())
