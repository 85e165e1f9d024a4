"""The pipeline in one process on a virtual clock: broker, handlers, Sheet and metrics, and faults.

A plan is a seed: events of three sources, some broken, delivered in any order, late and twice, to
both subscribers, while services fail, answers get lost, writers overlap and the broker is killed.
Whatever the plan, nothing that was accepted may be lost, doubled or acknowledged unwritten.

The core of the Pub/Sub emulator keeps what is owed, the step `write_sheet` writes to the Sheets
emulator's engine, and `write_metric` to a service that keeps Cloud Monitoring's rules of order.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from google.pubsub_v1.types import pubsub

from commit_counts.errors import DashboardError
from commit_counts.event import CommitCounts
from commit_counts.parse import parse_event
from commit_counts.retry import Deadline
from emulators.pubsub.broker import Broker, Moment
from emulators.pubsub.model import Draft, Lease
from emulators.pubsub.store import Record, State, decode, encode
from tests.support.write_sheet import NOON, TODAY, TOKYO, MemorySheet, Model, random_history
from write_metric.delivery import SAMPLING_PERIOD
from write_metric.response import Response
from write_metric.series import Choices, Point
from write_metric.step import write as write_metric
from write_sheet.errors import SheetsUnavailable
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import AfterWrite
from write_sheet.step import write as write_sheet

TOPIC, LETTERS = "projects/p/topics/counts", "projects/p/topics/letters"
SHEET, METRIC = "projects/p/subscriptions/write-sheet", "projects/p/subscriptions/write-metric"
LETTER_BOX = "projects/p/subscriptions/letters"
ATTEMPTS = 5
ACK_SECONDS = 60
CHOICES = Choices(time_zone=TOKYO, evening_hour=20, named_repositories=50)
BROKEN = (b"", b"{}", b'{"date": "2026-11-23", "repository": "me/app", "commits": -1}', b"\xff")
# All events are collected by then, and no point is too old to be taken.
LATE = NOON + timedelta(hours=9)


@dataclass(frozen=True, kw_only=True)
class Sabotage:
    """What a plan must notice; each takes one of the guarantees away.

    no_guard: batches on the Sheet have no revision mark. arrival_order: what comes last wins,
    whatever its instant. no_redelivery: a refused delivery is not offered again. early_ack: a
    message is acknowledged before it is written. unsynced: a killed broker lost its last writes.
    """

    no_guard: bool = False
    arrival_order: bool = False
    no_redelivery: bool = False
    early_ack: bool = False
    unsynced: bool = False


NOTHING = Sabotage()


class Killed(Exception):
    """The process ended here, without an answer."""


@dataclass
class Metrics:
    """Cloud Monitoring's rules of order: a point of a series must be later than its last one."""

    series: dict[tuple[str, tuple[tuple[str, str], ...]], list[tuple[datetime, int]]] = field(
        default_factory=dict
    )
    fault: Callable[[], str] = lambda: ""

    def send(self, points: Sequence[Point], *, timeout_seconds: float) -> Response:
        """One request: the good points are written, the others named in the refusal."""
        assert timeout_seconds > 0
        kind = self.fault()
        if kind in ("UNAVAILABLE", "RESOURCE_EXHAUSTED"):
            return Response(code=kind, message="try again")
        refusals = [text for point in points if (text := self._write(point))]
        if kind == "lost":
            return Response(code="DEADLINE_EXCEEDED", message="no answer")
        if not refusals:
            return Response()
        message = "One or more TimeSeries could not be written: " + "; ".join(refusals)
        return Response(code="INVALID_ARGUMENT", message=message, failed=len(refusals))

    def _write(self, point: Point) -> str:
        stored = self.series.setdefault((point.metric, point.labels), [])
        if stored and point.end_time <= stored[-1][0]:
            return "Points must be written in order."
        if stored and point.end_time - stored[-1][0] < SAMPLING_PERIOD:
            return "written more frequently than the maximum sampling period"
        stored.append((point.end_time, point.value))
        return ""


class World:
    """One plan, from its seed."""

    def __init__(self, seed: int, sabotage: Sabotage = NOTHING) -> None:
        self.random = random.Random(seed)
        self.sabotage = sabotage
        self.seconds = 0.0
        self.lines: list[str] = []
        self.synced = 0
        self.model = Model()
        self.accepted: list[CommitCounts] = []
        self.broken: Counter[bytes] = Counter()
        self.sheet = MemorySheet()
        self.metrics = Metrics()
        self.happened: Counter[str] = Counter()
        self.depth = 0
        self.down_until = 0.0
        self.calm = False
        self._start(State())
        for topic in (TOPIC, LETTERS):
            self.broker.store("topics", pubsub.Topic.pb()(name=topic))
        self._subscribe(LETTER_BOX, LETTERS)
        for name in (SHEET, METRIC):
            self._subscribe(
                name,
                TOPIC,
                ack_deadline_seconds=ACK_SECONDS,
                retry_policy={
                    "minimum_backoff": {"seconds": 10},
                    "maximum_backoff": {"seconds": 60},
                },
                dead_letter_policy={
                    "dead_letter_topic": LETTERS,
                    "max_delivery_attempts": ATTEMPTS,
                },
            )
        self.synced = len(self.lines)
        self.sheet.before_call = self._before_call
        self.sheet.after_write = self._after_write
        self.metrics.fault = self._metric_fault
        if sabotage.no_guard:
            self._take_the_guard_away()

    # What happens

    def run(self) -> None:
        """The plan: events and faults, then calm until everything is settled."""
        waiting = [
            event.to_json().encode() for event in random_history(self.random.randrange(10**9))
        ]
        waiting += [body for body in BROKEN if self.random.random() < 0.2]
        self.random.shuffle(waiting)
        while waiting or self.random.random() < 0.8:
            if waiting and self.random.random() < 0.4:
                self._publish(waiting.pop())
            elif self.random.random() < 0.14:
                self._kill_the_broker()
            elif self.random.random() < 0.05:
                self.happened["the Sheet is down for some minutes"] += 1
                self.down_until = self.seconds + 600.0
                for _ in range(9):
                    self._deliver(SHEET)
                    self.seconds += 61.0
            else:
                self._deliver(self.random.choice((SHEET, METRIC)))
            self.seconds += self.random.choice((0, 0, 1, 5, 30, 120))
        self.calm = True
        self._settle()
        self._replay()
        self._settle()

    def problems(self) -> list[str]:
        """What is lost, doubled or invented; empty where all is as an independent model says."""
        found = []
        try:
            if self.sheet.batches and self.sheet.data() != self.model.rows():
                found.append(f"Sheet: {self.sheet.data()} instead of {self.model.rows()}")
        except AssertionError as error:
            found.append(f"Sheet: {error!r}")
        if self.accepted and not self.sheet.batches:
            found.append("Sheet: nothing was written")
        found += self._metric_problems()
        left = Counter(owed.message.data for owed in self._backlog(LETTER_BOX))
        expected = Counter({body: 2 * number for body, number in self.broken.items()})
        if left != expected:
            found.append(f"dead letters: {left} instead of {expected}")
        return found

    def _publish(self, body: bytes) -> None:
        self.broker.publish(TOPIC, [Draft(data=body)], published_at=LATE)
        self.synced = len(self.lines)  # the answer to a publisher comes after the fsync
        if self.sabotage.unsynced and self.random.random() < 0.5:
            self.synced -= 1
        try:
            event = parse_event(body, published_at=LATE)
        except DashboardError:
            self.broken[body] += 1
            return
        self.accepted.append(event)
        self.model.events.append(event)

    def _deliver(self, name: str) -> None:
        newest_first = self.random.random() < 0.5
        leases = self.broker.take(name, 1, at=self._at(), newest_first=newest_first)
        for lease in leases:
            self._handle(lease)

    def _handle(self, lease: Lease) -> None:
        """What a function does with a push, and what Pub/Sub does with its answer."""
        if self.sabotage.early_ack:
            self.broker.acknowledge(lease.subscription, [lease.ack_id])
        try:
            event = parse_event(lease.message.data, published_at=lease.message.published_at)
            if self.sabotage.arrival_order:
                event = replace(event, collected_at=NOON + timedelta(seconds=self.seconds + 1))
            self._write(lease.subscription, event)
            self._fault("the answer of the function gets lost", 0.1, Killed)
        except Killed:
            return  # the lease runs out
        except DashboardError as error:
            self.happened["a delivery is refused"] += 1
            if self.sabotage.no_redelivery:
                self.broker.acknowledge(lease.subscription, [lease.ack_id])
            else:
                self.broker.fail(lease.subscription, lease.ack_id, reason=str(error), at=self._at())
            return
        again = not self.calm and self.random.random() < 0.1
        self.happened["a message is delivered again"] += again
        self.broker.acknowledge(lease.subscription, [lease.ack_id], again=again)

    def _write(self, name: str, event: CommitCounts) -> None:
        if name == SHEET:
            write_sheet(event, self.sheet, zone=TOKYO, pause=lambda _: None, now=lambda: LATE)
            return
        deadline = Deadline(now=lambda: LATE, sleep=lambda _: None)
        write_metric(event, self.metrics, CHOICES, deadline=deadline)

    # Faults

    def _fault(self, what: str, chance: float, error: type[Exception]) -> None:
        if not self.calm and self.random.random() < chance:
            self.happened[what] += 1
            raise error(what)

    def _before_call(self, _number: int, kind: str) -> None:
        if not self.calm and self.seconds < self.down_until:
            raise SheetsUnavailable("the Sheet is down")
        self._fault(f"the Sheet does not answer a {kind}", 0.05, SheetsUnavailable)
        self._fault(f"write_sheet is killed before a {kind}", 0.04, Killed)
        if not self.calm and self.depth == 0 and self.random.random() < 0.25:
            self.happened["two writers overlap"] += 1
            self.depth += 1
            try:
                self._deliver(SHEET)
            finally:
                self.depth -= 1

    def _after_write(self, _number: int) -> None:
        self._fault("the Sheet's answer gets lost after the write", 0.06, SheetsUnavailable)
        self._fault("write_sheet is killed after the write", 0.04, Killed)

    def _metric_fault(self) -> str:
        if self.calm or self.random.random() > 0.4:
            return ""
        kind = self.random.choice(("UNAVAILABLE", "RESOURCE_EXHAUSTED", "lost", "killed"))
        self.happened[f"Cloud Monitoring: {kind}"] += 1
        if kind == "killed":
            raise Killed
        return kind

    def _kill_the_broker(self) -> None:
        """Leases and what was not synced are gone; the journal's records are what remains."""
        self.happened["the broker is killed"] += 1
        kept = self.lines[: self.synced] if self.sabotage.unsynced else self.lines
        self.lines = list(kept)
        state = State()
        for line in self.lines:
            state.apply(decode(json.loads(line)))
        self._start(state)

    def _take_the_guard_away(self) -> None:
        whole = self.sheet.write

        def write(requests: list[Request], witnesses: Sequence[int] = ()) -> AfterWrite:
            marks = {"addNamedRange", "deleteNamedRange"}
            return whole([request for request in requests if not marks & request.keys()], witnesses)

        self.sheet.write = write  # type: ignore[method-assign]

    # The end

    def _settle(self) -> None:
        for _ in range(10_000):
            owed = [n for n in (SHEET, METRIC) if len(self.broker.state.subscription(n).backlog)]
            if not owed:
                return
            for name in owed:
                self._deliver(name)
            self.seconds += 61.0
        raise AssertionError("deliveries never end")

    def _replay(self) -> None:
        """As `./dev replay` does: what keeps the contract is published again, the rest stays."""
        at = self._at()
        for lease in self.broker.take(LETTER_BOX, 1000, at=at, lease_seconds=600):
            try:
                parse_event(lease.message.data, published_at=LATE)
            except DashboardError:
                self.broker.release(LETTER_BOX, lease.ack_id)
                continue
            self.happened["a dead letter is replayed"] += 1
            self.broker.publish(TOPIC, [Draft(data=lease.message.data)], published_at=LATE)
            self.broker.acknowledge(LETTER_BOX, [lease.ack_id])

    def _metric_problems(self) -> list[str]:
        """Each series must end at what its newest statements say, and hold nothing else."""
        said: dict[Any, dict[datetime, set[int]]] = {}
        for event in self.accepted:
            for key, value in stated_today(event):
                said.setdefault(key, {}).setdefault(event.collected_at, set()).add(value)
        found = [f"metrics: {key} was never stated" for key in self.metrics.series.keys() - said]
        for key, values in said.items():
            stored = self.metrics.series.get(key, [])
            newest = max(values)
            if not stored or stored[-1][0] != newest or stored[-1][1] not in values[newest]:
                found.append(f"metrics: {key} ends at {stored[-1:]} instead of {values[newest]}")
            if any(at not in values or value not in values[at] for at, value in stored):
                found.append(f"metrics: {key} holds {stored}, stated were {values}")
        return found

    # The broker

    def _at(self) -> Moment:
        return Moment(seconds=self.seconds, date=LATE)

    def _start(self, state: State) -> None:
        def sink(records: Iterable[Record]) -> None:
            self.lines.extend(json.dumps(encode(record)) for record in records)

        self.broker = Broker(state=state, sink=sink)

    def _subscribe(self, name: str, topic: str, **settings: Any) -> None:
        made = pubsub.Subscription.pb()(name=name, topic=topic, **settings)
        self.broker.store("subscriptions", made)

    def _backlog(self, name: str) -> Iterable[Any]:
        return self.broker.state.subscription(name).backlog


def stated_today(event: CommitCounts) -> list[tuple[Any, int]]:
    """What an event says about its own today, by series; written without the step's code."""
    local = event.collected_at.astimezone(TOKYO)
    today: date = local.date()
    assert today == TODAY
    source = ("source", event.source)
    if event.window is None:
        cell = event.cell
        commits = event.counts[0].commits if event.counts else 0
        key = ("commits_today_by_repository", (("repository", cell.repository), source))
        return [(key, commits)] if cell.date == today else []
    if not event.window.since <= today <= event.window.until:
        return []
    of_today = Counter({c.repository: 0 for c in event.counts})
    of_today.update({c.repository: c.commits for c in event.counts if c.date == today})
    total = sum(of_today.values())
    points: list[tuple[Any, int]] = [(("commits_today", (source,)), total)]
    points += [
        (("commits_today_by_repository", (("repository", name), source)), commits)
        for name, commits in of_today.items()
    ]
    missed = local.hour >= CHOICES.evening_hour and total == 0
    if not (missed and event.unknown_repositories):
        points.append((("evening_without_commits", (source,)), int(missed)))
    return points
