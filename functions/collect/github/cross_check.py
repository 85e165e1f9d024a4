"""Compares GitHub's own contributions with the commits that were read; pure.

Both count author dates, by the day of the commit's own offset. What GitHub claims for a day must
be found within that day and its two neighbours, and the reverse. What disagrees beyond that is
reported: it is no proof of a wrong count (GitHub adds gh-pages, leaves out forks, and is up to a
day late), but a person should know.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from collect.counting.source import Page, Repository
from collect.github.contributions import ContributionPage
from commit_counts.event import Window

# GitHub's squares follow a push by up to a day, and today is not over.
LATE = timedelta(days=3)
MOST_NOTICES = 10


class _Days:
    """The day of each commit of one repository, as ordinals: four bytes a commit."""

    def __init__(self) -> None:
        self._ordinals = array("i")

    def take(self, page: Page) -> None:
        """Those of one page."""
        self._ordinals.extend(commit.authored.toordinal() for commit in page.commits)

    def close(self) -> None:
        """There are no more; from here on they are in order."""
        self._ordinals = array("i", sorted(self._ordinals))

    def between(self, first: int, last: int) -> int:
        """How many commits there are from the one day to the other."""
        return bisect_right(self._ordinals, last) - bisect_left(self._ordinals, first)

    def by_day(self) -> Counter[int]:
        """Each day with its commits, in order."""
        return Counter(self._ordinals)


@dataclass
class CrossCheck:
    """Gathers both sides, by repository and day; days are ordinals."""

    _pages: list[ContributionPage] = field(default_factory=list)
    _claimed: dict[str, dict[int, int]] = field(default_factory=dict)
    _read: dict[str, _Days] = field(default_factory=dict)
    _latest: dict[str, datetime] = field(default_factory=dict)
    _repositories: dict[str, Repository] = field(default_factory=dict)
    _unknown: dict[str, Repository] = field(default_factory=dict)

    def claim(self, page: ContributionPage) -> None:
        """What GitHub says; the same day may come in two overlapping windows."""
        self._pages.append(page)
        for entry in page.answer.listed:
            days = self._claimed.setdefault(entry.repository.key, {})
            for day, commits in entry.days.items():
                ordinal = day.toordinal()
                days[ordinal] = max(commits, days.get(ordinal, 0))

    def read(self, page: Page) -> None:
        """Commits that were read, of those that GitHub takes for the person's too."""
        key = page.repository.key
        if page.first:
            self._read[key] = _Days()
            self._latest.pop(key, None)
            self._repositories[key] = page.repository
        if page.linked and page.commits:
            self._read[key].take(page)
            latest = max(page.commits, key=lambda commit: commit.authored).authored
            self._latest[key] = max(latest, self._latest.get(key, latest))
        if page.last:
            self._read[key].close()

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
        first, last = _ordinals(page.window)
        found = [
            commits
            for key, repository in self._repositories.items()
            if key in self._read and key not in page.listed and not repository.fork
            if repository.active_until and repository.active_until <= counted_until
            if (commits := self._read[key].between(first, last))
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
            if (day := latest.toordinal()) in self._claimed.get(key, {})
            and self._claimed[key][day] == self._read[key].between(day, day)
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

    def _compare(self, key: str, read: _Days, window: Window, now: datetime) -> Iterator[str]:
        repository = self._repositories[key]
        claimed = self._claimed.get(key, {})
        since, until = _ordinals(window)
        for day, commits in sorted(claimed.items()):
            if not since < day < until:
                continue
            near = read.between(day - 1, day + 1)
            if commits > near:
                yield (
                    f"{repository.name}: GitHub's contributions say {commits} commits on "
                    f"{date.fromordinal(day)}, its history {near} on that day and the two beside it"
                )
                return
        if repository.fork:
            return
        last = min(until - 1, (now - LATE).toordinal())
        cut = self._cut_windows(key)
        for day, commits in read.by_day().items():
            if not since < day <= last or any(first <= day <= end for first, end in cut):
                continue
            near = sum(claimed.get(day + shift, 0) for shift in (-1, 0, 1))
            if commits > near:
                yield (
                    f"{repository.name}: its history has {commits} commits on "
                    f"{date.fromordinal(day)}, GitHub's contributions {near} on that day and the "
                    "two beside it"
                )
                return

    def _cut_windows(self, key: str) -> list[tuple[int, int]]:
        """Where GitHub may have counted a repository without naming it."""
        return [
            _ordinals(page.window)
            for page in self._pages
            if (page.hidden or page.more_repositories) and key not in page.listed
        ]


def _ordinals(window: Window) -> tuple[int, int]:
    return window.since.toordinal(), window.until.toordinal()
