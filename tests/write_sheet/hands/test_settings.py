"""What the person sets on the tab Settings: used by the next event, and shown on Today."""

import gspread

from tests.support.hands import FIRST, written
from tests.support.write_sheet import place_of
from write_sheet.dashboard.today.headline import NumberCard
from write_sheet.sheets_api.client import GoogleSheet

BIG = place_of(NumberCard).row(0)


def test_a_changed_goal_shows_with_the_next_event_even_a_repeated_one(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The goal is the person's; the program reads it and never writes it again."""
    spreadsheet.worksheet("Settings").update([[24]], "B2")
    assert written(sheet, FIRST).outcome == "written"
    today = spreadsheet.worksheet("Today")
    assert today.cell(BIG + 1, 8).value == "Goal 24"
    assert today.cell(BIG + 2, 8).value == "■■■■■□□□□□"
    assert spreadsheet.worksheet("Settings").acell("B2").value == "24"
    assert written(sheet, FIRST).outcome == "unchanged"


def test_a_bad_setting_is_explained_beside_its_cell_and_the_last_good_one_is_used(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The bad value itself stays, for the person to fix."""
    tab = spreadsheet.worksheet("Settings")
    tab.update([[8]], "B2")
    written(sheet, FIRST)
    tab.update([["many"], ["Klingon"], ["Wednesday"], ["x"]], "B2:B5", raw=True)
    written(sheet, FIRST)
    assert tab.col_values(2)[1:5] == ["many", "Klingon", "Wednesday", "x"]
    told = [str(words) for words in tab.col_values(3)[1:5]]
    assert told[0] == "many is no whole number from 1 to 999: 8 is used"
    assert "Klingon" in told[1]
    assert "English is used" in told[1]
    assert "Monday is used" in told[2]
    assert "☐ is used" in told[3]
    assert spreadsheet.worksheet("Today").cell(BIG + 1, 8).value == "Goal 8"
    tab.update([[8], ["English"], ["Sunday"], [False]], "B2:B5", raw=True)
    written(sheet, FIRST)
    assert tab.col_values(3) == []


def test_the_language_is_changed_on_the_sheet(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """All words follow, also the choices; the settings keep their meaning."""
    tab = spreadsheet.worksheet("Settings")
    tab.update([["日本語"], ["Sunday"], [False], [True]], "B3:B6", raw=True)
    written(sheet, FIRST)
    assert tab.col_values(2)[2:6] == ["日本語", "日曜日", "FALSE", "TRUE"]
    assert tab.acell("A2").value == "1日の目標コミット数"
    assert spreadsheet.worksheet("Today").acell("A1").value == "2026/11/23(月)"
    assert written(sheet, FIRST).outcome == "unchanged"
