"""Cells keep what was entered, typed; and what cannot be kept is refused."""

from typing import Any

import gspread
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emulators.sheets import SheetsEmulator
from tests.support.sheets import applied, grid, refused

READ_FIELDS = "sheets(data(rowData(values(userEnteredValue))))"
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


def rows_of(*rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """RowData of typed values."""
    return [{"values": [{"userEnteredValue": value} for value in row]} for row in rows]


def update(range_: dict[str, int], rows: list[Any], fields: str = "userEnteredValue") -> Any:
    """An updateCells request over a range."""
    return {"updateCells": {"range": range_, "rows": rows, "fields": fields}}


def entered(spreadsheet: gspread.Spreadsheet) -> list[Any]:
    """Every row's entered values."""
    answer = spreadsheet.client.spreadsheets_get(spreadsheet.id, params={"fields": READ_FIELDS})
    (tab,) = answer["sheets"]
    return [
        [cell.get("userEnteredValue") for cell in row.get("values", [])]
        for row in tab.get("data", [{}])[0].get("rowData", [])
    ]


@settings(max_examples=25)
@given(written=st.lists(texts, min_size=1, max_size=8))
@example(written=["=cmd()", "1/2", "+1", "-5", "'quoted", "TRUE", "2026-11-23", "12%", "null"])
@example(written=["🧑\u200d💻", "リポジトリ", "عربي", "e\u0301", "\u202eright", 'a\nb\t\\"', " "])
def test_typed_text_comes_back_as_it_went_in(
    spreadsheet: gspread.Spreadsheet, written: list[str]
) -> None:
    """A stringValue is text, whatever it looks like: entered, formatted, and as a formula view."""
    clear = update({"sheetId": 0}, [])
    values = [[{"stringValue": text}] for text in written]
    applied(spreadsheet, clear, update({"sheetId": 0}, rows_of(*values)))

    assert entered(spreadsheet) == values
    for render in ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"):
        shown = spreadsheet.values_get("Sheet1!A:A", params={"valueRenderOption": render})
        assert shown["values"] == [[text] for text in written]


@pytest.mark.parametrize(
    "value",
    [{"numberValue": 46349}, {"numberValue": -0.5}, {"boolValue": False}, {"formulaValue": "=A9"}],
)
def test_numbers_booleans_and_formulas_keep_their_type(
    spreadsheet: gspread.Spreadsheet, value: dict[str, Any]
) -> None:
    """Zero and false are values, not empty cells."""
    applied(spreadsheet, update(grid(0, 1, 0, 1), rows_of([value])))

    assert entered(spreadsheet) == [[value]]


def test_an_open_ended_range_clears_what_the_rows_do_not_cover(
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """updateCells over columns A:B removes their old rows and leaves column C alone."""
    old = [[{"numberValue": 1}, {"numberValue": 2}, {"numberValue": 3}]] * 4
    applied(spreadsheet, update({"sheetId": 0}, rows_of(*old)))
    range_ = {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 2}
    applied(spreadsheet, update(range_, rows_of([{"numberValue": 9}])))

    assert spreadsheet.sheet1.get("A1:C4") == [["9", "", "3"], *[["", "", "3"]] * 3]


def test_writing_from_a_start_leaves_other_cells_alone(spreadsheet: gspread.Spreadsheet) -> None:
    """updateCells from a start touches just the cells given."""
    applied(spreadsheet, update(grid(0, 1, 0, 3), rows_of([{"numberValue": 1}] * 3)))
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 1}
    rows = rows_of([{"stringValue": "x"}])
    applied(spreadsheet, {"updateCells": {"start": start, "rows": rows, "fields": "*"}})

    assert spreadsheet.sheet1.row_values(1) == ["1", "x", "1"]


def test_a_mask_changes_just_the_fields_that_it_names(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """Nested paths of the format; absent fields under the mask are removed; the rest stays."""
    whole = {"userEnteredValue": {"numberValue": 1}, "note": "n",
             "userEnteredFormat": {"textFormat": {"bold": True, "italic": True}}}  # fmt: skip
    applied(spreadsheet, update(grid(0, 1, 0, 1), [{"values": [whole]}], "*"))
    change = {"userEnteredFormat": {"textFormat": {"fontSize": 20}}}
    fields = "userEnteredFormat.textFormat(bold,fontSize),note"
    applied(spreadsheet, update(grid(0, 1, 0, 1), [{"values": [change]}], fields))

    (tab,) = sheets.spreadsheet(spreadsheet.id)["sheets"]
    cell = tab["data"][0]["rowData"][0]["values"][0]
    assert cell["userEnteredValue"] == {"numberValue": 1}
    assert cell["userEnteredFormat"] == {"textFormat": {"italic": True, "fontSize": 20}}
    assert "note" not in cell
    assert cell["effectiveFormat"]["textFormat"]["fontFamily"] == "arial,sans,sans-serif"
    assert cell["effectiveFormat"]["textFormat"]["fontSize"] == 20


def test_repeat_cell_formats_a_whole_column_also_where_it_is_empty(
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """A date written later into a formatted column shows as a date."""
    date = {"type": "DATE", "pattern": "yyyy-mm-dd"}
    range_ = {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1}
    cell = {"userEnteredFormat": {"numberFormat": date}}
    fields = "userEnteredFormat.numberFormat"
    applied(spreadsheet, {"repeatCell": {"range": range_, "cell": cell, "fields": fields}})
    applied(spreadsheet, update(grid(2, 3, 0, 1), rows_of([{"numberValue": 46349}])))

    assert spreadsheet.sheet1.acell("A3").value == "2026-11-23"


def test_appended_cells_follow_the_last_row_with_a_value(spreadsheet: gspread.Spreadsheet) -> None:
    """appendCells grows the grid where it must."""
    resize = {"sheetId": 0, "gridProperties": {"rowCount": 2, "columnCount": 2}}
    fields = "gridProperties(rowCount,columnCount)"
    rows = rows_of([{"numberValue": 1}], [{"numberValue": 2}])
    append = {"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}}
    applied(
        spreadsheet,
        {"updateSheetProperties": {"properties": resize, "fields": fields}},
        append,
        append,
    )

    assert spreadsheet.sheet1.col_values(1) == ["1", "2", "1", "2"]
    assert spreadsheet.sheet1.row_count == 4


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"stringValue": "x" * 50_001}, "more than the maximum of 50000 characters"),
        ({"formulaValue": "SUM(A1)"}, "must begin with '='"),
        ({"stringValue": "a", "numberValue": 1}, "already set"),
        ({"errorValue": {"type": "REF"}}, "read-only"),
    ],
)
def test_a_value_that_a_cell_cannot_hold_is_refused(
    spreadsheet: gspread.Spreadsheet, value: dict[str, Any], message: str
) -> None:
    """Too long a text, a formula without `=`, two values at once, an error as input."""
    error = refused(spreadsheet, update(grid(0, 1, 0, 1), rows_of([value])))

    assert message in error["message"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            update(grid(0, 1001, 0, 1), []),
            "Range (Sheet1!A1:A1001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
        (
            update(grid(0, 1, 0, 1), rows_of([{"numberValue": 1}] * 2)),
            "Attempting to write column: 1, beyond the last requested column of: 0",
        ),
        (
            update(grid(0, 1, 0, 1), rows_of([{"numberValue": 1}], [{"numberValue": 1}])),
            "Attempting to write row: 1, beyond the last requested row of: 0",
        ),
        (update({"sheetId": 5}, []), "No grid with id: 5"),
    ],
)
def test_writing_outside_the_grid_or_the_range_is_refused(
    spreadsheet: gspread.Spreadsheet, request_: dict[str, Any], message: str
) -> None:
    """In the words that people report from the service."""
    error = refused(spreadsheet, request_)

    assert error["message"] == f"Invalid requests[0].updateCells: {message}"


def test_the_spreadsheet_holds_ten_million_cells_at_most(spreadsheet: gspread.Spreadsheet) -> None:
    """Ten million are accepted, one row more is not."""

    def resize(rows: int) -> dict[str, Any]:
        properties = {"sheetId": 0, "gridProperties": {"rowCount": rows, "columnCount": 10}}
        fields = "gridProperties(rowCount,columnCount)"
        return {"updateSheetProperties": {"properties": properties, "fields": fields}}

    narrow = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 10, "endIndex": 26}
    applied(spreadsheet, {"deleteDimension": {"range": narrow}}, resize(1_000_000))

    assert "above the limit of 10000000 cells" in refused(spreadsheet, resize(1_000_001))["message"]


def test_colours_are_kept_as_the_service_keeps_them(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """Eight bits a channel, zero absent; both names of a colour are answered whichever is set."""
    cell = {"userEnteredFormat": {"backgroundColor": {"red": 0.5, "green": 0}}}
    fields = "userEnteredFormat.backgroundColor"
    style = {"foregroundColorStyle": {"rgbColor": {"blue": 1}}}
    text = {"userEnteredFormat": {"textFormat": style}}
    text_fields = "userEnteredFormat.textFormat.foregroundColorStyle"
    applied(
        spreadsheet,
        {"repeatCell": {"range": grid(0, 1, 0, 1), "cell": cell, "fields": fields}},
        update(grid(0, 1, 0, 1), [{"values": [text]}], text_fields),
    )

    (tab,) = sheets.spreadsheet(spreadsheet.id)["sheets"]
    entered_format = tab["data"][0]["rowData"][0]["values"][0]["userEnteredFormat"]
    assert entered_format == {
        "backgroundColor": {"red": 0.49803922},
        "backgroundColorStyle": {"rgbColor": {"red": 0.49803922}},
        "textFormat": {
            "foregroundColor": {"blue": 1},
            "foregroundColorStyle": {"rgbColor": {"blue": 1}},
        },
    }


def test_colours_are_written_as_the_service_writes_them(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """Eight bits a channel, as few digits as tell a 32-bit float; the standard theme's, too."""
    spreadsheet.sheet1.format("A1", {"backgroundColor": {"red": 66 / 255, "blue": 0.0157}})

    resource = sheets.spreadsheet(spreadsheet.id)
    (row,) = resource["sheets"][0]["data"][0]["rowData"]
    background = row["values"][0]["userEnteredFormat"]["backgroundColor"]
    assert background == {"red": 0.25882354, "blue": 0.015686275}
    theme = resource["properties"]["spreadsheetTheme"]
    assert theme["primaryFontFamily"] == "Arial"
    assert theme["themeColors"][0] == {"colorType": "TEXT", "color": {"rgbColor": {}}}
    assert theme["themeColors"][2] == {
        "colorType": "ACCENT1",
        "color": {"rgbColor": {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275}},
    }
