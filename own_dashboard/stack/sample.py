"""Sample data for a first look: three repositories and two years of a person who does not exist.

A day's commits depend on the day alone, so that the past stays as it is from one start to the next.
"""

import hashlib
import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from emulators.github import Commit, Repository

SAMPLE_LOGIN = "sample"
SAMPLE_EMAIL = "sample@example.com"
SAMPLE_REACH = timedelta(days=730)
# The chance of a commit at each try, and the tries on a working day.
_REPOSITORIES = {
    "sample/garden-diary": (0.55, 5),
    "sample/bread-timer": (0.30, 3),
    "sample/star-map": (0.20, 9),
}
_WEEKEND = 0.35
_HOLIDAY_WEEKS = (1, 32, 33, 52)


def sample_repositories(now: datetime, zone: ZoneInfo) -> list[Repository]:
    """The three as GitHub would serve them at that instant; days and hours are those of `zone`."""
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in range(SAMPLE_REACH.days, -1, -1)]
    return [
        Repository(
            name=name,
            commits=_commits(name, [i for day in days for i in _instants(name, day, zone)], now),
            created_at=now - SAMPLE_REACH,
        )
        for name in _REPOSITORIES
    ]


def _instants(name: str, day: date, zone: ZoneInfo) -> list[datetime]:
    chance, tries = _REPOSITORIES[name]
    if day.weekday() >= 5 or day.isocalendar().week in _HOLIDAY_WEEKS:
        chance *= _WEEKEND
    dice = random.Random(f"{name} {day}")
    number = sum(dice.random() < chance for _ in range(tries))
    minutes = sorted(dice.randrange(7 * 60, 23 * 60) for _ in range(number))
    return [datetime.combine(day, time(m // 60, m % 60), zone).astimezone(UTC) for m in minutes]


def _commits(name: str, instants: list[datetime], now: datetime) -> tuple[Commit, ...]:
    """Newest first, each with the one before it as its parent."""
    commits: list[Commit] = []
    for instant in instants:
        if instant <= now:
            parents = (commits[-1].oid,) if commits else ()
            oid = hashlib.sha1(f"{name} {instant} {parents}".encode()).hexdigest()
            commits.append(
                Commit(
                    oid=oid, author_email=SAMPLE_EMAIL, author_name="Sample Person",
                    authored_at=instant, committed_at=instant, parents=parents,
                )
            )  # fmt: skip
    return tuple(reversed(commits))
