"""Copying and cutting cells: copyPaste, cutPaste."""

from emulators.sheets.boxes import Box
from emulators.sheets.errors import ApiError
from emulators.sheets.grid import Cell
from emulators.sheets.requests.handler import Handler, check_editable
from emulators.sheets.resource import Resource
from emulators.sheets.workbook import Sheet, Workbook, check_in_grid

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


HANDLERS: dict[str, Handler] = {"copyPaste": _copy_paste, "cutPaste": _cut_paste}
