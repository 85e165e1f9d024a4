"""What the person does to tabs, headers and columns: they are found again, made anew, or told."""

import gspread
import pytest

from emulators.sheets import SheetsEmulator
from tests.support.hands import AFTER_SECOND, OLD, rows, written
from tests.support.write_sheet import TODAY, at, window_event
from write_sheet.errors import ColumnsLost
from write_sheet.history.problems import ProblemKind
from write_sheet.sheets_api.client import GoogleSheet
from write_sheet.sheets_api.tab import Tab


def test_renamed_tabs_are_found_again_and_cost_one_reading(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """A tab is known by its id; its name is the person's to choose, quotes and all."""
    spreadsheet.worksheet("data").update_title("It's mine")
    spreadsheet.worksheet("Today").update_title("今日")
    written(sheet)
    assert rows(spreadsheet, "It's mine") == AFTER_SECOND
    before = sheets.calls.count()
    written(sheet)
    assert sheets.calls.count() - before == 1


def test_a_tab_that_took_the_name_of_ours_is_left_alone(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Ours was renamed, and the person's own now bears its old name."""
    spreadsheet.worksheet("data").update_title("counts")
    spreadsheet.add_worksheet("data", 5, 5).update_acell("A1", "mine")
    written(sheet)
    assert rows(spreadsheet, "counts") == AFTER_SECOND
    assert spreadsheet.worksheet("data").get_all_values() == [["mine"]]


def test_a_renamed_header_is_put_right(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The columns are where they belong: only the word changed."""
    spreadsheet.worksheet("data").update([["コミット"]], "C1")
    written(sheet)
    header = ["date", "repository", "commits", "collected_at"]
    assert spreadsheet.worksheet("data").row_values(1) == header
    assert rows(spreadsheet) == AFTER_SECOND


def test_a_deleted_header_is_put_back(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The first row is a count: the header goes above it, nothing is lost."""
    spreadsheet.worksheet("data").delete_rows(1)
    written(sheet)
    assert rows(spreadsheet) == AFTER_SECOND


@pytest.mark.parametrize("columns", [1, 2])
def test_columns_put_before_ours_are_moved_behind_them(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
    columns: int,
) -> None:
    """Our header tells where our columns are; what the person put there is kept."""
    tab = spreadsheet.worksheet("data")
    tab.insert_cols([["mine", "a", "b"]] * columns, 1)
    outcome = written(sheet)
    assert rows(spreadsheet) == AFTER_SECOND
    assert ProblemKind.MOVED_COLUMNS in [problem.kind for problem in outcome.problems]
    assert tab.col_values(5) == ["mine", "a", "b"]


@pytest.mark.parametrize("column", [2, 3])
def test_a_deleted_column_stops_the_writing(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
    column: int,
) -> None:
    """What was in it cannot be known: nothing is written over, and the fix is named."""
    tab = spreadsheet.worksheet("data")
    tab.delete_columns(column)
    before = tab.get_all_values()
    with pytest.raises(ColumnsLost, match="Version history"):
        written(sheet)
    assert tab.get_all_values() == before


@pytest.mark.parametrize(
    ("header", "columns", "got"),
    [("mine", 6, "mine, mine,"), ("", 6, r"\(blank\), \(blank\),"), ("", 8, "a blank row;")],
)
def test_far_columns_before_ours_stop_the_writing(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
    header: str,
    columns: int,
    got: str,
) -> None:
    """Where our header is out of sight, nothing of the person's is taken for it."""
    tab = spreadsheet.worksheet("data")
    tab.insert_cols([[header, "a", "b"]] * columns, 1)
    with pytest.raises(ColumnsLost, match=f"expected date, .*, got {got}"):
        written(sheet)
    assert tab.acell("A2").value == "a"


@pytest.mark.parametrize("tab", [Tab.TODAY, Tab.MONTHS, Tab.SETTINGS])
def test_a_deleted_tab_is_made_anew(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
    tab: Tab,
) -> None:
    """Its content is ours to write again."""
    spreadsheet.del_worksheet(spreadsheet.worksheet(tab.title))
    outcome = written(sheet)
    assert ProblemKind.LOST_TAB in [problem.kind for problem in outcome.problems]
    assert rows(spreadsheet) == AFTER_SECOND
    assert spreadsheet.worksheet(tab.title).get_all_values()
    assert written(sheet).outcome == "unchanged"


def test_a_deleted_data_tab_is_told_until_the_days_are_collected_again(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The days are still known to have had commits: they are not taken for empty."""
    spreadsheet.del_worksheet(spreadsheet.worksheet("data"))
    outcome = written(sheet)
    lost = [f for f in outcome.problems if f.kind is ProblemKind.CHANGED_BY_HAND and not f.repaired]
    assert [(problem.since, problem.expected) for problem in lost] == [(OLD, "12")]
    again = window_event({(OLD, "me/app"): 7, (OLD, "me/lib"): 5}, since=OLD, until=OLD,
                         collected_at=at(2))  # fmt: skip
    written(sheet, again)
    assert rows(spreadsheet) == AFTER_SECOND
    assert written(sheet).problems == ()


def test_a_deleted_hidden_tab_does_not_stop_the_writing(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Its mark's name stays taken in the service: counting goes on elsewhere, many times."""
    for hour in range(1, 4):
        spreadsheet.del_worksheet(spreadsheet.worksheet("days"))
        for minute in range(3):
            event = window_event(
                {(TODAY, "me/app"): 4, (TODAY, "me/lib"): 9}, collected_at=at(hour + minute / 60)
            )
            assert written(sheet, event).outcome == "written"
    assert rows(spreadsheet) == AFTER_SECOND


def test_a_removed_mark_is_set_again(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The named range that guards against other writers is in the person's list, and deletable."""
    [named] = spreadsheet.list_named_ranges()
    spreadsheet.batch_update(
        {"requests": [{"deleteNamedRange": {"namedRangeId": named["namedRangeId"]}}]}
    )
    assert written(sheet).outcome == "written"
    assert len(spreadsheet.list_named_ranges()) == 1
    assert written(sheet).outcome == "unchanged"


def test_own_tabs_colours_and_columns_stay(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """What is not ours is not touched."""
    spreadsheet.add_worksheet("mine", 5, 5).update_acell("B2", "kept")
    data = spreadsheet.worksheet("data")
    data.format("B4", {"backgroundColor": {"red": 1}})
    data.update_acell("G5", "beside")
    written(sheet)
    assert spreadsheet.worksheet("mine").acell("B2").value == "kept"
    assert data.acell("G5").value == "beside"
    metadata = spreadsheet.fetch_sheet_metadata({"ranges": "data!B4", "includeGridData": "true"})
    [cell] = metadata["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert cell["userEnteredFormat"]["backgroundColor"] == {"red": 1}


def test_exchanged_titles_lose_nothing(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """`data` is called Today now, and the other way round: the tabs are known by their ids."""
    data, today = spreadsheet.worksheet("data"), spreadsheet.worksheet("Today")
    data.update_title("x")
    today.update_title("data")
    data.update_title("Today")
    written(sheet)
    assert rows(spreadsheet, "Today") == AFTER_SECOND


def test_a_title_above_the_header_stays(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The header is looked for below it."""
    tab = spreadsheet.worksheet("data")
    tab.insert_rows([["My commits"], []], 1)
    done = written(sheet)
    found = tab.get_all_values()
    assert [row[0] for row in found[:3]] == ["My commits", "", "date"]
    assert [row for row in rows(spreadsheet) if row[2] != "commits"] == AFTER_SECOND
    assert done.problems == ()
    assert written(sheet).outcome == "unchanged"


def test_a_title_where_the_header_was_stays(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Words of the person's are no header of ours: it is put below them."""
    tab = spreadsheet.worksheet("data")
    tab.update([["My commits", "", "", ""]], "A1:D1")
    written(sheet)
    assert tab.row_values(1) == ["My commits"]
    assert tab.row_values(2)[:2] == ["date", "repository"]
    assert [row for row in rows(spreadsheet) if row[0] != "date"] == AFTER_SECOND
