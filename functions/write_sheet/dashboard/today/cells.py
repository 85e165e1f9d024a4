"""The tab `Today`: which number stands in which cell, for a phone 360 dp wide.

A column for the weekdays and thirteen for the weeks carry everything; what is wider is merged.
All numbers come from `summary`; here is only their place.
"""

from datetime import date, timedelta

from write_sheet.dashboard.labels import Labels
from write_sheet.history.statistics import HEATMAP_WEEKS, Summary, TrailingPeriod
from write_sheet.history.streaks import Streak
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api.cells import Cell

WIDTH = 1 + HEATMAP_WEEKS
(TITLE, BIG, GOAL_BAR, BIG_LABEL) = range(4)
TILE_LABEL, TILE, TILE_NOTE = 5, 6, 7
STREAK_LABEL, STREAK, STREAK_NOTE = 9, 10, 11
CHART_TITLE, CHART, CHART_ROWS = 13, 14, 7
HEATMAP_TITLE, HEATMAP_MONTHS, HEATMAP = 22, 23, 24
REPOSITORIES_TITLE, REPOSITORIES, REPOSITORY_ROWS = 32, 33, 10
UNREADABLE_TITLE, UNREADABLE, UNREADABLE_ROWS = 44, 45, 5
NOTICES_TITLE, NOTICES, NOTICE_ROWS = 51, 52, 5
ROWS = 58
RIGHT_HALF, TILE_2, TILE_3 = 7, 4, 9
REPOSITORY_COUNT, REPOSITORY_BAR = 8, 10
UPDATED_COLUMN = 8
_BAR_LENGTH, _GOAL_LENGTH = 6, 10
_MINUS = "−"


class _Page:
    """The tab's cells, by row and column."""

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = [[{} for _ in range(WIDTH)] for _ in range(ROWS)]

    def set(self, row: int, column: int, cell: Cell) -> None:
        self.rows[row][column] = cell

    def say(self, row: int, column: int, words: str) -> None:
        self.set(row, column, typed.text(words))


def today_cells(
    summary: Summary | None, labels: Labels, notices: tuple[str, ...]
) -> list[list[Cell]]:
    """Every cell of the tab, row by row; a cell that shows nothing is `{}`."""
    page = _Page()
    if summary is not None:
        _head(page, summary, labels)
        _tiles(page, summary, labels)
        _streaks(page, summary, labels)
        page.say(CHART_TITLE, 0, labels.chart)
        _heatmap(page, summary, labels)
        _repositories(page, summary, labels)
        _unreadable(page, summary, labels)
    if notices:
        page.say(NOTICES_TITLE, 0, labels.notices)
        for row, words in enumerate(_cut(notices, NOTICE_ROWS, labels)):
            page.say(NOTICES + row, 0, words)
    return page.rows


def _head(page: _Page, summary: Summary, labels: Labels) -> None:
    page.say(TITLE, 0, labels.with_weekday(summary.today))
    page.set(TITLE, UPDATED_COLUMN, typed.wall_clock(summary.updated_at))
    page.set(BIG, 0, typed.number(summary.today_commits))
    page.say(BIG_LABEL, 0, labels.commits)
    page.say(BIG, RIGHT_HALF, labels.goal.format(goal=summary.goal))
    if summary.today_commits is None:
        return
    filled = min(_GOAL_LENGTH, _GOAL_LENGTH * summary.today_commits // summary.goal)
    page.say(GOAL_BAR, RIGHT_HALF, "■" * filled + "□" * (_GOAL_LENGTH - filled))
    left = summary.goal - summary.today_commits
    words = labels.goal_left.format(left=left) if left > 0 else labels.goal_reached
    page.say(BIG_LABEL, RIGHT_HALF, words)


def _tiles(page: _Page, summary: Summary, labels: Labels) -> None:
    yesterday = summary.today - timedelta(days=1)
    page.say(TILE_LABEL, 0, labels.yesterday)
    page.set(TILE, 0, typed.number(summary.yesterday))
    page.say(TILE_NOTE, 0, labels.short_weekdays[yesterday.weekday()])
    for column, label, period in (
        (TILE_2, labels.seven_days, summary.seven_days),
        (TILE_3, labels.thirty_days, summary.thirty_days),
    ):
        page.say(TILE_LABEL, column, label)
        page.set(TILE, column, typed.number(period.commits))
        page.say(TILE_NOTE, column, _against(period, labels))


def _against(period: TrailingPeriod, labels: Labels) -> str:
    if not period.is_comparable or period.commits is None or period.before is None:
        return ""
    difference = period.commits - period.before
    sign = "+" if difference > 0 else _MINUS if difference < 0 else "±"
    return labels.against.format(sign=sign, difference=abs(difference), before=period.before)


def _streaks(page: _Page, summary: Summary, labels: Labels) -> None:
    current, longest = summary.current_streak, summary.longest_streak
    page.say(STREAK_LABEL, 0, labels.current_streak)
    page.say(STREAK, 0, _days(current, labels))
    note = (
        labels.no_streak
        if current is None
        else labels.since.format(day=labels.short(current.since))
    )
    page.say(STREAK_NOTE, 0, note)
    page.say(STREAK_LABEL, RIGHT_HALF, labels.longest_streak)
    page.say(STREAK, RIGHT_HALF, _days(longest, labels))
    if longest is not None:
        page.say(STREAK_NOTE, RIGHT_HALF, labels.between(longest.since, longest.until))


def _days(streak: Streak | None, labels: Labels) -> str:
    days = streak.days if streak else 0
    return labels.streak_day if days == 1 else labels.streak_days.format(days=days)


def _heatmap(page: _Page, summary: Summary, labels: Labels) -> None:
    page.say(HEATMAP_TITLE, 0, labels.heatmap)
    first = summary.heatmap_since
    for day in range(7):
        page.say(HEATMAP + day, 0, labels.short_weekdays[(first + timedelta(days=day)).weekday()])
    shown = 0
    for week, days in enumerate(summary.heatmap):
        start = first + timedelta(weeks=week)
        month = _month_named_over(start)
        has_room = month == _month_named_over(start + timedelta(weeks=1))
        if month != shown and has_room and week < HEATMAP_WEEKS - 1:
            page.say(HEATMAP_MONTHS, 1 + week, labels.months[month - 1])
        shown = month
        for day, commits in enumerate(days):
            page.set(HEATMAP + day, 1 + week, typed.number(commits))


def _month_named_over(week: date) -> int:
    """A week bears the month of its last day, so that each month's name stands over its first."""
    return (week + timedelta(days=6)).month


def _repositories(page: _Page, summary: Summary, labels: Labels) -> None:
    page.say(REPOSITORIES_TITLE, 0, labels.repositories)
    ranked = summary.repositories
    if not ranked:
        page.say(REPOSITORIES, 0, labels.nothing)
        return
    shown = ranked if len(ranked) <= REPOSITORY_ROWS else ranked[: REPOSITORY_ROWS - 1]
    rest = ranked[len(shown) :]
    lines = list(shown)
    if rest:
        others = labels.others.format(count=len(rest))
        lines.append((others, sum(commits for _, commits in rest)))
    most = max(ranked[0][1], 1)
    for row, (name, commits) in enumerate(lines, REPOSITORIES):
        page.say(row, 0, name)
        page.set(row, REPOSITORY_COUNT, typed.number(commits))
        bar = max(1, round(_BAR_LENGTH * min(commits, most) / most))
        page.say(row, REPOSITORY_BAR, "█" * bar)


def _unreadable(page: _Page, summary: Summary, labels: Labels) -> None:
    if not summary.unknown:
        return
    page.say(UNREADABLE_TITLE, 0, labels.unreadable)
    lines = tuple(
        f"{name}: {reason or labels.no_reason}" for name, reason in summary.unknown.items()
    )
    for row, words in enumerate(_cut(lines, UNREADABLE_ROWS, labels)):
        page.say(UNREADABLE + row, 0, words)


def _cut(lines: tuple[str, ...], rows: int, labels: Labels) -> list[str]:
    """As many lines as there are rows; the last one counts those that had no place."""
    if len(lines) <= rows:
        return list(lines)
    return [*lines[: rows - 1], labels.more.format(count=len(lines) - rows + 1)]
