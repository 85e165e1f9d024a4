"""spreadsheets.get and values.get answer what ranges, masks and options ask for, and no more."""

from typing import Any

import gspread
import pytest

from emulators.sheets import SheetsEmulator
from tests.support.sheets import applied, grid


def get(spreadsheet: gspread.Spreadsheet, **params: Any) -> dict[str, Any]:
    """spreadsheets.get with these query parameters."""
    return dict(spreadsheet.client.spreadsheets_get(spreadsheet.id, params=params))


@pytest.fixture
def filled(spreadsheet: gspread.Spreadsheet) -> gspread.Spreadsheet:
    """Tabs `Sheet1` and `data`, the latter with a date, a text and a number; one named range."""
    date = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
    cells = [
        {"userEnteredValue": {"numberValue": 46349}, "userEnteredFormat": date},
        {"userEnteredValue": {"stringValue": "me/app"}},
        {"userEnteredValue": {"numberValue": 3}},
    ]
    start = {"sheetId": 4, "rowIndex": 1, "columnIndex": 0}
    named = {"namedRangeId": "rev", "name": "own_rev_1", "range": grid(0, 1, 0, 1, 4)}
    applied(
        spreadsheet,
        {"addSheet": {"properties": {"sheetId": 4, "title": "data"}}},
        {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": "*"}},
        {"addNamedRange": {"namedRange": named}},
    )
    return spreadsheet


def test_without_a_mask_grid_data_comes_only_when_asked_for(filled: gspread.Spreadsheet) -> None:
    """includeGridData decides where there is no `fields`."""
    assert "data" not in get(filled)["sheets"][1]
    data = get(filled, includeGridData="true")["sheets"][1]["data"][0]
    assert len(data["rowMetadata"]) == 1000
    assert data["rowData"][0] == {}
    shown = data["rowData"][1]["values"][0]
    assert shown["formattedValue"] == "2026-11-23"
    assert shown["effectiveValue"] == {"numberValue": 46349}
    assert shown["effectiveFormat"]["horizontalAlignment"] == "RIGHT"


def test_with_a_mask_only_its_fields_come(filled: gspread.Spreadsheet) -> None:
    """Both notations; grid data comes because the mask names it."""
    fields = "namedRanges(name),sheets(properties.title,data/rowData/values/formattedValue)"
    answer = get(filled, fields=fields)

    assert answer == {
        "namedRanges": [{"name": "own_rev_1"}],
        "sheets": [
            {"properties": {"title": "Sheet1"}, "data": [{}]},
            {
                "properties": {"title": "data"},
                "data": [
                    {
                        "rowData": [
                            {},
                            {
                                "values": [
                                    {"formattedValue": "2026-11-23"},
                                    {"formattedValue": "me/app"},
                                    {"formattedValue": "3"},
                                ]
                            },
                        ]
                    }
                ],
            },
        ],
    }


def test_ranges_select_tabs_and_cells_and_keep_the_named_ranges(
    filled: gspread.Spreadsheet,
) -> None:
    """One request reads cells, tabs and named ranges; a tab that no range touches is left out."""
    answer = get(
        filled,
        ranges=["data!B2:C3", "data!A2"],
        fields="namedRanges,sheets(properties(sheetId),data(startRow,startColumn,rowData))",
    )

    (tab,) = answer["sheets"]
    first, second = tab["data"]
    assert tab["properties"] == {"sheetId": 4}
    assert (first["startRow"], first["startColumn"]) == (1, 1)
    assert [cell["formattedValue"] for cell in first["rowData"][0]["values"]] == ["me/app", "3"]
    assert second["startRow"] == 1
    assert "startColumn" not in second
    assert answer["namedRanges"][0]["range"]["sheetId"] == 4


def test_the_id_zero_of_a_tab_goes_unsaid_in_ranges(spreadsheet: gspread.Spreadsheet) -> None:
    """As in the service's answers: clients must read an absent sheetId as 0."""
    named = {"name": "first", "range": grid(0, 1, 0, 1)}
    (reply,) = applied(spreadsheet, {"addNamedRange": {"namedRange": named}})

    assert "sheetId" not in reply["addNamedRange"]["namedRange"]["range"]


@pytest.mark.parametrize("fields", ["sheets.propertys", "sheets(data(rows))", "properties.title.x"])
def test_a_mask_with_an_unknown_field_is_refused(
    spreadsheet: gspread.Spreadsheet, fields: str
) -> None:
    """400 with the path that could not be expanded."""
    with pytest.raises(gspread.exceptions.APIError) as caught:
        get(spreadsheet, fields=fields)

    error = caught.value.response.json()["error"]
    assert error["message"] == "Request contains an invalid argument."
    description = error["details"][0]["fieldViolations"][0]["description"]
    assert "Cannot find matching fields for path" in description


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"range": "A1"}, "Field 'range' could not be found in request message."),
        ({"includeGridData": "yes"}, "Invalid value at 'includeGridData'"),
        ({"ranges": "Nowhere!A1"}, "Unable to parse range: Nowhere!A1"),
    ],
)
def test_a_query_that_the_method_does_not_have_is_refused(
    spreadsheet: gspread.Spreadsheet, params: dict[str, str], message: str
) -> None:
    """Unknown parameters, bad values, unknown tabs: 400."""
    with pytest.raises(gspread.exceptions.APIError, match="400") as caught:
        get(spreadsheet, **params)

    assert message in caught.value.response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("params", "values"),
    [
        ({}, [["2026-11-23", "me/app", "3"]]),
        ({"valueRenderOption": "UNFORMATTED_VALUE"}, [[46349, "me/app", 3]]),
        (
            {
                "valueRenderOption": "UNFORMATTED_VALUE",
                "dateTimeRenderOption": "FORMATTED_STRING",
            },
            [["2026-11-23", "me/app", 3]],
        ),
        ({"majorDimension": "COLUMNS"}, [["2026-11-23"], ["me/app"], ["3"]]),
    ],
)
def test_values_are_rendered_as_the_options_say(
    filled: gspread.Spreadsheet, params: dict[str, Any], values: list[list[Any]]
) -> None:
    """Formatted, unformatted, dates as text or as serial numbers, by rows or columns."""
    answer = filled.values_get("data!A2:C9", params=params)

    assert answer["range"] == "data!A2:C9"
    assert answer["values"] == values


def test_a_range_may_end_beyond_the_grid_but_not_start_there(
    filled: gspread.Spreadsheet,
) -> None:
    """Reading cuts the end; a start outside is an error."""
    assert filled.values_get("data!A2:AZ5000")["range"] == "data!A2:Z1000"
    with pytest.raises(gspread.exceptions.APIError, match="exceeds grid limits"):
        filled.values_get("data!A1001:B1002")


def test_a_formula_is_kept_and_honestly_not_computed(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """The formula reads back; its value is an error that says why; a sparkline shows nothing."""
    formulas = [["=1+1", "=SPARKLINE(A1:A3)"]]
    spreadsheet.sheet1.update(formulas, "A1", value_input_option="USER_ENTERED")  # type: ignore[arg-type]

    shown = spreadsheet.values_get("A1:B1", params={"valueRenderOption": "FORMULA"})
    (tab,) = sheets.spreadsheet(spreadsheet.id)["sheets"]
    sum_, sparkline = tab["data"][0]["rowData"][0]["values"]
    assert shown["values"] == formulas
    assert spreadsheet.values_get("A1:B1")["values"] == [["#ERROR!"]]
    assert sum_["effectiveValue"]["errorValue"]["type"] == "ERROR"
    assert "effectiveValue" not in sparkline
    assert sparkline["userEnteredValue"]["formulaValue"] == "=SPARKLINE(A1:A3)"


def test_parts_are_found_by_data_filters(filled: gspread.Spreadsheet) -> None:
    """getByDataFilter by metadata; developerMetadata.search and get."""
    client = filled.client
    url = f"https://sheets.googleapis.com/v4/spreadsheets/{filled.id}"
    row = {"sheetId": 4, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    metadata = {"metadataId": 1, "metadataKey": "first", "visibility": "DOCUMENT"}
    entry = {**metadata, "location": {"dimensionRange": row}}
    applied(filled, {"createDeveloperMetadata": {"developerMetadata": entry}})
    lookup = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "first"}}]}

    found = client.request("post", f"{url}/developerMetadata:search", json=lookup).json()
    one = client.request("get", f"{url}/developerMetadata/1").json()
    part = client.request(
        "post", f"{url}:getByDataFilter", json={**lookup, "includeGridData": True}
    ).json()
    assert found["matchedDeveloperMetadata"][0]["developerMetadata"] == one
    assert one["location"]["locationType"] == "ROW"
    (tab,) = part["sheets"]
    assert tab["data"][0]["startRow"] == 1
    assert tab["data"][0]["rowMetadata"][0]["developerMetadata"] == [one]


def test_a_spreadsheet_can_be_created_over_the_api(
    sheets: SheetsEmulator, client: gspread.Client
) -> None:
    """spreadsheets.create with properties and tabs."""
    body = {
        "properties": {"title": "New", "locale": "ja_JP"},
        "sheets": [{"properties": {"title": "今日"}}],
    }
    url = "https://sheets.googleapis.com/v4/spreadsheets"
    made = client.http_client.request("post", url, json=body).json()

    assert made["spreadsheetId"] in sheets.spreadsheet_ids()
    assert made["sheets"][0]["properties"]["title"] == "今日"
    assert made["properties"]["locale"] == "ja_JP"
