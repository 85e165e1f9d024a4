"""What one reading of the spreadsheet says: the API's `Spreadsheet` resource, parsed once.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets#Spreadsheet
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from write_sheet.sheets_api.cells import Value
from write_sheet.sheets_api.requests import Size
from write_sheet.sheets_api.tab import TAB_OF_ID, Tab

REVISION_PREFIX = "own_rev_"
LAYOUT_KEY = "own_dashboard_layout"
# Never asks for what is not used: the whole resource of a long history is many times larger.
FIELDS = (
    "properties(title,locale,timeZone),"
    "namedRanges(namedRangeId),"
    "developerMetadata(metadataId,metadataKey,metadataValue),"
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount,frozenRowCount)),"
    "data(startRow,startColumn,rowData(values(userEnteredValue))))"
)
# Everything by which a spreadsheet of one tab shows that somebody used it.
USE_FIELDS = (
    "namedRanges(namedRangeId),developerMetadata(metadataId),"
    "sheets(merges,charts(chartId),filterViews(filterViewId),basicFilter(range),"
    "bandedRanges(bandedRangeId),protectedRanges(protectedRangeId),conditionalFormats(ranges),"
    "slicers(slicerId),developerMetadata(metadataId),"
    "data(rowData(values(userEnteredValue,userEnteredFormat,note,dataValidation,pivotTable))))"
)
# What a write answers: enough to see that rows or columns were moved since the reading.
AFTER_WRITE_FIELDS = (
    "updatedSpreadsheet(sheets(properties(sheetId,gridProperties(rowCount,columnCount)),"
    "data(startRow,rowData(values(userEnteredValue)))))"
)
_REVISION = re.compile(rf"{REVISION_PREFIX}(\d+)")

Grid = Sequence[Sequence[Value]]


@dataclass(frozen=True, kw_only=True)
class TabState:
    """One of our tabs as it is: its title, its grid's size, what was read of it."""

    title: str
    row_count: int
    column_count: int
    frozen_rows: int = 0
    grid: Grid = ()


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One reading.

    revisions: numbers of the marks that guard against other writers; one, once laid out.
    layout_version, layout_metadata_id: None before the layout was made.
    tabs: those of ours that are there.
    other_titles: the names of all other tabs.
    disposable: the id of the single empty tab of a new spreadsheet, which nobody used yet.
    """

    title: str
    locale: str
    time_zone: str
    revisions: tuple[int, ...] = ()
    layout_version: int | None = None
    layout_metadata_id: int | None = None
    tabs: Mapping[Tab, TabState] = field(default_factory=dict)
    other_titles: frozenset[str] = frozenset()
    disposable: int | None = None

    def grid(self, tab: Tab) -> Grid:
        """What was read of a tab; nothing where it is not there."""
        return self.tabs[tab].grid if tab in self.tabs else ()


@dataclass(frozen=True, kw_only=True)
class AfterWrite:
    """What a write answers: how large our tabs are, and the rows of `data` that were asked for."""

    sizes: Mapping[Tab, Size]
    rows: Mapping[int, Sequence[Value]] = field(default_factory=dict)


def parse_spreadsheet(resource: Mapping[str, Any]) -> Snapshot:
    """The answer of `spreadsheets.get` with FIELDS, its rows as `parse_answer` gives them."""
    properties = resource.get("properties", {})
    tabs, others = {}, set()
    for sheet in resource.get("sheets", ()):
        tab = TAB_OF_ID.get(sheet["properties"].get("sheetId", 0))
        if tab is None:
            others.add(str(sheet["properties"].get("title", "")))
        else:
            tabs[tab] = _tab(sheet)
    version, metadata_id = _layout(resource.get("developerMetadata", ()))
    return Snapshot(
        title=str(properties.get("title", "")),
        locale=str(properties.get("locale", "")),
        time_zone=str(properties.get("timeZone", "")),
        revisions=_revisions(resource.get("namedRanges", ())),
        layout_version=version,
        layout_metadata_id=metadata_id,
        tabs=tabs,
        other_titles=frozenset(others),
    )


def parse_write(answer: Mapping[str, Any]) -> AfterWrite:
    """The answer of `spreadsheets.batchUpdate` with AFTER_WRITE_FIELDS."""
    sizes: dict[Tab, Size] = {}
    rows: dict[int, Sequence[Value]] = {}
    for sheet in answer.get("updatedSpreadsheet", {}).get("sheets", ()):
        tab = TAB_OF_ID.get(sheet["properties"].get("sheetId", 0))
        if tab is None:
            continue
        state = _tab(sheet)
        sizes[tab] = state.row_count, state.column_count
        for part in sheet.get("data", ()) if tab is Tab.DATA else ():
            row = int(part.get("startRow", 0))
            rows[row] = (*_grid([part])[row:], ())[0]
    return AfterWrite(sizes=sizes, rows=rows)


def is_empty(found: object) -> bool:
    """Whether an answer with USE_FIELDS, or a part of one, holds no value at all."""
    if isinstance(found, Mapping):
        return all(is_empty(part) for part in found.values())
    return found is None or (isinstance(found, list) and all(is_empty(part) for part in found))


def _tab(sheet: Mapping[str, Any]) -> TabState:
    properties = sheet["properties"]
    size = properties.get("gridProperties", {})
    return TabState(
        title=str(properties.get("title", "")),
        row_count=int(size.get("rowCount", 0)),
        column_count=int(size.get("columnCount", 0)),
        frozen_rows=int(size.get("frozenRowCount", 0)),
        grid=_grid(sheet.get("data", ())),
    )


def _grid(data: Iterable[Mapping[str, Any]]) -> Grid:
    """The rows from the first one on; each is as long as what it holds."""
    for part in data:
        return [()] * int(part.get("startRow", 0)) + list(part.get("rowData", ()))
    return []


def _revisions(named_ranges: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
    matches = (_REVISION.fullmatch(named.get("namedRangeId", "")) for named in named_ranges)
    return tuple(sorted(int(match[1]) for match in matches if match))


def _layout(metadata: Iterable[Mapping[str, Any]]) -> tuple[int | None, int | None]:
    for item in metadata:
        if item.get("metadataKey") == LAYOUT_KEY:
            value = str(item.get("metadataValue", ""))
            return int(value) if value.isdecimal() else 0, int(item["metadataId"])
    return None, None
