"""The tab `Months`: one row per month and one per week of the last year, for a look back."""

from write_sheet.dashboard.labels import Labels
from write_sheet.history.statistics import LISTED_MONTHS, LISTED_WEEKS, Period, Summary
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.cells import Cell
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import COUNT, MUTED, grid_properties, styled
from write_sheet.sheets_api.tab import Tab

_COLUMN_PIXELS = (103, 50, 48, 42, 70)
_WIDTH = len(_COLUMN_PIXELS)
_MONTHS_TITLE, _MONTHS = 0, 2
_WEEKS_TITLE = _MONTHS + LISTED_MONTHS + 1
_WEEKS = _WEEKS_TITLE + 2
_ROWS = _WEEKS + LISTED_WEEKS


def format_months() -> list[Request]:
    """Sizes and formats."""
    tab = Tab.MONTHS
    built = [grid_properties(tab, hide_gridlines=True)]
    for column, size in enumerate(_COLUMN_PIXELS):
        built.append(requests.pixel_size(tab, "COLUMNS", column, column + 1, size))
    built.append(styled(tab, (0, _ROWS), (0, 1)))
    built.append(styled(tab, (0, _ROWS), (1, _WIDTH), align="RIGHT", number_format=COUNT))
    for title in (_MONTHS_TITLE, _WEEKS_TITLE):
        built.append(styled(tab, (title, title + 1), (0, _WIDTH), size=12, bold=True))
        heads = (title + 1, title + 2)
        built.append(styled(tab, heads, (0, 1), size=9, foreground=MUTED))
        built.append(styled(tab, heads, (1, _WIDTH), size=9, align="RIGHT", foreground=MUTED))
    return built


def fill_months(summary: Summary | None, labels: Labels) -> list[Request]:
    """Every cell of the tab."""
    return [requests.put(Tab.MONTHS, 0, 0, _cells(summary, labels))]


def _cells(summary: Summary | None, labels: Labels) -> list[list[Cell]]:
    """Row by row, newest period first."""
    rows: list[list[Cell]] = [[{} for _ in range(_WIDTH)] for _ in range(_ROWS)]
    words = (labels.period, labels.total, labels.active_days, labels.best, labels.best_day)
    for title, name in ((_MONTHS_TITLE, labels.per_month), (_WEEKS_TITLE, labels.per_week)):
        rows[title][0] = typed.text(name)
        rows[title + 1] = [typed.text(word) for word in words]
    if summary is None:
        return rows
    for place, month in enumerate(summary.months, _MONTHS):
        rows[place] = _row(labels.month_of(month.since), month, labels)
    for place, week in enumerate(summary.weeks, _WEEKS):
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
