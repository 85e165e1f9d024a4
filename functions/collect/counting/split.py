"""Makes a window's statement fit into messages: cuts it by whole days; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from collect.counting.window import halves
from commit_counts.errors import NeverWorks
from commit_counts.event import CommitCounts
from commit_counts.parse import parse_event

# Pub/Sub takes 10 MB, a log line and a Sheets request far less; an ordinary window has some 10 kB.
MESSAGE_BYTES = 500_000


def cut_statement(
    event: CommitCounts, *, most_bytes: int = MESSAGE_BYTES
) -> Iterator[CommitCounts]:
    """The same statement in events that fit, newest days first.

    Raises NeverWorks where the statement about a single day does not fit, and InvalidEvent where a
    name breaks the event contract: nothing is published that a subscriber would refuse.
    """
    assert event.window
    text = event.to_json()
    if len(text.encode()) <= most_bytes:
        yield parse_event(text, published_at=event.collected_at)
        return
    if event.window.since == event.window.until:
        yield _without_reasons(event, len(text.encode()), most_bytes)
        return
    for half in halves(event.window):
        inside = tuple(count for count in event.counts if count.date in half)
        yield from cut_statement(replace(event, window=half, counts=inside), most_bytes=most_bytes)


def _without_reasons(event: CommitCounts, got: int, most_bytes: int) -> CommitCounts:
    """A day that does not fit with the reasons of its unknown repositories may fit without them."""
    names: Mapping[str, str] = MappingProxyType(dict.fromkeys(event.unknown_repositories, ""))
    text = replace(event, unknown_repositories=names).to_json()
    if len(text.encode()) > most_bytes:
        assert event.window
        raise NeverWorks(
            f"the statement about {event.window.since} alone: expected at most {most_bytes:,} "
            f"bytes, got {got:,}",
            fix="count fewer repositories with REPOSITORIES_INCLUDE or REPOSITORIES_EXCLUDE",
        )
    return parse_event(text, published_at=event.collected_at)
