"""Counts commits by repository and local day; pure.

The day is the author date as an instant, seen in the person's zone: never the day that the commit's
own offset or the service's calendar says.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from commit_counts.event import Count, Window


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundCommit:
    """A commit where it was found; one that several repositories hold is found in each."""

    oid: str
    authored: datetime
    repository: str
    fork: bool
    own: bool


def count(
    commits: Iterable[FoundCommit],
    *,
    zone: ZoneInfo,
    window: Window,
    unknown: Collection[str] = (),
) -> tuple[Count, ...]:
    """The cells of a window that have commits, by day and repository.

    A commit counts once, by oid: in a repository that is no fork, of those in one that the person
    belongs to (a stranger's copy holds the same commits), then in the first by name.
    unknown: repositories of these names are left out; nothing is stated about them.
    """
    holders: dict[str, tuple[bool, bool, str, date]] = {}
    for commit in commits:
        day = _local_day(commit.authored, zone)
        if day is None or day not in window or commit.repository in unknown:
            continue
        holder = (commit.fork, not commit.own, commit.repository, day)
        holders[commit.oid] = min(holder, holders.get(commit.oid, holder))
    cells = Counter((day, repository) for *_, repository, day in holders.values())
    return tuple(
        Count(date=day, repository=repository, commits=commits_there)
        for (day, repository), commits_there in sorted(cells.items())
    )


def _local_day(instant: datetime, zone: ZoneInfo) -> date | None:
    """None at the ends of the calendar, where the local day has no name: no window holds it."""
    try:
        return instant.astimezone(zone).date()
    except OverflowError:
        return None
