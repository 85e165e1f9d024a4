"""What an event says about today, as points of time series. Pure: it knows no service and no clock.

Today is the day of the event's `collected_at` in the person's time zone, and every point ends at
`collected_at`: an event delivered late still says what was true then.

What could not be read is never written as zero: an unknown repository has no point of its own, the
totals are over the others, and no evening counts as one without commits while something is unknown.

Every series belongs to one source: an event says nothing about what other sources count.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from commit_counts.errors import InvalidSettings
from commit_counts.event import CommitCounts
from write_metric.metrics import (
    COMMITS_TODAY,
    COMMITS_TODAY_BY_REPOSITORY,
    EVENING_WITHOUT_COMMITS,
    REPOSITORY_LABEL,
    SOURCE_LABEL,
)

OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the person may choose.

    time_zone: for short events that name none; None where it was not chosen.
    evening_hour: the local hour, 0 to 23, from which a day without commits is reported.
    named_repositories: how many repositories have a series of their own at most.
    """

    time_zone: ZoneInfo | None
    evening_hour: int
    named_repositories: int


@dataclass(frozen=True, kw_only=True)
class Point:
    """One value of one series. metric: its short name, a key of `metrics()`; end_time: in UTC."""

    metric: str
    value: int
    end_time: datetime
    labels: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        labels = ",".join(f"{key}={value}" for key, value in self.labels)
        return f"{self.metric}{{{labels}}}" if labels else self.metric


def points_of(event: CommitCounts, choices: Choices) -> tuple[Point, ...]:
    """The points that an event makes; none where it says nothing about its own today.

    The short form states one cell, so it makes at most that repository's point.
    Raises InvalidSettings where a short form and the settings name no time zone.
    """
    local = event.collected_at.astimezone(_time_zone(event, choices))
    today = local.date()
    if event.window is None:
        if event.cell.date != today:
            return ()
        commits = sum(count.commits for count in event.counts)  # 0 where it is withdrawn
        return tuple(_by_repository(event, Counter({event.cell.repository: commits})))
    if today not in event.window:
        return ()
    total = sum(count.commits for count in event.counts if count.date == today)
    points = [_point(event, COMMITS_TODAY, total)]
    points += _by_repository(event, _labelled(event, today, choices.named_repositories))
    points += _evening(event, total=total, is_evening=local.hour >= choices.evening_hour)
    return tuple(points)


def _time_zone(event: CommitCounts, choices: Choices) -> ZoneInfo:
    zone = event.time_zone or choices.time_zone
    if zone is None:
        raise InvalidSettings(
            "TIME_ZONE is missing, and the event names no time_zone either: set it, for example "
            "TIME_ZONE=Asia/Tokyo"
        )
    return zone


def _labelled(event: CommitCounts, today: date, bound: int) -> Counter[str]:
    """Today's commits by label value: the repositories with a series of their own, and `other`.

    Who is named is decided by the days before today alone, and by name where those are equal, so
    that it stays the same from hour to hour however the day goes. A repository of the window
    without commits today has 0, which corrects what an earlier hour wrote.
    """
    before: Counter[str] = Counter()
    now: Counter[str] = Counter()
    for count in event.counts:
        (now if count.date == today else before)[count.repository] += count.commits
    ranked = sorted(before.keys() | now.keys(), key=lambda name: (-before[name], name))
    labelled = Counter({name: now[name] for name in ranked[:bound]})
    rest = ranked[bound:]
    if rest:
        labelled[OTHER] += sum(now[name] for name in rest)  # a repository may be called that too
    return labelled


def _by_repository(event: CommitCounts, commits: Counter[str]) -> Iterator[Point]:
    for name, value in commits.items():
        yield _point(event, COMMITS_TODAY_BY_REPOSITORY, value, (REPOSITORY_LABEL, name))


def _evening(event: CommitCounts, *, total: int, is_evening: bool) -> Iterator[Point]:
    missed = is_evening and total == 0
    if missed and event.unknown_repositories:
        return  # there may be commits where nobody could look
    yield _point(event, EVENING_WITHOUT_COMMITS, int(missed))


def _point(event: CommitCounts, metric: str, value: int, *labels: tuple[str, str]) -> Point:
    labels = (*labels, (SOURCE_LABEL, event.source))
    return Point(metric=metric, value=value, end_time=event.collected_at, labels=labels)
