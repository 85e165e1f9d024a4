"""`ContributionsCollection`: a person's squares of one window, summed up by repository."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from emulators.github.contributions import MOST_REPOSITORIES, RepositoryCounts, Window, days_of
from emulators.github.errors import GitHubError
from emulators.github.store import Person, Repository
from emulators.github.view import View


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
            if not self._is_seen(repository)
            and (repository.is_private or repository.saml_protected)
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
        return [self._counts(repository, days) for repository, days in ranked[:most]]

    def _counts(self, repository: Repository, days: Mapping[date, int]) -> RepositoryCounts:
        node = self.repository_node(repository)
        return RepositoryCounts(
            repository=node,
            user=self.user,
            url=f"{node.url}/commits?author={self.person.login}",
            days=days,
            strike=self.view.strike,
        )

    def _is_seen(self, repository: Repository) -> bool:
        visible = self.view.repository_by_id(repository.global_id) is not None
        return visible and not repository.saml_protected

    @cached_property
    def _ever(self) -> list[tuple[Repository, Mapping[date, int]]]:
        return [
            (repository, days_of(self.view, self.person, repository))
            for repository in self.view.all_repositories
        ]

    @cached_property
    def _within_window(self) -> list[tuple[Repository, Mapping[date, int]]]:
        cut = [
            (repository, {day: count for day, count in days.items() if day in self.window})
            for repository, days in self._ever
        ]
        return [(repository, days) for repository, days in cut if days]

    @cached_property
    def _seen(self) -> list[tuple[Repository, Mapping[date, int]]]:
        return [pair for pair in self._within_window if self._is_seen(pair[0])]
