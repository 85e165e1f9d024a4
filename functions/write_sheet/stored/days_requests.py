"""Brings the tab `days` up to date: only the rows that differ from what was read are written."""

from collections.abc import Mapping, Sequence

from write_sheet.sheets_api import requests
from write_sheet.sheets_api.cells import Value, cell_of
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import Snapshot
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.days import (
    CHART_COLUMN,
    DAY_COLUMN,
    EXCEPTION_COLUMN,
    HEADERS,
    MARK_COLUMN,
    Ledger,
    day_table,
    exception_table,
    mark_table,
)
from write_sheet.stored.format import day_formats

_SPARE_ROWS = 100


def ledger_requests(
    ledger: Ledger, chart: Sequence[Sequence[Value]], snapshot: Snapshot
) -> list[Request]:
    """The changed parts of all tables but the marks; empty where nothing differs."""
    tables = {
        DAY_COLUMN: day_table(ledger),
        EXCEPTION_COLUMN: exception_table(ledger),
        CHART_COLUMN: chart,
    }
    longest = max(len(ledger.marks), *(len(table) for table in tables.values())) + 1
    tab = snapshot.tabs.get(Tab.DAYS)
    height = tab.row_count if tab else Tab.DAYS.rows
    built = []
    if longest >= height:
        built.append(requests.append_rows(Tab.DAYS, longest - height + _SPARE_ROWS))
        built += day_formats(from_row=height)
    for column, table in tables.items():
        built += _table(snapshot.grid(Tab.DAYS), column, table)
    return built


def mark_requests(marks: Mapping[str, str], snapshot: Snapshot) -> list[Request]:
    """The changed marks; empty where none differs."""
    return _table(snapshot.grid(Tab.DAYS), MARK_COLUMN, mark_table(marks))


def _table(
    grid: Sequence[Sequence[Value]], column: int, table: Sequence[Sequence[Value]]
) -> list[Request]:
    """Write the rows of one table that differ from what was found, from the first to the last."""
    width = len(HEADERS[column])
    blank: list[Value] = [None] * width
    found = [_padded(row[column : column + width], width) for row in grid[1:]]
    wanted = [*table, *[blank] * (len(found) - len(table))]
    found += [blank] * (len(wanted) - len(found))
    different = [n for n, (old, new) in enumerate(zip(found, wanted, strict=True)) if old != new]
    if not different:
        return []
    first, last = different[0], different[-1]
    rows = [[cell_of(value) for value in row] for row in wanted[first : last + 1]]
    return [requests.put(Tab.DAYS, first + 1, column, rows)]


def _padded(row: Sequence[Value], width: int) -> Sequence[Value]:
    return row if len(row) == width else [*row, *[None] * (width - len(row))]
