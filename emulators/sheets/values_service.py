"""The methods of the `spreadsheets.values` collection.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values
"""

from emulators.sheets import values
from emulators.sheets.appending import append as append_below
from emulators.sheets.call import Call
from emulators.sheets.errors import ApiError
from emulators.sheets.library import Library
from emulators.sheets.resource import Resource
from emulators.sheets.values import Rendering
from emulators.sheets.workbook import Workbook


def get(library: Library, call: Call) -> Resource:
    """values.get: one range."""
    return _read(library.open(call.spreadsheet_id, call.reading), call.range_text, call)


def batch_get(library: Library, call: Call) -> Resource:
    """values.batchGet: several ranges."""
    workbook = library.open(call.spreadsheet_id, call.reading)
    answer: Resource = {"spreadsheetId": call.spreadsheet_id}
    found = [_read(workbook, text, call) for text in call.every("ranges")]
    return {**answer, "valueRanges": found} if found else answer


def update(library: Library, call: Call) -> Resource:
    """values.update: one range."""
    library.open(call.spreadsheet_id)
    shown = _response_rendering(
        call.flag("includeValuesInResponse"),
        call.text("responseValueRenderOption"),
        call.text("responseDateTimeRenderOption"),
    )

    def change(workbook: Workbook) -> Resource:
        option = call.text("valueInputOption")
        return _write(workbook, call.range_text, call.body, option, shown)

    return library.write(call.spreadsheet_id, change)


def batch_update(library: Library, call: Call) -> Resource:
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
                responses.append(_write(workbook, data.get("range") or "", data, option, shown))
            except ApiError as error:
                raise ApiError(error.code, f"Invalid data[{index}]: {error.message}") from error
        return {"spreadsheetId": workbook.spreadsheet_id, **_totals(responses)}

    return library.write(call.spreadsheet_id, change)


def append(library: Library, call: Call) -> Resource:
    """values.append: below the table in a range."""
    library.open(call.spreadsheet_id)
    rows = values.rows_of(call.body)
    shown = _response_rendering(
        call.flag("includeValuesInResponse"),
        call.text("responseValueRenderOption"),
        call.text("responseDateTimeRenderOption"),
    )

    def change(workbook: Workbook) -> Resource:
        return append_below(
            workbook,
            call.range_text,
            rows,
            option=call.text("valueInputOption"),
            insert_rows=call.text("insertDataOption") == "INSERT_ROWS",
            rendering=shown,
        )

    return library.write(call.spreadsheet_id, change)


def clear(library: Library, call: Call) -> Resource:
    """values.clear: one range."""
    library.open(call.spreadsheet_id)
    cleared = library.write(call.spreadsheet_id, lambda book: values.clear(book, call.range_text))
    return {"spreadsheetId": call.spreadsheet_id, "clearedRange": cleared}


def batch_clear(library: Library, call: Call) -> Resource:
    """values.batchClear: several ranges, all or none."""
    library.open(call.spreadsheet_id)
    ranges: list[str] = call.body.get("ranges") or []
    cleared = library.write(
        call.spreadsheet_id, lambda book: [values.clear(book, text) for text in ranges]
    )
    return {"spreadsheetId": call.spreadsheet_id, "clearedRanges": cleared}


def _read(workbook: Workbook, range_text: str, call: Call) -> Resource:
    sheet, box = workbook.resolve_a1(range_text)
    rendering = Rendering(
        value=call.text("valueRenderOption") or Rendering.value,
        date_time=call.text("dateTimeRenderOption") or Rendering.date_time,
        dimension=call.text("majorDimension") or Rendering.dimension,
    )
    return values.read(workbook, sheet, box, rendering)


def _write(
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
