"""The rules of merging: the last statement wins cell by cell, in whatever order events come."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commit_counts.event import CommitCounts
from tests.support.write_sheet import (
    ONE_DAY,
    REPOSITORIES,
    TODAY,
    Model,
    at,
    cell_event,
    events,
    history_of,
    random_history,
    window_event,
)
from write_sheet.history.merge import History, merge
from write_sheet.history.sources import CellState

YESTERDAY = TODAY - ONE_DAY


def counts(history: History) -> dict[tuple[date, str], int]:
    """The cells that have commits."""
    return {
        (day, name): stated.commits
        for day, cells in history.cells.items()
        for name, stated in cells.items()
        if stated.commits
    }


def test_two_thousand_random_histories_end_as_the_model_says() -> None:
    """Whatever came in whatever order, each cell is what the latest statement about it says."""
    for seed in range(2_000):
        stated = random_history(seed)
        model, history = Model(stated), history_of(stated)
        assert counts(history) == model.rows(), f"seed {seed}"
        assert history.totals() == model.totals(), f"seed {seed}"
        other = history_of(random.Random(seed).sample(stated, len(stated)))
        assert other.sources == history.sources, f"seed {seed}"


@settings(max_examples=60)
@given(st.lists(events(), max_size=6))
def test_what_is_known_is_what_the_latest_statements_say(stated: list[CommitCounts]) -> None:
    """After any events in any order, each cell is what the latest statement about it says."""
    model, history = Model(stated), history_of(stated)
    assert counts(history) == model.rows()
    assert history.totals() == model.totals()


@settings(max_examples=60)
@given(st.data(), st.lists(events(), max_size=7))
def test_order_and_repetition_make_no_difference(
    data: st.DataObject, stated: list[CommitCounts]
) -> None:
    """Deliveries may overtake each other and come twice: the same is known, to the instant."""
    shuffled = data.draw(st.permutations([*stated, *data.draw(st.permutations(stated))[:3]]))
    one, other = history_of(stated), history_of(shuffled)
    assert one.sources == other.sources


@settings(max_examples=40)
@given(st.lists(events(), max_size=6))
def test_nothing_is_kept_that_the_day_says_already(stated: list[CommitCounts]) -> None:
    """A silence as old as its day's statement has no cell of its own: the tab stays small."""
    for source in history_of(stated).sources.values():
        for day, cells in source.cells.items():
            assert source.implied(day) not in cells.values()


def test_a_repository_that_fell_to_zero_is_gone_from_the_window_only() -> None:
    """A complete statement replaces its days, and no others."""
    before = window_event(
        {(TODAY, "me/app"): 3, (TODAY - 5 * ONE_DAY, "me/app"): 2}, since=TODAY - 9 * ONE_DAY
    )
    after = window_event({(TODAY, "me/lib"): 1}, since=YESTERDAY, collected_at=at(1))
    known = counts(history_of([before, after]))
    assert known == {(TODAY, "me/lib"): 1, (TODAY - 5 * ONE_DAY, "me/app"): 2}


def test_an_unreadable_repository_keeps_what_it_had() -> None:
    """What could not be read is never taken for zero."""
    before = window_event({(TODAY, "me/app"): 3})
    after = window_event({}, collected_at=at(1), unknown={"me/app": "no access"})
    history = history_of([before, after])
    assert counts(history) == {(TODAY, "me/app"): 3}
    assert history.unknown_of("github/me") == {"me/app": "no access"}


def test_an_old_event_fills_in_what_a_later_one_could_not_read() -> None:
    """The later statement said nothing of it, so that the older one is the last about it."""
    later = window_event({}, collected_at=at(1), unknown=["me/app"])
    older = window_event({(TODAY, "me/app"): 3})
    assert counts(history_of([later, older])) == {(TODAY, "me/app"): 3}


def test_a_zero_before_an_unreadable_time_still_beats_an_older_count() -> None:
    """The zero of one o'clock stands, though the statement of two could not read the repository."""
    zero = window_event({}, collected_at=at(1))
    unknown = window_event({}, collected_at=at(2), unknown=["me/app"])
    late = window_event({(TODAY, "me/app"): 3}, collected_at=at(0))
    assert counts(history_of([zero, unknown, late])) == {}


def test_a_zero_stated_by_hand_beats_an_older_event_that_comes_late() -> None:
    """A correction to zero must not be undone by a delayed delivery."""
    history = history_of([cell_event(TODAY, "me/app", 0, collected_at=at(1))])
    assert counts(merge(history, window_event({(TODAY, "me/app"): 3}))) == {}


def test_a_day_known_to_be_empty_is_zero_and_a_day_never_seen_is_unknown() -> None:
    """Zero is a statement."""
    totals = history_of([window_event({}, since=TODAY, until=TODAY)]).totals()
    assert totals == {TODAY: 0}


def test_a_zero_by_hand_does_not_make_a_whole_day_known() -> None:
    """One repository without commits says nothing about the others."""
    assert history_of([cell_event(TODAY, "me/app", 0)]).totals() == {}


def test_why_a_repository_is_unreadable_is_forgotten_when_it_is_read_again() -> None:
    """Reasons are the latest ones, and only of what is unknown now."""
    first = window_event({}, unknown={"a/b": "SSO", "c/d": "gone"})
    second = window_event({}, collected_at=at(1), unknown={"c/d": "still gone"})
    history = history_of([first, second])
    assert history.unknown_of("github/me") == {"c/d": "still gone"}
    assert history.sources["github/me"].reasons == {"c/d": "still gone"}


def test_a_late_event_does_not_change_why_something_is_unreadable() -> None:
    """Only the latest complete statement tells what could not be read."""
    now = window_event({}, collected_at=at(1), unknown={"a/b": "SSO"})
    late = window_event({}, unknown={"a/b": "old reason", "c/d": "old"})
    assert history_of([now, late]).unknown_of("github/me") == {"a/b": "SSO"}


@pytest.mark.parametrize(
    ("one", "other", "loses"),
    [
        (CellState(1, at(0)), CellState(0, at(1)), True),
        (CellState(1, at(1)), CellState(5, at(0)), False),
        (CellState(1, at(0)), CellState(2, at(0)), True),
        (CellState(2, at(0)), CellState(2, at(0)), False),
        (CellState(None, None), CellState(0, at(0)), True),
        (CellState(None, at(0)), CellState(0, at(0)), True),
        (CellState(3, None), CellState(0, at(0)), True),
    ],
)
def test_the_later_statement_wins_and_of_the_same_instant_the_larger(
    one: CellState, other: CellState, loses: bool
) -> None:
    """The order of statements is total but for equals, so that no order of delivery matters."""
    assert one.loses_to(other) is loses


def test_a_long_window_is_merged_whole() -> None:
    """Ten years in one event, as a backfill brings them."""
    since = TODAY - timedelta(days=3650)
    cells = {(since + timedelta(days=n), REPOSITORIES[n % 4]): 1 for n in range(0, 3650, 7)}
    history = history_of([window_event(cells, since=since)])
    assert counts(history) == cells
    assert len(history.totals()) == 3651
