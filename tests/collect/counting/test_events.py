"""A statement that does not fit one message is cut by whole days, or told to be too big."""

from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect.counting.split import cut_statement
from commit_counts.errors import InvalidEvent, NeverWorks
from commit_counts.event import CommitCounts, Count, Window

UNTIL = date(2026, 3, 31)


def statement(days: int, repositories: int, unknown: int = 0) -> CommitCounts:
    """A window of so many days with commits in every repository on each."""
    since = UNTIL - timedelta(days=days - 1)
    return CommitCounts(
        source="github/me",
        collected_at=datetime(2026, 3, 31, tzinfo=UTC),
        counts=tuple(
            Count(date=since + timedelta(days=day), repository=f"me/r{number:04}", commits=1)
            for day in range(days)
            for number in range(repositories)
        ),
        window=Window(since=since, until=UNTIL),
        login="me",
        time_zone=ZoneInfo("UTC"),
        unknown_repositories=MappingProxyType({f"me/u{n}": "why " * 20 for n in range(unknown)}),
    )


@given(days=st.integers(1, 40), repositories=st.integers(0, 6), size=st.integers(900, 5000))
def test_the_parts_say_what_the_whole_says(days: int, repositories: int, size: int) -> None:
    """Every day in exactly one part, every part complete about its days and small enough."""
    whole = statement(days, repositories)
    parts = list(cut_statement(whole, most_bytes=size))
    assert sorted(c for part in parts for c in part.counts) == sorted(whole.counts)
    until = UNTIL
    for part in parts:
        assert part.window
        assert part.window.until == until
        assert all(count.date in part.window for count in part.counts)
        assert len(part.to_json().encode()) <= size
        assert part.collected_at == whole.collected_at
        until = part.window.since - timedelta(days=1)
    assert whole.window
    assert until == whole.window.since - timedelta(days=1)


def test_a_statement_of_just_the_size_of_a_message_is_not_cut() -> None:
    """Nor is one day of it shortened."""
    for whole in (statement(2, 3, unknown=2), statement(1, 3, unknown=2)):
        size = len(whole.to_json().encode())
        assert list(cut_statement(whole, most_bytes=size)) == [whole]
        assert list(cut_statement(whole, most_bytes=size - 1)) != [whole]
    bare = statement(1, 3, unknown=2)
    (shortened,) = cut_statement(bare, most_bytes=len(bare.to_json().encode()) - 1)
    size = len(shortened.to_json().encode())
    assert list(cut_statement(bare, most_bytes=size)) == [shortened]
    with pytest.raises(NeverWorks):
        list(cut_statement(bare, most_bytes=size - 1))


def test_a_day_that_fits_only_without_reasons_goes_without_them() -> None:
    """That a repository is unknown must be said; why is in the log."""
    (part,) = cut_statement(statement(1, 1, unknown=10), most_bytes=700)
    assert set(part.unknown_repositories.values()) == {""}
    assert len(part.unknown_repositories) == 10


def test_a_day_that_does_not_fit_is_an_error_with_a_fix() -> None:
    """Half a day would be a false statement about it."""
    with pytest.raises(NeverWorks, match=r"2026-03-31 alone: expected .* REPOSITORIES_INCLUDE"):
        list(cut_statement(statement(1, 100), most_bytes=1000))


def test_what_a_subscriber_would_refuse_is_not_published() -> None:
    """A name that breaks the contract is told here, where somebody sees it."""
    bad = Count(date=UNTIL, repository="x" * 300, commits=1)
    whole = statement(1, 0)
    with pytest.raises(InvalidEvent, match="repository"):
        list(cut_statement(CommitCounts(**{**vars(whole), "counts": (bad,)})))
