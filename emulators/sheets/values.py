"""The values collection: reading and writing plain values by A1 ranges, appending below a table.

A table is the block of filled cells around the last filled cell of the range, as far as it hangs
together; recorded answers of the service agree with that.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values
Source: https://developers.google.com/workspace/sheets/api/guides/values#append_values
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from emulators.sheets import cell_values, ranges
from emulators.sheets.cell_values import check_length, rendered
from emulators.sheets.errors import invalid
from emulators.sheets.grid import Cell
from emulators.sheets.ranges import Box
from emulators.sheets.requests.cells import grow_rows
from emulators.sheets.requests.dimensions import insert_lines
from emulators.sheets.requests.handler import check_editable
from emulators.sheets.resource import Resource
from emulators.sheets.workbook import Sheet, Workbook, check_in_grid

Enter = Callable[[Cell | None, Any], Cell | None]


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """How values are shown: the API's three options, with its defaults."""

    value: str = "FORMATTED_VALUE"
    date_time: str = "SERIAL_NUMBER"
    dimension: str = "ROWS"


def read(workbook: Workbook, sheet: Sheet, box: Box, rendering: Rendering) -> Resource:
    """A ValueRange of a box, without empty rows at its end and empty cells at a row's end."""
    locale = workbook.locale
    rows = [
        [
            rendered(cell, render=rendering.value, date_render=rendering.date_time, locale=locale)
            for cell in row.cells[box.left : box.right]
        ]
        for row in sheet.grid.rows[box.top : box.bottom]
    ]
    if rendering.dimension == "COLUMNS":
        rows = transposed(rows)
    for row_values in rows:
        while row_values and row_values[-1] == "":
            row_values.pop()
    while rows and not rows[-1]:
        rows.pop()
    shown: Resource = {
        "range": ranges.range_text(sheet.title, box),
        "majorDimension": rendering.dimension,
    }
    return {**shown, "values": rows} if rows else shown


def transposed(rows: list[list[Any]]) -> list[list[Any]]:
    """Columns for rows, short rows filled up with empty text."""
    width = max((len(row) for row in rows), default=0)
    return [[row[i] if i < len(row) else "" for row in rows] for i in range(width)]


def write(
    workbook: Workbook,
    range_text: str,
    values: list[list[Any]],
    *,
    option: str | None,
    rendering: Rendering | None,
) -> Resource:
    """values.update of one range; the UpdateValuesResponse. ApiError 400 where it does not fit."""
    sheet, box = workbook.resolve_a1(range_text)
    width = max((len(row) for row in values), default=0)
    written = Box(top=box.top, bottom=box.top + len(values), left=box.left, right=box.left + width)
    if box.height > 1 or box.width > 1:
        _check_within(sheet, box, written)
    check_in_grid(sheet, written)
    put(workbook, sheet, written, values, option=option)
    return update_response(workbook, sheet, written, values, rendering)


def put(
    workbook: Workbook, sheet: Sheet, box: Box, values: list[list[Any]], *, option: str | None
) -> None:
    """Write rows of inputs into a box; null leaves a cell as it is, empty text clears it."""
    check_editable(workbook, sheet, box)
    enter = _enter(workbook, option)
    for offset, row in enumerate(values):
        old = sheet.grid.slice(box.top + offset, box.left, box.left + len(row))
        new = [enter(cell, value) for cell, value in zip(old, row, strict=True)]
        sheet.grid.put(box.top + offset, box.left, new)


def clear(workbook: Workbook, range_text: str) -> str:
    """values.clear: values go, formats and notes stay; the range that was cleared."""
    sheet, box = workbook.resolve_a1(range_text)
    check_editable(workbook, sheet, box)
    for row in range(box.top, min(box.bottom, len(sheet.grid.rows))):
        old = sheet.grid.row(row).cells[box.left : box.right]
        if any(cell is not None for cell in old):
            sheet.grid.put(row, box.left, [with_value(cell, None, None) for cell in old])
    return ranges.range_text(sheet.title, box)


def update_response(
    workbook: Workbook,
    sheet: Sheet,
    box: Box,
    values: list[list[Any]],
    rendering: Rendering | None,
) -> Resource:
    """An UpdateValuesResponse, which counts what was given and not null.

    rendering: None unless the written values are to be shown.
    """
    places = [
        (row, column)
        for row, inputs in enumerate(values)
        for column, value in enumerate(inputs)
        if value is not None
    ]
    counts = {
        "updatedRows": len({row for row, _ in places}),
        "updatedColumns": len({column for _, column in places}),
        "updatedCells": len(places),
    }
    response: Resource = {
        "spreadsheetId": workbook.spreadsheet_id,
        "updatedRange": ranges.range_text(sheet.title, box),
    }
    response.update({name: count for name, count in counts.items() if count})
    if rendering is not None:
        response["updatedData"] = read(workbook, sheet, box, rendering)
    return response


def rows_of(body: Resource) -> list[list[Any]]:
    """The inputs of a ValueRange, row by row. ApiError 400 where one is too long for a cell."""
    values: list[list[Any]] = body.get("values") or []
    for row in values:
        for value in row:
            if isinstance(value, str):
                check_length(value)
    return transposed(values) if body.get("majorDimension") == "COLUMNS" else values


def _check_within(sheet: Sheet, box: Box, written: Box) -> None:
    for reached, edge, name in (
        (written.right, box.right, f"column [{ranges.column_name(box.right)}]"),
        (written.bottom, box.bottom, f"row [{box.bottom + 1}]"),
    ):
        if reached > edge:
            raise invalid(
                f"Requested writing within range [{ranges.range_text(sheet.title, box)}], "
                f"but tried writing to {name}"
            )


def _enter(workbook: Workbook, option: str | None) -> Enter:
    if option not in ("RAW", "USER_ENTERED"):
        raise invalid("'valueInputOption' is required but not specified")
    now = datetime.now(ZoneInfo(workbook.properties["timeZone"]))

    def enter_raw(cell: Cell | None, value: Any) -> Cell | None:
        return cell if value is None else with_value(cell, cell_values.raw(value), None)

    def enter_typed(cell: Cell | None, value: Any) -> Cell | None:
        if value is None:
            return cell
        entered = cell_values.user_entered(value, locale=workbook.locale, today=now)
        return with_value(cell, *(entered or (None, None)))

    return enter_raw if option == "RAW" else enter_typed


def with_value(
    cell: Cell | None, value: Resource | None, number_format: Resource | None
) -> Cell | None:
    """The cell with another value, and with a number format where it has none of its own."""
    rest = {name: item for name, item in (cell or {}).items() if name != "userEnteredValue"}
    if number_format and "numberFormat" not in (rest.get("userEnteredFormat") or {}):
        entered = {**(rest.get("userEnteredFormat") or {}), "numberFormat": number_format}
        rest = {**rest, "userEnteredFormat": entered}
    return ({"userEnteredValue": value, **rest} if value else rest) or None


def append(
    workbook: Workbook,
    range_text: str,
    rows: list[list[Any]],
    *,
    option: str | None,
    insert_rows: bool,
    rendering: Rendering | None,
) -> Resource:
    """Write rows below the table in a range; the AppendValuesResponse."""
    sheet, box = workbook.resolve_a1(range_text)
    table = table_in(sheet, box)
    top, left = (table.bottom, table.left) if table else (box.top, box.left)
    width = max((len(row) for row in rows), default=0)
    written = Box(top=top, bottom=top + len(rows), left=left, right=left + width)
    if insert_rows and table and top < sheet.rows:
        insert_lines(workbook, sheet, axis="Row", at=top, count=len(rows))
    grow_rows(workbook, sheet, written.bottom)
    check_in_grid(sheet, written)
    put(workbook, sheet, written, rows, option=option)
    response: Resource = {"spreadsheetId": workbook.spreadsheet_id}
    if table:
        response["tableRange"] = ranges.range_text(sheet.title, table)
    response["updates"] = update_response(workbook, sheet, written, rows, rendering)
    return response


def table_in(sheet: Sheet, box: Box) -> Box | None:
    """The block of filled cells around the last filled cell of the box; None in an empty box."""
    bottom = min(box.bottom, len(sheet.grid.rows))
    for row in range(bottom - 1, box.top - 1, -1):
        filled = [c for c in range(box.left, box.right) if _is_filled(sheet, row, c)]
        if filled:
            seed = Box(top=row, bottom=row + 1, left=filled[-1], right=filled[-1] + 1)
            return _grown(sheet, seed)
    return None


def _grown(sheet: Sheet, table: Box) -> Box:
    """The box, wider for as long as a neighbouring row or column holds something."""
    while True:
        rows = range(max(table.top - 1, 0), min(table.bottom + 1, sheet.rows))
        columns = range(max(table.left - 1, 0), min(table.right + 1, sheet.columns))
        # Only the frame around the table is looked at, so that a long table costs little.
        frame = {(row, column) for row in (rows[0], rows[-1]) for column in columns}
        frame |= {(row, column) for column in (columns[0], columns[-1]) for row in rows}
        found = [place for place in frame if _is_filled(sheet, *place)]
        if not found:
            return table
        wider = Box(
            top=min(table.top, *(row for row, _ in found), table.top),
            bottom=max(table.bottom, *(row + 1 for row, _ in found), table.bottom),
            left=min(table.left, *(column for _, column in found), table.left),
            right=max(table.right, *(column + 1 for _, column in found), table.right),
        )
        if wider == table:
            return table
        table = wider


def _is_filled(sheet: Sheet, row: int, column: int) -> bool:
    cell = sheet.grid.cell(row, column)
    return cell is not None and "userEnteredValue" in cell
