"""Rows and columns: size of the grid, frozen parts, inserting, deleting, hiding, grouping.

Whatever points at cells (merges, named ranges, rules, charts, protections, metadata) moves along.
A group inside another is one level deeper; deleting takes the deepest level away.

Source: https://developers.google.com/workspace/sheets/api/guides/rowcolumn
"""

from emulators.sheets import ranges
from emulators.sheets.errors import invalid
from emulators.sheets.ranges import Box
from emulators.sheets.requests.handler import Handler, canonical_range, check_editable, update_mask
from emulators.sheets.resource import Resource, merge
from emulators.sheets.workbook import Sheet, Workbook, shift_metadata, shift_ranges

_AXES = {"ROWS": "Row", "COLUMNS": "Column"}
_AXES_NOUN = {"Row": "rows", "Column": "columns"}
_PIXELS_PER_CHARACTER = 7
_CELL_PADDING = 16


def axis_of(dimension: str | None) -> str:
    """`Row` or `Column` for the API's ROWS or COLUMNS."""
    if dimension not in _AXES:
        raise invalid("A dimension must be specified.")
    return _AXES[dimension]


def lines_of(workbook: Workbook, range_: Resource | None) -> tuple[Sheet, str, int, int]:
    """The tab, axis, start and end of a DimensionRange; ApiError 400 where it leaves the grid."""
    if range_ is None:
        raise invalid("A dimension range must be specified.")
    sheet = workbook.sheet(range_.get("sheetId"))
    axis = axis_of(range_.get("dimension"))
    size = _size(sheet, axis)
    start, end = range_.get("startIndex") or 0, range_.get("endIndex")
    end = size if end is None else end
    if not 0 <= start < end:
        raise invalid(f"Invalid dimension range: startIndex {start}, endIndex {end}.")
    if end > size:
        noun = _AXES_NOUN[axis]
        raise invalid(f"The range {start}:{end} exceeds the grid's {size} {noun}.")
    return sheet, axis, start, end


def insert_lines(workbook: Workbook, sheet: Sheet, *, axis: str, at: int, count: int) -> None:
    """Put empty rows or columns in before index `at`; everything after moves."""
    _set_size(sheet, axis, _size(sheet, axis) + count)
    workbook.check_cell_count()
    (sheet.grid.insert_rows if axis == "Row" else sheet.grid.insert_columns)(at, count)
    metadata = _metadata(sheet, axis)
    moved = {index + count if index >= at else index: item for index, item in metadata.items()}
    _replace(metadata, moved)
    shift_ranges(workbook, sheet, lambda r: ranges.inserted(r, axis=axis, at=at, count=count))
    shift_metadata(workbook, sheet, axis, lambda i: i + count if i >= at else i)


def delete_lines(workbook: Workbook, sheet: Sheet, *, axis: str, start: int, end: int) -> None:
    """Take rows or columns out; everything after moves, what pointed only at them goes."""
    count = end - start
    if count >= _size(sheet, axis):
        raise invalid(f"You can't delete all the {_AXES_NOUN[axis]} on the sheet.")
    check_unfrozen_left(sheet, axis, start, end)
    check_editable(workbook, sheet, _lines_box(sheet, axis, start, end))
    (sheet.grid.delete_rows if axis == "Row" else sheet.grid.delete_columns)(start, end)
    _set_size(sheet, axis, _size(sheet, axis) - count)
    metadata = _metadata(sheet, axis)
    kept = {i: item for i, item in metadata.items() if not start <= i < end}
    _replace(metadata, {i - count if i >= end else i: item for i, item in kept.items()})
    shift_ranges(workbook, sheet, lambda r: ranges.deleted(r, axis=axis, start=start, end=end))

    def place(index: int) -> int | None:
        return None if start <= index < end else index - count if index >= end else index

    shift_metadata(workbook, sheet, axis, place)
    frozen = f"frozen{axis}Count"
    grid = sheet.properties["gridProperties"]
    if grid.get(frozen, 0) > start:
        grid[frozen] -= min(grid[frozen], end) - start


def _update(workbook: Workbook, body: Resource) -> Resource:
    mask = update_mask(body, "DimensionProperties")
    sheet, axis, start, end = lines_of(workbook, body.get("range"))
    given = body.get("properties") or {}
    if (given.get("pixelSize") or 0) < 0:
        raise invalid(f"Invalid pixelSize: {given['pixelSize']}.")
    metadata = _metadata(sheet, axis)
    for index in range(start, end):
        changed = merge(metadata.get(index, {}), given, mask)
        if changed.get("hiddenByUser") is False:
            del changed["hiddenByUser"]
        metadata[index] = changed
    return {}


def _append(workbook: Workbook, body: Resource) -> Resource:
    sheet = workbook.sheet(body.get("sheetId"))
    axis, length = axis_of(body.get("dimension")), body.get("length") or 0
    if length < 1:
        raise invalid(f"Invalid length: {length}. It must be positive.")
    _set_size(sheet, axis, _size(sheet, axis) + length)
    workbook.check_cell_count()
    return {}


def _insert(workbook: Workbook, body: Resource) -> Resource:
    range_ = body.get("range") or {}
    sheet, axis = workbook.sheet(range_.get("sheetId")), axis_of(range_.get("dimension"))
    start, end = range_.get("startIndex") or 0, range_.get("endIndex") or 0
    if not 0 <= start < end or start > _size(sheet, axis):
        raise invalid(f"Invalid dimension range: startIndex {start}, endIndex {end}.")
    before = bool(body.get("inheritFromBefore"))
    if before and start == 0:
        raise invalid("inheritFromBefore cannot be true when inserting at the first index.")
    if not before and start == _size(sheet, axis):
        raise invalid(
            f"Invalid dimension range: startIndex {start} is the grid's end, where "
            "inheritFromBefore must be true."
        )
    insert_lines(workbook, sheet, axis=axis, at=start, count=end - start)
    return {}


def _delete(workbook: Workbook, body: Resource) -> Resource:
    sheet, axis, start, end = lines_of(workbook, body.get("range"))
    delete_lines(workbook, sheet, axis=axis, start=start, end=end)
    return {}


def _auto_resize(workbook: Workbook, body: Resource) -> Resource:
    """Columns get a width estimated from their longest text; rows their default height."""
    sheet, axis, start, end = lines_of(workbook, body.get("dimensions"))
    for index in range(start, end):
        metadata = _metadata(sheet, axis)
        kept = {n: item for n, item in metadata.get(index, {}).items() if n != "pixelSize"}
        longest = _longest(sheet, index) if axis == "Column" else 0
        if longest:
            kept["pixelSize"] = longest * _PIXELS_PER_CHARACTER + _CELL_PADDING
        metadata[index] = kept
    return {}


def _longest(sheet: Sheet, column: int) -> int:
    lengths = [0]
    for row in sheet.grid.rows:
        cell = row.cells[column] if column < len(row.cells) else None
        lengths += [len(str(item)) for item in (cell or {}).get("userEnteredValue", {}).values()]
    return max(lengths)


def _size(sheet: Sheet, axis: str) -> int:
    return sheet.rows if axis == "Row" else sheet.columns


def _set_size(sheet: Sheet, axis: str, size: int) -> None:
    sheet.properties["gridProperties"][f"{axis.lower()}Count"] = size


def _metadata(sheet: Sheet, axis: str) -> dict[int, Resource]:
    return sheet.row_metadata if axis == "Row" else sheet.column_metadata


def _replace(metadata: dict[int, Resource], new: dict[int, Resource]) -> None:
    metadata.clear()
    metadata.update(new)


def _lines_box(sheet: Sheet, axis: str, start: int, end: int) -> Box:
    if axis == "Row":
        return Box(top=start, bottom=end, left=0, right=sheet.columns)
    return Box(top=0, bottom=sheet.rows, left=start, right=end)


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


_LISTS = {"Row": "rowGroups", "Column": "columnGroups"}


def _add_group(workbook: Workbook, body: Resource) -> Resource:
    sheet, axis, start, end = lines_of(workbook, body.get("range"))
    groups = sheet.listed(_LISTS[axis])
    around = [g for g in groups if _contains(g["range"], start, end)]
    range_ = {**canonical_range(body["range"]), "startIndex": start, "endIndex": end}
    groups.append({"range": range_, "depth": len(around) + 1})
    sheet.properties["gridProperties"][f"{axis.lower()}GroupControlAfter"] = True
    return {"addDimensionGroup": {"dimensionGroups": groups}}


def _delete_group(workbook: Workbook, body: Resource) -> Resource:
    sheet, axis, start, end = lines_of(workbook, body.get("range"))
    groups = sheet.listed(_LISTS[axis])
    inside = [g for g in groups if _within(g["range"], start, end)]
    if not inside:
        raise invalid("No group exists over the given range.")
    groups.remove(max(inside, key=lambda group: int(group["depth"])))
    return {"deleteDimensionGroup": {"dimensionGroups": groups} if groups else {}}


def _contains(range_: Resource, start: int, end: int) -> bool:
    return bool(range_["startIndex"] <= start and end <= range_["endIndex"])


def _within(range_: Resource, start: int, end: int) -> bool:
    return bool(start <= range_["startIndex"] and range_["endIndex"] <= end)


HANDLERS: dict[str, Handler] = {
    "updateDimensionProperties": _update,
    "appendDimension": _append,
    "insertDimension": _insert,
    "deleteDimension": _delete,
    "autoResizeDimensions": _auto_resize,
    "addDimensionGroup": _add_group,
    "deleteDimensionGroup": _delete_group,
}
