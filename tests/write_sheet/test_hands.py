"""What the person does on the Sheet: it stays, or is noticed, repaired where certain, else told.

The person's hand is the real gspread; the program writes through its own adapter.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import gspread
import pytest
from gspread.utils import DateTimeOption, ValueRenderOption

from commit_counts.event import CommitCounts
from emulators.sheets import SheetsEmulator
from tests.support.write_sheet import ONE_DAY, TODAY, at, place_of, window_event
from write_sheet.dashboard.today.headline import NumberCard
from write_sheet.dashboard.today.text_cards import ProblemsCard
from write_sheet.errors import ColumnsLost
from write_sheet.history.problems import ProblemKind
from write_sheet.sheets_api.client import GoogleSheet, open_sheet
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import Written, write

BIG, PROBLEMS = place_of(NumberCard).row(0), place_of(ProblemsCard).row(1)
OLD = TODAY - 20 * ONE_DAY
FIRST = window_event(
    {(OLD, "me/app"): 7, (OLD, "me/lib"): 5, (TODAY, "me/app"): 3, (TODAY, "me/lib"): 9},
    since=OLD,
)
SECOND = window_event({(TODAY, "me/app"): 4, (TODAY, "me/lib"): 9}, collected_at=at(1))


@pytest.fixture
def sheet(sheets: SheetsEmulator, spreadsheet_id: str) -> Iterator[GoogleSheet]:
    """The step's own adapter, on a spreadsheet that the first event has filled."""
    host = sheets.url.removeprefix("http://")
    opened = open_sheet(spreadsheet_id, emulator_host=host)
    written(opened, FIRST)
    yield opened
    opened.close()


def written(sheet: GoogleSheet, event: CommitCounts = SECOND) -> Written:
    return write(event, sheet, pause=lambda _: None)


def rows(spreadsheet: gspread.Spreadsheet, title: str = "data") -> list[tuple[Any, ...]]:
    """Date, repository and commits of each row, as gspread reads them."""
    records = spreadsheet.worksheet(title).get_all_values(
        value_render_option=ValueRenderOption.unformatted,
        date_time_render_option=DateTimeOption.formatted_string,
    )
    return [tuple(row[:3]) for row in records[1:] if any(row)]


def row(day: date, name: str, commits: int) -> tuple[Any, ...]:
    return day.isoformat(), name, commits


AFTER_SECOND = [
    row(OLD, "me/app", 7),
    row(OLD, "me/lib", 5),
    row(TODAY, "me/app", 4),
    row(TODAY, "me/lib", 9),
]


def test_rows_that_the_person_sorted_stay_where_they_are(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Sorted by commits, largest first: changed in place, new rows at the end."""
    tab = spreadsheet.worksheet("data")
    tab.sort((3, "des"), range="A2:H5")
    new = window_event(
        {(TODAY, "me/app"): 4, (TODAY, "me/lib"): 9, (TODAY, "a/new"): 1}, collected_at=at(1)
    )
    written(sheet, new)
    assert rows(spreadsheet) == [
        row(TODAY, "me/lib", 9),
        row(OLD, "me/app", 7),
        row(OLD, "me/lib", 5),
        row(TODAY, "me/app", 4),
        row(TODAY, "a/new", 1),
    ]


def test_notes_beside_our_rows_stay_with_them(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Rows come before, between and behind, and one goes: each note keeps its row."""
    tab = spreadsheet.worksheet("data")
    tab.update([["why"], ["a"], ["b"], ["c"], ["d"]], "F1:F5")
    middle = OLD + ONE_DAY
    event = window_event(
        {
            (OLD - ONE_DAY, "me/app"): 1,
            (OLD, "me/lib"): 5,
            (middle, "x/y"): 2,
            (TODAY, "me/app"): 3,
            (TODAY, "me/lib"): 9,
        },
        since=OLD - ONE_DAY,
        collected_at=at(1),
    )
    written(sheet, event)
    noted = [(r[0], r[1], r[5]) for r in tab.get_all_values() if r[1] and r[5]]
    assert noted == [
        ("date", "repository", "why"),
        (OLD.isoformat(), "me/lib", "b"),
        (TODAY.isoformat(), "me/app", "c"),
        (TODAY.isoformat(), "me/lib", "d"),
    ]
    assert [r[0] for r in rows(spreadsheet)] == sorted(r[0] for r in rows(spreadsheet))


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


def test_a_text_in_a_count_is_repaired_by_the_next_statement_about_it(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Within the window: the event says what belongs there."""
    spreadsheet.worksheet("data").update([["oops"]], "C4", raw=True)
    outcome = written(sheet)
    assert rows(spreadsheet) == AFTER_SECOND
    assert [(f.kind, f.repaired, f.row) for f in outcome.problems] == [
        (ProblemKind.NOT_A_COUNT, True, 4)
    ]


def test_a_text_in_an_old_count_is_told_and_left_alone(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Nobody says what belongs there: it is not overwritten, and Today asks to look."""
    spreadsheet.worksheet("data").update([["oops"]], "C2", raw=True)
    outcome = written(sheet)
    assert rows(spreadsheet)[0] == (OLD.isoformat(), "me/app", "oops")
    assert [(f.kind, f.repaired) for f in outcome.problems] == [(ProblemKind.NOT_A_COUNT, False)]
    said = spreadsheet.worksheet("Today").cell(PROBLEMS + 1, 1).value
    assert said is not None
    assert "row 2" in said
    assert "oops" in said
    fix = window_event({(OLD, "me/app"): 7, (OLD, "me/lib"): 5}, since=OLD, until=OLD,
                        collected_at=at(2))  # fmt: skip
    written(sheet, fix)
    assert rows(spreadsheet) == AFTER_SECOND
    assert not spreadsheet.worksheet("Today").cell(PROBLEMS + 1, 1).value


@pytest.mark.parametrize("place", [4, 2], ids=["within the window", "before it"])
def test_a_deleted_row_is_noticed(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
    place: int,
) -> None:
    """A day adds up to less than was written: repaired by its next statement, told until then."""
    spreadsheet.worksheet("data").delete_rows(place)
    first, second = written(sheet), written(sheet)
    if place == 4:
        assert rows(spreadsheet) == AFTER_SECOND
        assert [problem.repaired for problem in first.problems] == [True]
        assert second.problems == ()
        return
    assert rows(spreadsheet) == AFTER_SECOND[1:]
    for outcome in (first, second):
        [problem] = outcome.problems
        assert (problem.kind, problem.repaired) == (ProblemKind.CHANGED_BY_HAND, False)
        assert (problem.since, problem.found, problem.expected) == (OLD, "5", "12")


def test_numbers_and_dates_that_became_texts_are_typed_again(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Certain, so repaired without a word: the same day, the same number."""
    tab = spreadsheet.worksheet("data")
    tab.update([[OLD.isoformat(), " me/app ", "7"]], "A2:C2", raw=True)
    assert written(sheet).problems == ()
    assert rows(spreadsheet) == AFTER_SECOND
    [[day]] = tab.get("A2", value_render_option=ValueRenderOption.unformatted)
    assert isinstance(day, int | float)


def test_a_row_that_is_twice_there_is_once_there_afterwards(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Copied by accident: the same statement needs one row."""
    tab = spreadsheet.worksheet("data")
    values = tab.get("A2:D2", value_render_option=ValueRenderOption.unformatted)
    tab.update(values, "A6:D6", raw=True)
    written(sheet)
    assert rows(spreadsheet) == AFTER_SECOND


def test_a_line_of_the_persons_own_is_left_alone_and_told(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """It has no day and no repository: not ours to change."""
    spreadsheet.worksheet("data").update([["my notes", "", "and more"]], "A8:C8", raw=True)
    outcome = written(sheet)
    assert rows(spreadsheet) == [*AFTER_SECOND, ("my notes", "", "and more")]
    assert [(f.kind, f.row) for f in outcome.problems] == [(ProblemKind.NO_ROW_OF_OURS, 8)]


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


def test_a_window_of_a_year_after_a_year_of_hours_stays_in_order(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """A backfill comes later than the days after it, and lands before them."""
    since = OLD - timedelta(days=300)
    back = window_event(
        {(since + timedelta(days=n), "me/app"): 1 for n in range(0, 300, 2)},
        since=since,
        until=OLD - ONE_DAY,
        collected_at=at(2),
    )
    written(sheet, back)
    found = rows(spreadsheet)
    assert len(found) == 154
    assert found == sorted(found)


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


def test_the_last_rows_go_where_no_blank_row_is_left(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The service does not delete all rows below the frozen one."""
    tab = spreadsheet.worksheet("data")
    tab.delete_rows(6, tab.row_count)
    assert tab.row_count == 5
    written(sheet, window_event({}, since=OLD, collected_at=at(1)))
    assert rows(spreadsheet) == []
