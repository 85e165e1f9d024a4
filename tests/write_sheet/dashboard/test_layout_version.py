"""A new layout has a new version, with which a Sheet of the one before is laid out anew."""

import json
from hashlib import sha256
from pathlib import Path

from tests.support.today import drawn, shown
from tests.support.write_sheet import TODAY, MemorySheet, at, window_event
from write_sheet.dashboard.layout import LAYOUT_VERSION, format_parts, tab_requests
from write_sheet.dashboard.today.page import TODAY_PAGE
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import write

BEFORE_SOURCES = Path(__file__).parents[1] / "data" / "sheet_before_sources.json"
# A change of the layout's requests needs a new LAYOUT_VERSION, or Sheets that exist do not get it.
LAYOUT_DIGESTS = {3: "f1ad9b8e0cacddf1"}


def test_the_layouts_version_is_raised_with_the_layout() -> None:
    """Its requests, but for the tabs' values: a Sheet gets a new layout with a new version only."""
    new = MemorySheet().look()
    built = [
        *tab_requests(new, language="en"),
        *(request for part in format_parts(list(Tab), new, None) for request in part.requests),
    ]
    digest = sha256(json.dumps(built, sort_keys=True).encode()).hexdigest()[:16]
    assert LAYOUT_DIGESTS.get(LAYOUT_VERSION) == digest, (
        f"raise LAYOUT_VERSION, name the rows that Today had before in layout.py, and put {digest}"
    )


def test_a_sheet_of_the_version_before_is_laid_out_anew_in_place() -> None:
    """Notes below the cards move down with their rows; the goal and the person's tabs stay."""
    sheet = MemorySheet()
    for batch in json.loads(BEFORE_SOURCES.read_text(encoding="utf-8")):
        sheet.write(batch)
    note = {"userEnteredValue": {"stringValue": "my note"}}
    start = {"sheetId": Tab.TODAY.sheet_id, "rowIndex": 60, "columnIndex": 2}
    body = {"start": start, "rows": [{"values": [note]}], "fields": "userEnteredValue"}
    frozen = {"sheetId": Tab.TODAY.sheet_id, "gridProperties": {"frozenColumnCount": 1}}
    unmerge = {"range": {"sheetId": Tab.TODAY.sheet_id}}
    fields = "gridProperties.frozenColumnCount"
    sheet.write([
        {"unmergeCells": unmerge},
        {"updateCells": body},
        {"updateSheetProperties": {"properties": frozen, "fields": fields}},
        {"setBasicFilter": {"filter": {"range": {
            "sheetId": Tab.TODAY.sheet_id, "startRowIndex": 2, "endRowIndex": 9,
            "startColumnIndex": 0, "endColumnIndex": 3}}}},
    ])  # fmt: skip
    goal = sheet.grid(Tab.SETTINGS)[1][1]
    titles = [tab.properties["title"] for tab in sheet.workbook.sheets]
    write(window_event({(TODAY, "me/app"): 3}, collected_at=at(5)), sheet)
    new = shown({(TODAY, "me/app"): 3})
    assert sheet.look().layout_version == LAYOUT_VERSION
    assert sheet.grid(Tab.SETTINGS)[1][1] == goal
    assert [tab.properties["title"] for tab in sheet.workbook.sheets] == titles
    tab, fresh = drawn(sheet), drawn(new)
    assert tab.cell((TODAY_PAGE.rows + 2, 2)).text == "my note"
    assert set(tab.merges) == set(fresh.merges)
    assert tab.rules == fresh.rules
    assert len(tab.charts) == 1
    assert len(tab.row_pixels) == len(fresh.row_pixels)
    write(window_event({(TODAY, "me/app"): 3}, collected_at=at(5)), sheet)
    assert len(sheet.batches) == len(json.loads(BEFORE_SOURCES.read_text("utf-8"))) + 2
