"""Filters, filter views and banding. Filters are kept; the rows that they would hide are not.

Source: https://developers.google.com/workspace/sheets/api/guides/filters
"""

from emulators.sheets.boxes import grid_range
from emulators.sheets.errors import invalid
from emulators.sheets.masks import Mask, merge, without_nulls
from emulators.sheets.requests.handler import Handler, canonical_range, update_mask
from emulators.sheets.requests.identified import find, new_number
from emulators.sheets.resource import Resource
from emulators.sheets.workbook import Sheet, Workbook

_VIEWS = ("filterViews", "filterViewId", "filter view")
_BANDS = ("bandedRanges", "bandedRangeId", "banded range")


def _set_basic(workbook: Workbook, body: Resource) -> Resource:
    given = without_nulls(body.get("filter") or {})
    sheet, box = workbook.resolve(given.get("range"))
    sheet.objects["basicFilter"] = [{**given, "range": grid_range(sheet.sheet_id, box)}]
    return {}


def _clear_basic(workbook: Workbook, body: Resource) -> Resource:
    workbook.sheet(body.get("sheetId")).objects.pop("basicFilter", None)
    return {}


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
