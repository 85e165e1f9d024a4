"""Compares GitHub's own contributions with the commits that were read; pure.

Both count author dates, by the day of the commit's own offset. What GitHub claims for a day must
be found within that day and its two neighbours, and the reverse. What disagrees beyond that is
reported: it is no proof of a wrong count (GitHub adds gh-pages, leaves out forks, and is up to a
day late), but a person should know.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from collect.counting.source import Page, Repository
from collect.github.parse import Contributed
from commit_counts.event import Window

_DAY = timedelta(days=1)
# GitHub's squares follow a push by up to a day, and today is not over.
LATE = timedelta(days=3)
MOST_NOTICES = 10


@dataclass
class CrossCheck:
    """Gathers both sides, by repository and day."""

    _claimed: dict[str, dict[date, int]] = field(default_factory=dict)
    _read: dict[str, Counter[date]] = field(default_factory=dict)
    _repositories: dict[str, Repository] = field(default_factory=dict)
    _unknown: dict[str, Repository] = field(default_factory=dict)

    def claim(self, contributed: Iterable[Contributed]) -> None:
        """What GitHub says; the same day may come in two overlapping windows."""
        for entry in contributed:
            days = self._claimed.setdefault(entry.repository.key, {})
            for day, commits in entry.days.items():
                days[day] = max(commits, days.get(day, 0))

    def read(self, page: Page) -> None:
        """Commits that were read, of those that GitHub takes for the person's too."""
        key = page.repository.key
        if page.first:
            self._read[key] = Counter()
            self._repositories[key] = page.repository
        if page.linked:
            self._read[key].update(commit.authored.date() for commit in page.commits)

    def drop(self, repository: Repository) -> None:
        """It turned out to be unknown: there is nothing to compare."""
        self._read.pop(repository.key, None)
        self._unknown[repository.key] = repository

    def covers(
        self,
        window: Window,
        *,
        listed: Collection[str],
        repositories: int,
        commits: int,
        by_unknown: bool = False,
    ) -> bool:
        """Whether what was read explains what GitHub counted in the window and did not list.

        listed: keys of what it did list. repositories, commits: how many more it counted.
        by_unknown: whether the repositories that are known to be unknown may be among the rest.
        """
        found = [
            sum(number for day, number in days.items() if day in window)
            for key, days in self._read.items()
            if key not in listed and not self._repositories[key].fork
        ]
        unknown = sum(
            by_unknown and key not in listed and not repository.fork
            for key, repository in self._unknown.items()
        )
        enough = sum(map(bool, found)) + unknown >= repositories
        return enough and (unknown > 0 or sum(found) >= commits)

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
            near = sum(read[day + shift * _DAY] for shift in (-1, 0, 1))
            if window.since < day < window.until and commits > near:
                yield (
                    f"{repository.name}: GitHub's contributions say {commits} commits on {day}, "
                    f"its history {near} on that day and the two beside it"
                )
                return
        for day, commits in sorted(read.items()):
            near = sum(claimed.get(day + shift * _DAY, 0) for shift in (-1, 0, 1))
            if not repository.fork and window.since < day <= last and commits > near:
                yield (
                    f"{repository.name}: its history has {commits} commits on {day}, GitHub's "
                    f"contributions {near} on that day and the two beside it"
                )
                return
