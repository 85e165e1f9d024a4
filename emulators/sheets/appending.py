"""values.append: finding the table in a range, and writing below it.

The table is the block of filled cells around the last filled cell of the range, as far as it
hangs together; recorded answers of the service agree with that.

Source: https://developers.google.com/workspace/sheets/api/guides/values#append_values
"""

from typing import Any

from emulators.sheets import a1, values
from emulators.sheets.boxes import Box
from emulators.sheets.requests.cells import grow_rows
from emulators.sheets.requests.dimensions import insert_lines
from emulators.sheets.resource import Resource
from emulators.sheets.workbook import Sheet, Workbook, check_in_grid


def append(
    workbook: Workbook,
    range_text: str,
    rows: list[list[Any]],
    *,
    option: str | None,
    insert_rows: bool,
    rendering: values.Rendering | None,
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
    values.put(workbook, sheet, written, rows, option=option)
    response: Resource = {"spreadsheetId": workbook.spreadsheet_id}
    if table:
        response["tableRange"] = a1.range_text(sheet.title, table)
    response["updates"] = values.update_response(workbook, sheet, written, rows, rendering)
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
