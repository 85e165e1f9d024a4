"""Whatever happens in whatever order, the core loses no message and keeps its waits."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from google.pubsub_v1.types import pubsub
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
)

from emulators.pubsub.broker import Broker, Moment
from emulators.pubsub.model import Draft, Lease
from emulators.pubsub.rules import DeliveryRules
from emulators.pubsub.store import (
    Acknowledged,
    DeadLettered,
    Published,
    Record,
    State,
    decode,
    encode,
)

TOPIC = "projects/p/topics/counts"
LETTERS = "projects/p/topics/letters"
READER = "projects/p/subscriptions/reader"
LETTER_BOX = "projects/p/subscriptions/letter-box"
MINIMUM, MAXIMUM, SPEED = 10.0, 60.0, 4.0
WAITS = (0.0, MINIMUM, 2 * MINIMUM, 4 * MINIMUM, MAXIMUM)
ATTEMPTS = 5
ACK_DEADLINE = 30
START = datetime(2026, 11, 23, tzinfo=UTC)


def restored(lines: list[str]) -> State:
    """The state that a journal's lines give."""
    state = State(speed=SPEED)
    for line in lines:
        state.apply(decode(json.loads(line)))
    return state


def subscription(name: str, topic: str, **settings: Any) -> Any:
    """A subscription as the shells hand it to the core."""
    return pubsub.Subscription.pb()(name=name, topic=topic, **settings)


class Core(RuleBasedStateMachine):
    """Publishes, takes, answers and crashes at random, beside the simplest model of what is owed.

    outcome: of each message that was published, `owed`, `acknowledged` or `given up`.
    """

    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.seconds = 0.0
        self.outcome: dict[str, str] = {}
        self.failures: dict[str, int] = {}
        self.not_before: dict[str, float] = {}
        self.leased_until: dict[str, tuple[str, float]] = {}
        self.start(State(speed=SPEED))
        for topic in (TOPIC, LETTERS):
            self.broker.store("topics", pubsub.Topic.pb()(name=topic))
        self.broker.store("subscriptions", subscription(LETTER_BOX, LETTERS))
        self.broker.store(
            "subscriptions",
            subscription(
                READER,
                TOPIC,
                ack_deadline_seconds=ACK_DEADLINE,
                retry_policy={
                    "minimum_backoff": {"seconds": int(MINIMUM)},
                    "maximum_backoff": {"seconds": int(MAXIMUM)},
                },
                dead_letter_policy={
                    "dead_letter_topic": LETTERS,
                    "max_delivery_attempts": ATTEMPTS,
                },
            ),
        )

    def start(self, state: State) -> None:
        """A broker over this state that writes to the journal's lines."""

        def sink(records: Any) -> None:
            self.lines.extend(json.dumps(encode(record)) for record in records)

        self.broker = Broker(state=state, sink=sink)

    @property
    def at(self) -> Moment:
        """Now."""
        return Moment(seconds=self.seconds, date=START + timedelta(seconds=self.seconds))

    def note_failure(self, message_id: str) -> None:
        """What the model makes of a failed delivery."""
        self.leased_until.pop(message_id)
        self.failures[message_id] = count = self.failures.get(message_id, 0) + 1
        if count == ATTEMPTS:
            self.outcome[message_id] = "given up"
        wait = min(MINIMUM * 2 ** (count - 1), MAXIMUM) / SPEED
        self.not_before[message_id] = self.seconds + wait

    def note_time(self) -> None:
        """What the model makes of leases whose time is up."""
        for message_id, (_, until) in list(self.leased_until.items()):
            if until <= self.seconds:
                self.note_failure(message_id)

    def count_due(self) -> int:
        """How many messages wait for nobody but a subscriber."""
        return sum(
            outcome == "owed"
            and message_id not in self.leased_until
            and self.not_before.get(message_id, 0.0) <= self.seconds
            for message_id, outcome in self.outcome.items()
        )

    @rule(count=st.integers(1, 4))
    def publish(self, count: int) -> None:
        """Messages are owed once they are published."""
        drafts = [Draft(data=f"{self.seconds}".encode())] * count
        for message_id in self.broker.publish(TOPIC, drafts, published_at=self.at.date):
            assert message_id not in self.outcome
            self.outcome[message_id] = "owed"

    @rule(target=leases, limit=st.integers(1, 5), newest_first=st.booleans())
    def take(self, limit: int, newest_first: bool) -> Any:
        """What is taken is owed, due, free, and counts its attempts."""
        taken = self.broker.take(READER, limit, at=self.at, newest_first=newest_first)
        self.note_time()
        assert len(taken) == min(limit, self.count_due())
        for lease in taken:
            message_id = lease.message.message_id
            assert self.outcome[message_id] == "owed"
            assert self.not_before.get(message_id, 0.0) <= self.seconds
            assert message_id not in self.leased_until
            assert lease.attempt == self.failures.get(message_id, 0) + 1
            self.leased_until[message_id] = (lease.ack_id, self.seconds + ACK_DEADLINE)
        return multiple(*taken)

    def is_current(self, lease: Lease) -> bool:
        """Whether the lease still runs, by the model."""
        ack_id, _ = self.leased_until.get(lease.message.message_id, ("", 0.0))
        return ack_id == lease.ack_id

    @rule(lease=leases)
    def acknowledge(self, lease: Lease) -> None:
        """A current lease's acknowledgement is for good; a stale one does nothing."""
        self.broker.expire(READER, at=self.at)
        self.note_time()
        if self.is_current(lease):
            del self.leased_until[lease.message.message_id]
            self.outcome[lease.message.message_id] = "acknowledged"
        self.broker.acknowledge(READER, [lease.ack_id])

    @rule(lease=leases)
    def refuse(self, lease: Lease) -> None:
        """A current lease's refusal counts once; a stale one does nothing."""
        self.broker.expire(READER, at=self.at)
        self.note_time()
        if self.is_current(lease):
            self.note_failure(lease.message.message_id)
        self.broker.fail(READER, lease.ack_id, reason="no", at=self.at)

    @rule(lease=leases, seconds=st.integers(1, 600))
    def extend(self, lease: Lease, seconds: int) -> None:
        """A current lease gets another end."""
        self.broker.expire(READER, at=self.at)
        self.note_time()
        if self.is_current(lease):
            self.leased_until[lease.message.message_id] = (lease.ack_id, self.seconds + seconds)
        self.broker.extend(READER, lease.ack_id, seconds=seconds, at=self.at)

    @rule(
        seconds=st.sampled_from([0, MINIMUM, 2 * MINIMUM, 4 * MINIMUM, MAXIMUM]),
        limit=st.integers(1, 5),
    )
    def refuse_all(self, seconds: float, limit: int) -> None:
        """What has come due after a wait is taken and refused at once."""
        self.seconds += seconds / SPEED
        taken = self.broker.take(READER, limit, at=self.at)
        self.note_time()
        assert len(taken) == min(limit, self.count_due())
        for lease in taken:
            message_id = lease.message.message_id
            assert self.not_before.get(message_id, 0.0) <= self.seconds
            self.leased_until[message_id] = (lease.ack_id, self.seconds)
            self.broker.fail(READER, lease.ack_id, reason="no", at=self.at)
            self.note_failure(message_id)

    @rule(seconds=st.sampled_from([1.0, MINIMUM / SPEED, MAXIMUM / SPEED, ACK_DEADLINE]))
    def pass_time(self, seconds: float) -> None:
        """Time passes."""
        self.seconds += seconds

    @precondition(lambda self: self.outcome)
    @rule(compact=st.booleans())
    def crash(self, compact: bool) -> None:
        """A restart forgets leases and waits, and nothing else."""
        self.broker.expire(READER, at=self.at)
        self.note_time()
        state = restored(self.lines)
        if compact:
            self.lines = [json.dumps(encode(record)) for record in state.records()]
            state = restored(self.lines)
        self.start(state)
        self.leased_until.clear()
        self.not_before.clear()

    @invariant()
    def nothing_is_lost(self) -> None:
        """Each message is owed, acknowledged or among the dead letters."""
        self.broker.expire(READER, at=self.at)
        self.note_time()
        backlog = self.broker.state.subscriptions[READER].backlog
        owed = {each.message.message_id for each in backlog}
        assert owed == {key for key, outcome in self.outcome.items() if outcome == "owed"}
        letters = list(self.broker.state.subscriptions[LETTER_BOX].backlog)
        given_up = [key for key, outcome in self.outcome.items() if outcome == "given up"]
        assert len(letters) == len(given_up)
        for letter in letters:
            count = letter.message.attributes["CloudPubSubDeadLetterSourceDeliveryCount"]
            assert count == str(ATTEMPTS)


Core.TestCase.settings = settings(max_examples=100, stateful_step_count=30)
TestCore = Core.TestCase


def test_the_wait_doubles_between_its_bounds() -> None:
    """The first wait is the minimum, each next one is twice as long, none is over the maximum."""
    rules = DeliveryRules(minimum_backoff_seconds=10, maximum_backoff_seconds=60)
    waits = [rules.backoff_seconds(failures) for failures in (1, 2, 3, 4, 5, 100_000)]
    assert waits == [10, 20, 40, 60, 60, 60]


def test_a_crash_at_any_line_loses_nothing() -> None:
    """After each line of a journal, replaying it leaves each published message somewhere."""
    core = Core()
    core.publish(3)
    for number in range(14):
        for lease in core.broker.take(READER, 2, at=core.at):
            if number == 6:
                core.broker.acknowledge(READER, [lease.ack_id])
            else:
                core.broker.fail(READER, lease.ack_id, reason="no", at=core.at)
        core.seconds += MAXIMUM
    lines = core.lines
    for end in range(len(lines) + 1):
        records: list[Record] = [decode(json.loads(line)) for line in lines[:end]]
        state = restored(lines[:end])
        reader = state.subscriptions.get(READER)
        owed = {each.message.message_id for each in reader.backlog} if reader else set()
        assert owed == _published(records) - _settled(records)
        again = restored([json.dumps(encode(record)) for record in state.records()])
        assert list(again.records()) == list(state.records())
    assert len(list(core.broker.state.subscriptions[LETTER_BOX].backlog)) > 0


def _published(records: list[Record]) -> set[str]:
    return {
        record.message.message_id
        for record in records
        if isinstance(record, Published) and record.topic == TOPIC
    }


def _settled(records: list[Record]) -> set[str]:
    found = {record.message_id for record in records if isinstance(record, DeadLettered)}
    for record in records:
        if isinstance(record, Acknowledged):
            found.update(record.message_ids)
    return found
