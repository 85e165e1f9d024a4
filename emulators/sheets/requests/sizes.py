"""The size of a tab's grid and its frozen part."""

from emulators.sheets.boxes import Box
from emulators.sheets.errors import invalid
from emulators.sheets.requests.handler import check_editable
from emulators.sheets.resource import Resource
from emulators.sheets.workbook import Sheet, Workbook

SIDES = {"rowCount": "row", "columnCount": "column"}


def check_grid(sheet: Sheet) -> None:
    """ApiError 400 for a grid without cells, or whose frozen part is all of it or cuts a merge."""
    grid = sheet.properties["gridProperties"]
    for count, noun in SIDES.items():
        if grid[count] < 1:
            raise invalid(f"gridProperties.{count} must be at least 1.")
        frozen = grid.get(f"frozen{noun.capitalize()}Count", 0)
        if frozen < 0 or frozen >= grid[count]:
            raise invalid(f"You can't freeze all visible {noun}s on the sheet.")
        start, end = f"start{noun.capitalize()}Index", f"end{noun.capitalize()}Index"
        if any(merge[start] < frozen < merge[end] for merge in sheet.listed("merges")):
            raise invalid(f"You can't freeze {noun}s which contain only part of a merged cell.")


def resize(workbook: Workbook, sheet: Sheet, grid: Resource) -> None:
    """Takes the new size row count first, as the service does, which may break the cell limit."""
    for count in SIDES:
        old = sheet.properties["gridProperties"][count]
        size = grid.get(count, old)
        if 1 <= size < old:
            check_unfrozen_left(sheet, SIDES[count].capitalize(), size, old)
        sheet.properties["gridProperties"][count] = size
        if size > old:
            workbook.check_cell_count()
        elif size < old:
            _cut(workbook, sheet, count, size, old)
    sheet.properties["gridProperties"] = grid
    check_grid(sheet)


def check_unfrozen_left(sheet: Sheet, axis: str, start: int, end: int) -> None:
    """ApiError 400 where rows or columns (axis) go and none is left beyond the frozen ones."""
    grid = sheet.properties["gridProperties"]
    frozen = grid.get(f"frozen{axis}Count", 0)
    unfrozen = grid[f"{axis.lower()}Count"] - frozen
    if frozen and end - max(start, frozen) >= unfrozen:
        raise invalid(f"Sorry, it is not possible to delete all non-frozen {axis.lower()}s.")


def _cut(workbook: Workbook, sheet: Sheet, count: str, size: int, old: int) -> None:
    if count == "rowCount":
        gone = Box(top=size, bottom=old, left=0, right=sheet.columns)
        check_editable(workbook, sheet, gone)
        sheet.grid.delete_rows(size, old)
    else:
        check_editable(workbook, sheet, Box(top=0, bottom=sheet.rows, left=size, right=old))
        sheet.grid.delete_columns(size, old)
