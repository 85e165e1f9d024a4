"""spreadsheets.batchUpdate is all or nothing, and refuses what Google's document does not know."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gspread
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.sheets import SheetsEmulator
from tests.support.sheets import applied, grid, refused

WRITERS = 8
NAMED = {"namedRangeId": "n1", "name": "taken", "range": grid(0, 1, 0, 1)}
SOLID = {"firstBandColor": {"red": 1}}
SPEC = {
    "basicChart": {
        "chartType": "COLUMN",
        "series": [{"series": {"sourceRange": {"sources": [grid(0, 5, 0, 1)]}}}],
    }
}
CHART = {"chartId": 7, "spec": SPEC, "position": {"overlayPosition": {"anchorCell": {}}}}
PROTECTED = {"protectedRangeId": 8, "range": grid(0, 1, 0, 1)}
BANDED = {"bandedRangeId": 9, "range": grid(0, 3, 0, 3), "rowProperties": SOLID}
VIEW = {"filterViewId": 6, "title": "mine", "range": grid(0, 3, 0, 3)}
METADATA = {
    "metadataId": 5,
    "metadataKey": "layout",
    "location": {"spreadsheet": True},
    "visibility": "DOCUMENT",
}

# Every kind of id: the request that takes it, and one that frees it.
UNIQUE_IDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "sheet": (
        {"addSheet": {"properties": {"sheetId": 3, "title": "three"}}},
        {"deleteSheet": {"sheetId": 3}},
    ),
    "named range": (
        {"addNamedRange": {"namedRange": NAMED}},
        {"deleteNamedRange": {"namedRangeId": "n1"}},
    ),
    "chart": ({"addChart": {"chart": CHART}}, {"deleteEmbeddedObject": {"objectId": 7}}),
    "protected range": (
        {"addProtectedRange": {"protectedRange": PROTECTED}},
        {"deleteProtectedRange": {"protectedRangeId": 8}},
    ),
    "metadata": (
        {"createDeveloperMetadata": {"developerMetadata": METADATA}},
        {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": 5}}}},
    ),
    "banding": (
        {"addBanding": {"bandedRange": BANDED}},
        {"deleteBanding": {"bandedRangeId": 9}},
    ),
    "filter view": (
        {"addFilterView": {"filter": VIEW}},
        {"deleteFilterView": {"filterId": 6}},
    ),
}


def write(text: str, row: int = 0) -> dict[str, Any]:
    """A request that writes one text."""
    cell = {"userEnteredValue": {"stringValue": text}}
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": 0}
    return {
        "updateCells": {
            "start": start,
            "rows": [{"values": [cell]}],
            "fields": "userEnteredValue",
        }
    }


# Requests that are wrong in a form of their own each: unknown names, ids, ranges, masks, nothing.
WRONG: list[dict[str, Any]] = [
    {},
    {"noSuchRequest": {}},
    {"addSheet": {"properties": {"title": "Sheet1"}}},
    {"addSheet": {"properties": {"colour": "red"}}},
    {"addSheet": {}, "deleteSheet": {"sheetId": 0}},
    {"deleteSheet": {"sheetId": 99}},
    {"deleteNamedRange": {"namedRangeId": "nothing"}},
    {"updateCells": {"range": grid(0, 1, 0, 1), "fields": "userEnteredVale"}},
    {"updateCells": {"range": grid(0, 1, 0, 1)}},
    {"repeatCell": {"range": grid(0, 1, 0, 27), "cell": {}, "fields": "*"}},
    {"repeatCell": {"range": grid(0, 1, 0, 1), "cell": {"note": 3}, "fields": "*"}},
    {"mergeCells": {"range": grid(0, 2, 0, 2), "mergeType": "MERGE_SOME"}},
    {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 10_000_000}},
]


@pytest.mark.parametrize("kind", UNIQUE_IDS)
def test_an_id_is_unique_while_it_is_in_use(spreadsheet: gspread.Spreadsheet, kind: str) -> None:
    """Adding twice fails and applies nothing; after deleting, the id is free again."""
    add, delete = UNIQUE_IDS[kind]
    assert refused(spreadsheet, delete)["status"] == "INVALID_ARGUMENT"
    applied(spreadsheet, add)

    assert "already exists" in refused(spreadsheet, write("lost"), add)["message"]
    assert spreadsheet.sheet1.acell("A1").value is None
    applied(spreadsheet, delete, add)
    applied(spreadsheet, delete)
    refused(spreadsheet, delete)


@pytest.mark.parametrize(
    "other", [{**NAMED, "name": "other"}, {**NAMED, "namedRangeId": "n2", "name": "TAKEN"}]
)
def test_a_named_ranges_id_and_its_name_are_each_unique(
    spreadsheet: gspread.Spreadsheet, other: dict[str, Any]
) -> None:
    """The same id under another name, the same name (in any case) under another id."""
    applied(spreadsheet, {"addNamedRange": {"namedRange": NAMED}})

    error = refused(spreadsheet, {"addNamedRange": {"namedRange": other}})
    assert error["message"].startswith("Invalid requests[0].addNamedRange: Cannot add named range")


def test_deleting_and_adding_a_named_range_is_a_compare_and_set(
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Of two writers who read the same revision, the second is refused whole."""

    def step(old: int, text: str) -> list[dict[str, Any]]:
        new = {
            "namedRangeId": f"rev{old + 1}",
            "name": f"own_rev_{old + 1}",
            "range": grid(0, 1, 0, 1),
        }
        return [
            {"deleteNamedRange": {"namedRangeId": f"rev{old}"}},
            {"addNamedRange": {"namedRange": new}},
            write(text),
        ]

    applied(spreadsheet, step(0, "")[1])
    applied(spreadsheet, *step(1, "first"))

    assert "No NamedRange with id: rev1" in refused(spreadsheet, *step(1, "second"))["message"]
    assert spreadsheet.sheet1.acell("A1").value == "first"


def test_of_writers_at_the_same_moment_exactly_one_wins(
    sheets: SheetsEmulator, spreadsheet: gspread.Spreadsheet
) -> None:
    """Each batch takes the same id and appends a row of its own: one row is there in the end."""
    row = [{"values": [{"userEnteredValue": {"numberValue": 1}}]}]
    append = {"appendCells": {"sheetId": 0, "rows": row, "fields": "userEnteredValue"}}
    body = {"requests": [append, {"addNamedRange": {"namedRange": NAMED}}]}
    url = f"{sheets.url}/v4/spreadsheets/{spreadsheet.id}:batchUpdate"
    start = threading.Barrier(WRITERS)

    def write_at_once(_: int) -> int:
        start.wait()
        return requests.post(url, json=body, timeout=30).status_code

    with ThreadPoolExecutor(WRITERS) as pool:
        codes = sorted(pool.map(write_at_once, range(WRITERS)))

    assert codes == [200] + [400] * (WRITERS - 1)
    assert spreadsheet.sheet1.col_values(1) == ["1"]


@settings(max_examples=40)
@given(
    before=st.integers(0, 4),
    after=st.integers(0, 4),
    wrong=st.sampled_from(WRONG),
)
def test_one_wrong_request_anywhere_changes_nothing(
    sheets: SheetsEmulator, spreadsheet: gspread.Spreadsheet, before: int, after: int,
    wrong: dict[str, Any],
) -> None:  # fmt: skip
    """Whatever surrounds it, the spreadsheet, its version and its file stay as they were."""
    good = [write(f"text {number}", number) for number in range(before + after)]
    add = {"addSheet": {"properties": {"title": "new", "sheetId": 4}}}
    old = json.dumps(sheets.spreadsheet(spreadsheet.id))
    version = sheets.version(spreadsheet.id)

    error = refused(spreadsheet, *good[:before], add, wrong, *good[before:])

    assert error["code"] == 400
    assert json.dumps(sheets.spreadsheet(spreadsheet.id)) == old
    assert sheets.version(spreadsheet.id) == version


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {"addSheet": {"properties": {"colour": "red"}}},
            "Invalid JSON payload received. Unknown name \"colour\" at "
            "'requests[0].add_sheet.properties': Cannot find field.",
        ),
        (
            {"addNamedRange": {"namedRange": {"range": {"startRowIndex": "one"}}}},
            "Invalid value at 'requests[0].add_named_range.named_range.range.start_row_index' "
            '(TYPE_INT32), "one"',
        ),
        (
            {"repeatCell": {"range": {}, "cell": {}, "fields": "userEnteredFormat(bold)"}},
            "Invalid requests[0].repeatCell: Invalid field: userEnteredFormat.bold",
        ),
        (
            {"updateCells": {"range": {}}},
            "Invalid requests[0].updateCells: At least one field must be listed in 'fields'. "
            "(Use '*' to indicate all fields.)",
        ),
    ],
)  # fmt: skip
def test_what_the_discovery_document_does_not_know_is_refused_by_its_path(
    spreadsheet: gspread.Spreadsheet, request_: dict[str, Any], message: str
) -> None:
    """Unknown fields, wrong types and unknown mask paths: 400 in the words of Google's parser."""
    error = refused(spreadsheet, request_)

    assert error["message"] == message
    assert error["status"] == "INVALID_ARGUMENT"


def test_a_request_that_the_emulator_does_not_serve_says_so(
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """A request that Google knows and this emulator does not: 501, never a silent success."""
    error = refused(spreadsheet, {"addSlicer": {}})

    assert (error["code"], error["status"]) == (501, "UNIMPLEMENTED")


def test_an_empty_batch_is_refused(spreadsheet: gspread.Spreadsheet) -> None:
    """At least one request is needed."""
    assert "at least one request" in refused(spreadsheet)["message"]


def test_the_answer_can_hold_the_updated_spreadsheet(spreadsheet: gspread.Spreadsheet) -> None:
    """includeSpreadsheetInResponse with responseRanges and grid data: the state after the batch."""
    answer = spreadsheet.batch_update(
        {
            "requests": [write("new")],
            "includeSpreadsheetInResponse": True,
            "responseIncludeGridData": True,
            "responseRanges": ["A1"],
        }
    )

    (tab,) = answer["updatedSpreadsheet"]["sheets"]
    assert tab["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "new"
