"""Protected ranges. Whoever makes one over the API is among its editors and stays able to write.

So that a caller meets a closed door, the person must have made it: `add_foreign_protection`.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#ProtectedRange
"""

from emulators.sheets.errors import invalid
from emulators.sheets.requests.handler import Handler, canonical_range, check_editable, update_mask
from emulators.sheets.resource import Resource, merge, without_nulls
from emulators.sheets.workbook import Sheet, Workbook

_LIST = "protectedRanges"


def add_foreign_protection(workbook: Workbook, given: Resource) -> int:
    """A protection that the person made, which does not let the API's caller write."""
    return int(_added(workbook, given, can_edit=False)["protectedRangeId"])


def _add(workbook: Workbook, body: Resource) -> Resource:
    added = _added(workbook, body.get("protectedRange") or {}, can_edit=True)
    return {"addProtectedRange": {"protectedRange": added}}


def _added(workbook: Workbook, given: Resource, *, can_edit: bool) -> Resource:
    given = without_nulls(given)
    used = {item["protectedRangeId"] for _, item in workbook.with_ids(_LIST)}
    protected_id = given.get("protectedRangeId") or workbook.new_id(used)
    if protected_id in used:
        raise invalid(f"A protected range with id: {protected_id} already exists.")
    kept = {**given, "protectedRangeId": protected_id}
    sheet = _check(workbook, kept)
    kept["requestingUserCanEdit"] = can_edit
    kept.setdefault("editors", {})
    if not can_edit or not kept.get("warningOnly"):
        kept.pop("warningOnly", None)
    sheet.listed(_LIST).append(kept)
    return kept


def _update(workbook: Workbook, body: Resource) -> Resource:
    mask = update_mask(body, "ProtectedRange")
    given = body.get("protectedRange") or {}
    sheet, old = _found(workbook, given.get("protectedRangeId"))
    _check_allowed(workbook, sheet, old)
    new = merge(old, given, mask)
    for name in ("protectedRangeId", "requestingUserCanEdit"):
        new[name] = old[name]
    sheet.listed(_LIST).remove(old)
    _check(workbook, new).listed(_LIST).append(new)
    return {}


def _delete(workbook: Workbook, body: Resource) -> Resource:
    sheet, old = _found(workbook, body.get("protectedRangeId"))
    _check_allowed(workbook, sheet, old)
    sheet.listed(_LIST).remove(old)
    return {}


def _found(workbook: Workbook, protected_id: int | None) -> tuple[Sheet, Resource]:
    for sheet, item in workbook.with_ids(_LIST):
        if item["protectedRangeId"] == protected_id:
            return sheet, item
    raise invalid(f"No protected range with id: {protected_id or 0}")


def _check(workbook: Workbook, kept: Resource) -> Sheet:
    """The tab that a protection belongs to; fixes its range's form. ApiError 400 for a bad one."""
    if kept.get("warningOnly") and any((kept.get("editors") or {}).values()):
        raise invalid("ProtectedRange is warningOnly. Editors cannot be set on it.")
    if kept.get("namedRangeId"):
        for named in workbook.named_ranges:
            if named["namedRangeId"] == kept["namedRangeId"]:
                return workbook.resolve(named["range"])[0]
        raise invalid(f"No NamedRange with id: {kept['namedRangeId']}")
    sheet, box = workbook.resolve(kept.get("range"))
    kept["range"] = canonical_range(kept["range"])
    if box == sheet.box and not kept["range"].keys() - {"sheetId"}:
        for other in sheet.listed(_LIST):
            if other is not kept and not other.get("range", {"?": 0}).keys() - {"sheetId"}:
                raise invalid(f'Sheet "{sheet.title}" already has sheet protection.')
    elif kept.get("unprotectedRanges"):
        raise invalid("Unprotected ranges can only be set on a protection of a whole sheet.")
    return sheet


def _check_allowed(workbook: Workbook, sheet: Sheet, protection: Resource) -> None:
    if not protection.get("requestingUserCanEdit"):
        check_editable(workbook, sheet, sheet.box_of(protection.get("range") or {}))


HANDLERS: dict[str, Handler] = {
    "addProtectedRange": _add,
    "updateProtectedRange": _update,
    "deleteProtectedRange": _delete,
}
