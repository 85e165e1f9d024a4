"""Groups of rows or columns that can be folded: adding and deleting them.

A group inside another is one level deeper; deleting takes the deepest level away.

Source: https://developers.google.com/workspace/sheets/api/guides/rowcolumn
"""

from emulators.sheets.errors import invalid
from emulators.sheets.requests.dimensions import lines_of
from emulators.sheets.requests.handler import Handler, canonical_range
from emulators.sheets.resource import Resource
from emulators.sheets.workbook import Workbook

_LISTS = {"Row": "rowGroups", "Column": "columnGroups"}


def _add(workbook: Workbook, body: Resource) -> Resource:
    sheet, axis, start, end = lines_of(workbook, body.get("range"))
    groups = sheet.listed(_LISTS[axis])
    around = [g for g in groups if _contains(g["range"], start, end)]
    range_ = {**canonical_range(body["range"]), "startIndex": start, "endIndex": end}
    groups.append({"range": range_, "depth": len(around) + 1})
    sheet.properties["gridProperties"][f"{axis.lower()}GroupControlAfter"] = True
    return {"addDimensionGroup": {"dimensionGroups": groups}}


def _delete(workbook: Workbook, body: Resource) -> Resource:
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


HANDLERS: dict[str, Handler] = {"addDimensionGroup": _add, "deleteDimensionGroup": _delete}
