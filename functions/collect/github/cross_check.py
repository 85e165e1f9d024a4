"""Compares GitHub's own contributions with the commits that were read; pure.

Both count author dates, by the day of the commit's own offset. What GitHub claims for a day must
be found within that day and its two neighbours, and the reverse. What disagrees beyond that is
reported: it is no proof of a wrong count (GitHub adds gh-pages, leaves out forks, and is up to a
day late), but a person should know.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from collect.counting.source import Page, Repository
from collect.github.contributions import ContributionPage
from commit_counts.event import Window

_DAY = timedelta(days=1)
# GitHub's squares follow a push by up to a day, and today is not over.
LATE = timedelta(days=3)
MOST_NOTICES = 10


@dataclass
class CrossCheck:
    """Gathers both sides, by repository and day."""

    _pages: list[ContributionPage] = field(default_factory=list)
    _claimed: dict[str, dict[date, int]] = field(default_factory=dict)
    _read: dict[str, Counter[date]] = field(default_factory=dict)
    _latest: dict[str, datetime] = field(default_factory=dict)
    _repositories: dict[str, Repository] = field(default_factory=dict)
    _unknown: dict[str, Repository] = field(default_factory=dict)

    def claim(self, page: ContributionPage) -> None:
        """What GitHub says; the same day may come in two overlapping windows."""
        self._pages.append(page)
        for entry in page.answer.listed:
            days = self._claimed.setdefault(entry.repository.key, {})
            for day, commits in entry.days.items():
                days[day] = max(commits, days.get(day, 0))

    def read(self, page: Page) -> None:
        """Commits that were read, of those that GitHub takes for the person's too."""
        key = page.repository.key
        if page.first:
            self._read[key] = Counter()
            self._latest.pop(key, None)
            self._repositories[key] = page.repository
        if page.linked and page.commits:
            self._read[key].update(commit.authored.date() for commit in page.commits)
            latest = max(page.commits, key=lambda commit: commit.authored).authored
            self._latest[key] = max(latest, self._latest.get(key, latest))

    def drop(self, repository: Repository) -> None:
        """It turned out to be unknown: there is nothing to compare."""
        self._read.pop(repository.key, None)
        self._latest.pop(repository.key, None)
        self._unknown[repository.key] = repository

    def covers(self, page: ContributionPage, now: datetime, *, by_unknown: bool = False) -> bool:
        """Whether what was read is just what GitHub counted in a window and did not list.

        It must be so to the last commit: only what GitHub is sure to have counted may stand for
        something that it does not name.
        by_unknown: whether the repositories that are known to be unknown may be among the rest.
        """
        counted_until = max(now - LATE, self._counted_until())
        found = [
            commits
            for key, repository in self._repositories.items()
            if key in self._read and key not in page.listed and not repository.fork
            if repository.active_until and repository.active_until <= counted_until
            if (commits := sum(n for day, n in self._read[key].items() if day in page.window))
        ]
        if by_unknown:
            unknown = sum(
                key not in page.listed and not repository.fork
                for key, repository in self._unknown.items()
            )
            return unknown > 0 and len(found) + unknown >= page.more_repositories
        return (len(found), sum(found)) == (page.more_repositories, page.more_commits)

    def _counted_until(self) -> datetime:
        """GitHub counts pushes one after another: when that was of which it counted the commits.

        The latest commit that it claims was pushed then or later, by its author's clock, which is
        taken to be right here.
        """
        counted = [
            min(latest, self._repositories[key].active_until or latest)
            for key, latest in self._latest.items()
            if self._claimed.get(key, {}).get(latest.date()) == self._read[key][latest.date()]
        ]
        return max(counted, default=datetime.min.replace(tzinfo=UTC))

    def notices(self, window: Window, now: datetime) -> list[str]:
        """One sentence for each repository where the two disagree, the first ten by name."""
        said = sorted(
            sentence
            for key, read in self._read.items()
            for sentence in self._compare(key, read, window, now)
        )
        more = len(said) - MOST_NOTICES
        return said[:MOST_NOTICES] + ([f"and {more} more like these"] if more > 0 else [])

    def _compare(
        self, key: str, read: Counter[date], window: Window, now: datetime
    ) -> Iterator[str]:
        repository = self._repositories[key]
        claimed = self._claimed.get(key, {})
        last = min(window.until - _DAY, (now - LATE).date())
        for day, commits in sorted(claimed.items()):
            if not window.since < day < window.until:
                continue
            near = sum(read[day + shift * _DAY] for shift in (-1, 0, 1))
            if commits > near:
                yield (
                    f"{repository.name}: GitHub's contributions say {commits} commits on {day}, "
                    f"its history {near} on that day and the two beside it"
                )
                return
        for day, commits in sorted(read.items()):
            if repository.fork or not window.since < day <= last or self._is_cut(key, day):
                continue
            near = sum(claimed.get(day + shift * _DAY, 0) for shift in (-1, 0, 1))
            if commits > near:
                yield (
                    f"{repository.name}: its history has {commits} commits on {day}, GitHub's "
                    f"contributions {near} on that day and the two beside it"
                )
                return

    def _is_cut(self, key: str, day: date) -> bool:
        """Whether GitHub may have counted a repository on a day without naming it."""
        return any(
            day in page.window
            and (page.hidden or page.more_repositories)
            and key not in page.listed
            for page in self._pages
        )
