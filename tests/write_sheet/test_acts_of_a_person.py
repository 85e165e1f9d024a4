"""Whatever a person does on the Sheet, before, during or after a delivery: no count goes silently.

Each act has a verdict for each time: the data is `right` after the delivery that follows at the
latest, or it is `told` in a sentence what is wrong and what to do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest

from commit_counts.errors import DashboardError
from commit_counts.event import CommitCounts
from emulators.sheets import rules
from emulators.sheets.render import spreadsheet_resource
from emulators.sheets.requests.batch import apply_batch
from emulators.sheets.requests.protection import add_foreign_protection
from emulators.sheets.workbook import Workbook
from tests.support.write_sheet import (
    ONE_DAY,
    TODAY,
    MemorySheet,
    at,
    cell_event,
    history_of,
    window_event,
)
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import write
from write_sheet.stored.read import read_state

DAYS = [TODAY - n * ONE_DAY for n in range(60)]
OLD = {(day, "me/app"): 1 + n % 3 for n, day in enumerate(DAYS) if n >= 40 and n % 4 == 0}
RECENT = {(day, "me/app"): 2 for day in DAYS[:35:5]} | {(DAYS[1], "me/lib"): 4}
FIRST = window_event(OLD | RECENT, since=DAYS[-1])
HAND = cell_event(DAYS[2], "other/forge", 3, collected_at=at(0.5))


def hourly(hour: int) -> CommitCounts:
    """The ordinary collection: 35 days; it has a commit more each hour, on a day of the past."""
    counts = RECENT | {(DAYS[0], "me/app"): 2 + hour, (DAYS[20 + hour], "me/new"): 1}
    return window_event(counts, since=DAYS[34], collected_at=at(hour))


def area(tab: Tab, top: int = 0, bottom: int = 0, left: int = 0, right: int = 0) -> dict[str, int]:
    """A GridRange; 0 for a side without an end."""
    ends = {"endRowIndex": bottom, "endColumnIndex": right}
    sides = {"sheetId": tab.sheet_id, "startRowIndex": top, "startColumnIndex": left}
    return sides | {name: end for name, end in ends.items() if end}


def lines(tab: Tab, start: int, end: int, dimension: str = "ROWS") -> dict[str, Any]:
    return {"sheetId": tab.sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}


def insert(tab: Tab, start: int, count: int = 1, dimension: str = "ROWS") -> Request:
    return {"insertDimension": {"range": lines(tab, start, start + count, dimension)}}


def delete(tab: Tab, start: int, end: int, dimension: str = "ROWS") -> Request:
    return {"deleteDimension": {"range": lines(tab, start, end, dimension)}}


def put(tab: Tab, row: int, column: int, value: float | str | None, kind: str = "") -> Request:
    kind = kind or ("stringValue" if isinstance(value, str) else "numberValue")
    cell = {} if value is None else {"userEnteredValue": {kind: value}}
    start = {"sheetId": tab.sheet_id, "rowIndex": row, "columnIndex": column}
    rows = [{"values": [cell]}]
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def sort(column: int, order: str, tab: Tab = Tab.DATA) -> Request:
    specs = [{"dimensionIndex": column, "sortOrder": order}]
    return {"sortRange": {"range": area(tab, 1, 21), "sortSpecs": specs}}


def sheet_properties(tab: Tab, fields: str, **properties: Any) -> Request:
    found = {"sheetId": tab.sheet_id, **properties}
    return {"updateSheetProperties": {"properties": found, "fields": fields}}


def freeze(tab: Tab, **counts: int) -> Request:
    fields = ",".join(f"gridProperties.{name}" for name in counts)
    return sheet_properties(tab, fields, gridProperties=counts)


def merge(tab: Tab, top: int, bottom: int, left: int, right: int) -> Request:
    return {"mergeCells": {"range": area(tab, top, bottom, left, right), "mergeType": "MERGE_ALL"}}


def hide(tab: Tab, start: int, end: int, dimension: str = "ROWS") -> Request:
    return {
        "updateDimensionProperties": {
            "range": lines(tab, start, end, dimension),
            "properties": {"hiddenByUser": True},
            "fields": "hiddenByUser",
        }
    }


def protect(range_: dict[str, int]) -> Callable[[MemorySheet], None]:
    """As the person: the API's caller may not edit it."""

    def act(sheet: MemorySheet) -> None:
        changed = sheet.workbook.copy()
        add_foreign_protection(changed, {"range": range_, "description": "mine"})
        sheet.workbook = changed

    return act


def take_marks_away(sheet: MemorySheet) -> None:
    changed = sheet.workbook.copy()
    changed.named_ranges.clear()
    sheet.workbook = changed


def restore(sheet: MemorySheet) -> None:
    """File, Version history: the Sheet is as it was after the first event."""
    sheet.workbook = _after_first().copy()


def properties(**changed: str) -> Request:
    return {"updateSpreadsheetProperties": {"properties": changed, "fields": ",".join(changed)}}


def delete_tab(tab: Tab) -> Request:
    return {"deleteSheet": {"sheetId": tab.sheet_id}}


D, T, M, S, Y = Tab.DATA, Tab.TODAY, Tab.MONTHS, Tab.SETTINGS, Tab.DAYS
EVERYWHERE = {"sheetId": D.sheet_id}
BELOW = {"sheetId": D.sheet_id, "rowIndex": 60, "columnIndex": 0}
CUT: Request = {
    "cutPaste": {
        "source": area(D, 1, 2, 0, 4),
        "destination": BELOW,
        "pasteType": "PASTE_NORMAL",
    }
}
COPY: Request = {
    "copyPaste": {
        "source": area(D, 1, 5, 0, 4),
        "destination": area(D, 50, 54, 0, 4),
        "pasteType": "PASTE_NORMAL",
    }
}
RED = {"userEnteredFormat": {"backgroundColor": {"red": 1}}}
COLOUR: Request = {
    "repeatCell": {
        "range": area(D, 1, 5),
        "cell": RED,
        "fields": "userEnteredFormat.backgroundColor",
    }
}
NOTE: Request = {
    "updateCells": {
        "start": {"sheetId": D.sheet_id, "rowIndex": 1, "columnIndex": 2},
        "rows": [{"values": [{"note": "hm"}]}],
        "fields": "note",
    }
}
UNMERGE: Request = {"unmergeCells": {"range": area(T)}}
NAMED: Request = {"addNamedRange": {"namedRange": {"name": "mine", "range": area(D, 1, 5)}}}
Act = Request | list[Request] | Callable[[MemorySheet], None]


@dataclass(frozen=True)
class Case:
    """An act and its verdicts before, during and after a delivery."""

    name: str
    act: Act
    verdicts: tuple[str, str, str] = ("right", "right", "right")


RIGHT, TOLD = "right", "told"
ALWAYS_TOLD = (TOLD, TOLD, TOLD)
# What goes between reading and writing is restored; what was written over then is told.
RESTORED, MOVED = (TOLD, RIGHT, TOLD), (RIGHT, TOLD, RIGHT)
CASES = [
    # data: rows
    Case("sort by commits", sort(2, "DESCENDING")),
    Case("sort by repository", sort(1, "ASCENDING")),
    Case("sort by date, newest first", sort(0, "DESCENDING")),
    Case("set a filter", {"setBasicFilter": {"filter": {"range": area(D, 0, 0, 0, 4)}}}),
    Case("hide old rows", hide(D, 1, 4)),
    Case("hide a column", hide(D, 3, 4, "COLUMNS")),
    Case("insert a row below the header", insert(D, 1)),
    Case("insert a row in the middle", insert(D, 8)),
    Case("insert three rows in the middle", insert(D, 6, 3)),
    Case("insert a row above the header", insert(D, 0), MOVED),
    Case("put a title above the header", [insert(D, 0), put(D, 0, 0, "My commits")], MOVED),
    Case("insert a row at the end", insert(D, 40)),
    Case("delete an old row", delete(D, 1, 2), RESTORED),
    Case("delete a recent row", delete(D, 8, 9)),
    Case("delete all rows", delete(D, 1, 20), RESTORED),
    Case("delete the header", delete(D, 0, 1)),
    Case("delete the blank rows", delete(D, 30, 100)),
    Case("add many rows", {"appendDimension": lines(D, 0, 0) | {"length": 2000}}),
    Case("cut a row and paste it below", CUT),
    Case("copy rows to the end", COPY),
    # data: cells
    Case("empty an old count", put(D, 1, 2, None), ALWAYS_TOLD),
    Case("change an old count", put(D, 1, 2, 99), ALWAYS_TOLD),
    Case("change a recent count", put(D, 8, 2, 99)),
    Case("write words into an old count", put(D, 1, 2, "many"), ALWAYS_TOLD),
    Case("write words into a recent count", put(D, 8, 2, "many")),
    Case("write a formula into an old count", put(D, 1, 2, "=1+1", "formulaValue"), ALWAYS_TOLD),
    Case("write a day as text", put(D, 1, 0, DAYS[56].isoformat())),
    Case("empty the day of an old row", put(D, 1, 0, None), ALWAYS_TOLD),
    Case("rename a word of the header", put(D, 0, 2, "コミット")),
    Case("write beside the rows", put(D, 3, 5, "a release")),
    Case("write below the rows", put(D, 70, 0, "my sums"), ALWAYS_TOLD),
    Case("merge cells of an old row", merge(D, 1, 2, 1, 3), ALWAYS_TOLD),
    Case("merge days of two old rows", merge(D, 1, 3, 0, 1), ALWAYS_TOLD),
    Case("merge cells beside the rows", merge(D, 1, 3, 6, 7), ALWAYS_TOLD),
    Case("colour rows", COLOUR),
    Case("put a note on a count", NOTE),
    # data: columns
    Case("insert a column at the left", insert(D, 0, 1, "COLUMNS"), MOVED),
    Case("insert a column between ours", insert(D, 2, 1, "COLUMNS")),
    Case("insert a column at the right", insert(D, 4, 1, "COLUMNS")),
    Case("delete the columns beside ours", delete(D, 4, 8, "COLUMNS")),
    Case("delete the commits", delete(D, 2, 3, "COLUMNS"), ALWAYS_TOLD),
    # data: the tab
    Case("protect a column beside ours", protect(area(D, 0, 0, 5, 6)), ALWAYS_TOLD),
    Case("protect the header", protect(area(D, 0, 1))),
    Case("protect the tab data", protect(EVERYWHERE), ALWAYS_TOLD),
    Case("freeze rows", freeze(D, frozenRowCount=5)),
    Case("freeze columns", freeze(D, frozenColumnCount=2)),
    Case("rename the tab data", sheet_properties(D, "title", title="numbers")),
    Case("move the tab data", sheet_properties(D, "index", index=0)),
    Case("hide the tab data", sheet_properties(D, "hidden", hidden=True)),
    Case("duplicate the tab data", {"duplicateSheet": {"sourceSheetId": D.sheet_id}}),
    Case("delete the tab data", delete_tab(D), ALWAYS_TOLD),
    # Today, Months, Settings
    Case("delete rows of Today", delete(T, 3, 9)),
    Case("insert a row in Today", insert(T, 3)),
    Case("filter Today", {"setBasicFilter": {"filter": {"range": area(T, 0, 5, 0, 4)}}}),
    Case("freeze columns of Today", [UNMERGE, freeze(T, frozenColumnCount=2)]),
    Case("write over Today", put(T, 1, 0, "mine")),
    Case("protect Today", protect({"sheetId": T.sheet_id}), ALWAYS_TOLD),
    Case("delete Today", delete_tab(T)),
    Case("delete Months", delete_tab(M)),
    Case("protect Months", protect({"sheetId": M.sheet_id}), ALWAYS_TOLD),
    Case("protect Settings", protect({"sheetId": S.sheet_id}), ALWAYS_TOLD),
    Case("delete a row of Settings", delete(S, 2, 3)),
    Case("delete Settings", delete_tab(S)),
    Case("set the goal", put(S, 1, 1, 9)),
    Case("set a goal that is none", put(S, 1, 1, "lots")),
    Case("choose Japanese", put(S, 2, 1, "日本語")),
    # the hidden tab
    Case("insert a row in days", insert(Y, 1)),
    Case("insert rows in the middle of days", insert(Y, 30, 2)),
    Case("delete a row of days", delete(Y, 1, 2), (RIGHT, TOLD, TOLD)),
    Case("delete many rows of days", delete(Y, 1, 30), ALWAYS_TOLD),
    Case("insert a column in days", insert(Y, 1, 1, "COLUMNS"), ALWAYS_TOLD),
    Case("unhide days", sheet_properties(Y, "hidden", hidden=False)),
    Case("delete days", delete_tab(Y), ALWAYS_TOLD),
    # the spreadsheet
    Case("change the locale", properties(locale="de_DE")),
    Case("change the time zone", properties(timeZone="America/New_York")),
    Case("rename the spreadsheet", properties(title="x")),
    Case("take the mark away", take_marks_away),
    Case("name a range", NAMED),
    Case("add a tab", {"addSheet": {"properties": {"title": "mine"}}}),
    Case("restore the version before", restore),
]


def do(act: Act, sheet: MemorySheet) -> None:
    """The person's hand."""
    if callable(act):
        act(sheet)
        return
    changed = sheet.workbook.copy()
    apply_batch(changed, act if isinstance(act, list) else [act])
    sheet.workbook = changed


@cache
def _after_first() -> Workbook:
    sheet = MemorySheet()
    for event in (FIRST, HAND):
        deliver(event, sheet)
    return sheet.workbook


@cache
def _after_an_hour() -> tuple[Workbook, list[str]]:
    """And what was told then."""
    sheet = MemorySheet(_after_first().copy())
    told = deliver(hourly(1), sheet)
    return sheet.workbook, told


def deliver(event: CommitCounts, sheet: MemorySheet) -> list[str]:
    """What the person is told: on Today, in the log, or as the reason why nothing was written."""
    try:
        done = write(event, sheet, pause=lambda _: None)
    except DashboardError as error:
        return [str(error)]
    return [str(problem) for problem in done.problems if not problem.repaired]


def counts(sheet: MemorySheet) -> dict[tuple[date, str], int]:
    """The numbers that the Sheet holds."""
    cells = read_state(sheet.look()).history.cells
    return {(d, name): s.commits or 0 for d, of_day in cells.items() for name, s in of_day.items()}


@cache
def expected(hours: int) -> Mapping[tuple[date, str], int]:
    """What the events say."""
    history = history_of([FIRST, HAND, *(hourly(hour) for hour in range(1, hours + 1))])
    cells = history.cells.items()
    return {(d, name): s.commits or 0 for d, of_day in cells for name, s in of_day.items()}


def do_before_writes(sheet: MemorySheet, acts: list[Act]) -> None:
    """Do one of the acts before each write of a delivery, the last one first, and take it off."""

    def meanwhile(_: int, kind: str) -> None:
        if kind == "write" and acts:
            do(acts.pop(), sheet)

    sheet.before_call = meanwhile


@pytest.mark.parametrize("when", ["before", "during", "after"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_act_of_a_person_is_silently_wrong(case: Case, when: str) -> None:
    """Right with the next delivery, or told by it."""
    workbook, told_before = _after_an_hour() if when == "after" else (_after_first(), [])
    sheet = MemorySheet(workbook.copy())
    if when != "during":
        do(case.act, sheet)
    if when == "during":
        do_before_writes(sheet, [case.act])
    if when != "after":
        told_before = deliver(hourly(1), sheet)
    sheet.before_call = lambda *_: None
    told = deliver(hourly(2), sheet)
    try:
        is_right = counts(sheet) == expected(2)
    except DashboardError:
        is_right = False
    found = RIGHT if is_right and not told else TOLD if told or told_before else "silently wrong"
    wanted = case.verdicts[("before", "during", "after").index(when)]
    assert found == wanted, [*told_before, *told]


@pytest.mark.parametrize("start", [0, 1, 8])
def test_a_row_restored_where_a_blank_one_was_put_shows_its_day(start: int) -> None:
    """Blank rows that come while an event is written have no format: days would be bare numbers."""
    sheet = MemorySheet(_after_first().copy())
    plain = {"range": area(D, start, start + 3), "cell": {}, "fields": "userEnteredFormat"}
    acts: list[Act] = [[insert(D, start, 3), {"repeatCell": plain}]]
    do_before_writes(sheet, acts)
    deliver(hourly(1), sheet)
    deliver(hourly(2), sheet)
    assert counts(sheet) == expected(2)
    mask = rules.check_response_mask(
        "Spreadsheet",
        "sheets(properties.sheetId,data.rowData.values(userEnteredValue,userEnteredFormat))",
    )
    (data,) = (
        tab
        for tab in spreadsheet_resource(sheet.workbook, mask=mask)["sheets"]
        if tab["properties"]["sheetId"] == D.sheet_id
    )
    firsts = [r["values"][0] for r in data["data"][0]["rowData"] if r.get("values")]
    days = [cell for cell in firsts if "numberValue" in cell.get("userEnteredValue", {})]
    kinds = {cell.get("userEnteredFormat", {}).get("numberFormat", {}).get("type") for cell in days}
    assert kinds == {"DATE"}


@pytest.mark.parametrize("start", [0, 1, 8])
def test_what_was_moved_is_restored_where_looks_are_refused_too(start: int) -> None:
    """The batch that restores is refused for the tab Today: nothing is forgotten."""
    sheet = MemorySheet(_after_first().copy())
    acts: list[Act] = [protect({"sheetId": T.sheet_id}), insert(D, start, 3)]
    do_before_writes(sheet, acts)
    deliver(hourly(1), sheet)
    deliver(hourly(2), sheet)
    assert not acts
    assert counts(sheet) == expected(2)
