"""What an event says about today, as points: pure, for any event."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commit_counts.errors import InvalidSettings
from commit_counts.event import Cell, CommitCounts, Count, Window
from write_metric.series import Choices, Point, points_of

TOKYO = ZoneInfo("Asia/Tokyo")
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, 5, tzinfo=TOKYO).astimezone(UTC)
CHOICES = Choices(time_zone=None, evening_hour=20, named_repositories=50)
Cells = Mapping[tuple[date, str], int]


def at(hour: int, minute: int = 5, *, zone: ZoneInfo = TOKYO, day: date = TODAY) -> datetime:
    """A local time of a day, in UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


def statement(
    cells: Cells,
    *,
    collected_at: datetime = NOON,
    zone: ZoneInfo = TOKYO,
    until: date = TODAY,
    unknown: tuple[str, ...] = (),
    source: str = "github/octocat",
) -> CommitCounts:
    """A complete statement about 35 days."""
    return CommitCounts(
        source=source,
        collected_at=collected_at,
        counts=tuple(Count(date=d, repository=r, commits=n) for (d, r), n in cells.items()),
        window=Window(since=until - timedelta(days=34), until=until),
        login="octocat",
        time_zone=zone,
        unknown_repositories=dict.fromkeys(unknown, ""),
    )


def without_source(point: Point) -> Point:
    """The point as it reads where there is one source only."""
    return replace(point, labels=tuple(label for label in point.labels if label[0] != "source"))


def values(points: tuple[Point, ...]) -> dict[str, int]:
    """Series to value, each series once."""
    found = {str(without_source(point)): point.value for point in points}
    assert len(found) == len(points)
    return found


def by_repository(points: tuple[Point, ...]) -> dict[str, int]:
    """Repository label to value."""
    labelled = ((dict(point.labels), point.value) for point in points)
    return {labels["repository"]: n for labels, n in labelled if "repository" in labels}


def test_today_is_summed_and_split_by_repository() -> None:
    """Today's total, today's share of each repository of the window, and no alarm at noon."""
    yesterday = TODAY - timedelta(days=1)
    cells = {(TODAY, "me/app"): 3, (TODAY, "me/lib"): 2, (yesterday, "me/old"): 9}
    assert values(points_of(statement(cells), CHOICES)) == {
        "commits_today": 5,
        "commits_today_by_repository{repository=me/app}": 3,
        "commits_today_by_repository{repository=me/lib}": 2,
        "commits_today_by_repository{repository=me/old}": 0,
        "evening_without_commits": 0,
    }


def test_every_series_belongs_to_the_source_that_counted() -> None:
    """Two collectors of one topic write beside each other, and a person by hand does too."""
    for source in ("github/octocat", "clones/laptop"):
        points = points_of(statement({(TODAY, "me/app"): 3}, source=source), CHOICES)
        assert {dict(point.labels)["source"] for point in points} == {source}
    (point,) = points_of(cell(TODAY, zone=TOKYO), CHOICES)
    assert dict(point.labels) == {"repository": "me/app", "source": "hand"}


def test_a_withdrawn_number_is_no_commits_of_its_source() -> None:
    """The series of `hand` falls to 0; what others count is in their own."""
    event = CommitCounts(
        source="hand",
        collected_at=NOON,
        counts=(),
        withdrawn=Cell(TODAY, "me/app"),
        time_zone=TOKYO,
    )
    assert values(points_of(event, CHOICES)) == {
        "commits_today_by_repository{repository=me/app}": 0
    }


def test_every_point_ends_when_the_event_was_collected() -> None:
    """A late delivery does not change what was true when."""
    points = points_of(statement({(TODAY, "me/app"): 1}, collected_at=at(9)), CHOICES)
    assert {point.end_time for point in points} == {at(9)}


@pytest.mark.parametrize(
    ("zone", "collected_at", "commits"),
    [
        ("Asia/Tokyo", "2026-11-22T15:00:00+00:00", 1),  # midnight of the 23rd there
        ("Asia/Tokyo", "2026-11-22T14:59:59+00:00", 0),
        ("America/Los_Angeles", "2026-11-24T07:59:59+00:00", 1),  # still the 23rd there
        ("America/Los_Angeles", "2026-11-24T08:00:00+00:00", 0),
        ("Pacific/Kiritimati", "2026-11-22T10:00:00+00:00", 1),  # 14 hours ahead of UTC
    ],
)
def test_today_is_the_persons_local_day(zone: str, collected_at: str, commits: int) -> None:
    """The day of `collected_at` in the event's zone, whatever the day is in UTC."""
    event = statement(
        {(TODAY, "me/app"): 1},
        collected_at=datetime.fromisoformat(collected_at),
        zone=ZoneInfo(zone),
        until=TODAY + timedelta(days=1),
    )
    assert values(points_of(event, CHOICES))["commits_today"] == commits


def test_a_window_that_ends_before_today_makes_no_points() -> None:
    """A backfill of past days says nothing about today."""
    event = statement({(TODAY - timedelta(days=1), "me/app"): 4}, until=TODAY - timedelta(days=1))
    assert points_of(event, CHOICES) == ()


@pytest.mark.parametrize(
    ("hour", "minute", "commits", "alarm"),
    [(19, 59, 0, 0), (20, 0, 0, 1), (23, 59, 0, 1), (0, 0, 0, 0), (20, 0, 1, 0)],
)
def test_an_evening_without_commits_begins_at_the_chosen_local_hour(
    hour: int, minute: int, commits: int, alarm: int
) -> None:
    """1 from that hour until midnight while today is 0, and 0 at any other time."""
    cells = {(TODAY, "me/app"): 1} if commits else {}
    points = points_of(statement(cells, collected_at=at(hour, minute)), CHOICES)
    assert values(points)["evening_without_commits"] == alarm


@pytest.mark.parametrize(
    ("hour", "cells", "alarm"),
    [(21, {}, None), (12, {}, 0), (21, {(TODAY, "me/app"): 1}, 0)],
)
def test_no_alarm_while_a_repository_is_unknown(hour: int, cells: Cells, alarm: int | None) -> None:
    """Zero is uncertain then and is not stated; by day, or with any commit, the answer is clear."""
    event = statement(cells, collected_at=at(hour), unknown=("acme/secret",))
    found = values(points_of(event, CHOICES))
    assert found.get("evening_without_commits") == alarm
    assert "commits_today" in found


def test_an_unknown_repository_has_no_point() -> None:
    """What could not be read is never written as zero."""
    event = statement({(TODAY, "me/app"): 1}, unknown=("acme/secret",))
    assert by_repository(points_of(event, CHOICES)) == {"me/app": 1}


def test_repositories_beyond_the_bound_are_summed() -> None:
    """Those with the most commits before today are named; `other` holds the sum of the rest."""
    yesterday = TODAY - timedelta(days=1)
    cells = {(yesterday, f"me/{n:02}"): 100 - n for n in range(60)}
    cells |= {(TODAY, f"me/{n:02}"): 1 for n in range(45, 60)}
    found = by_repository(points_of(statement(cells), CHOICES))
    assert found == {f"me/{n:02}": int(n >= 45) for n in range(50)} | {"other": 10}


def test_a_repository_called_other_joins_the_sum() -> None:
    """One series is never written twice in an event."""
    yesterday = TODAY - timedelta(days=1)
    cells = {(yesterday, "other"): 5, (TODAY, "other"): 2, (TODAY, "me/new"): 3}
    one = Choices(time_zone=None, evening_hour=20, named_repositories=1)
    assert by_repository(points_of(statement(cells), one)) == {"other": 5}


NAMES = st.sampled_from([f"me/{n}" for n in range(12)])
DAYS = st.integers(min_value=1, max_value=34).map(lambda n: TODAY - timedelta(days=n))
HISTORY = st.dictionaries(st.tuples(DAYS, NAMES), st.integers(1, 50), max_size=40)
THE_DAY = st.dictionaries(st.tuples(st.just(TODAY), NAMES), st.integers(1, 50))


@given(history=HISTORY, morning=THE_DAY, evening=THE_DAY, bound=st.integers(1, 12))
def test_who_is_named_stays_the_same_through_the_day(
    history: Cells, morning: Cells, evening: Cells, bound: int
) -> None:
    """Commits of today move no repository that was known before into or out of `other`."""
    choices = Choices(time_zone=None, evening_hour=20, named_repositories=bound)
    known = {repository for _, repository in history}
    first, second = (
        by_repository(points_of(statement({**history, **day}), choices))
        for day in (morning, evening)
    )
    assert first.keys() & known == second.keys() & known
    assert len(second.keys() - {"other"}) <= bound


@given(
    cells=st.dictionaries(st.tuples(DAYS | st.just(TODAY), NAMES), st.integers(1, 50)),
    bound=st.integers(1, 12),
)
def test_the_split_adds_up_to_the_total(cells: Cells, bound: int) -> None:
    """Whatever the bound, the repositories with `other` make today's number, and none is lost."""
    choices = Choices(time_zone=None, evening_hour=20, named_repositories=bound)
    points = points_of(statement(cells), choices)
    assert sum(by_repository(points).values()) == values(points)["commits_today"]


def cell(day: date, *, zone: ZoneInfo | None = None, collected_at: datetime = NOON) -> CommitCounts:
    """The short form."""
    return CommitCounts(
        source="hand",
        collected_at=collected_at,
        counts=(Count(date=day, repository="me/app", commits=3),),
        time_zone=zone,
    )


@pytest.mark.parametrize(
    ("zone", "chosen"), [(TOKYO, None), (None, TOKYO), (TOKYO, ZoneInfo("America/Los_Angeles"))]
)
def test_one_cell_of_today_is_one_point(zone: ZoneInfo | None, chosen: ZoneInfo | None) -> None:
    """The short form writes its repository alone; its own zone goes before the settings'."""
    choices = Choices(time_zone=chosen, evening_hour=20, named_repositories=50)
    early = at(1)  # in Los Angeles it is still the day before
    points = points_of(cell(TODAY, zone=zone, collected_at=early), choices)
    assert values(points) == {"commits_today_by_repository{repository=me/app}": 3}


@pytest.mark.parametrize("days", [-1, 1])
def test_one_cell_of_another_day_is_no_point(days: int) -> None:
    """Past and future days are the Sheet's business."""
    assert points_of(cell(TODAY + timedelta(days=days), zone=TOKYO), CHOICES) == ()


def test_one_cell_without_any_time_zone_says_what_to_set() -> None:
    """Today is not guessed."""
    with pytest.raises(InvalidSettings, match="TIME_ZONE"):
        points_of(cell(TODAY), CHOICES)
