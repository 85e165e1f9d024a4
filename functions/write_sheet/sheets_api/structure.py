"""Everything of the spreadsheet but its cells: for an upgrade, a refusal, and the doctor.

It is read without ranges: an answer that is limited to ranges leaves out what lies elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from write_sheet.sheets_api.tab import TAB_OF_ID, Tab

STRUCTURE_FIELDS = (
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
    "charts(chartId),filterViews(filterViewId),conditionalFormats(ranges),"
    "protectedRanges(protectedRangeId,description,requestingUserCanEdit,warningOnly,"
    "range,unprotectedRanges))"
)

# The sides of a GridRange; one that is not given is open.
_SIDES = (("startRowIndex", "endRowIndex"), ("startColumnIndex", "endColumnIndex"))

GridRange = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Protection:
    """What shuts this caller out of a part of a tab: its area but for the exceptions in it."""

    description: str
    area: GridRange
    exceptions: Sequence[GridRange] = ()

    def touches(self, area: GridRange) -> bool:
        """Whether a change of an area of the same tab is refused."""
        return _meet(self.area, area) and not any(_holds(free, area) for free in self.exceptions)

    def place(self) -> str:
        """The area as people name it, such as `F2:F`."""
        (top, bottom), (left, right) = (_sides(self.area, axis) for axis in (0, 1))
        if right == inf and left == 0:
            rows = "" if bottom == inf and not top else f"{top + 1}:{_end(bottom)}"
            return rows or "all of it"
        start, end = _letters(left), "" if right == inf else _letters(int(right) - 1)
        if bottom == inf and not top:
            return f"{start}:{end}"
        return f"{start}{top + 1}:{end}{_end(bottom)}"


@dataclass(frozen=True, kw_only=True)
class TabStructure:
    """What belongs to one of our tabs.

    rules: the ranges of each conditional format rule, in the rules' order.
    protections: those that shut this caller out.
    is_read_only: a protection that only warns shuts this caller out all the same: a viewer.
    """

    chart_ids: frozenset[int] = frozenset()
    filter_view_ids: frozenset[int] = frozenset()
    protection_ids: frozenset[int] = frozenset()
    rules: tuple[list[dict[str, object]], ...] = ()
    protections: tuple[Protection, ...] = ()
    is_read_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Structure:
    """titles: of all tabs by id, in their order. cell_count: of all tabs. tabs: ours."""

    titles: Mapping[int, str]
    cell_count: int
    tabs: Mapping[Tab, TabStructure] = field(default_factory=dict)


def parse_structure(resource: Mapping[str, Any]) -> Structure:
    """The answer of `spreadsheets.get` with STRUCTURE_FIELDS."""
    titles, cell_count, tabs = {}, 0, {}
    for sheet in resource.get("sheets", ()):
        properties = sheet["properties"]
        number, size = int(properties.get("sheetId", 0)), properties.get("gridProperties", {})
        titles[number] = str(properties.get("title", ""))
        cell_count += int(size.get("rowCount", 0)) * int(size.get("columnCount", 0))
        if number in TAB_OF_ID:
            tabs[TAB_OF_ID[number]] = _tab(sheet)
    return Structure(titles=titles, cell_count=cell_count, tabs=tabs)


def _tab(sheet: Mapping[str, Any]) -> TabStructure:
    protections = list(sheet.get("protectedRanges", ()))
    shut = [p for p in protections if p.get("requestingUserCanEdit") is False]
    return TabStructure(
        chart_ids=_ids(sheet.get("charts", ()), "chartId"),
        filter_view_ids=_ids(sheet.get("filterViews", ()), "filterViewId"),
        protection_ids=_ids(protections, "protectedRangeId"),
        rules=tuple(rule.get("ranges", []) for rule in sheet.get("conditionalFormats", ())),
        protections=tuple(
            Protection(
                description=str(p.get("description") or "unnamed"),
                area=p.get("range", {}),
                exceptions=p.get("unprotectedRanges", ()),
            )
            for p in shut
            if not p.get("warningOnly")
        ),
        is_read_only=any(p.get("warningOnly") for p in shut),
    )


def _ids(resources: Iterable[Mapping[str, Any]], name: str) -> frozenset[int]:
    return frozenset(int(resource[name]) for resource in resources)


def _sides(area: GridRange, axis: int) -> tuple[int, float]:
    start, end = _SIDES[axis]
    return int(area.get(start, 0)), area.get(end, inf)


def _meet(one: GridRange, other: GridRange) -> bool:
    return all(
        _sides(one, axis)[0] < _sides(other, axis)[1]
        and _sides(other, axis)[0] < _sides(one, axis)[1]
        for axis in (0, 1)
    )


def _holds(one: GridRange, other: GridRange) -> bool:
    return all(
        _sides(one, axis)[0] <= _sides(other, axis)[0]
        and _sides(other, axis)[1] <= _sides(one, axis)[1]
        for axis in (0, 1)
    )


def _letters(column: int) -> str:
    letters = ""
    while column >= 0:
        letters = chr(ord("A") + column % 26) + letters
        column = column // 26 - 1
    return letters


def _end(bottom: float) -> str:
    return "" if bottom == inf else str(int(bottom))
