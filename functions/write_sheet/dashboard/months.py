"""The tab `Months`: one row per month and one per week of the last year, for a look back."""

from write_sheet.dashboard.labels import Labels
from write_sheet.history.statistics import LISTED_MONTHS, LISTED_WEEKS, Period, Summary
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api.cells import Cell

WIDTH = 5
MONTHS_TITLE, MONTHS = 0, 2
WEEKS_TITLE = MONTHS + LISTED_MONTHS + 1
WEEKS = WEEKS_TITLE + 2
ROWS = WEEKS + LISTED_WEEKS


def months_cells(summary: Summary | None, labels: Labels) -> list[list[Cell]]:
    """Every cell of the tab, row by row, newest period first."""
    rows: list[list[Cell]] = [[{} for _ in range(WIDTH)] for _ in range(ROWS)]
    words = (labels.period, labels.total, labels.active_days, labels.best, labels.best_day)
    for title, name in ((MONTHS_TITLE, labels.per_month), (WEEKS_TITLE, labels.per_week)):
        rows[title][0] = typed.text(name)
        rows[title + 1] = [typed.text(word) for word in words]
    if summary is None:
        return rows
    for place, month in enumerate(summary.months, MONTHS):
        name = labels.months[month.since.month - 1]
        shown = labels.month_with_year.format(month=name, year=month.since.year)
        rows[place] = _row(shown, month, labels)
    for place, week in enumerate(summary.weeks, WEEKS):
        rows[place] = _row(labels.long(week.since), week, labels)
    return rows


def _row(name: str, period: Period, labels: Labels) -> list[Cell]:
    active = None if period.commits is None else period.active_days
    return [
        typed.text(name),
        typed.number(period.commits),
        typed.number(active),
        typed.number(period.best_commits),
        typed.text(labels.short(period.best_day) if period.best_day else ""),
    ]
