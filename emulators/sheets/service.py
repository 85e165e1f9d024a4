"""The methods of the `spreadsheets` collection: create, get, batchUpdate, developer metadata.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets
"""

import secrets
from collections.abc import Callable

from emulators.sheets.call import Call
from emulators.sheets.errors import ApiError, invalid
from emulators.sheets.library import Library
from emulators.sheets.masks import without_nulls
from emulators.sheets.render import Area, spreadsheet_resource
from emulators.sheets.requests import metadata
from emulators.sheets.requests.sheets import add_sheet, copied_objects
from emulators.sheets.requests.table import apply_batch
from emulators.sheets.resource import Resource
from emulators.sheets.workbook import Workbook

Method = Callable[[Library, Call], Resource]


def create(library: Library, call: Call) -> Resource:
    """spreadsheets.create: a title, properties and tabs; grid data in the body is refused."""
    given = without_nulls(call.body.get("properties") or {})
    if any(sheet.get("data") for sheet in call.body.get("sheets") or []):
        raise ApiError(501, "Grid data in spreadsheets.create: this emulator does not serve it.")
    workbook = library.create(
        secrets.token_urlsafe(32),
        title=given.get("title", "Untitled spreadsheet"),
        time_zone=given.get("timeZone", "Etc/GMT"),
        locale=given.get("locale", "en_US"),
    )
    sheets = [sheet.get("properties") or {} for sheet in call.body.get("sheets") or []]
    if sheets:
        library.write(workbook.spreadsheet_id, lambda book: _set_sheets(book, sheets))
    return spreadsheet_resource(library.get(workbook.spreadsheet_id), mask=call.mask)


def get(library: Library, call: Call) -> Resource:
    """spreadsheets.get: the parts that `ranges` and `fields` name."""
    workbook = library.open(call.spreadsheet_id, call.reading)
    return spreadsheet_resource(
        workbook,
        mask=call.mask,
        include_grid_data=call.flag("includeGridData"),
        areas=_areas(workbook, call.every("ranges")),
    )


def get_by_data_filter(library: Library, call: Call) -> Resource:
    """spreadsheets.getByDataFilter: as get, with parts named by filters."""
    workbook = library.open(call.spreadsheet_id, call.reading)
    filters = call.body.get("dataFilters") or []
    areas = [area for item in filters for area in metadata.areas_of(workbook, item)]
    return spreadsheet_resource(
        workbook,
        mask=call.mask,
        include_grid_data=bool(call.body.get("includeGridData")),
        areas=areas if filters else None,
    )


def batch_update(library: Library, call: Call) -> Resource:
    """spreadsheets.batchUpdate: every request or none."""
    library.open(call.spreadsheet_id)

    def change(workbook: Workbook) -> Resource:
        replies = apply_batch(workbook, call.body.get("requests") or [], library.requests)
        answer: Resource = {"spreadsheetId": workbook.spreadsheet_id, "replies": replies}
        if call.body.get("includeSpreadsheetInResponse"):
            answer["updatedSpreadsheet"] = spreadsheet_resource(
                workbook,
                include_grid_data=bool(call.body.get("responseIncludeGridData")),
                areas=_areas(workbook, call.body.get("responseRanges") or []),
            )
        return answer

    return library.write(call.spreadsheet_id, change)


def copy_to(library: Library, call: Call) -> Resource:
    """spreadsheets.sheets.copyTo: a tab's cells, formats, sizes and merges, under a new title."""
    source = library.open(call.spreadsheet_id).sheet(call.number).copy()
    target_id = call.body.get("destinationSpreadsheetId") or ""
    library.open(target_id)

    def change(workbook: Workbook) -> Resource:
        grid = dict(source.properties["gridProperties"])
        properties = {"title": _copied_title(workbook, source.title), "gridProperties": grid}
        added: Resource = add_sheet(workbook, {"properties": properties})["addSheet"]["properties"]
        made = workbook.sheet(added["sheetId"])
        made.grid, made.row_metadata = source.grid.foreign_copy(), source.row_metadata
        made.column_metadata = source.column_metadata
        made.objects = copied_objects(source, made.sheet_id)
        return added

    return library.write(target_id, change)


def get_metadata(library: Library, call: Call) -> Resource:
    """spreadsheets.developerMetadata.get: one entry by its id."""
    for item in library.open(call.spreadsheet_id, call.reading).developer_metadata:
        if item["metadataId"] == call.number:
            return item
    raise ApiError(404, f"No developer metadata with id: {call.number}")


def search_metadata(library: Library, call: Call) -> Resource:
    """spreadsheets.developerMetadata.search: the entries that any of the filters matches."""
    filters = call.body.get("dataFilters") or []
    if not filters:
        raise invalid("At least one data filter must be specified.")
    found = metadata.matching(library.open(call.spreadsheet_id, call.reading), filters)
    if not found:
        return {}
    return {"matchedDeveloperMetadata": [{"developerMetadata": item} for item in found]}


def _areas(workbook: Workbook, ranges: list[str]) -> list[Area] | None:
    return [workbook.resolve_a1(text) for text in ranges] if ranges else None


def _set_sheets(workbook: Workbook, properties: list[Resource]) -> None:
    """The given tabs in place of the first one."""
    workbook.sheets = []
    for given in properties:
        add_sheet(workbook, {"properties": given})


def _copied_title(workbook: Workbook, title: str) -> str:
    name, number = f"Copy of {title}", 1
    while workbook.titled(name):
        number += 1
        name = f"Copy of {title} {number}"
    return name
