"""What a layout is made of: tabs, merges, rules, charts, protections; and how they move along."""

from collections.abc import Callable
from typing import Any

import gspread
import pytest

from emulators.sheets import SheetsEmulator
from tests.support.sheets import applied, grid, refused
from tests.support.sheets_layout import BOOLEAN, GRADIENT, chart, lines, rule


def tab(sheets: SheetsEmulator, spreadsheet: gspread.Spreadsheet, index: int = 0) -> dict[str, Any]:
    """One tab of the resource that a page draws."""
    return dict(sheets.spreadsheet(spreadsheet.id)["sheets"][index])


def test_rules_are_added_moved_changed_and_deleted(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """The order of rules is theirs; replies tell the old and the new."""
    move = {"updateConditionalFormatRule": {"sheetId": 0, "index": 0, "newIndex": 1}}
    applied(spreadsheet, rule(gradientRule=GRADIENT), rule(booleanRule=BOOLEAN), move)
    assert [set(r) - {"ranges"} for r in tab(sheets, spreadsheet)["conditionalFormats"]] == [
        {"gradientRule"},
        {"booleanRule"},
    ]
    new = {"ranges": [grid(5, 6, 0, 1)], "booleanRule": BOOLEAN}
    (reply, gone) = applied(
        spreadsheet,
        {"updateConditionalFormatRule": {"index": 0, "rule": new}},
        {"deleteConditionalFormatRule": {"sheetId": 0, "index": 1}},
    )
    assert "gradientRule" in reply["updateConditionalFormatRule"]["oldRule"]
    assert gone["deleteConditionalFormatRule"]["rule"]["ranges"][0]["endRowIndex"] == 2
    assert len(tab(sheets, spreadsheet)["conditionalFormats"]) == 1


def test_a_chart_gets_the_services_size_and_can_be_moved(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """600 by 371 pixels unless given; updateEmbeddedObjectPosition changes what the mask names."""
    (reply,) = applied(spreadsheet, chart())
    made = reply["addChart"]["chart"]
    assert made["position"]["overlayPosition"]["widthPixels"] == 600
    position = {"overlayPosition": {"widthPixels": 312}}
    applied(
        spreadsheet,
        {
            "updateEmbeddedObjectPosition": {
                "objectId": made["chartId"], "newPosition": position, "fields": "widthPixels"
            }
        },
    )  # fmt: skip

    overlay = tab(sheets, spreadsheet)["charts"][0]["position"]["overlayPosition"]
    assert (overlay["widthPixels"], overlay["heightPixels"]) == (312, 371)
    assert overlay["anchorCell"] == {"rowIndex": 2, "columnIndex": 1}


def test_a_merge_keeps_the_first_value_and_is_not_cut(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """Values beside the first one go; merging or unmerging a part of it is refused."""
    spreadsheet.sheet1.update([["a", "b"], ["c", "d"]], "A1")
    applied(spreadsheet, {"mergeCells": {"range": grid(0, 2, 0, 2), "mergeType": "MERGE_ALL"}})
    part = {"unmergeCells": {"range": grid(0, 1, 0, 2)}}

    assert spreadsheet.sheet1.get_all_values() == [["a"]]
    assert "select all cells in a merged range" in refused(spreadsheet, part)["message"]
    applied(spreadsheet, {"unmergeCells": {"range": grid(0, 5, 0, 5)}})
    assert "merges" not in tab(sheets, spreadsheet)


def test_everything_moves_along_with_inserted_and_deleted_rows(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """Named ranges, merges, rules, charts' sources, protections, row heights, metadata."""
    height = {"range": lines("ROWS", 4, 5), "properties": {"pixelSize": 50}, "fields": "pixelSize"}
    location = {"dimensionRange": lines("ROWS", 4, 5)}
    entry = {"metadataKey": "k", "visibility": "DOCUMENT", "location": location}
    range_ = grid(4, 6, 0, 2)
    applied(
        spreadsheet,
        {"addNamedRange": {"namedRange": {"name": "here", "range": range_}}},
        {"mergeCells": {"range": range_, "mergeType": "MERGE_ALL"}},
        {"addConditionalFormatRule": {"rule": {"ranges": [range_], "booleanRule": BOOLEAN}}},
        {"addProtectedRange": {"protectedRange": {"range": range_, "warningOnly": True}}},
        chart(),
        {"updateDimensionProperties": height},
        {"createDeveloperMetadata": {"developerMetadata": entry}},
    )
    insert = {"insertDimension": {"range": lines("ROWS", 1, 4)}}
    applied(spreadsheet, insert, {"deleteDimension": {"range": lines("ROWS", 0, 1)}})

    shown = tab(sheets, spreadsheet)
    moved = [
        shown["merges"][0],
        shown["conditionalFormats"][0]["ranges"][0],
        shown["protectedRanges"][0]["range"],
        sheets.spreadsheet(spreadsheet.id)["namedRanges"][0]["range"],
    ]
    assert {(r["startRowIndex"], r["endRowIndex"]) for r in moved} == {(6, 8)}
    basic = shown["charts"][0]["spec"]["basicChart"]
    source = basic["series"][0]["series"]["sourceRange"]["sources"][0]
    assert (source["startRowIndex"], source["endRowIndex"]) == (6, 12)
    assert shown["data"][0]["rowMetadata"][6]["pixelSize"] == 50
    assert "developerMetadata" in shown["data"][0]["rowMetadata"][6]
    assert shown["properties"]["gridProperties"]["rowCount"] == 1002


def test_what_points_only_at_deleted_rows_goes_with_them(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """A named range is lost, as `#REF!` in the service; its name stays taken."""
    named = {"name": "here", "range": grid(1, 2, 0, 1)}
    add = {"addNamedRange": {"namedRange": named}}
    applied(spreadsheet, add, {"deleteDimension": {"range": lines("ROWS", 1, 2)}})

    assert "namedRanges" not in sheets.spreadsheet(spreadsheet.id)
    assert "with name: here" in refused(spreadsheet, add)["message"]


def test_deleting_a_tab_loses_its_named_ranges_but_not_their_names(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """So a layout's upgrade has to delete a named range before its tab."""
    add_tab = {"addSheet": {"properties": {"sheetId": 5, "title": "old"}}}
    add = {"addNamedRange": {"namedRange": {"name": "here", "range": grid(0, 1, 0, 1, 5)}}}
    applied(spreadsheet, add_tab, add, {"deleteSheet": {"sheetId": 5}})

    assert "namedRanges" not in sheets.spreadsheet(spreadsheet.id)
    applied(spreadsheet, add_tab)
    assert "already exists" in refused(spreadsheet, add)["message"]


def test_the_persons_protection_keeps_the_caller_out(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """Writing, deleting and clearing there is refused; beside it, and in its gaps, it is not."""
    open_cell = [grid(5, 6, 1, 2)]
    sheets.protect(spreadsheet.id, {"sheetId": 0}, unprotectedRanges=open_cell)
    worksheet = spreadsheet.sheet1

    bold = {"textFormat": {"bold": True}}
    attempts: list[Callable[[], object]] = [
        lambda: worksheet.update([["x"]], "A1"),
        lambda: worksheet.batch_clear(["A1"]),
        lambda: worksheet.delete_rows(1),
        lambda: worksheet.format("A1", bold),
    ]
    for attempt in attempts:
        with pytest.raises(gspread.exceptions.APIError, match="edit a protected cell or object"):
            attempt()
    worksheet.update([["x"]], "B6")


@pytest.mark.parametrize("warning_only", [True, False])
def test_a_protection_that_the_caller_made_does_not_stop_it(
    spreadsheet: gspread.Spreadsheet, warning_only: bool
) -> None:
    """Its maker is among the editors; a warning never stops the API."""
    protected = {"range": {"sheetId": 0}, "warningOnly": warning_only}
    (reply,) = applied(spreadsheet, {"addProtectedRange": {"protectedRange": protected}})

    assert reply["addProtectedRange"]["protectedRange"]["requestingUserCanEdit"] is True
    spreadsheet.sheet1.update([["x"]], "A1")


def test_rows_are_sorted_like_a_person_would_see_it(spreadsheet: gspread.Spreadsheet) -> None:
    """Numbers, texts, booleans, and empty cells last in both directions; equal rows keep order."""
    worksheet = spreadsheet.sheet1
    worksheet.update([["b", 1], [2, 2], ["", 3], [True, 4], [1, 5], ["A", 6], [1, 7]], "A1")
    for order, expected in (
        ("ASCENDING", ["5", "7", "2", "6", "1", "4", "3"]),
        ("DESCENDING", ["4", "1", "6", "2", "5", "7", "3"]),
    ):
        specs = [{"dimensionIndex": 0, "sortOrder": order}]
        applied(spreadsheet, {"sortRange": {"range": grid(0, 7, 0, 2), "sortSpecs": specs}})
        assert worksheet.col_values(2) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (0, 3, [["a", "1"], ["b", "2", "y"], ["", "", "z"]]),
        (0, 2, [["a", "1", "y"], ["b", "2"], ["", "", "z"]]),
        (1, 3, [["b", "1"], ["a", "2", "y"], ["", "", "z"]]),
    ],
)
def test_a_sort_moves_the_cells_of_its_range_and_no_others(
    spreadsheet: gspread.Spreadsheet, left: int, right: int, expected: list[list[str]]
) -> None:
    """What stands beside the range stays where it is."""
    worksheet = spreadsheet.sheet1
    worksheet.update([["b", 2, "y"], ["a", 1], ["", "", "z"]], "A1")
    sort = {"range": grid(0, 3, left, right), "sortSpecs": [{"dimensionIndex": 1}]}
    applied(spreadsheet, {"sortRange": sort})
    assert worksheet.get("A1:C3") == expected


def test_ranges_are_inserted_and_deleted_with_a_shift(spreadsheet: gspread.Spreadsheet) -> None:
    """Only the cells below or to the right move."""
    worksheet = spreadsheet.sheet1
    worksheet.update([["a", "b"], ["c", "d"]], "A1")
    applied(spreadsheet, {"insertRange": {"range": grid(0, 1, 0, 1), "shiftDimension": "ROWS"}})
    assert worksheet.get("A1:B3") == [["", "b"], ["a", "d"], ["c"]]
    applied(spreadsheet, {"deleteRange": {"range": grid(1, 2, 0, 1), "shiftDimension": "COLUMNS"}})
    assert worksheet.get("A1:B3") == [["", "b"], ["d"], ["c"]]


def test_borders_are_drawn_on_the_sides_of_a_range(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """Outer sides on the edge, inner ones between; NONE takes a border away."""
    solid = {"style": "SOLID"}
    borders = {"range": grid(0, 2, 0, 1), "top": solid, "innerHorizontal": solid}
    applied(
        spreadsheet,
        {"updateBorders": borders},
        {"updateBorders": {"range": grid(1, 2, 0, 1), "top": {"style": "NONE"}}},
    )

    rows = tab(sheets, spreadsheet)["data"][0]["rowData"]
    (first,) = rows[0]["values"]
    assert first["userEnteredFormat"]["borders"] == {"top": solid, "bottom": solid}
    assert len(rows) == 1


def test_deleting_frozen_rows_leaves_fewer_frozen(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """Two of three frozen rows deleted: one is frozen."""
    spreadsheet.sheet1.freeze(rows=3)
    applied(spreadsheet, {"deleteDimension": {"range": lines("ROWS", 1, 3)}})

    grid_properties = tab(sheets, spreadsheet)["properties"]["gridProperties"]
    assert grid_properties["frozenRowCount"] == 1
