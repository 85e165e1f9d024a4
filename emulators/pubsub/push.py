"""Push delivery: each push subscription has some workers that post its messages.

An answer of 102, 200, 201, 202 or 204 acknowledges; anything else, or none within the ack
deadline, refuses (https://cloud.google.com/pubsub/docs/push#receive_push).

Posting is the standard library's: a push costs a quarter of what httpx takes, and its socket can be
shut from outside, so that stopping need not wait for a function that works for minutes.
"""

import base64
import http.client
import json
import logging
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from emulators.faults import FaultInjector
from emulators.pubsub.errors import (
    DUPLICATE,
    PUSH,
    REORDER,
    NotFound,
    NotWritten,
    Refusal,
    lose_answer,
    raise_fault,
)
from emulators.pubsub.live import FOREVER, Live, now
from emulators.pubsub.model import Delivery, Lease, Message, Outcome
from emulators.pubsub.rules import DeliveryRules

BODY_LIMIT = 4_096  # bytes of an answer that are read: 1,000 characters, and then some


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer: its status and the beginning of its body."""

    status: int
    body: str


class Poster:
    """Posts JSON, one request at a time. Raises OSError (TimeoutError too) or HTTPException."""

    def __init__(self) -> None:
        self._cut = False
        self._origin = ("", 0)
        self._connection: http.client.HTTPConnection | None = None
        self._socket: socket.socket | None = None  # the connection lets go of it before the answer

    def post(self, url: str, body: bytes, *, timeout_seconds: float) -> Answer:
        """One request and its answer; no answer in time is a TimeoutError."""
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = self._connected(parts.hostname or "", parts.port or 80, timeout_seconds)
        try:
            headers = {"Content-Type": "application/json", "Accept": "application/json"}
            connection.request("POST", target, body=body, headers=headers)
            response = connection.getresponse()
            text = response.read(BODY_LIMIT).decode(errors="replace")
            if not response.isclosed():
                self.close()
            return Answer(status=response.status, body=text)
        except BaseException:
            self.close()
            raise

    def cut(self) -> None:
        """From another thread: end the request under way, and refuse any other."""
        self._cut = True
        held = self._socket
        if held is not None:
            try:
                held.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The other side, or this one's own thread, was quicker.
                return

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = self._socket = None

    def _connected(
        self, host: str, port: int, timeout_seconds: float
    ) -> http.client.HTTPConnection:
        if self._connection is None or self._origin != (host, port) or self._is_stale():
            self.close()
            self._origin = (host, port)
            self._connection = http.client.HTTPConnection(host, port, timeout=timeout_seconds)
            self._connection.connect()
            self._socket = self._connection.sock
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._cut:
            raise ConnectionAbortedError("the emulator is stopping")
        self._connection.sock.settimeout(timeout_seconds)
        return self._connection

    def _is_stale(self) -> bool:
        # Between requests a kept-alive connection has nothing to say: what can be read is its end.
        sock = self._connection.sock if self._connection else None
        return sock is None or bool(select.select([sock], [], [], 0)[0])


ACKNOWLEDGING = frozenset({102, 200, 201, 202, 204})
REASON_CHARACTERS = 1_000
AT_ONCE = 8
_LOOK_AGAIN_SECONDS = 3_600.0

_LOG = logging.getLogger("emulators")

Listener = Callable[[Delivery], None]


@dataclass(frozen=True, kw_only=True)
class _Result:
    outcome: Outcome
    status: int | None = None
    reason: str = ""


class PushGroup:
    """The workers of one push subscription: at most AT_ONCE of its messages are under way."""

    def __init__(self, name: str, live: Live, calls: FaultInjector, heard: Listener) -> None:
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
        fault = self._calls.begin(PUSH)
        if fault == REORDER:
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
        self._settle(lease, delivery, again=fault == DUPLICATE)
        self._heard(delivery)

    def _settle(self, lease: Lease, delivery: Delivery, *, again: bool) -> None:
        with self._live.broker() as broker:
            if self._live.closed:
                return
            try:
                if delivery.outcome == "acknowledged":
                    broker.acknowledge(self._name, [lease.ack_id], again=again)
                else:
                    broker.fail(self._name, lease.ack_id, reason=delivery.reason, at=now())
                broker.log_push(delivery)
            except NotWritten as error:
                _LOG.warning("%s A push to %s is repeated.", error.message, self._name)
                broker.postpone(self._name, lease.ack_id, reason=error.message, at=now())


def _post(poster: Poster, lease: Lease, rules: DeliveryRules, fault: str | None) -> _Result:
    try:
        raise_fault(PUSH, fault)
        answer = poster.post(
            rules.push_endpoint,
            push_body(lease, rules),
            timeout_seconds=rules.ack_deadline_seconds,
        )
        lose_answer(PUSH, fault)
    except TimeoutError:
        reason = f"No answer within the ack deadline of {rules.ack_deadline_seconds} s."
        return _Result(outcome="timed_out", reason=reason)
    except (OSError, http.client.HTTPException) as error:
        return _Result(outcome="unreachable", reason=f"{type(error).__name__}: {error}")
    except Refusal as refusal:
        return _Result(outcome="unreachable", reason=f"{refusal.status}: {refusal.message}")
    return _classified(answer)


def _classified(answer: Answer) -> _Result:
    if answer.status in ACKNOWLEDGING:
        return _Result(outcome="acknowledged", status=answer.status)
    reason = answer.body[:REASON_CHARACTERS] or f"HTTP {answer.status} without a body."
    return _Result(outcome="refused", status=answer.status, reason=reason)


class PushGroups:
    """The push groups of all subscriptions, following their settings."""

    def __init__(
        self, live: Live, calls: FaultInjector, heard: Listener, *, only_new_settings: bool
    ) -> None:
        """only_new_settings: push to no endpoint before it has been set since the start."""
        self._live = live
        self._calls = calls
        self._heard = heard
        self._only_new_settings = only_new_settings
        self._active: dict[str, PushGroup] = {}
        self._ended: list[PushGroup] = []

    def start(self) -> None:
        """Push what subscriptions want pushed, now and whenever their settings change."""
        with self._live.broker() as broker:
            self._live.on_changed = self.follow
            for name in () if self._only_new_settings else broker.state.subscriptions:
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


def push_body(lease: Lease, rules: DeliveryRules) -> bytes:
    """The wrapped body that a push subscription posts.

    messageId and publishTime come in both spellings, as the service sends them
    (https://cloud.google.com/pubsub/docs/push#receive_push).
    """
    body: dict[str, Any] = {"message": _push_message(lease.message)}
    body["subscription"] = lease.subscription
    if rules.dead_letter_topic:
        body["deliveryAttempt"] = lease.attempt
    return json.dumps(body).encode()


def _push_message(message: Message) -> dict[str, Any]:
    published = message.published_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    plain: dict[str, Any] = {
        "messageId": message.message_id,
        "message_id": message.message_id,
        "publishTime": published,
        "publish_time": published,
    }
    if message.data:
        plain["data"] = base64.b64encode(message.data).decode()
    if message.attributes:
        plain["attributes"] = dict(message.attributes)
    if message.ordering_key:
        plain["orderingKey"] = message.ordering_key
    return plain
