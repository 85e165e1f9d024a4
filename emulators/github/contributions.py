"""`contributionsCollection`: GitHub's day squares, which are not the person's days.

A commit counts on its author date in the offset that it was recorded with, on the default branch,
in repositories that are not forks, by addresses linked to the account. `occurredAt` is a marker for
that date, midnight on the Pacific coast, and no instant of the commit's. A collection spans at most
a year and lists at most 100 repositories, without a way to page further.

https://docs.github.com/en/account-and-profile/concepts/contributions-on-your-profile
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from emulators.github.errors import GitHubError
from emulators.github.paging import Connection, page
from emulators.github.store import Person, Repository
from emulators.github.strikes import Strike

MOST_REPOSITORIES = 100
_PACIFIC = ZoneInfo("America/Los_Angeles")


@dataclass(frozen=True, kw_only=True)
class Window:
    """Both ends belong to it; days are told by the ends' UTC dates."""

    start: datetime
    end: datetime

    def __contains__(self, day: date) -> bool:
        return self.start.astimezone(UTC).date() <= day <= self.end.astimezone(UTC).date()


def window_of(start: datetime | None, end: datetime | None, now: datetime) -> Window:
    """The window asked for. Omitted ends: a year up to `to`, or from `from` on, or up to now."""
    if start is None:
        end = end or now
        start = _years_later(end, -1)
    elif end is None:
        end = min(now, _years_later(start, 1))
    if end < start:
        raise GitHubError("VALIDATION", "'from' must be before 'to'")
    if end > _years_later(start, 1):
        raise GitHubError(
            "VALIDATION", "The total time spanned by 'from' and 'to' must not exceed 1 year"
        )
    return Window(start=start, end=end)


@dataclass(frozen=True, kw_only=True)
class DayCount:
    """`CreatedCommitContribution`: one repository's commits on one day."""

    repository: Any
    user: Any
    occurred_at: datetime
    commit_count: int
    is_restricted: bool = False


@dataclass(frozen=True, kw_only=True)
class RepositoryCounts:
    """`CommitContributionsByRepository`."""

    repository: Any
    user: Any
    url: str
    days: Mapping[date, int]
    strike: Strike

    def contributions(
        self,
        *,
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
        order_by: Mapping[str, str],
    ) -> Connection[DayCount]:
        """The days with commits; `totalCount` is the number of commits."""
        by_count = order_by["field"] == "COMMIT_COUNT"
        days = sorted(
            self.days,
            key=lambda day: (self.days[day], day) if by_count else (0, day),
            reverse=order_by["direction"] == "DESC",
        )
        found = page(days, first=first, last=last, after=after, make=self._day_count)
        return self.strike.page(replace(found, total_count=sum(self.days.values())))

    def _day_count(self, day: date) -> DayCount:
        return DayCount(
            repository=self.repository,
            user=self.user,
            occurred_at=_marker(day),
            commit_count=self.days[day],
        )


def days_of(view: Any, person: Person, repository: Repository) -> Counter[date]:
    """All of a person's contributed commits in one repository, by GitHub's day."""
    if repository.is_fork or not repository.in_contributions:
        return Counter()
    emails = {email.casefold() for email in person.emails}
    return Counter(
        commit.authored_at.date()
        for commit in view.history(repository).commits
        if commit.author_email.casefold() in emails
    )


def _years_later(instant: datetime, years: int) -> datetime:
    try:
        return instant.replace(year=instant.year + years)
    except ValueError:
        return instant.replace(year=instant.year + years, day=28) + timedelta(days=years > 0)


@lru_cache(maxsize=4096)
def _marker(day: date) -> datetime:
    return datetime.combine(day, time(), _PACIFIC).astimezone(UTC)
