"""The API's methods: the collections `spreadsheets` and `spreadsheets.values`.

Source: https://developers.google.com/workspace/sheets/api/reference/rest
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from emulators.sheets import values
from emulators.sheets.errors import ApiError, invalid
from emulators.sheets.render import Area, spreadsheet_resource
from emulators.sheets.requests import developer_metadata
from emulators.sheets.requests.batch import apply_batch
from emulators.sheets.requests.sheets import add_sheet, copied_objects
from emulators.sheets.resource import Mask, Resource, without_nulls
from emulators.sheets.store import Library
from emulators.sheets.values import Rendering
from emulators.sheets.workbook import Workbook


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a method needs to know of a request.

    arguments: query parameters, each with all its values.
    range_text: the A1 notation in the path; number: the numeric id in the path.
    mask: the parsed `fields` parameter, None without one.
    reading: `stale` or `torn` where a fault makes the answer lag behind the writes.
    """

    spreadsheet_id: str = ""
    arguments: dict[str, list[str]] = field(default_factory=dict)
    body: Resource = field(default_factory=dict)
    range_text: str = ""
    number: int = 0
    mask: Mask | None = None
    reading: str | None = None

    def text(self, name: str) -> str | None:
        """A query parameter's one value, or None."""
        found = self.arguments.get(name)
        return found[-1] if found else None

    def flag(self, name: str) -> bool:
        """Whether a boolean query parameter is true."""
        return (self.text(name) or "").lower() == "true"

    def every(self, name: str) -> list[str]:
        """All the values of a repeated query parameter."""
        return self.arguments.get(name, [])


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


def get_spreadsheet(library: Library, call: Call) -> Resource:
    """spreadsheets.get: the parts that `ranges` and `fields` name."""
    workbook = library.open(call.spreadsheet_id, call.reading)
    return spreadsheet_resource(
        workbook,
        mask=call.mask,
        include_grid_data=call.flag("includeGridData"),
        areas=_areas(workbook, call.every("ranges")),
    )


def get_spreadsheet_by_data_filter(library: Library, call: Call) -> Resource:
    """spreadsheets.getByDataFilter: as get_spreadsheet, with parts named by filters."""
    workbook = library.open(call.spreadsheet_id, call.reading)
    filters = call.body.get("dataFilters") or []
    areas = [area for item in filters for area in developer_metadata.areas_of(workbook, item)]
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
    found = developer_metadata.matching(library.open(call.spreadsheet_id, call.reading), filters)
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


def get_values(library: Library, call: Call) -> Resource:
    """values.get: one range."""
    return _read_values(library.open(call.spreadsheet_id, call.reading), call.range_text, call)


def batch_get_values(library: Library, call: Call) -> Resource:
    """values.batchGet: several ranges."""
    workbook = library.open(call.spreadsheet_id, call.reading)
    answer: Resource = {"spreadsheetId": call.spreadsheet_id}
    found = [_read_values(workbook, text, call) for text in call.every("ranges")]
    return {**answer, "valueRanges": found} if found else answer


def update_values(library: Library, call: Call) -> Resource:
    """values.update: one range."""
    library.open(call.spreadsheet_id)
    shown = _response_rendering(
        call.flag("includeValuesInResponse"),
        call.text("responseValueRenderOption"),
        call.text("responseDateTimeRenderOption"),
    )

    def change(workbook: Workbook) -> Resource:
        option = call.text("valueInputOption")
        return _write_values(workbook, call.range_text, call.body, option, shown)

    return library.write(call.spreadsheet_id, change)


def batch_update_values(library: Library, call: Call) -> Resource:
    """values.batchUpdate: several ranges, all or none."""
    library.open(call.spreadsheet_id)
    body = call.body
    shown = _response_rendering(
        bool(body.get("includeValuesInResponse")),
        body.get("responseValueRenderOption"),
        body.get("responseDateTimeRenderOption"),
    )

    def change(workbook: Workbook) -> Resource:
        responses = []
        for index, data in enumerate(body.get("data") or []):
            try:
                option = body.get("valueInputOption")
                responses.append(
                    _write_values(workbook, data.get("range") or "", data, option, shown)
                )
            except ApiError as error:
                raise ApiError(error.code, f"Invalid data[{index}]: {error.message}") from error
        return {"spreadsheetId": workbook.spreadsheet_id, **_totals(responses)}

    return library.write(call.spreadsheet_id, change)


def append_values(library: Library, call: Call) -> Resource:
    """values.append: below the table in a range."""
    library.open(call.spreadsheet_id)
    rows = values.rows_of(call.body)
    shown = _response_rendering(
        call.flag("includeValuesInResponse"),
        call.text("responseValueRenderOption"),
        call.text("responseDateTimeRenderOption"),
    )

    def change(workbook: Workbook) -> Resource:
        return values.append(
            workbook,
            call.range_text,
            rows,
            option=call.text("valueInputOption"),
            insert_rows=call.text("insertDataOption") == "INSERT_ROWS",
            rendering=shown,
        )

    return library.write(call.spreadsheet_id, change)


def clear_values(library: Library, call: Call) -> Resource:
    """values.clear: one range."""
    library.open(call.spreadsheet_id)
    cleared = library.write(call.spreadsheet_id, lambda book: values.clear(book, call.range_text))
    return {"spreadsheetId": call.spreadsheet_id, "clearedRange": cleared}


def batch_clear_values(library: Library, call: Call) -> Resource:
    """values.batchClear: several ranges, all or none."""
    library.open(call.spreadsheet_id)
    ranges: list[str] = call.body.get("ranges") or []
    cleared = library.write(
        call.spreadsheet_id, lambda book: [values.clear(book, text) for text in ranges]
    )
    return {"spreadsheetId": call.spreadsheet_id, "clearedRanges": cleared}


def _read_values(workbook: Workbook, range_text: str, call: Call) -> Resource:
    sheet, box = workbook.resolve_a1(range_text)
    rendering = Rendering(
        value=call.text("valueRenderOption") or Rendering.value,
        date_time=call.text("dateTimeRenderOption") or Rendering.date_time,
        dimension=call.text("majorDimension") or Rendering.dimension,
    )
    return values.read(workbook, sheet, box, rendering)


def _write_values(
    workbook: Workbook,
    range_text: str,
    body: Resource,
    option: str | None,
    rendering: Rendering | None,
) -> Resource:
    rows = values.rows_of(body)
    return values.write(workbook, range_text, rows, option=option, rendering=rendering)


def _response_rendering(wanted: bool, value: str | None, date_time: str | None) -> Rendering | None:
    if not wanted:
        return None
    return Rendering(value=value or Rendering.value, date_time=date_time or Rendering.date_time)


def _totals(responses: list[Resource]) -> Resource:
    tabs = {response["updatedRange"].rpartition("!")[0] for response in responses}
    totals = {
        "totalUpdatedRows": sum(response.get("updatedRows", 0) for response in responses),
        "totalUpdatedColumns": max((r.get("updatedColumns", 0) for r in responses), default=0),
        "totalUpdatedCells": sum(response.get("updatedCells", 0) for response in responses),
        "totalUpdatedSheets": len(tabs),
    }
    shown: Resource = {name: total for name, total in totals.items() if total}
    return {**shown, "responses": responses} if responses else shown
