"""Developer metadata: creating, changing, deleting it, and the filters that find it.

Ids are unique, keys are not. An entry at a row or column moves and goes with it.

Source: https://developers.google.com/workspace/sheets/api/guides/metadata
"""

from emulators.sheets.errors import invalid
from emulators.sheets.ranges import Box
from emulators.sheets.render import Area, place_of
from emulators.sheets.requests.handler import Handler, update_mask
from emulators.sheets.resource import Resource, merge, without_nulls
from emulators.sheets.workbook import Workbook

_CHARACTER_LIMIT = 30_000
_KINDS = {"ROWS": "ROW", "COLUMNS": "COLUMN"}


def matching(workbook: Workbook, filters: list[Resource]) -> list[Resource]:
    """The entries that any filter matches; each field of a lookup narrows it."""
    lookups = [
        item["developerMetadataLookup"] for item in filters if item.get("developerMetadataLookup")
    ]
    return [
        entry
        for entry in workbook.developer_metadata
        if any(_matches(lookup, entry) for lookup in lookups)
    ]


def areas_of(workbook: Workbook, data_filter: Resource) -> list[Area]:
    """The parts of the spreadsheet that a data filter selects."""
    if data_filter.get("a1Range"):
        return [workbook.resolve_a1(data_filter["a1Range"])]
    if data_filter.get("gridRange"):
        return [workbook.resolve(data_filter["gridRange"])]
    return [area for entry in matching(workbook, [data_filter]) for area in _area(workbook, entry)]


def _create(workbook: Workbook, body: Resource) -> Resource:
    given = without_nulls(body.get("developerMetadata") or {})
    used = {entry["metadataId"] for entry in workbook.developer_metadata}
    metadata_id = given.get("metadataId") or workbook.new_id(used)
    if metadata_id in used:
        raise invalid(f"Developer metadata with id: {metadata_id} already exists.")
    entry = {"metadataId": metadata_id, **given}
    entry["location"] = _location(workbook, given.get("location"))
    _check(workbook, entry)
    workbook.developer_metadata.append(entry)
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def _update(workbook: Workbook, body: Resource) -> Resource:
    mask = update_mask(body, "DeveloperMetadata")
    given = body.get("developerMetadata") or {}
    found = matching(workbook, body.get("dataFilters") or [])
    changed = []
    for entry in found:
        new = {**merge(entry, given, mask), "metadataId": entry["metadataId"]}
        new["location"] = _location(workbook, new.get("location"))
        workbook.developer_metadata[workbook.developer_metadata.index(entry)] = new
        _check(workbook, new)
        changed.append(new)
    if not changed:
        raise invalid("No developer metadata matches the data filters.")
    return {"updateDeveloperMetadata": {"developerMetadata": changed}}


def _delete(workbook: Workbook, body: Resource) -> Resource:
    found = matching(workbook, [body.get("dataFilter") or {}])
    if not found:
        raise invalid("No developer metadata matches the data filter.")
    workbook.developer_metadata = [e for e in workbook.developer_metadata if e not in found]
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": found}}


def _check(workbook: Workbook, entry: Resource) -> None:
    if not entry.get("metadataKey"):
        raise invalid("Developer metadata must always have a key specified.")
    if not entry.get("visibility"):
        raise invalid("Developer metadata must always have visibility specified.")
    together = {entry["metadataId"]: entry}
    together |= {other["metadataId"]: other for other in workbook.developer_metadata}
    same_tab = [other for other in together.values() if _tab(other) == _tab(entry)]
    size = sum(len(o["metadataKey"]) + len(o.get("metadataValue", "")) for o in same_tab)
    if size > _CHARACTER_LIMIT:
        raise invalid(
            f"Developer metadata exceeds the storage quota of {_CHARACTER_LIMIT} characters."
        )


def _location(workbook: Workbook, location: Resource | None) -> Resource:
    """The location with its type, which the service adds."""
    if location is None:
        raise invalid("Developer metadata must always have a location specified.")
    lines = location.get("dimensionRange")
    if lines:
        workbook.sheet(lines.get("sheetId"))
        start, end = lines.get("startIndex") or 0, lines.get("endIndex") or 0
        if end - start != 1:
            raise invalid("DimensionRange must represent a single row or column.")
        kept = {**without_nulls(lines), "startIndex": start, "endIndex": end}
        return {"locationType": _KINDS[lines["dimension"]], "dimensionRange": kept}
    if location.get("sheetId") is not None:
        sheet = workbook.sheet(location["sheetId"])
        return {"locationType": "SHEET", "sheetId": sheet.sheet_id}
    if location.get("spreadsheet"):
        return {"locationType": "SPREADSHEET", "spreadsheet": True}
    raise invalid("Developer metadata must always have a location specified.")


def _tab(entry: Resource) -> int | None:
    return place_of(entry)[1]


def _matches(lookup: Resource, entry: Resource) -> bool:
    for name in ("metadataId", "metadataKey", "metadataValue", "visibility"):
        if lookup.get(name) is not None and lookup[name] != entry.get(name):
            return False
    kind = lookup.get("locationType")
    if kind is not None and kind != entry["location"]["locationType"]:
        return False
    location = lookup.get("metadataLocation")
    exact = lookup.get("locationMatchingStrategy") == "EXACT_LOCATION"
    return location is None or _is_at(location, entry["location"], exact=exact)


def _is_at(wanted: Resource, location: Resource, *, exact: bool) -> bool:
    if wanted.get("spreadsheet"):
        if not exact:
            return True
        return bool(location.get("spreadsheet"))
    lines = location.get("dimensionRange")
    if wanted.get("dimensionRange"):
        return bool(lines == without_nulls(wanted["dimensionRange"]))
    if wanted.get("sheetId") == location.get("sheetId"):
        return True
    return not exact and lines is not None and lines.get("sheetId", 0) == wanted.get("sheetId")


def _area(workbook: Workbook, entry: Resource) -> list[Area]:
    kind, tab, index = place_of(entry)
    if kind == "SPREADSHEET":
        return [(sheet, sheet.box) for sheet in workbook.sheets]
    sheet = workbook.sheet(tab)
    if index is None:
        return [(sheet, sheet.box)]
    if kind == "ROW":
        return [(sheet, Box(top=index, bottom=index + 1, left=0, right=sheet.columns))]
    return [(sheet, Box(top=0, bottom=sheet.rows, left=index, right=index + 1))]


HANDLERS: dict[str, Handler] = {
    "createDeveloperMetadata": _create,
    "updateDeveloperMetadata": _update,
    "deleteDeveloperMetadata": _delete,
}
