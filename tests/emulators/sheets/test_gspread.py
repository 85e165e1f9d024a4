"""What people do with gspread every day works over sockets against the emulator."""

from pathlib import Path

import gspread
import pytest
from gspread.utils import InsertDataOption

from emulators.sheets import SheetsEmulator
from tests.support.sheets import connected_client, running_sheets


def test_a_new_spreadsheet_has_one_tab_as_in_the_service(spreadsheet: gspread.Spreadsheet) -> None:
    """Title, locale and time zone are those given; the tab is 1,000 rows by 26 columns."""
    (worksheet,) = spreadsheet.worksheets()

    assert (worksheet.id, worksheet.title) == (0, "Sheet1")
    assert (worksheet.row_count, worksheet.col_count) == (1000, 26)
    assert (spreadsheet.title, spreadsheet.locale) == ("Dashboard", "en_US")
    assert spreadsheet.timezone == "Etc/UTC"


def test_values_written_by_range_are_read_back(spreadsheet: gspread.Spreadsheet) -> None:
    """update, get_all_values, get_all_records, acell, row_values, col_values, batch_get."""
    worksheet = spreadsheet.sheet1
    worksheet.update([["date", "commits"], ["2026-11-23", 3], ["2026-11-24", 5]], "A1")

    assert worksheet.get_all_values() == [
        ["date", "commits"],
        ["2026-11-23", "3"],
        ["2026-11-24", "5"],
    ]
    assert worksheet.get_all_records() == [
        {"date": "2026-11-23", "commits": 3},
        {"date": "2026-11-24", "commits": 5},
    ]
    assert worksheet.acell("B2").value == "3"
    assert worksheet.row_values(3) == ["2026-11-24", "5"]
    assert worksheet.col_values(2) == ["commits", "3", "5"]
    assert worksheet.batch_get(["A1:A2", "B3"]) == [[["date"], ["2026-11-23"]], [["5"]]]


def test_a_row_is_appended_below_the_table(spreadsheet: gspread.Spreadsheet) -> None:
    """values.append finds the last row of the table and tells the range that it wrote."""
    worksheet = spreadsheet.sheet1
    worksheet.update([["a", "b"], [1, 2]], "C3")

    answer = worksheet.append_row([3, 4], table_range="C3")

    assert answer["tableRange"] == "Sheet1!C3:D4"
    assert answer["updates"]["updatedRange"] == "Sheet1!C5:D5"
    assert worksheet.get("C3:D5") == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_a_gap_ends_a_table(spreadsheet: gspread.Spreadsheet) -> None:
    """With an empty cell between them, the last filled cell's block is the table."""
    spreadsheet.sheet1.append_row(["first", "", "third"])
    answer = spreadsheet.sheet1.append_row(["below"])

    assert answer["tableRange"] == "Sheet1!C1"
    assert answer["updates"]["updatedRange"] == "Sheet1!C2"


def test_appending_past_the_last_row_adds_rows(spreadsheet: gspread.Spreadsheet) -> None:
    """A full grid grows by the rows that are appended."""
    worksheet = spreadsheet.add_worksheet("small", rows=1, cols=2)
    worksheet.append_row([1, 2])
    worksheet.append_rows([[3, 4], [5, 6]])

    assert spreadsheet.worksheet("small").row_count == 3
    assert worksheet.get_all_values() == [["1", "2"], ["3", "4"], ["5", "6"]]


def test_appending_with_inserted_rows_moves_what_is_below(spreadsheet: gspread.Spreadsheet) -> None:
    """INSERT_ROWS pushes later content down instead of overwriting it."""
    worksheet = spreadsheet.sheet1
    worksheet.update([["a"], ["b"], [""], ["footer"]], "A1")
    worksheet.append_row(
        ["c"], table_range="A1:A2", insert_data_option=InsertDataOption.insert_rows
    )

    assert worksheet.col_values(1) == ["a", "b", "c", "", "footer"]


def test_tabs_are_added_renamed_moved_copied_and_deleted(
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Tabs keep their order and get the indexes that follow from it."""
    data = spreadsheet.add_worksheet("data", rows=5, cols=4)
    data.update([["x"]], "A1")
    data.update_title("history")
    copy = data.duplicate(new_sheet_name="copy", insert_sheet_index=0)
    spreadsheet.del_worksheet(spreadsheet.worksheet("Sheet1"))
    spreadsheet.reorder_worksheets([data, copy])

    titles = [worksheet.title for worksheet in spreadsheet.worksheets()]
    assert titles == ["history", "copy"]
    assert spreadsheet.worksheet("copy").acell("A1").value == "x"


def test_cells_are_cleared_found_and_counted(spreadsheet: gspread.Spreadsheet) -> None:
    """clear, batch_clear, find and resize."""
    worksheet = spreadsheet.sheet1
    worksheet.update([["a", "b"], ["c", "d"]], "A1")
    worksheet.batch_clear(["B1", "A2"])

    assert worksheet.get_all_values() == [["a", ""], ["", "d"]]
    found = worksheet.find("d")
    assert found is not None
    assert found.address == "B2"
    worksheet.clear()
    assert worksheet.get_all_values() == [[]]
    worksheet.resize(rows=3, cols=2)
    assert spreadsheet.sheet1.row_count == 3


def test_formats_notes_merges_and_filters_are_kept(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """format, insert_note, merge_cells, freeze, set_basic_filter, add_protected_range, hide."""
    worksheet = spreadsheet.sheet1
    worksheet.update([[0.5]], "A1")
    worksheet.format("A1", {"numberFormat": {"type": "PERCENT"}, "textFormat": {"bold": True}})
    worksheet.insert_note("A1", "half")
    worksheet.merge_cells("B2:C3")
    worksheet.freeze(rows=1)
    worksheet.set_basic_filter("A5:C9")
    worksheet.hide_columns(3, 4)
    worksheet.add_dimension_group_rows(1, 3)

    (tab,) = sheets.spreadsheet(spreadsheet.id)["sheets"]
    cell = tab["data"][0]["rowData"][0]["values"][0]
    assert worksheet.acell("A1").value == "50.00%"
    assert worksheet.get_note("A1") == "half"
    assert cell["userEnteredFormat"]["textFormat"] == {"bold": True}
    assert tab["merges"] == [
        {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 1, "endColumnIndex": 3}
    ]
    assert tab["properties"]["gridProperties"]["frozenRowCount"] == 1
    assert tab["basicFilter"]["range"]["startRowIndex"] == 4
    assert tab["data"][0]["columnMetadata"][3] == {"pixelSize": 100, "hiddenByUser": True}
    assert tab["rowGroups"][0]["depth"] == 1


def test_rows_and_columns_are_inserted_deleted_and_sorted(
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """insert_row, delete_rows, insert_cols, sort, copy_range, cut_range."""
    worksheet = spreadsheet.sheet1
    worksheet.update([[3], [1], [2]], "A1")
    worksheet.sort((1, "asc"), range="A1:A3")
    worksheet.insert_row([0], index=1)
    worksheet.delete_rows(2)
    worksheet.insert_cols([["a"]], col=1)
    worksheet.copy_range("B1:B3", "C1")
    worksheet.cut_range("A1", "D1")

    assert worksheet.get("A1:D3") == [["", "0", "0", "a"], ["", "2", "2"], ["", "3", "3"]]


def test_named_ranges_are_defined_read_and_deleted(spreadsheet: gspread.Spreadsheet) -> None:
    """define_named_range, a read by the name, list_named_ranges, delete_named_range."""
    worksheet = spreadsheet.sheet1
    worksheet.update([["a", "b"]], "A1")
    named = worksheet.define_named_range("A1:B1", "header")["replies"][0]["addNamedRange"]

    assert spreadsheet.values_get("header")["values"] == [["a", "b"]]
    assert [item["name"] for item in spreadsheet.list_named_ranges()] == ["header"]
    worksheet.delete_named_range(named["namedRange"]["namedRangeId"])
    assert spreadsheet.list_named_ranges() == []


def test_a_spreadsheet_that_does_not_exist_is_not_found(client: gspread.Client) -> None:
    """404 NOT_FOUND, which gspread knows."""
    with pytest.raises(gspread.exceptions.SpreadsheetNotFound):
        client.open_by_key("nothing-here")


def test_a_tab_is_copied_to_another_spreadsheet_with_its_formats(
    tmp_path: Path,
) -> None:
    """sheets.copyTo brings cells under `Copy of …`; formats are right after a restart too."""
    with running_sheets(tmp_path) as own, connected_client(own.url) as connected:
        for name in ("from", "to"):
            own.create_spreadsheet(name, title=name)
        target = connected.open_by_key("to").sheet1
        target.format("A1", {"textFormat": {"bold": True}})
        source = connected.open_by_key("from").sheet1
        source.update([[0.5]], "A1")
        source.format("A1", {"numberFormat": {"type": "PERCENT", "pattern": "0%"}})
        source.copy_to("to")

    with running_sheets(tmp_path) as own, connected_client(own.url) as connected:
        copy = connected.open_by_key("to").worksheet("Copy of Sheet1")
        assert copy.acell("A1").value == "50%"


def test_an_update_counts_the_inputs_that_are_not_null(spreadsheet: gspread.Spreadsheet) -> None:
    """null leaves a cell as it is, empty text clears it; the range written is named whole."""
    spreadsheet.sheet1.update([["a", "b"], ["c", "d"]], "A1")
    answer = spreadsheet.values_update(
        "A1:B2", params={"valueInputOption": "RAW"}, body={"values": [[None, "x"], ["", None]]}
    )

    assert answer["updatedRange"] == "Sheet1!A1:B2"
    assert (answer["updatedRows"], answer["updatedColumns"], answer["updatedCells"]) == (2, 2, 2)
    assert spreadsheet.sheet1.get("A1:B2") == [["a", "x"], ["", "d"]]


def test_a_batch_of_values_is_all_or_nothing(spreadsheet: gspread.Spreadsheet) -> None:
    """values.batchUpdate with one range that does not exist writes none."""
    data = [{"range": "A1", "values": [["x"]]}, {"range": "Nowhere!A1", "values": [["x"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    with pytest.raises(gspread.exceptions.APIError, match=r"Invalid data\[1\]: Unable to parse"):
        spreadsheet.values_batch_update(body)

    assert spreadsheet.sheet1.get_all_values() == [[]]


@pytest.mark.parametrize(
    ("range_", "values", "message"),
    [
        ("A1:B1", [[1, 2, 3]], "within range [Sheet1!A1:B1], but tried writing to column [C]"),
        ("A1:B1", [[1], [2]], "within range [Sheet1!A1:B1], but tried writing to row [2]"),
        ("Z1", [[1, 2]], "exceeds grid limits. Max rows: 1000, max columns: 26"),
    ],
)
def test_values_that_do_not_fit_their_range_are_refused(
    spreadsheet: gspread.Spreadsheet, range_: str, values: list[list[int]], message: str
) -> None:
    """A range of one cell only says where to begin; a larger one is a limit."""
    with pytest.raises(gspread.exceptions.APIError) as caught:
        spreadsheet.sheet1.update(values, range_)

    assert message in caught.value.response.json()["error"]["message"]
