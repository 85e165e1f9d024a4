"""What the person cuts out of the tabs whose every cell has its place: it is put back.

Without that the service would refuse every later batch, since it would reach beyond the tab's end.
"""

from collections.abc import Iterator
from typing import Any

import gspread
import pytest

from emulators.sheets import SheetsEmulator
from tests.support.write_sheet import ONE_DAY, TODAY, at, window_event
from write_sheet.dashboard.labels import LANGUAGES
from write_sheet.dashboard.settings_tab import FIRST_WEEKDAY_ROW, GOAL_ROW, LANGUAGE_ROW, REST_ROW
from write_sheet.errors import ColumnsLost
from write_sheet.history.problems import ProblemKind
from write_sheet.sheets_api.client import GoogleSheet, open_sheet
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import Written, write

COUNTS = {(TODAY - ago * ONE_DAY, "me/app"): 1 + ago % 5 for ago in range(0, 90, 2)}
SINCE = TODAY - 90 * ONE_DAY


@pytest.fixture
def sheet(sheets: SheetsEmulator, spreadsheet_id: str) -> Iterator[GoogleSheet]:
    """The step's own adapter, on a spreadsheet that the first event has filled."""
    host = sheets.url.removeprefix("http://")
    opened = open_sheet(spreadsheet_id, emulator_host=host)
    written(opened, hours=0)
    yield opened
    opened.close()


def written(sheet: GoogleSheet, *, hours: int) -> Written:
    """Deliver the same counts, stated so many hours later."""
    return write(
        window_event(COUNTS, since=SINCE, collected_at=at(hours)), sheet, pause=lambda _: None
    )


def drawn(sheets: SheetsEmulator, spreadsheet_id: str, tab: Tab) -> dict[str, Any]:
    """All that is seen of a tab but the time of the update."""
    resource = sheets.spreadsheet(spreadsheet_id)
    found = next(s for s in resource["sheets"] if s["properties"]["sheetId"] == tab.sheet_id)
    kept = ("data", "merges", "conditionalFormats", "charts")
    picture = {name: found.get(name) for name in kept}
    if tab is Tab.TODAY:
        picture["data"][0]["rowData"] = picture["data"][0]["rowData"][1:]
    return picture


@pytest.mark.parametrize("tab", [Tab.TODAY, Tab.MONTHS, Tab.SETTINGS], ids=lambda tab: tab.title)
@pytest.mark.parametrize("place", [(2, 3), (3, 40)], ids=str)
def test_deleted_rows_are_put_back(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
    spreadsheet: gspread.Spreadsheet,
    tab: Tab,
    place: tuple[int, int],
) -> None:
    """The tab looks as before: merges, colour rules, chart and all; nothing is there twice."""
    before = drawn(sheets, spreadsheet_id, tab)
    first, last = place
    spreadsheet.worksheet(tab.title).delete_rows(first, min(last, tab.rows - 1))
    done = written(sheet, hours=1)
    assert [(problem.kind, problem.repaired) for problem in done.problems] == [
        (ProblemKind.CUT_TAB, True)
    ]
    assert drawn(sheets, spreadsheet_id, tab) == before
    assert written(sheet, hours=2).problems == ()


@pytest.mark.parametrize("tab", [Tab.TODAY, Tab.MONTHS, Tab.SETTINGS], ids=lambda tab: tab.title)
@pytest.mark.parametrize("column", [1, 2])
def test_deleted_columns_are_put_back(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
    tab: Tab,
    column: int,
) -> None:
    """Values and settings included, in their columns."""
    before = spreadsheet.worksheet(tab.title).get_all_values()
    spreadsheet.worksheet(tab.title).delete_columns(column)
    written(sheet, hours=1)
    after = spreadsheet.worksheet(tab.title).get_all_values()
    assert after[1:] == before[1:]


def test_other_tabs_keep_the_persons_colours_where_one_is_repaired(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
) -> None:
    """Only what was cut is formatted anew."""
    spreadsheet.worksheet("Months").format("A1", {"textFormat": {"italic": True}})
    coloured = drawn(sheets, spreadsheet_id, Tab.MONTHS)
    spreadsheet.worksheet("Today").delete_rows(30)
    written(sheet, hours=1)
    assert drawn(sheets, spreadsheet_id, Tab.MONTHS) == coloured


def test_settings_are_known_by_their_words_where_rows_moved(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """A deleted setting is the last good one; a row put in between moves no rest day to another."""
    tab = spreadsheet.worksheet("Settings")
    tab.update_cell(GOAL_ROW + 1, 2, 7)
    tab.update_cell(REST_ROW + 6, 2, value=True)
    written(sheet, hours=1)
    set_by_hand = tab.get_all_values()
    tab.delete_rows(LANGUAGE_ROW + 1)
    written(sheet, hours=2)
    assert tab.get_all_values() == set_by_hand
    tab.insert_row(["mine"], index=FIRST_WEEKDAY_ROW + 1)
    done = written(sheet, hours=3)
    assert [row[:2] for row in tab.get_all_values()[: REST_ROW + 7]] == [
        row[:2] for row in set_by_hand[: REST_ROW + 7]
    ]
    assert done.problems == ()
    shown = {value for row in spreadsheet.worksheet("Today").get_all_values() for value in row}
    assert LANGUAGES["en"].goal.format(goal=7) in shown


@pytest.mark.parametrize("column", [1, 3, 4, 9, 13])
def test_a_column_cut_out_of_the_hidden_tab_stops_the_writing(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
    column: int,
) -> None:
    """Read in another's place, it would make known days unknown; nothing is written over it."""
    tab = spreadsheet.worksheet("days")
    tab.delete_columns(column)
    before = tab.get_all_values()
    with pytest.raises(ColumnsLost, match="days"):
        written(sheet, hours=1)
    assert tab.get_all_values() == before


def test_a_reworded_header_of_the_hidden_tab_stops_nothing(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The columns stand where they stood."""
    spreadsheet.worksheet("days").update_acell("B1", "sum")
    assert written(sheet, hours=1).outcome == "written"
