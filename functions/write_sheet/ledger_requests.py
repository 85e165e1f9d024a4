"""Brings the tab `days` up to date: only the rows that differ from what was read are written."""

from collections.abc import Sequence

from write_sheet import requests
from write_sheet.cells import Cell, Value, value_of
from write_sheet.dress_data import day_formats
from write_sheet.ledger import (
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
from write_sheet.requests import Request
from write_sheet.snapshot import Snapshot
from write_sheet.tabs import Tab

_SPARE_ROWS = 100


def ledger_requests(
    ledger: Ledger, chart: Sequence[Sequence[Cell]], snapshot: Snapshot
) -> list[Request]:
    """The changed parts of the tab; empty where nothing differs."""
    tab = snapshot.tabs.get(Tab.DAYS)
    grid = tab.grid if tab else ()
    tables = {
        DAY_COLUMN: day_table(ledger),
        EXCEPTION_COLUMN: exception_table(ledger),
        CHART_COLUMN: chart,
        MARK_COLUMN: mark_table(ledger),
    }
    longest = max(len(table) for table in tables.values()) + 1
    height = tab.row_count if tab else Tab.DAYS.rows
    built = []
    if longest >= height:
        built.append(requests.append_rows(Tab.DAYS, longest - height + _SPARE_ROWS))
        built += day_formats(from_row=height)
    for column, table in tables.items():
        built += _table(grid, column, len(HEADERS[column]), table)
    return built


def _table(
    grid: Sequence[Sequence[Value]], column: int, width: int, table: Sequence[Sequence[Cell]]
) -> list[Request]:
    """Write the rows of one table that differ from what was found, from the first to the last."""
    found = [_padded(row[column : column + width], width) for row in grid[1:]]
    wanted = [[value_of(cell) for cell in row] for row in table]
    blank: list[Value] = [None] * width
    length = max(len(found), len(wanted))
    different = [
        index
        for index in range(length)
        if (found[index] if index < len(found) else blank)
        != (wanted[index] if index < len(wanted) else blank)
    ]
    if not different:
        return []
    first, last = different[0], different[-1]
    empty: list[Cell] = [{} for _ in range(width)]
    rows = [table[i] if i < len(table) else empty for i in range(first, last + 1)]
    return [requests.put(Tab.DAYS, first + 1, column, rows)]


def _padded(row: Sequence[Value], width: int) -> list[Value]:
    return [*row, *[None] * (width - len(row))]
