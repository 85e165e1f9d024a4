"""What points at cells follows them when rows or columns are inserted, deleted or moved.

Merges, rules, charts, protections, filters, banding and named ranges hold GridRanges, wherever in
their resources; each is handed to one function that says what becomes of a range.
"""

from collections.abc import Callable
from typing import Any

from emulators.sheets.resource import Resource
from emulators.sheets.workbook import Sheet, Workbook

# What becomes of a GridRange on the changed tab; None when nothing of it is left.
ChangeRange = Callable[[Resource], Resource | None]
# Where a row or column ends up; None when it is gone.
Place = Callable[[int], int | None]

_GONE = object()
_SIDES = frozenset({"startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"})


def shift_ranges(workbook: Workbook, sheet: Sheet, change: ChangeRange) -> None:
    """Change every GridRange on this tab, wherever in the spreadsheet it is held."""
    for other in workbook.sheets:
        for name, resources in other.objects.items():
            other.objects[name] = _walked(resources, sheet.sheet_id, change)
    sheet.objects["merges"] = [m for m in sheet.listed("merges") if _spans_cells(m)]
    sheet.objects["conditionalFormats"] = [
        rule for rule in sheet.listed("conditionalFormats") if rule["ranges"]
    ]
    kept = []
    for named in workbook.named_ranges:
        moved = _walked(named, sheet.sheet_id, change)
        if moved is _GONE:
            workbook.lost_names.append(named)
        else:
            kept.append(moved)
    workbook.named_ranges = kept


def shift_metadata(workbook: Workbook, sheet: Sheet, axis: str, place: Place) -> None:
    """Move the developer metadata of rows (axis `Row`) or columns with them."""
    kept = []
    for item in workbook.developer_metadata:
        location = item["location"]
        lines = location.get("dimensionRange")
        same_tab = lines is not None and lines.get("sheetId", 0) == sheet.sheet_id
        if lines is None or not same_tab or location["locationType"] != axis.upper():
            kept.append(item)
            continue
        index = place(lines["startIndex"])
        if index is not None:
            lines.update(startIndex=index, endIndex=index + 1)
            kept.append(item)
    workbook.developer_metadata = kept


def retargeted(resources: Any, old: int, new: int) -> Any:
    """The same resources with their ranges on tab `old` moved to tab `new`."""
    return _walked(resources, old, lambda range_: {**range_, "sheetId": new})


def _walked(value: Any, sheet_id: int, change: ChangeRange) -> Any:
    if isinstance(value, list):
        walked = [_walked(item, sheet_id, change) for item in value]
        return [item for item in walked if item is not _GONE]
    if not isinstance(value, dict):
        return value
    if not _SIDES.isdisjoint(value):
        if value.get("sheetId", 0) != sheet_id:
            return value
        changed = change(value)
        return _GONE if changed is None else changed
    if "rowIndex" in value or "columnIndex" in value:
        return _moved_cell(value, sheet_id, change)
    walked_fields = {name: _walked(item, sheet_id, change) for name, item in value.items()}
    if walked_fields.get("range") is _GONE:
        return _GONE
    return {name: item for name, item in walked_fields.items() if item is not _GONE}


def _moved_cell(cell: Resource, sheet_id: int, change: ChangeRange) -> Resource:
    """A GridCoordinate; one whose row or column is gone stays at its index."""
    if cell.get("sheetId", 0) != sheet_id:
        return cell
    row, column = cell.get("rowIndex", 0), cell.get("columnIndex", 0)
    as_range = {"startRowIndex": row, "endRowIndex": row + 1,
                "startColumnIndex": column, "endColumnIndex": column + 1}  # fmt: skip
    moved = change({**as_range, "sheetId": sheet_id}) or as_range
    return {**cell, "rowIndex": moved["startRowIndex"], "columnIndex": moved["startColumnIndex"]}


def _spans_cells(merge: Resource) -> bool:
    height = merge["endRowIndex"] - merge["startRowIndex"]
    return bool(height * (merge["endColumnIndex"] - merge["startColumnIndex"]) > 1)
