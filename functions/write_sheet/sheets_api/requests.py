"""Builds the requests of one `spreadsheets.batchUpdate`; indices count from 0, ends are excluded.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from write_sheet.sheets_api.cells import Cell
from write_sheet.sheets_api.tab import Tab

Request = dict[str, object]


# The names of parts; that of a tab's values is the tab's title.
SORT, TIME_ZONE, ROOM, FORMAT = "sort", "time zone", "room", "format "


# Rows and columns of a tab.
Size = tuple[int, int]
_GROWTH = {"appendDimension": 1, "insertDimension": 1, "deleteDimension": -1}


class Part(NamedTuple):
    """Requests that are sent or left out together, and that no count depends on."""

    name: str
    requests: list[Request]


def area(
    tab: Tab,
    *,
    rows: tuple[int, int | None] | None = None,
    columns: tuple[int, int | None] | None = None,
) -> dict[str, object]:
    """A GridRange; None for a side without an end."""
    sides: dict[str, object] = {"sheetId": tab.sheet_id}
    for name, bounds in (("Row", rows), ("Column", columns)):
        for end, index in zip(("start", "end"), bounds or (None, None), strict=True):
            if index is not None:
                sides[f"{end}{name}Index"] = index
    return sides


def put(
    tab: Tab,
    row: int,
    column: int,
    rows: Sequence[Sequence[Cell]],
    *,
    fields: str = "userEnteredValue",
) -> Request:
    """Write a block of cells from its upper left corner on; `{}` clears a cell's `fields`."""
    start = {"sheetId": tab.sheet_id, "rowIndex": row, "columnIndex": column}
    content = [{"values": list(cells)} for cells in rows]
    return {"updateCells": {"start": start, "rows": content, "fields": fields}}


def repeat(range_: Mapping[str, object], cell: Cell, *, fields: str) -> Request:
    """Give every cell of a range the same `fields`."""
    return {"repeatCell": {"range": dict(range_), "cell": cell, "fields": fields}}


def insert_rows(tab: Tab, start: int, count: int) -> Request:
    """Put empty rows in before row `start`."""
    return {"insertDimension": {"range": _lines(tab, "ROWS", start, start + count)}}


def delete_rows(tab: Tab, start: int, end: int) -> Request:
    """Take whole rows out."""
    return {"deleteDimension": {"range": _lines(tab, "ROWS", start, end)}}


def append_rows(tab: Tab, count: int) -> Request:
    """Add empty rows at the end of the grid."""
    return _append(tab, "ROWS", count)


def append_columns(tab: Tab, count: int) -> Request:
    """Add empty columns at the right of the grid."""
    return _append(tab, "COLUMNS", count)


def sort_rows(tab: Tab, start: int, end: int, columns: Sequence[int]) -> Request:
    """Sort whole rows by columns, ascending; what stands beside them moves along."""
    specs = [{"dimensionIndex": column, "sortOrder": "ASCENDING"} for column in columns]
    return {"sortRange": {"range": area(tab, rows=(start, end)), "sortSpecs": specs}}


def move_column(tab: Tab, source: int, destination: int) -> list[Request]:
    """Move one column to the left, before column `destination`; what is between moves right."""
    room = {"range": _lines(tab, "COLUMNS", destination, destination + 1)}
    cut = {
        "source": area(tab, columns=(source + 1, source + 2)),
        "destination": {"sheetId": tab.sheet_id, "rowIndex": 0, "columnIndex": destination},
        "pasteType": "PASTE_NORMAL",
    }
    emptied = {"range": _lines(tab, "COLUMNS", source + 1, source + 2)}
    return [{"insertDimension": room}, {"cutPaste": cut}, {"deleteDimension": emptied}]


def pixel_size(tab: Tab, dimension: str, start: int, end: int, size: int) -> Request:
    """Set the height of ROWS or the width of COLUMNS, in pixels."""
    return {
        "updateDimensionProperties": {
            "range": _lines(tab, dimension, start, end),
            "properties": {"pixelSize": size},
            "fields": "pixelSize",
        }
    }


def size_after(tab: Tab, size: Size, requests: Iterable[Request]) -> Size:
    """How large a tab is after these requests, if nobody else changes it meanwhile."""
    rows, columns = size
    for request in requests:
        ((kind, body),) = request.items()
        if kind not in _GROWTH or not isinstance(body, dict):
            continue
        lines = body.get("range", body)
        if lines["sheetId"] == tab.sheet_id:
            length = _GROWTH[kind] * (
                lines["length"] if "length" in lines else lines["endIndex"] - lines["startIndex"]
            )
            is_rows = lines["dimension"] == "ROWS"
            rows, columns = rows + length * is_rows, columns + length * (not is_rows)
    return rows, columns


def _append(tab: Tab, dimension: str, count: int) -> Request:
    body = {"sheetId": tab.sheet_id, "dimension": dimension, "length": count}
    return {"appendDimension": body}


def _lines(tab: Tab, dimension: str, start: int, end: int) -> dict[str, object]:
    return {"sheetId": tab.sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}
