"""Filters, filter views and banding.

A basic filter hides rows when it is set, as far as its criteria are hidden values or conditions on
numbers, texts and blanks; other conditions and filter views hide none.

Source: https://developers.google.com/workspace/sheets/api/guides/filters
"""

import operator
from collections.abc import Callable
from typing import Any

from emulators.sheets.cell_values import effective_value, formatted_value
from emulators.sheets.errors import invalid
from emulators.sheets.grid import Cell
from emulators.sheets.ranges import Box, grid_range
from emulators.sheets.requests.handler import (
    Handler,
    canonical_range,
    find,
    new_number,
    update_mask,
)
from emulators.sheets.resource import Mask, Resource, merge, without_nulls
from emulators.sheets.workbook import Sheet, Workbook

_VIEWS = ("filterViews", "filterViewId", "filter view")
_BANDS = ("bandedRanges", "bandedRangeId", "banded range")


def _set_basic(workbook: Workbook, body: Resource) -> Resource:
    given = without_nulls(body.get("filter") or {})
    sheet, box = workbook.resolve(given.get("range"))
    sheet.objects["basicFilter"] = [{**given, "range": grid_range(sheet.sheet_id, box)}]
    _show_filtered(sheet)
    criteria = _criteria(given, box)
    for row in range(box.top + 1, box.bottom):
        if any(_hides(workbook, sheet.grid.cell(row, column), item) for column, item in criteria):
            sheet.row_metadata[row] = {**sheet.row_metadata.get(row, {}), "hiddenByFilter": True}
    return {}


def _clear_basic(workbook: Workbook, body: Resource) -> Resource:
    sheet = workbook.sheet(body.get("sheetId"))
    sheet.objects.pop("basicFilter", None)
    _show_filtered(sheet)
    return {}


def _show_filtered(sheet: Sheet) -> None:
    for row in sheet.row_metadata.values():
        row.pop("hiddenByFilter", None)


def _criteria(given: Resource, box: Box) -> list[tuple[int, Resource]]:
    """Columns and their criteria, in the notation of today (`filterSpecs`) and in the old one."""
    specs = [
        (spec.get("columnIndex", 0), spec.get("filterCriteria") or {})
        for spec in given.get("filterSpecs") or []
    ]
    old = [(int(column), item or {}) for column, item in (given.get("criteria") or {}).items()]
    return [(column, item) for column, item in specs + old if box.left <= column < box.right]


def _hides(workbook: Workbook, cell: Cell | None, criteria: Resource) -> bool:
    """Whether a filter's criteria of a column hide the row of this cell."""
    shown = (formatted_value(cell, workbook.locale) if cell else None) or ""
    if shown in (criteria.get("hiddenValues") or ()):
        return True
    condition = criteria.get("condition") or {}
    test = _CONDITIONS.get(condition.get("type") or "")
    wanted = [item.get("userEnteredValue") or "" for item in condition.get("values") or []]
    if test is None or len(wanted) > 1:
        return False
    value = (effective_value(cell) if cell else None) or {}
    return not test(value.get("numberValue", shown), wanted[0] if wanted else "")


def _compared(compare: Callable[[float, float], bool]) -> Callable[[Any, str], bool]:
    return lambda value, wanted: not isinstance(value, str) and compare(value, float(wanted))


_CONDITIONS: dict[str, Callable[[Any, str], bool]] = {
    "BLANK": lambda value, _: value == "",
    "NOT_BLANK": lambda value, _: value != "",
    "NUMBER_EQ": _compared(operator.eq),
    "NUMBER_NOT_EQ": _compared(operator.ne),
    "NUMBER_GREATER": _compared(operator.gt),
    "NUMBER_GREATER_THAN_EQ": _compared(operator.ge),
    "NUMBER_LESS": _compared(operator.lt),
    "NUMBER_LESS_THAN_EQ": _compared(operator.le),
    "TEXT_EQ": lambda value, wanted: str(value).casefold() == wanted.casefold(),
    "TEXT_CONTAINS": lambda value, wanted: wanted.casefold() in str(value).casefold(),
    "TEXT_NOT_CONTAINS": lambda value, wanted: wanted.casefold() not in str(value).casefold(),
}


def _add_view(workbook: Workbook, body: Resource) -> Resource:
    name, id_name, noun = _VIEWS
    given = without_nulls(body.get("filter") or {})
    number = new_number(workbook, name, id_name, given.get(id_name), noun)
    sheet, view = _checked_view(workbook, {"title": f"Filter {number}", **given, id_name: number})
    sheet.listed(name).append(view)
    return {"addFilterView": {"filter": view}}


def _update_view(workbook: Workbook, body: Resource) -> Resource:
    name, id_name, noun = _VIEWS
    mask, given = update_mask(body, "FilterView"), body.get("filter") or {}
    sheet, index = find(workbook, name, id_name, given.get(id_name), noun)
    old = sheet.listed(name).pop(index)
    target, view = _checked_view(workbook, _merged(old, given, mask, id_name))
    target.listed(name).insert(index, view)
    return {}


def _delete_view(workbook: Workbook, body: Resource) -> Resource:
    sheet, index = find(workbook, *_VIEWS[:2], body.get("filterId"), _VIEWS[2])
    del sheet.listed("filterViews")[index]
    return {}


def _checked_view(workbook: Workbook, view: Resource) -> tuple[Sheet, Resource]:
    range_ = view.get("range")
    if view.get("namedRangeId"):
        named = [n for n in workbook.named_ranges if n["namedRangeId"] == view["namedRangeId"]]
        if not named:
            raise invalid(f"No NamedRange with id: {view['namedRangeId']}")
        range_ = named[0]["range"]
    sheet, _ = workbook.resolve(range_)
    for other in sheet.listed("filterViews"):
        if other["title"] == view["title"]:
            raise invalid(f'A filter view with the title "{view["title"]}" already exists.')
    return sheet, {**view, "range": canonical_range(range_ or {})}


def _add_banding(workbook: Workbook, body: Resource) -> Resource:
    name, id_name, noun = _BANDS
    given = without_nulls(body.get("bandedRange") or {})
    number = new_number(workbook, name, id_name, given.get(id_name), noun)
    sheet, band = _checked_band(workbook, {**given, id_name: number})
    sheet.listed(name).append(band)
    return {"addBanding": {"bandedRange": band}}


def _update_banding(workbook: Workbook, body: Resource) -> Resource:
    name, id_name, noun = _BANDS
    mask, given = update_mask(body, "BandedRange"), body.get("bandedRange") or {}
    sheet, index = find(workbook, name, id_name, given.get(id_name), noun)
    old = sheet.listed(name).pop(index)
    target, band = _checked_band(workbook, _merged(old, given, mask, id_name))
    target.listed(name).insert(index, band)
    return {}


def _delete_banding(workbook: Workbook, body: Resource) -> Resource:
    sheet, index = find(workbook, *_BANDS[:2], body.get("bandedRangeId"), _BANDS[2])
    del sheet.listed("bandedRanges")[index]
    return {}


def _checked_band(workbook: Workbook, band: Resource) -> tuple[Sheet, Resource]:
    sheet, box = workbook.resolve(band.get("range"))
    if not band.get("rowProperties") and not band.get("columnProperties"):
        raise invalid("A banded range must have row properties or column properties.")
    if any(sheet.box_of(other["range"]).overlaps(box) for other in sheet.listed("bandedRanges")):
        raise invalid(
            "You cannot add alternating background colors to a range that already has "
            "alternating background colors."
        )
    return sheet, {**band, "range": canonical_range(band["range"])}


def _merged(old: Resource, given: Resource, mask: Mask, id_name: str) -> Resource:
    return {**merge(old, given, mask), id_name: old[id_name]}


HANDLERS: dict[str, Handler] = {
    "setBasicFilter": _set_basic,
    "clearBasicFilter": _clear_basic,
    "addFilterView": _add_view,
    "updateFilterView": _update_view,
    "deleteFilterView": _delete_view,
    "addBanding": _add_banding,
    "updateBanding": _update_banding,
    "deleteBanding": _delete_banding,
}
