"""`contributionsCollection`: GitHub's day squares, which are not the person's days.

A commit counts on its author date in the offset that it was recorded with, on the default branch,
in repositories that are not forks, by addresses linked to the account. `occurredAt` is a marker for
that date, midnight on the Pacific coast, and no instant of the commit's. A collection spans at most
a year and lists at most 100 repositories, without a way to page further.

https://docs.github.com/en/account-and-profile/concepts/contributions-on-your-profile
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from emulators.github.errors import GitHubError, saml_wall
from emulators.github.faults import AnswerFault
from emulators.github.paging import Connection, page
from emulators.github.store import Person, Repository, View, ascii_lower

MOST_REPOSITORIES = 100
_PACIFIC = ZoneInfo("America/Los_Angeles")


@dataclass(frozen=True, kw_only=True)
class Window:
    """Both ends belong to it; days are told by the ends' UTC dates."""

    start: datetime
    end: datetime

    def cut(self, days: Mapping[date, int]) -> dict[date, int]:
        """Those of the days that belong to it."""
        first, last = (instant.astimezone(UTC).date() for instant in (self.start, self.end))
        return {day: count for day, count in days.items() if first <= day <= last}


def window_of(start: datetime | None, end: datetime | None, now: datetime) -> Window:
    """The window asked for. Omitted ends: a year up to `to`, or from `from` on, or up to now."""
    if start is None:
        end = end or now
        start = _years_later(end, -1)
    elif end is None:
        end = min(now, _years_later(start, 1))
    if end < start:
        raise GitHubError("VALIDATION", "'from' must be before 'to'")
    if start < _years_later(end, -1) and end > _years_later(start, 1):
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
    fault: AnswerFault

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
        return self.fault.page(replace(found, total_count=sum(self.days.values())))

    def _day_count(self, day: date) -> DayCount:
        return DayCount(
            repository=self.repository,
            user=self.user,
            occurred_at=_marker(day),
            commit_count=self.days[day],
        )


def days_of(view: View, person: Person, repository: Repository) -> Counter[date]:
    """All of a person's contributed commits in one repository, by GitHub's day."""
    if repository.is_fork or not repository.in_contributions:
        return Counter()
    emails = {ascii_lower(email) for email in person.emails}
    history = view.history(repository)
    if view.contributions_late_by:
        counted_until = view.now - view.contributions_late_by
        counted = tuple(c for c in history.commits if c.committed_at <= counted_until)
        history = replace(history, commits=counted)
    days: Counter[date] = Counter()
    for email in emails:
        days.update(history.days_by_author.get(email, {}))
    return days


def _years_later(instant: datetime, years: int) -> datetime:
    year = min(max(instant.year + years, MINYEAR), MAXYEAR)
    try:
        return instant.replace(year=year)
    except ValueError:
        return instant.replace(year=year, day=28) + timedelta(days=years > 0)


@lru_cache(maxsize=4096)
def _marker(day: date) -> datetime:
    return datetime.combine(day, time(), _PACIFIC).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class ContributionsNode:
    """One collection. Repositories that the token cannot read show up as a bare number."""

    view: View
    person: Person
    user: Any
    window: Window
    repository_node: Callable[[Repository], Any]

    @property
    def started_at(self) -> datetime:
        """The window's beginning."""
        return self.window.start

    @property
    def ended_at(self) -> datetime:
        """The window's end."""
        return self.window.end

    @property
    def total_commit_contributions(self) -> int:
        """Commits in repositories that the token sees."""
        return sum(sum(days.values()) for _, days in self._seen)

    @property
    def total_repositories_with_contributed_commits(self) -> int:
        """How many repositories, listed or not."""
        return len(self._seen)

    @property
    def restricted_contributions_count(self) -> int:
        """Commits in private repositories that the token does not see."""
        return sum(
            sum(days.values())
            for repository, days in self._within_window
            if not self._is_seen(repository) and (repository.is_private or repository.is_walled)
        )

    @property
    def has_any_restricted_contributions(self) -> bool:
        """Whether there is such a number."""
        return self.restricted_contributions_count > 0

    @property
    def has_any_contributions(self) -> bool:
        """Whether there is anything in the window."""
        return bool(self._seen) or self.has_any_restricted_contributions

    @property
    def contribution_years(self) -> list[int]:
        """Years with contributions, the latest first, whatever the window."""
        years = {day.year for _, days in self._ever for day in days}
        return sorted(years, reverse=True)

    def commit_contributions_by_repository(
        self, *, max_repositories: int | None = None
    ) -> list[RepositoryCounts]:
        """The repositories with the most commits; there is no next page."""
        most = 25 if max_repositories is None else max_repositories
        if not 0 <= most <= MOST_REPOSITORIES:
            raise GitHubError(
                "VALIDATION", f"Only up to {MOST_REPOSITORIES} repositories is supported"
            )
        ranked = sorted(self._seen, key=lambda pair: (-sum(pair[1].values()), pair[0].name))
        listed = [pair for pair in ranked if pair[0].in_contributions_list]
        return [self._counts(repository, days) for repository, days in listed[:most]]

    def _counts(self, repository: Repository, days: Mapping[date, int]) -> RepositoryCounts:
        node = self.repository_node(repository)
        walled = self.view.fault.take("contributions_saml")
        return RepositoryCounts(
            repository=saml_wall() if walled else node,
            user=self.user,
            url=f"{node.url}/commits?author={self.person.login}",
            days=days,
            fault=self.view.fault,
        )

    def _is_seen(self, repository: Repository) -> bool:
        visible = self.view.repository_by_id(repository.global_id) is not None
        return visible and not repository.is_walled

    @cached_property
    def _ever(self) -> list[tuple[Repository, Mapping[date, int]]]:
        return [
            (repository, days_of(self.view, self.person, repository))
            for repository in self.view.all_repositories
        ]

    @cached_property
    def _within_window(self) -> list[tuple[Repository, Mapping[date, int]]]:
        cut = [(repository, self.window.cut(days)) for repository, days in self._ever]
        return [(repository, days) for repository, days in cut if days]

    @cached_property
    def _seen(self) -> list[tuple[Repository, Mapping[date, int]]]:
        return [pair for pair in self._within_window if self._is_seen(pair[0])]
