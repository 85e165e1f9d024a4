"""Push delivery: each push subscription has some workers that post its messages.

An answer of 102, 200, 201, 202 or 204 acknowledges; anything else, or none within the ack
deadline, refuses (https://cloud.google.com/pubsub/docs/push#receive_push).
"""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from emulators.calls import Calls
from emulators.pubsub import faults
from emulators.pubsub.errors import NotFound, Refusal
from emulators.pubsub.http_post import Answer, Poster
from emulators.pubsub.live import FOREVER, Live, now
from emulators.pubsub.model import Delivery, Lease, Outcome
from emulators.pubsub.rules import DeliveryRules
from emulators.pubsub.wire import push_body

ACKNOWLEDGING = frozenset({102, 200, 201, 202, 204})
REASON_CHARACTERS = 1_000
AT_ONCE = 8
_LOOK_AGAIN_SECONDS = 3_600.0

Listener = Callable[[Delivery], None]


@dataclass(frozen=True, kw_only=True)
class _Result:
    outcome: Outcome
    status: int | None = None
    reason: str = ""


class PushGroup:
    """The workers of one push subscription: at most AT_ONCE of its messages are under way."""

    def __init__(self, name: str, live: Live, calls: Calls, heard: Listener) -> None:
        self._name = name
        self._live = live
        self._calls = calls
        self._heard = heard
        self._ended = False
        self._posters = [Poster() for _ in range(AT_ONCE)]
        self._workers = [
            threading.Thread(
                target=self._work, args=(poster,), name=f"pubsub-push-{number}", daemon=True
            )
            for number, poster in enumerate(self._posters)
        ]
        for worker in self._workers:
            worker.start()

    def end(self) -> None:
        """Take no more messages. What is under way may finish."""
        self._ended = True
        self._live.wake(self._name)

    def cut(self) -> None:
        """End what is under way, too; its messages stay owed."""
        self.end()
        for poster in self._posters:
            poster.cut()

    def join(self) -> None:
        """Wait for the workers to be gone."""
        for worker in self._workers:
            worker.join()

    def _over(self) -> bool:
        return self._ended or self._live.closed

    def _work(self, poster: Poster) -> None:
        try:
            while not self._over():
                for lease in self._take(newest_first=False):
                    self._deliver(lease, poster)
        except NotFound:
            # The subscription has been deleted: there is nothing more to push.
            return
        finally:
            poster.close()

    def _take(self, *, newest_first: bool) -> list[Lease]:
        return self._live.take(
            self._name,
            1,
            wait_seconds=_LOOK_AGAIN_SECONDS,
            # Whether the time is up is the worker's to say.
            lease_seconds=FOREVER,
            newest_first=newest_first,
            gone=self._over,
        )

    def _deliver(self, lease: Lease, poster: Poster) -> None:
        fault = self._calls.begin(faults.PUSH)
        if fault == faults.REORDER:
            with self._live.broker() as broker:
                broker.release(self._name, lease.ack_id)
            for newest in self._take(newest_first=True):
                lease = newest
        with self._live.broker() as broker:
            rules = broker.state.subscription(self._name).rules
        started_at, started = datetime.now(UTC), time.perf_counter()
        result = _post(poster, lease, rules, fault)
        if self._live.closed:
            return
        delivery = Delivery(
            subscription=self._name,
            message_id=lease.message.message_id,
            attempt=lease.attempt,
            started_at=started_at,
            duration_seconds=round(time.perf_counter() - started, 6),
            outcome=result.outcome,
            status=result.status,
            reason=result.reason,
        )
        self._settle(lease, delivery, again=fault == faults.DUPLICATE)
        self._heard(delivery)

    def _settle(self, lease: Lease, delivery: Delivery, *, again: bool) -> None:
        with self._live.broker() as broker:
            if self._live.closed:
                return
            broker.log_push(delivery)
            if delivery.outcome == "acknowledged":
                broker.acknowledge(self._name, [lease.ack_id], again=again)
            else:
                broker.fail(self._name, lease.ack_id, reason=delivery.reason, at=now())


def _post(poster: Poster, lease: Lease, rules: DeliveryRules, fault: str | None) -> _Result:
    try:
        faults.strike(faults.PUSH, fault)
        answer = poster.post(
            rules.push_endpoint,
            push_body(lease, rules),
            timeout_seconds=rules.ack_deadline_seconds,
        )
        faults.lose_answer(faults.PUSH, fault)
    except TimeoutError:
        reason = f"No answer within the ack deadline of {rules.ack_deadline_seconds} s."
        return _Result(outcome="timed_out", reason=reason)
    except (OSError, http.client.HTTPException) as error:
        return _Result(outcome="unreachable", reason=f"{type(error).__name__}: {error}")
    except Refusal as refusal:
        return _Result(outcome="unreachable", reason=f"{refusal.status}: {refusal.message}")
    return _judged(answer)


def _judged(answer: Answer) -> _Result:
    if answer.status in ACKNOWLEDGING:
        return _Result(outcome="acknowledged", status=answer.status)
    reason = answer.body[:REASON_CHARACTERS] or f"HTTP {answer.status} without a body."
    return _Result(outcome="refused", status=answer.status, reason=reason)


class PushGroups:
    """The push groups of all subscriptions, following their settings."""

    def __init__(self, live: Live, calls: Calls, heard: Listener) -> None:
        self._live = live
        self._calls = calls
        self._heard = heard
        self._active: dict[str, PushGroup] = {}
        self._ended: list[PushGroup] = []

    def start(self) -> None:
        """Push what subscriptions want pushed, now and whenever their settings change."""
        with self._live.broker() as broker:
            self._live.on_changed = self.follow
            for name in broker.state.subscriptions:
                self.follow(name)

    def follow(self, name: str) -> None:
        """Begin or end pushing for a subscription as its settings, or its end, demand."""
        with self._live.broker() as broker:
            held = broker.state.subscriptions.get(name)
            wanted = bool(held and held.rules.push_endpoint and not held.resource.detached)
            if wanted and name not in self._active:
                self._active[name] = PushGroup(name, self._live, self._calls, self._heard)
            elif not wanted and name in self._active:
                group = self._active.pop(name)
                group.end()
                self._ended.append(group)

    def stop(self) -> None:
        """End everything, also what is under way."""
        groups = [*self._active.values(), *self._ended]
        for group in groups:
            group.cut()
        for group in groups:
            group.join()
