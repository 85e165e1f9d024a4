"""Compares GitHub's own contributions with the commits that were read; pure.

Both count author dates, but GitHub's days are the commits' own offsets', which are at most one day
away from the day in UTC. So what it claims for a day must be found within that day and its two
neighbours, and the reverse. What disagrees beyond that is reported: it is no proof of a wrong count
(GitHub adds gh-pages, leaves out forks, and is up to a day late), but a person should know.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from collect.answers import Contributed
from collect.source import Commit, Repository
from commit_counts.event import Window

_DAY = timedelta(days=1)
# GitHub's squares follow a push by up to a day, and today is not over.
LATE = timedelta(days=3)
MOST_NOTICES = 10

Days = Mapping[date, int]


@dataclass
class Audit:
    """Gathers both sides.

    one_sided: more than what GitHub would claim is read (forks, further addresses), so that only
        its surplus is odd.
    """

    one_sided: bool
    _claimed: dict[str, dict[date, int]] = field(default_factory=dict)
    _read: dict[str, Counter[date]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def claim(self, contributed: Iterable[Contributed]) -> None:
        """What GitHub says; the same day may come in two overlapping windows."""
        for entry in contributed:
            days = self._claimed.setdefault(entry.repository.key, {})
            for day, commits in entry.days.items():
                days[day] = max(commits, days.get(day, 0))

    def begin(self, repository: Repository) -> None:
        """A reading of this repository begins, perhaps anew."""
        self._read[repository.key] = Counter()
        self._names[repository.key] = repository.name

    def read(self, repository: Repository, commits: Iterable[Commit]) -> None:
        """Commits that came."""
        self._read[repository.key].update(c.authored.astimezone(UTC).date() for c in commits)

    def drop(self, repository: Repository) -> None:
        """It turned out to be unknown: there is nothing to compare."""
        self._read.pop(repository.key, None)

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
        claimed = self._claimed.get(key, {})
        last = min(window.until - _DAY, (now - LATE).astimezone(UTC).date())
        for day, commits in sorted(claimed.items()):
            near = sum(read[day + shift * _DAY] for shift in (-1, 0, 1))
            if window.since < day < window.until and commits > near:
                yield (
                    f"{self._names[key]}: GitHub's contributions say {commits} commits on {day}, "
                    f"its history {near} on that day and the two beside it"
                )
                return
        for day, commits in sorted(read.items()):
            near = sum(claimed.get(day + shift * _DAY, 0) for shift in (-1, 0, 1))
            if not self.one_sided and window.since < day <= last and commits > near:
                yield (
                    f"{self._names[key]}: its history has {commits} commits on {day}, GitHub's "
                    f"contributions {near} on that day and the two beside it"
                )
                return
