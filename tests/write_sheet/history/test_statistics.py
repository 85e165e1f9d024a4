"""The dashboard's numbers against a plain recount, and across every edge of the calendar."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.write_sheet import ONE_DAY, TODAY, at, cell_event, history_of, window_event
from write_sheet.history.preferences import MONDAY, SATURDAY, SUNDAY, Preferences
from write_sheet.history.statistics import Summary, summarize
from write_sheet.history.streaks import Streak, current_streak, longest_streak

TOKYO = ZoneInfo("Asia/Tokyo")
NOTHING: frozenset[int] = frozenset()


def summary_of(
    totals: Mapping[date, int],
    *,
    today: date = TODAY,
    first_weekday: int = MONDAY,
    rest: frozenset[int] = NOTHING,
) -> Summary:
    """The summary of these known days; all between the first and today that is not named is 0."""
    since = min([*totals, today])
    event = window_event(
        {(day, "me/app"): commits for day, commits in totals.items()},
        since=since,
        until=max([*totals, today]),
        collected_at=datetime(today.year, today.month, today.day, 3, tzinfo=UTC),
    )
    preferences = Preferences(first_weekday=first_weekday, rest_weekdays=rest)
    summary = summarize(history_of([event]), preferences, TOKYO)
    assert summary is not None
    return summary


def recounted_streaks(totals: Mapping[date, int], today: date, rest: frozenset[int]) -> list[int]:
    """Lengths of all streaks, day by day from the first to today, oldest first; 0 closes the list.

    The last one is 0 where the current streak is broken.
    """
    lengths, length, day = [], 0, min([*totals, today])
    while day <= today:
        if totals.get(day):
            length += 1
        elif day != today and day.weekday() not in rest:
            lengths.append(length)
            length = 0
        day += ONE_DAY
    return [*lengths, length]


@pytest.mark.parametrize("rest", [NOTHING, frozenset({5, 6}), frozenset({2}), frozenset(range(7))])
def test_streaks_equal_a_walk_over_all_days(rest: frozenset[int]) -> None:
    """500 random calendars for each choice of rest days."""
    for seed in range(500):
        rng = random.Random(seed)
        today = TODAY - rng.randrange(400) * ONE_DAY
        days = rng.sample(range(40), rng.randint(0, 30))
        totals = {today - back * ONE_DAY: rng.randint(0, 3) for back in days}
        walked = recounted_streaks(totals, today, rest)
        current = current_streak(totals, today, rest)
        longest = longest_streak(totals, today, rest)
        assert (current.days if current else 0) == walked[-1], seed
        assert (longest.days if longest else 0) == max(walked), seed


def test_every_number_equals_a_plain_recount() -> None:
    """200 random histories: totals of stretches, chart, heatmap, months and weeks, by hand."""
    for seed in range(200):
        rng = random.Random(seed)
        today = TODAY - rng.randrange(800) * ONE_DAY
        since = today - rng.randrange(1, 120) * ONE_DAY
        totals = {since + n * ONE_DAY: rng.randint(0, 6) for n in range((today - since).days + 1)}
        first_weekday = rng.choice([MONDAY, SUNDAY, SATURDAY])
        summary = summary_of(totals, today=today, first_weekday=first_weekday)
        assert summary.today_commits == totals[today]
        assert summary.yesterday == totals.get(today - ONE_DAY)
        for days, trailing_period in ((7, summary.seven_days), (30, summary.thirty_days)):
            span = [totals[d] for d in totals if 0 <= (today - d).days < days]
            before = [totals[d] for d in totals if days <= (today - d).days < 2 * days]
            assert trailing_period.commits == sum(span)
            assert trailing_period.before == (sum(before) if before else None)
            assert trailing_period.is_comparable is (len(span) == len(before) == days)
        assert summary.chart == tuple(
            (today - n * ONE_DAY, totals.get(today - n * ONE_DAY)) for n in range(29, -1, -1)
        )
        cells = {
            summary.heatmap_since + (7 * week + day) * ONE_DAY: commits
            for week, column in enumerate(summary.heatmap)
            for day, commits in enumerate(column)
        }
        assert all(cells[day] == totals.get(day) for day in cells)
        assert today in cells
        assert summary.heatmap_since.weekday() == first_weekday
        assert sum(m.commits or 0 for m in summary.months) == sum(totals.values())
        assert sum(w.commits or 0 for w in summary.weeks) == sum(totals.values())
        for period in (*summary.months, *summary.weeks):
            inside = {d: n for d, n in totals.items() if period.since <= d <= period.until}
            assert period.commits == sum(inside.values())
            assert period.active_days == sum(n > 0 for n in inside.values())
            assert period.best_commits == (max(inside.values()) or None)
            assert period.best_day is None or inside[period.best_day] == period.best_commits


def test_today_that_is_not_over_does_not_break_the_streak() -> None:
    """Nobody should lose a streak in the morning."""
    totals = {TODAY - 2 * ONE_DAY: 1, TODAY - ONE_DAY: 1, TODAY: 0}
    streak = Streak(days=2, since=TODAY - 2 * ONE_DAY, until=TODAY - ONE_DAY)
    assert current_streak(totals, TODAY, NOTHING) == streak
    assert current_streak(totals, TODAY + ONE_DAY, NOTHING) is None


def test_rest_weekdays_do_not_break_a_streak_and_count_when_worked_on() -> None:
    """Friday and Monday belong together where the weekend is for rest; a worked Sunday counts."""
    friday, sunday, monday = date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 23)
    weekend = frozenset({5, 6})
    assert current_streak({friday: 1, monday: 1}, monday, weekend) == Streak(
        days=2, since=friday, until=monday
    )
    worked = {friday: 1, sunday: 1, monday: 1}
    assert current_streak(worked, monday, weekend) == Streak(days=3, since=friday, until=monday)


def test_a_day_that_nobody_stated_breaks_a_streak() -> None:
    """Nothing can be claimed about it."""
    totals = {TODAY - 3 * ONE_DAY: 1, TODAY - 2 * ONE_DAY: 1, TODAY: 1}
    assert current_streak(totals, TODAY, NOTHING) == Streak(days=1, since=TODAY, until=TODAY)


def test_of_equally_long_streaks_the_latest_is_the_longest() -> None:
    """The one that the person remembers."""
    totals = {TODAY - 5 * ONE_DAY: 1, TODAY - 3 * ONE_DAY: 1}
    found = longest_streak(totals, TODAY, NOTHING)
    assert found is not None
    assert found.since == TODAY - 3 * ONE_DAY


@pytest.mark.parametrize(
    ("today", "first", "streak"),
    [
        (date(2027, 1, 1), date(2026, 12, 30), 3),
        (date(2028, 3, 1), date(2028, 2, 28), 3),
        (date(2027, 3, 1), date(2027, 2, 28), 2),
        (date(2026, 3, 30), date(2026, 3, 28), 3),
    ],
    ids=["year's end", "leap day", "no leap day", "clock change"],
)
def test_a_streak_runs_through_the_calendars_edges(today: date, first: date, streak: int) -> None:
    """Days are calendar days: nothing is skipped or counted twice."""
    totals = {first + n * ONE_DAY: 1 for n in range((today - first).days + 1)}
    found = current_streak(totals, today, NOTHING)
    assert found == Streak(days=streak, since=first, until=today)


def test_weeks_and_months_meet_at_the_years_end() -> None:
    """A week over new year is one week, and two months."""
    totals = {date(2026, 12, 31): 2, date(2027, 1, 1): 3}
    summary = summary_of(totals, today=date(2027, 1, 2))
    assert [(w.since, w.commits) for w in summary.weeks] == [(date(2026, 12, 28), 5)]
    assert [(m.since, m.commits) for m in summary.months] == [
        (date(2027, 1, 1), 3),
        (date(2026, 12, 1), 2),
    ]


def test_today_is_the_day_in_the_persons_zone() -> None:
    """At 15:30 in UTC it is tomorrow in Tokyo; across a clock change the day stays right."""
    event = window_event({}, collected_at=datetime(2026, 11, 23, 15, 30, tzinfo=UTC))
    for zone, day in (("Asia/Tokyo", 24), ("Europe/Berlin", 23), ("Pacific/Kiritimati", 24)):
        summary = summarize(history_of([event]), Preferences(), ZoneInfo(zone))
        assert summary is not None
        assert summary.today == date(2026, 11, day)
    changed = window_event({}, collected_at=datetime(2026, 10, 24, 22, 30, tzinfo=UTC))
    berlin = summarize(history_of([changed]), Preferences(), ZoneInfo("Europe/Berlin"))
    assert berlin is not None
    assert berlin.today == date(2026, 10, 25)
    assert berlin.updated_at is not None
    assert berlin.updated_at.strftime("%H:%M") == "00:30"


def test_the_first_day_ever() -> None:
    """One known day: what came before is blank, not zero."""
    summary = summary_of({TODAY: 4})
    assert summary.today_commits == 4
    assert summary.yesterday is None
    assert (summary.seven_days.commits, summary.seven_days.before) == (4, None)
    assert summary.current_streak == Streak(days=1, since=TODAY, until=TODAY)
    assert len(summary.months) == len(summary.weeks) == 1


def test_a_day_without_commits_from_the_start_has_no_streak() -> None:
    """No commit was ever made: zeros, and no best day."""
    summary = summary_of({TODAY: 0})
    assert summary.today_commits == 0
    assert summary.current_streak is summary.longest_streak is None
    assert summary.months[0].best_day is None
    assert summary.repositories == ()


def test_what_is_dated_later_than_today_is_not_counted() -> None:
    """A wrong clock on somebody's laptop makes no streak and no record."""
    tomorrow = TODAY + ONE_DAY
    summary = summary_of({TODAY: 1, tomorrow: 9})
    assert summary.seven_days.commits == 1
    assert summary.chart[-1] == (TODAY, 1)
    assert summary.repositories == (("me/app", 1),)
    assert summary.months[0].best_commits == 1


def test_a_later_zone_moves_today_and_keeps_the_days() -> None:
    """The setting changed from Tokyo to Honolulu: 19 hours behind, nothing is counted anew."""
    event = window_event({(TODAY, "me/app"): 2, (TODAY - ONE_DAY, "me/app"): 1})
    summary = summarize(history_of([event]), Preferences(), ZoneInfo("Pacific/Honolulu"))
    assert summary is not None
    assert summary.today == TODAY - ONE_DAY
    assert summary.today_commits == 1


def test_the_sheet_is_as_fresh_as_the_last_complete_statement() -> None:
    """A correction by hand moves today, and does not hide that collecting has stopped."""
    collected, corrected = window_event({}), cell_event(TODAY, "a/b", 1, collected_at=at(30))
    summary = summarize(history_of([collected, corrected]), Preferences(), TOKYO)
    assert summary is not None
    assert summary.today == TODAY + ONE_DAY
    assert summary.updated_at == collected.collected_at


def test_nothing_known_is_no_dashboard() -> None:
    """Before the first statement there are no numbers to show."""
    assert summarize(history_of([]), Preferences(), TOKYO) is None


def test_repositories_are_ranked_by_the_last_thirty_days() -> None:
    """Most first, then by name; older days do not count."""
    old = TODAY - timedelta(days=30)
    event = window_event(
        {(TODAY, "b/b"): 2, (TODAY, "a/a"): 2, (TODAY, "c/c"): 5, (old, "z/z"): 99}, since=old
    )
    summary = summarize(history_of([event]), Preferences(), TOKYO)
    assert summary is not None
    assert summary.repositories == (("c/c", 5), ("a/a", 2), ("b/b", 2))
