"""Rules of the real service that clients stumbled over, and its lagging reads."""

from typing import Any

import gspread
import pytest

from emulators.faults import Fault
from emulators.sheets import SheetsEmulator
from tests.support.sheets import applied, grid, refused
from tests.support.sheets_layout import chart, lines

NAMED = {"namedRangeId": "n1", "name": "mark_1", "range": grid(0, 1, 0, 1)}
SORT = {"sortRange": {"range": grid(1, 6, 0, 2), "sortSpecs": [{"dimensionIndex": 0}]}}
BASIC_FILTER = {
    "range": grid(0, 6, 0, 2),
    "filterSpecs": [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["5"]}}],
}


def freeze(rows: int) -> dict[str, Any]:
    """A request that freezes the first rows."""
    grid_properties = {"gridProperties": {"frozenRowCount": rows}}
    return {
        "updateSheetProperties": {
            "properties": grid_properties,
            "fields": "gridProperties.frozenRowCount",
        }
    }


def write(text: str) -> dict[str, Any]:
    """A request that writes a text into A1."""
    cell = {"userEnteredValue": {"stringValue": text}}
    return {
        "updateCells": {
            "range": grid(0, 1, 0, 1),
            "rows": [{"values": [cell]}],
            "fields": "userEnteredValue",
        }
    }


def hide(row: int) -> dict[str, Any]:
    """A request that hides a row."""
    return {
        "updateDimensionProperties": {
            "range": lines("ROWS", row, row + 1),
            "properties": {"hiddenByUser": True},
            "fields": "hiddenByUser",
        }
    }


def unsorted(spreadsheet: gspread.Spreadsheet) -> gspread.Worksheet:
    """A header and five rows, 5 to 1, with a letter each."""
    worksheet = spreadsheet.sheet1
    worksheet.update([["n", "l"], [5, "e"], [4, "d"], [3, "c"], [2, "b"], [1, "a"]], "A1")
    return worksheet


@pytest.mark.parametrize(("start", "end", "allowed"), [(1, 1000, False), (0, 999, True)])
def test_the_rows_below_the_frozen_ones_cannot_all_be_deleted(
    spreadsheet: gspread.Spreadsheet, start: int, end: int, allowed: bool
) -> None:
    """One row below the frozen ones must stay, whatever goes above."""
    applied(spreadsheet, freeze(1))
    delete = {"deleteDimension": {"range": lines("ROWS", start, end)}}
    if allowed:
        applied(spreadsheet, delete)
        return
    message = refused(spreadsheet, delete)["message"]

    assert message.endswith("Sorry, it is not possible to delete all non-frozen rows.")
    applied(spreadsheet, {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}})
    applied(spreadsheet, delete)


def test_a_tab_cannot_shrink_to_its_frozen_rows_even_where_it_thaws_them(
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The new height is checked against what is frozen before the same request changes that."""
    applied(spreadsheet, freeze(1))
    shrink = {
        "updateSheetProperties": {
            "properties": {"gridProperties": {"rowCount": 1, "frozenRowCount": 0}},
            "fields": "gridProperties(rowCount,frozenRowCount)",
        }
    }

    assert "all non-frozen rows" in refused(spreadsheet, shrink)["message"]


def test_a_sort_leaves_hidden_rows_where_they_are(spreadsheet: gspread.Spreadsheet) -> None:
    """Only what is shown is sorted."""
    worksheet = unsorted(spreadsheet)
    applied(spreadsheet, hide(2), SORT)

    assert worksheet.col_values(1) == ["n", "1", "4", "2", "3", "5"]
    assert worksheet.col_values(2) == ["l", "a", "d", "b", "c", "e"]


def test_a_sort_leaves_rows_that_a_filter_hides(spreadsheet: gspread.Spreadsheet) -> None:
    """A filter hides rows when it is set, until it is cleared."""
    worksheet = unsorted(spreadsheet)
    applied(spreadsheet, {"setBasicFilter": {"filter": BASIC_FILTER}}, SORT)

    assert worksheet.col_values(1) == ["n", "5", "1", "2", "3", "4"]
    applied(spreadsheet, {"clearBasicFilter": {"sheetId": 0}}, SORT)
    assert worksheet.col_values(1) == ["n", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("condition", "hidden"),
    [
        ({"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "3"}]}, [3, 4, 5]),
        ({"type": "NUMBER_LESS_THAN_EQ", "values": [{"userEnteredValue": "4"}]}, [1]),
        ({"type": "NOT_BLANK"}, []),
        ({"type": "TEXT_EQ", "values": [{"userEnteredValue": "4"}]}, [1, 3, 4, 5]),
    ],
)
def test_a_filters_condition_hides_the_rows_that_break_it(
    spreadsheet: gspread.Spreadsheet,
    sheets: SheetsEmulator,
    condition: dict[str, Any],
    hidden: list[int],
) -> None:
    """Numbers, texts and blanks; row metadata says which rows are hidden."""
    unsorted(spreadsheet)
    basic = {"range": grid(0, 6, 0, 2), "criteria": {"0": {"condition": condition}}}
    applied(spreadsheet, {"setBasicFilter": {"filter": basic}})

    metadata = sheets.spreadsheet(spreadsheet.id)["sheets"][0]["data"][0]["rowMetadata"]
    assert [index for index, row in enumerate(metadata) if row.get("hiddenByFilter")] == hidden


def test_only_cells_merged_over_several_rows_are_in_a_sorts_way(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """Cells merged within a row move with it; a vertical merge refuses the sort."""
    unsorted(spreadsheet)
    horizontal = {"mergeCells": {"range": grid(1, 2, 0, 2), "mergeType": "MERGE_ALL"}}
    applied(spreadsheet, horizontal, SORT)
    (merge,) = sheets.spreadsheet(spreadsheet.id)["sheets"][0]["merges"]
    assert (merge["startRowIndex"], merge["endRowIndex"]) == (5, 6)

    vertical = {"mergeCells": {"range": grid(1, 3, 0, 1), "mergeType": "MERGE_ALL"}}
    applied(spreadsheet, vertical)
    assert "vertically merged" in refused(spreadsheet, SORT)["message"]


def test_cells_are_not_merged_across_a_filters_border(spreadsheet: gspread.Spreadsheet) -> None:
    """Within the filter or beside it they are."""
    applied(spreadsheet, {"setBasicFilter": {"filter": BASIC_FILTER}})

    def merge(*sides: int) -> dict[str, Any]:
        return {"mergeCells": {"range": grid(*sides), "mergeType": "MERGE_ALL"}}

    message = refused(spreadsheet, merge(0, 1, 1, 3))["message"]
    assert "can't merge cells that cross the borders of an existing filter" in message
    applied(spreadsheet, merge(0, 1, 0, 2), merge(8, 9, 0, 3))


def test_lines_are_inserted_at_the_grids_end_only_like_those_before(
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """There is nothing after them that they could be like."""
    insert = {"range": lines("ROWS", 1000, 1002)}

    assert "inheritFromBefore" in refused(spreadsheet, {"insertDimension": insert})["message"]
    applied(spreadsheet, {"insertDimension": {**insert, "inheritFromBefore": True}})
    assert spreadsheet.sheet1.row_count == 1002


def test_an_empty_basic_chart_is_the_services_own_failure(
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """500, where a refusal would be expected."""
    error = refused(spreadsheet, chart(spec={"basicChart": {}}))

    assert (error["code"], error["status"]) == (500, "INTERNAL")
    assert error["message"] == "Internal error encountered."


def test_a_protected_column_refuses_a_sort_of_whole_rows(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """Sorting edits every cell of the range."""
    unsorted(spreadsheet)
    sheets.protect(spreadsheet.id, {"sheetId": 0, "startColumnIndex": 1, "endColumnIndex": 2})

    assert "edit a protected cell" in refused(spreadsheet, SORT)["message"]


def test_the_id_of_an_uploaded_excel_file_is_a_failed_precondition(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """For reading and writing, until it is saved as Google Sheets."""
    sheets.store_as_office_file(spreadsheet.id)

    error = refused(spreadsheet, write("x"))
    assert (error["code"], error["status"]) == (400, "FAILED_PRECONDITION")
    assert "must not be an Office file" in error["message"]
    with pytest.raises(gspread.exceptions.APIError, match="must not be an Office file"):
        spreadsheet.values_get("A1")
    sheets.save_as_google_sheets(spreadsheet.id)
    applied(spreadsheet, write("x"))


def test_a_time_zone_can_be_refused(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """By order of a test, and always a name that is no zone at all."""

    def zone(name: str) -> dict[str, Any]:
        properties = {"properties": {"timeZone": name}, "fields": "timeZone"}
        return {"updateSpreadsheetProperties": properties}

    sheets.refuse_time_zones("Europe/Kyiv")

    for name in ("Europe/Kyiv", "Mars/Olympus"):
        assert f"unknown time zone {name}" in refused(spreadsheet, zone(name))["message"]
    applied(spreadsheet, zone("Europe/Paris"))
    sheets.refuse_time_zones()
    applied(spreadsheet, zone("Europe/Kyiv"))


def test_a_read_can_lag_behind_the_last_write(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """A stale read shows the state before the last write, as often as ordered."""
    applied(spreadsheet, write("old"))
    applied(spreadsheet, write("new"))
    sheets.calls.inject(Fault(operation="values.get", kind="stale", times=2))

    seen = [spreadsheet.values_get("A1")["values"][0][0] for _ in range(3)]

    assert seen == ["old", "old", "new"]


def test_a_read_can_be_torn(spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator) -> None:
    """Cells of before the last write, named ranges of after it."""
    applied(spreadsheet, write("old"))
    applied(spreadsheet, write("new"), {"addNamedRange": {"namedRange": NAMED}})
    sheets.calls.inject(Fault(operation="spreadsheets.get", kind="torn"))

    answer = spreadsheet.fetch_sheet_metadata({"includeGridData": "true"})

    cell = answer["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert cell["formattedValue"] == "old"
    assert [named["name"] for named in answer["namedRanges"]] == ["mark_1"]


def test_the_retry_of_a_write_whose_answer_was_lost_meets_its_own_work(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """The id is taken, and so is the name."""
    sheets.calls.inject(Fault(operation="spreadsheets.batchUpdate", kind="timeout_after_write"))
    add = {"addNamedRange": {"namedRange": NAMED}}
    with pytest.raises(OSError, match="aborted"):
        applied(spreadsheet, add)

    assert "already exists" in refused(spreadsheet, add)["message"]
    renamed = {"addNamedRange": {"namedRange": {**NAMED, "namedRangeId": "n2"}}}
    assert "with name: mark_1" in refused(spreadsheet, renamed)["message"]


def test_a_batch_can_be_aborted(spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator) -> None:
    """409 ABORTED says: try again."""
    sheets.calls.inject(Fault(operation="spreadsheets.batchUpdate", kind="409"))

    error = refused(spreadsheet, write("x"))

    assert (error["code"], error["status"]) == (409, "ABORTED")
    applied(spreadsheet, write("x"))


@pytest.mark.parametrize(("kind", "code"), [("400", 400), ("500", 500)])
def test_one_request_of_a_batch_can_be_ordered_to_fail(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator, kind: str, code: int
) -> None:
    """The batch with it fails whole, each time; a batch without it goes through."""
    before = sheets.requests.count("sortRange")
    sheets.requests.inject(Fault(operation="sortRange", kind=kind, times=None))

    for _ in range(2):
        assert refused(spreadsheet, write("x"), SORT)["code"] == code
    applied(spreadsheet, write("y"))
    assert spreadsheet.sheet1.acell("A1").value == "y"
    assert sheets.requests.count("sortRange") == before + 2


def test_the_person_can_enter_a_value(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """As a typed value, whatever is protected; the cell keeps its format and its note."""
    spreadsheet.sheet1.format("B2", {"textFormat": {"bold": True}})
    spreadsheet.sheet1.update_note("B2", "mine")
    sheets.protect(spreadsheet.id, {"sheetId": 0})

    sheets.enter(spreadsheet.id, sheet_id=0, row=1, column=1, value=7)

    (row,) = sheets.spreadsheet(spreadsheet.id)["sheets"][0]["data"][0]["rowData"][1:]
    cell = row["values"][1]
    assert cell["userEnteredValue"] == {"numberValue": 7}
    assert cell["userEnteredFormat"]["textFormat"]["bold"] is True
    assert cell["note"] == "mine"
    with pytest.raises(Exception, match="exceeds grid limits"):
        sheets.enter(spreadsheet.id, sheet_id=0, row=1000, column=0, value=7)
