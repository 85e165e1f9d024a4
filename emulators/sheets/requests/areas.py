"""Rearranging areas of cells: merging, sorting, inserting and deleting ranges."""

from typing import Any

from emulators.sheets.cell_values import effective_value
from emulators.sheets.errors import invalid
from emulators.sheets.grid import Cell
from emulators.sheets.ranges import Box, grid_range
from emulators.sheets.requests.cells import cut_out, grow_rows, paste
from emulators.sheets.requests.handler import Handler, check_editable
from emulators.sheets.resource import Resource
from emulators.sheets.workbook import Sheet, Workbook, shift_metadata

_KIND_ORDER = {"numberValue": 0, "stringValue": 1, "boolValue": 2, "errorValue": 3}


def _merge(workbook: Workbook, body: Resource) -> Resource:
    sheet, box = workbook.resolve(body.get("range"))
    kind = body.get("mergeType")
    if not kind:
        raise invalid("A merge type must be specified.")
    check_editable(workbook, sheet, box)
    _check_frozen(sheet, box)
    _check_filter(sheet, box)
    kept = _merges_outside(sheet, box)
    parts = {"MERGE_ROWS": box.rows, "MERGE_COLUMNS": box.columns}
    blocks = [*parts[kind]()] if kind in parts else [box]
    for block in blocks:
        if block.height * block.width > 1:
            _keep_first_value(sheet, block)
            kept.append(grid_range(sheet.sheet_id, block))
    sheet.objects["merges"] = kept
    return {}


def _unmerge(workbook: Workbook, body: Resource) -> Resource:
    sheet, box = workbook.resolve(body.get("range"))
    check_editable(workbook, sheet, box)
    sheet.objects["merges"] = _merges_outside(sheet, box)
    return {}


def _merges_outside(sheet: Sheet, box: Box) -> list[Resource]:
    """The merges that the box does not touch; ApiError 400 where it touches part of one."""
    kept = []
    for merge in sheet.listed("merges"):
        # Most are in other rows, which is told sooner than a box is made.
        is_apart = merge["endRowIndex"] <= box.top or box.bottom <= merge["startRowIndex"]
        if is_apart or not (merged := sheet.box_of(merge)).overlaps(box):
            kept.append(merge)
        elif not box.contains(merged):
            raise invalid("You must select all cells in a merged range to merge or unmerge them.")
    return kept


def _check_frozen(sheet: Sheet, box: Box) -> None:
    grid = sheet.properties["gridProperties"]
    for noun, start, end in (("row", box.top, box.bottom), ("column", box.left, box.right)):
        frozen = grid.get(f"frozen{noun.capitalize()}Count", 0)
        if start < frozen < end:
            raise invalid(f"You can't merge frozen and non-frozen {noun}s")


def _check_filter(sheet: Sheet, box: Box) -> None:
    for basic in sheet.listed("basicFilter"):
        filtered = sheet.box_of(basic["range"])
        if filtered.overlaps(box) and not filtered.contains(box):
            raise invalid("You can't merge cells that cross the borders of an existing filter.")


def _keep_first_value(sheet: Sheet, block: Box) -> None:
    """Only the top left cell keeps its value; formats stay."""
    first = sheet.grid.cell(block.top, block.left)

    def without_value(cell: Cell | None) -> Cell | None:
        rest = {name: item for name, item in (cell or {}).items() if name != "userEnteredValue"}
        return rest or None

    sheet.grid.change(block, without_value)
    sheet.grid.put(block.top, block.left, [first])


def _sort(workbook: Workbook, body: Resource) -> Resource:
    """Rows in order of values: numbers, texts, booleans, errors; empty cells always last.

    As in the service, hidden rows stay where they are, and only cells merged over several rows are
    in the way.
    """
    sheet, box = workbook.resolve(body.get("range"))
    check_editable(workbook, sheet, box)
    merges = [merge for merge in sheet.listed("merges") if sheet.box_of(merge).overlaps(box)]
    if any(sheet.box_of(merge).height > 1 for merge in merges):
        raise invalid("You can't sort a range with vertically merged cells.")
    places = [row for row in range(box.top, box.bottom) if not sheet.is_hidden_row(row)]
    order = places
    for spec in reversed(body.get("sortSpecs") or []):
        column = spec.get("dimensionIndex") or 0
        if not box.left <= column < box.right:
            raise invalid(f"Sort column {column} is outside the range.")
        order = _sorted(order, sheet, column, spec.get("sortOrder") == "DESCENDING")
    came_from = dict(zip(places, order, strict=True))
    sheet.grid.rearrange(box, [came_from.get(row, row) for row in range(box.top, box.bottom)])
    landed = {old: new for new, old in came_from.items()}
    for merge in [merge for merge in merges if box.contains(sheet.box_of(merge))]:
        row = landed.get(int(merge["startRowIndex"]), int(merge["startRowIndex"]))
        merge.update(startRowIndex=row, endRowIndex=row + 1)
    shift_metadata(workbook, sheet, "Row", lambda row: landed.get(row, row))
    return {}


def _sorted(order: list[int], sheet: Sheet, column: int, descending: bool) -> list[int]:
    found = {row: _sort_key(sheet.grid.cell(row, column)) for row in order}
    keys = {row: key for row, key in found.items() if key is not None}
    filled = sorted(keys, key=keys.__getitem__, reverse=descending)
    return filled + [row for row in order if row not in keys]


def _sort_key(cell: Cell | None) -> tuple[int, Any] | None:
    value = effective_value(cell) if cell else None
    if not value:
        return None
    ((kind, content),) = value.items()
    comparable = content.casefold() if isinstance(content, str) else content
    return _KIND_ORDER[kind], 0 if kind == "errorValue" else comparable


def _insert_range(workbook: Workbook, body: Resource) -> Resource:
    sheet, box = workbook.resolve(body.get("range"))
    moved = _beyond(workbook, sheet, box, body.get("shiftDimension"), start=True)
    block = cut_out(sheet, moved)
    if body.get("shiftDimension") == "ROWS":
        grow_rows(workbook, sheet, moved.bottom + box.height)
        paste(sheet, moved.top + box.height, moved.left, block)
    else:
        right = moved.right + box.width
        if right > sheet.columns:
            sheet.properties["gridProperties"]["columnCount"] = right
            workbook.check_cell_count()
        paste(sheet, moved.top, moved.left + box.width, block)
    return {}


def _delete_range(workbook: Workbook, body: Resource) -> Resource:
    sheet, box = workbook.resolve(body.get("range"))
    moved = _beyond(workbook, sheet, box, body.get("shiftDimension"), start=False)
    cut_out(sheet, box)
    paste(sheet, box.top, box.left, cut_out(sheet, moved))
    return {}


def _beyond(
    workbook: Workbook, sheet: Sheet, box: Box, dimension: str | None, *, start: bool
) -> Box:
    """The filled cells that shift: from the box's start, or from behind it."""
    if dimension == "ROWS":
        top = box.top if start else box.bottom
        bottom = max(top, len(sheet.grid.rows))
        moved = Box(top=top, bottom=bottom, left=box.left, right=box.right)
    elif dimension == "COLUMNS":
        left = box.left if start else box.right
        widths = [len(row.cells) for row in sheet.grid.rows[box.top : box.bottom]]
        moved = Box(top=box.top, bottom=box.bottom, left=left, right=max(left, *widths, left))
    else:
        raise invalid("A dimension must be specified.")
    check_editable(workbook, sheet, box)
    check_editable(workbook, sheet, moved)
    return moved


HANDLERS: dict[str, Handler] = {
    "mergeCells": _merge,
    "unmergeCells": _unmerge,
    "sortRange": _sort,
    "insertRange": _insert_range,
    "deleteRange": _delete_range,
}
