"""The dead letters of the pipeline: read, explained, published again or dropped."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from google.api_core.exceptions import DeadlineExceeded
from google.pubsub_v1 import types

from commit_counts.errors import InvalidEvent
from commit_counts.event import CommitCounts
from commit_counts.parse import parse_event
from own_dashboard.topic.clients import TopicClients

# https://cloud.google.com/pubsub/docs/handling-failures#how_dead_letter_topics_work
_PREFIX = "CloudPubSubDeadLetterSource"
_BATCH = 100
# How long an empty subscription is listened to: the service may take a while to find a message.
_PULL_SECONDS = 3.0
# The emulator says soon that there is none, unless the machine is busy.
_PULL_SECONDS_HERE = 60.0


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A message that a subscriber refused too often.

    published_at: when it was first published, which is what its event counts by.
    event: what it says; None where it breaks the contract, and `reason` says how.
    """

    message_id: str
    ack_id: str
    subscription: str
    attempts: str
    published_at: datetime
    body: bytes
    event: CommitCounts | None
    reason: str


class DeadLetters:
    """The dead letters behind one subscription."""

    def __init__(self, clients: TopicClients, subscription: str) -> None:
        self._clients = clients
        self._path = clients.subscription_path(subscription)
        self._seconds = _PULL_SECONDS_HERE if clients.topic.emulator_host else _PULL_SECONDS

    def read(self) -> Iterator[DeadLetter]:
        """Take each letter once, oldest first; it comes back unless `finish` is called on it."""
        seen: set[str] = set()
        while received := self._pull():
            letters = [_letter(r) for r in received if r.message.message_id not in seen]
            seen |= {letter.message_id for letter in letters}
            yield from sorted(letters, key=lambda letter: letter.published_at)

    def publish_again(self, letter: DeadLetter, event: CommitCounts) -> str:
        """Send the event to its topic as it was stated, then take the letter away."""
        message_id = self._clients.publish(event)
        self.finish([letter])
        return message_id

    def finish(self, letters: Sequence[DeadLetter]) -> None:
        """Take letters away for good."""
        if letters:
            request = {"subscription": self._path, "ack_ids": [x.ack_id for x in letters]}
            self._clients.subscriber.acknowledge(request=request)

    def put_back(self, letters: Sequence[DeadLetter]) -> None:
        """Let the next reader have them at once."""
        if letters:
            ids = [letter.ack_id for letter in letters]
            request = {"subscription": self._path, "ack_ids": ids, "ack_deadline_seconds": 0}
            self._clients.subscriber.modify_ack_deadline(request=request)

    def _pull(self) -> list[types.ReceivedMessage]:
        request = {"subscription": self._path, "max_messages": _BATCH}
        try:
            answer = self._clients.subscriber.pull(
                request=request, timeout=self._seconds, retry=None
            )
        except DeadlineExceeded:  # how an empty subscription answers a bounded wait
            return []
        return list(answer.received_messages)


def _letter(received: types.ReceivedMessage) -> DeadLetter:
    attributes: Mapping[str, str] = received.message.attributes
    published_at = _first_published(received)
    event, reason = None, "refused although it reads well: see the function's log, then replay it"
    try:
        # A short form without `collected_at` counts by its first publication: publishing it again
        # must not make it newer than what was stated since.
        event = parse_event(received.message.data, published_at=published_at)
    except InvalidEvent as error:
        reason = str(error)
    return DeadLetter(
        message_id=received.message.message_id,
        ack_id=received.ack_id,
        subscription=attributes.get(f"{_PREFIX}Subscription", "?"),
        attempts=attributes.get(f"{_PREFIX}DeliveryCount", "?"),
        published_at=published_at,
        body=received.message.data,
        event=event,
        reason=reason,
    )


def _first_published(received: types.ReceivedMessage) -> datetime:
    stated = received.message.attributes.get(f"{_PREFIX}TopicPublishTime", "")
    try:
        instant = datetime.fromisoformat(stated)
    except ValueError:  # put on the dead-letter topic by hand
        return cast(datetime, received.message.publish_time)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
