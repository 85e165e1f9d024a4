"""What the person does to rows of `data`: it stays, or is repaired where certain, else told."""

from datetime import timedelta

import gspread
import pytest
from gspread.utils import ValueRenderOption

from tests.support.hands import AFTER_SECOND, OLD, row, rows, written
from tests.support.write_sheet import ONE_DAY, TODAY, at, place_of, window_event
from write_sheet.dashboard.today.text_cards import ProblemsCard
from write_sheet.history.problems import ProblemKind
from write_sheet.sheets_api.client import GoogleSheet

PROBLEMS = place_of(ProblemsCard).row(1)


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
