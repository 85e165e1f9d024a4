"""The last whole week beside the one before it and the same of last year; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_WEEK = timedelta(weeks=1)
# The same weekdays of last year.
_YEAR = timedelta(weeks=52)


@dataclass(frozen=True, kw_only=True)
class Week:
    """Seven days.

    commits: the sum of the known days; None where none is known.
    is_complete: whether every day is known.
    """

    since: date
    commits: int | None
    is_complete: bool

    @property
    def until(self) -> date:
        """The last day."""
        return self.since + timedelta(days=6)


@dataclass(frozen=True, kw_only=True)
class LookBack:
    """What the last whole week was.

    best_day: the latest of those with most commits; None without commits.
    new_repositories: those with their first commits ever in that week, as far as is known; none
        where nothing is known of the time before it.
    """

    week: Week
    before: Week
    year_before: Week
    best_day: date | None
    best_commits: int
    new_repositories: tuple[str, ...]


def look_back(
    totals: Mapping[date, int], first_days: Mapping[str, date], this_week: date
) -> LookBack:
    """The week before the one that begins with `this_week`.

    totals: commits by known day. first_days: by repository, its first day with commits.
    """
    since = this_week - _WEEK
    days = [since + timedelta(days=ahead) for ahead in range(7)]
    best_commits, best_day = max((totals.get(day, 0), day) for day in days)
    is_anything_known_before = min(totals, default=since) < since
    return LookBack(
        week=_week(totals, since),
        before=_week(totals, since - _WEEK),
        year_before=_week(totals, since - _YEAR),
        best_day=best_day if best_commits else None,
        best_commits=best_commits,
        new_repositories=tuple(
            sorted(name for name, day in first_days.items() if since <= day < this_week)
        )
        if is_anything_known_before
        else (),
    )


def _week(totals: Mapping[date, int], since: date) -> Week:
    days = (since + timedelta(days=ahead) for ahead in range(7))
    known = [totals[day] for day in days if day in totals]
    return Week(since=since, commits=sum(known) if known else None, is_complete=len(known) == 7)
