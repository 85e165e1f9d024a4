"""Streaks of days with commits, in the person's own days; pure.

A day counts that has commits. A rest weekday without commits neither counts nor breaks. A day that
nobody has stated breaks, since nothing can be claimed about it. Today is not over: as long as it
has no commits, it neither counts nor breaks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Streak:
    """`days` with commits, the first and the last of them named."""

    days: int
    since: date
    until: date


def current_streak(
    totals: Mapping[date, int], today: date, rest_weekdays: frozenset[int]
) -> Streak | None:
    """The streak that today or the days before it belong to; None where it is broken."""
    streaks = _streaks(totals, today, rest_weekdays)
    return streaks[-1] if streaks and _is_alive(streaks[-1], today, rest_weekdays) else None


def longest_streak(
    totals: Mapping[date, int], today: date, rest_weekdays: frozenset[int]
) -> Streak | None:
    """The longest streak up to today, the latest of equals; None without any commit."""
    streaks = _streaks(totals, today, rest_weekdays)
    return max(streaks, key=lambda streak: (streak.days, streak.until), default=None)


def unknown_beside(
    totals: Mapping[date, int],
    day: date,
    rest_weekdays: frozenset[int],
    is_whole: Callable[[date], bool],
    *,
    step: int = -1,
) -> date | None:
    """The unknown day next to `day`, rest weekdays passed over; None where that day is known.

    A streak that has one at its end may be longer than what is known of it.
    is_whole: whether all was read of a stated day; else it may have commits although it has none.
    step: -1 for the day before, 1 for the one after.
    """
    for ahead in range(1, 8):
        beside = day + timedelta(days=step * ahead)
        if beside.weekday() not in rest_weekdays:
            is_known = beside in totals and (totals[beside] > 0 or is_whole(beside))
            return None if is_known else beside
    return None


def _streaks(
    totals: Mapping[date, int], today: date, rest_weekdays: frozenset[int]
) -> list[Streak]:
    """Every streak up to today, oldest first."""
    streaks: list[Streak] = []
    active = sorted(day for day, commits in totals.items() if commits and day <= today)
    first = 0
    for end, day in enumerate(active, 1):
        if end == len(active) or not _only_rest(day, active[end], rest_weekdays):
            streaks.append(Streak(days=end - first, since=active[first], until=day))
            first = end
    return streaks


def _is_alive(streak: Streak, today: date, rest_weekdays: frozenset[int]) -> bool:
    return streak.until == today or _only_rest(streak.until, today, rest_weekdays)


def _only_rest(after: date, before: date, rest_weekdays: frozenset[int]) -> bool:
    """Whether every day between the two, both excluded, is a rest weekday."""
    between = (before - after).days - 1
    if between > 6:
        return len(rest_weekdays) == 7
    days = (after + timedelta(days=ahead) for ahead in range(1, between + 1))
    return all(day.weekday() in rest_weekdays for day in days)
