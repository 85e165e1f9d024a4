"""All numbers of the dashboard, out of what is known; pure.

Days run to `today`, the day of the latest statement in the person's zone; what is dated later is
not counted. None means unknown: a day that nobody has stated. Zero is a statement.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from write_sheet.history.look_back import LookBack, look_back
from write_sheet.history.merge import History
from write_sheet.history.preferences import Preferences
from write_sheet.history.streaks import Streak, current_streak, longest_streak, unknown_beside

HEATMAP_WEEKS = 13
CHART_DAYS = 30
LISTED_MONTHS = 13
LISTED_WEEKS = 53
_ONE_DAY = timedelta(days=1)

Totals = Mapping[date, int]


@dataclass(frozen=True, kw_only=True)
class TrailingPeriod:
    """A number of days up to today, and as many before.

    commits, before: sums of the known days; None where none of the days is known.
    is_comparable: whether every day of both is known.
    """

    commits: int | None
    before: int | None
    is_comparable: bool


@dataclass(frozen=True, kw_only=True)
class Period:
    """One month or week; `until` is its last day, or today where it is not over.

    active_days: days with commits; best_day: the latest of the best ones, None without commits.
    """

    since: date
    until: date
    commits: int | None
    active_days: int
    best_day: date | None
    best_commits: int | None


@dataclass(frozen=True, kw_only=True)
class SourceStatus:
    """How one source stands.

    name: empty for what was stored before events had a source. updated_at: its latest complete
    statement, in the person's zone. unknown: repository to reason, what that could not read.
    """

    name: str
    updated_at: datetime
    unknown: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What the dashboard shows.

    heatmap: by week (oldest first) and weekday in the order of the person's week; None is blank.
    heatmap_since: the first day of the first of these weeks.
    current_streak_unknown, longest_streak_unknown: the unknown day beside it, so that it may be
        longer; of no streak, the unknown day that may hide one.
    is_streak_at_risk: whether the current streak ends with today if there is no commit any more.
    look_back: the last whole week.
    chart: the last 30 days, oldest first.
    repositories: with commits in the last 30 days, most first.
    unknown: repository to reason, of all sources.
    updated_at: the latest complete statement of these sources, in the person's zone.
    sources: those that make complete statements, by name; without those that say nothing.
    months, weeks: newest first.
    """

    today: date
    today_commits: int | None
    goal: int
    yesterday: int | None
    seven_days: TrailingPeriod
    thirty_days: TrailingPeriod
    current_streak: Streak | None
    longest_streak: Streak | None
    current_streak_unknown: date | None
    longest_streak_unknown: date | None
    is_streak_at_risk: bool
    chart: tuple[tuple[date, int | None], ...]
    heatmap: tuple[tuple[int | None, ...], ...]
    heatmap_since: date
    repositories: tuple[tuple[str, int], ...]
    unknown: Mapping[str, str]
    updated_at: datetime | None
    sources: tuple[SourceStatus, ...]
    look_back: LookBack
    months: tuple[Period, ...]
    weeks: tuple[Period, ...]


def summarize(history: History, preferences: Preferences, zone: ZoneInfo) -> Summary | None:
    """The dashboard's numbers; None where nothing was ever stated."""
    latest = history.latest_at
    if latest is None:
        return None
    today = latest.astimezone(zone).date()
    totals = {day: commits for day, commits in history.totals().items() if day <= today}
    sources = tuple(
        SourceStatus(name=name, updated_at=at.astimezone(zone), unknown=history.unknown_of(name))
        for name, at in history.current.items()
    )
    rest = preferences.rest_weekdays
    current, longest = current_streak(totals, today, rest), longest_streak(totals, today, rest)
    start = week_start(today, preferences.first_weekday)
    heatmap_since = start - timedelta(weeks=HEATMAP_WEEKS - 1)
    return Summary(
        today=today,
        today_commits=totals.get(today),
        goal=preferences.goal,
        yesterday=totals.get(today - _ONE_DAY),
        seven_days=trailing_period(totals, today, 7),
        thirty_days=trailing_period(totals, today, 30),
        current_streak=current,
        longest_streak=longest,
        current_streak_unknown=unknown_beside(
            totals, current.since if current else today, rest, history.is_whole
        ),
        longest_streak_unknown=_beside_longest(history, totals, today, longest, rest),
        is_streak_at_risk=current is not None
        and not totals.get(today)
        and today.weekday() not in rest,
        chart=tuple(
            (day, totals.get(day))
            for day in (today - timedelta(days=back) for back in range(CHART_DAYS - 1, -1, -1))
        ),
        heatmap=tuple(
            tuple(totals.get(heatmap_since + timedelta(weeks=week, days=day)) for day in range(7))
            for week in range(HEATMAP_WEEKS)
        ),
        heatmap_since=heatmap_since,
        repositories=ranked(history, today - timedelta(days=CHART_DAYS - 1), today),
        unknown=dict(sorted(item for source in sources for item in source.unknown.items())),
        updated_at=history.updated_at.astimezone(zone) if history.updated_at else None,
        sources=sources,
        look_back=look_back(totals, _first_days(history), start),
        months=_months(totals, today),
        weeks=_weeks(totals, today, preferences.first_weekday),
    )


def trailing_period(totals: Totals, today: date, days: int) -> TrailingPeriod:
    """The last `days` days, today among them, beside the `days` before."""
    now = _range(totals, today - timedelta(days=days - 1), today)
    before = _range(totals, today - timedelta(days=2 * days - 1), today - timedelta(days=days))
    return TrailingPeriod(
        commits=sum(now) if now else None,
        before=sum(before) if before else None,
        is_comparable=len(now) == len(before) == days,
    )


def ranked(history: History, since: date, until: date) -> tuple[tuple[str, int], ...]:
    """Repositories with commits in these days, both included: most first, then by name."""
    counts: Counter[str] = Counter()
    for day, cells in history.cells.items():
        if since <= day <= until:
            for name, stated in cells.items():
                counts[name] += stated.commits or 0
    found = ((name, commits) for name, commits in counts.items() if commits)
    return tuple(sorted(found, key=lambda item: (-item[1], item[0])))


def _beside_longest(
    history: History, totals: Totals, today: date, longest: Streak | None, rest: frozenset[int]
) -> date | None:
    """Before it, or after it where that is not today or later."""
    if longest is None:
        return None
    before = unknown_beside(totals, longest.since, rest, history.is_whole)
    after = unknown_beside(totals, longest.until, rest, history.is_whole, step=1)
    return before or (after if after and after < today else None)


def _first_days(history: History) -> dict[str, date]:
    """By repository, its first day with commits."""
    first: dict[str, date] = {}
    for day in sorted(history.cells):
        for name, stated in history.cells[day].items():
            if stated.commits:
                first.setdefault(name, day)
    return first


def week_start(day: date, first_weekday: int) -> date:
    """The first day of the week that holds `day`."""
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def _range(totals: Totals, since: date, until: date) -> list[int]:
    """The known days' commits."""
    days = (since + timedelta(days=ahead) for ahead in range((until - since).days + 1))
    return [totals[day] for day in days if day in totals]


def _period(totals: Totals, since: date, until: date) -> Period:
    days = [since + timedelta(days=ahead) for ahead in range((until - since).days + 1)]
    known = [(totals[day], day) for day in days if day in totals]
    best = max(known, default=(0, None))
    return Period(
        since=since,
        until=until,
        commits=sum(commits for commits, _ in known) if known else None,
        active_days=sum(commits > 0 for commits, _ in known),
        best_day=best[1] if best[0] else None,
        best_commits=best[0] or None,
    )


def _months(totals: Totals, today: date) -> tuple[Period, ...]:
    months: list[Period] = []
    until = today
    first = min(totals, default=today)
    while len(months) < LISTED_MONTHS and until >= first:
        months.append(_period(totals, until.replace(day=1), until))
        until = until.replace(day=1) - _ONE_DAY
    return tuple(months)


def _weeks(totals: Totals, today: date, first_weekday: int) -> tuple[Period, ...]:
    weeks: list[Period] = []
    until = today
    first = min(totals, default=today)
    while len(weeks) < LISTED_WEEKS and until >= first:
        since = week_start(until, first_weekday)
        weeks.append(_period(totals, since, until))
        until = since - _ONE_DAY
    return tuple(weeks)
