"""Cells: writing, copying and cutting them, their data validation and borders.

As over the service's API, a rule of validation is kept and shown; a write that breaks it passes.
"""

from collections.abc import Callable

from emulators.sheets.cell_values import check_length, checked_value
from emulators.sheets.errors import ApiError, invalid
from emulators.sheets.grid import Cell
from emulators.sheets.ranges import Box
from emulators.sheets.requests.handler import Handler, check_editable, update_mask
from emulators.sheets.resource import (
    Mask,
    Resource,
    canonical,
    mask_with_color_pairs,
    merge,
    with_color_pairs,
)
from emulators.sheets.workbook import Sheet, Workbook, check_in_grid

_READ_ONLY = frozenset({"effectiveValue", "formattedValue", "effectiveFormat", "hyperlink"})
# One cell's new state from its old one and the given CellData, under the request's mask.
Writer = Callable[[Cell | None, Resource], Cell | None]


def cell_writer(mask: Mask) -> Writer:
    """A function that writes the masked fields of one CellData over a cell."""
    fields = {name: rest for name, rest in mask.items() if name not in _READ_ONLY}
    if mask and not fields:
        raise invalid(f"Fields cannot be written: {', '.join(mask)}")
    values_only = list(fields) == ["userEnteredValue"]
    # By the identity of both formats, which are kept here so that no other takes their place.
    formats: dict[tuple[int, int], tuple[Resource | None, Resource | None, Resource | None]] = {}

    def write_value(old: Cell | None, given: Resource) -> Cell | None:
        """The common case, quick: only values."""
        value = given.get("userEnteredValue")
        typed = checked_value(value) if value else None
        if old is None or (len(old) == 1 and "userEnteredValue" in old):
            return {"userEnteredValue": typed} if typed else None
        rest = {name: item for name, item in old.items() if name != "userEnteredValue"}
        return {"userEnteredValue": typed, **rest} if typed else rest

    def write(old: Cell | None, given: Resource) -> Cell | None:
        old = old or {}
        merged = merge(old, {**given, "userEnteredFormat": None}, fields)
        for name in _READ_ONLY:
            merged.pop(name, None)
        value = merged.get("userEnteredValue")
        typed = checked_value(value) if value else None
        replace_field(merged, "userEnteredValue", typed)
        check_length(merged.get("note") or "")
        if not merged.get("note"):
            merged.pop("note", None)
        if not fields or "userEnteredFormat" in fields:
            replace_field(merged, "userEnteredFormat", written_format(old, given))
        return merged or None

    def written_format(old: Cell, given: Resource) -> Resource | None:
        """Cells with one format keep sharing one object, which keeps the state small."""
        before, after = old.get("userEnteredFormat"), given.get("userEnteredFormat")
        key = (id(before), id(after))
        if key not in formats:
            rest = mask_with_color_pairs(fields.get("userEnteredFormat", {}))
            merged = merge(before or {}, with_color_pairs(canonical(after or {})), rest)
            formats[key] = (before, after, merged or None)
        return formats[key][2]

    return write_value if values_only else write


def replace_field(cell: Cell, name: str, value: Resource | None) -> None:
    """Set a field, or remove it where nothing is left of it."""
    if value:
        cell[name] = value
    else:
        cell.pop(name, None)


def _update_cells(workbook: Workbook, body: Resource) -> Resource:
    mask = update_mask(body, "CellData")
    rows: list[Resource] = body.get("rows") or []
    sheet, box, open_range = _target(workbook, body, rows)
    check_editable(workbook, sheet, box)
    write = cell_writer(mask)
    for offset in range(box.height if open_range else len(rows)):
        row = box.top + offset
        given: list[Resource] = (rows[offset].get("values") or []) if offset < len(rows) else []
        _check_reach(box, len(given))
        kept = sheet.grid.row(row).cells[box.left : box.right] if open_range else ()
        width = max(len(given), len(kept))
        if width:
            old = sheet.grid.slice(row, box.left, box.left + width)
            filled = given + [{}] * (width - len(given))
            new = [write(cell, data) for cell, data in zip(old, filled, strict=True)]
            sheet.grid.put(row, box.left, new)
    return {}


def _target(workbook: Workbook, body: Resource, rows: list[Resource]) -> tuple[Sheet, Box, bool]:
    """Where updateCells writes; under a range, what the rows do not cover is cleared."""
    start = body.get("start")
    if start is None:
        sheet, box = workbook.resolve(body.get("range"))
        if len(rows) > box.height:
            _refuse("row", box.top + box.height, box.bottom - 1)
        return sheet, box, True
    sheet = workbook.sheet(start.get("sheetId"), noun="grid")
    top, left = start.get("rowIndex") or 0, start.get("columnIndex") or 0
    first = Box(top=top, bottom=top + 1, left=left, right=left + 1)
    check_in_grid(sheet, first)
    if top + len(rows) > sheet.rows:
        _refuse("row", sheet.rows, sheet.rows - 1)
    width = max((len(row.get("values") or []) for row in rows), default=0)
    if left + width > sheet.columns:
        _refuse("column", sheet.columns, sheet.columns - 1)
    box = Box(top=top, bottom=top + len(rows), left=left, right=left + width)
    return sheet, box, False


def _check_reach(box: Box, width: int) -> None:
    if width > box.width:
        _refuse("column", box.right, box.right - 1)


def _refuse(noun: str, reached: int, last: int) -> None:
    raise invalid(
        f"Attempting to write {noun}: {reached}, beyond the last requested {noun} of: {last}"
    )


def _repeat_cell(workbook: Workbook, body: Resource) -> Resource:
    mask = update_mask(body, "CellData")
    sheet, box = workbook.resolve(body.get("range"))
    check_editable(workbook, sheet, box)
    write, given = cell_writer(mask), body.get("cell") or {}
    blank = write(None, given)
    sheet.grid.change(box, lambda cell: blank if cell is None else write(cell, given))
    return {}


def _append_cells(workbook: Workbook, body: Resource) -> Resource:
    """Below the tab's last row with a value; rows are added where they are missing."""
    mask = update_mask(body, "CellData")
    sheet = workbook.sheet(body.get("sheetId"), noun="grid")
    content = sheet.grid.content_box(sheet.box, values_only=True)
    top = content.bottom if content else 0
    rows: list[Resource] = body.get("rows") or []
    width = max((len(row.get("values") or []) for row in rows), default=0)
    if width > sheet.columns:
        _refuse("column", sheet.columns, sheet.columns - 1)
    grow_rows(workbook, sheet, top + len(rows))
    check_editable(workbook, sheet, Box(top=top, bottom=top + len(rows), left=0, right=width))
    write = cell_writer(mask)
    for offset, row in enumerate(rows):
        sheet.grid.put(top + offset, 0, [write(None, cell) for cell in row.get("values") or []])
    return {}


def grow_rows(workbook: Workbook, sheet: Sheet, rows: int) -> None:
    """Make the grid at least this high; ApiError 400 past the service's limit of cells."""
    if rows > sheet.rows:
        sheet.properties["gridProperties"]["rowCount"] = rows
        workbook.check_cell_count()


Block = list[list[Cell | None]]

_PASTED = {
    "PASTE_NORMAL": None,
    "PASTE_VALUES": {"userEnteredValue"},
    "PASTE_FORMULA": {"userEnteredValue"},
    "PASTE_FORMAT": {"userEnteredFormat"},
    "PASTE_DATA_VALIDATION": {"dataValidation"},
}


def _copy_paste(workbook: Workbook, body: Resource) -> Resource:
    source_sheet, source = workbook.resolve(body.get("source"))
    sheet, target = workbook.resolve(body.get("destination"))
    block = [source_sheet.grid.slice(row, source.left, source.right)
             for row in range(source.top, source.bottom)]  # fmt: skip
    if body.get("pasteOrientation") == "TRANSPOSE":
        block = [list(column) for column in zip(*block, strict=True)]
    height = max(len(block), target.height // len(block) * len(block))
    width = max(len(block[0]), target.width // len(block[0]) * len(block[0]))
    tiled = [
        [block[row % len(block)][column % len(block[0])] for column in range(width)]
        for row in range(height)
    ]
    _paste_checked(workbook, sheet, target.top, target.left, tiled, body.get("pasteType"))
    return {}


def _cut_paste(workbook: Workbook, body: Resource) -> Resource:
    source_sheet, source = workbook.resolve(body.get("source"))
    check_editable(workbook, source_sheet, source)
    target = body.get("destination") or {}
    sheet = workbook.sheet(target.get("sheetId"), noun="grid")
    block = cut_out(source_sheet, source)
    top, left = target.get("rowIndex") or 0, target.get("columnIndex") or 0
    _paste_checked(workbook, sheet, top, left, block, body.get("pasteType"))
    return {}


def _paste_checked(
    workbook: Workbook, sheet: Sheet, top: int, left: int, block: Block, kind: str | None
) -> None:
    kind = kind or "PASTE_NORMAL"
    if kind not in _PASTED:
        raise ApiError(501, f"{kind}: this emulator does not serve it.")
    box = Box(top=top, bottom=top + len(block), left=left, right=left + len(block[0]))
    check_in_grid(sheet, box)
    check_editable(workbook, sheet, box)
    names = _PASTED[kind]
    if names is None:
        paste(sheet, top, left, block)
        return
    for offset, row in enumerate(block):
        old = sheet.grid.slice(top + offset, left, box.right)
        new = [_partly(below, above, names) for below, above in zip(old, row, strict=True)]
        sheet.grid.put(top + offset, left, new)


def _partly(below: Cell | None, above: Cell | None, names: set[str]) -> Cell | None:
    kept = {name: item for name, item in (below or {}).items() if name not in names}
    taken = {name: item for name, item in (above or {}).items() if name in names}
    return {**kept, **taken} or None


def cut_out(sheet: Sheet, box: Box) -> Block:
    """The cells of a box, which is empty afterwards."""
    block = [sheet.grid.slice(row, box.left, box.right) for row in range(box.top, box.bottom)]
    sheet.grid.change(box, lambda _: None)
    return block


def paste(sheet: Sheet, top: int, left: int, block: Block) -> None:
    """Write a block of cells, all of each."""
    for offset, row in enumerate(block):
        sheet.grid.put(top + offset, left, row)


def _set_data_validation(workbook: Workbook, body: Resource) -> Resource:
    sheet, box = workbook.resolve(body.get("range"))
    check_editable(workbook, sheet, box)
    rule = body.get("rule")
    if rule is not None:
        _check_condition(rule.get("condition") or {})

    def change(cell: Cell | None) -> Cell | None:
        rest = {name: item for name, item in (cell or {}).items() if name != "dataValidation"}
        return ({**rest, "dataValidation": rule} if rule else rest) or None

    sheet.grid.change(box, change)
    return {}


def _check_condition(condition: Resource) -> None:
    kind, values = condition.get("type"), condition.get("values") or []
    if not kind:
        raise invalid("The condition of a data validation rule must have a type.")
    if kind in ("ONE_OF_LIST", "ONE_OF_RANGE", "CUSTOM_FORMULA") and not values:
        raise invalid(f"BooleanCondition.values must not be empty for the type {kind}.")
    if kind == "ONE_OF_RANGE" and not (values[0].get("userEnteredValue") or "").startswith("="):
        raise invalid("A condition of type ONE_OF_RANGE takes a range that begins with '='.")


def _update_borders(workbook: Workbook, body: Resource) -> Resource:
    sheet, box = workbook.resolve(body.get("range"))
    check_editable(workbook, sheet, box)
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            sides = {
                "top": body.get("top" if row == box.top else "innerHorizontal"),
                "bottom": body.get("bottom" if row == box.bottom - 1 else "innerHorizontal"),
                "left": body.get("left" if column == box.left else "innerVertical"),
                "right": body.get("right" if column == box.right - 1 else "innerVertical"),
            }
            drawn = {side: border for side, border in sides.items() if border is not None}
            cell = _with_borders(sheet.grid.cell(row, column), drawn)
            sheet.grid.put(row, column, [cell])
    return {}


def _with_borders(cell: Cell | None, drawn: Resource) -> Cell | None:
    cell = dict(cell or {})
    entered = dict(cell.get("userEnteredFormat") or {})
    borders = {**(entered.get("borders") or {}), **drawn}
    shown = {side: item for side, item in borders.items() if item.get("style") != "NONE"}
    replace_field(entered, "borders", shown)
    replace_field(cell, "userEnteredFormat", entered)
    return cell or None


HANDLERS: dict[str, Handler] = {
    "updateCells": _update_cells,
    "repeatCell": _repeat_cell,
    "appendCells": _append_cells,
    "copyPaste": _copy_paste,
    "cutPaste": _cut_paste,
    "setDataValidation": _set_data_validation,
    "updateBorders": _update_borders,
}
