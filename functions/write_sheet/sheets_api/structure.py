"""Everything of the spreadsheet but its cells: for an upgrade, a refusal, and the doctor.

It is read without ranges: an answer that is limited to ranges leaves out what lies elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from write_sheet.sheets_api.tab import TAB_OF_ID, Tab

STRUCTURE_FIELDS = (
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
    "charts(chartId),filterViews(filterViewId),conditionalFormats(ranges),"
    "protectedRanges(protectedRangeId,description,requestingUserCanEdit,warningOnly))"
)


@dataclass(frozen=True, kw_only=True)
class TabStructure:
    """What belongs to one of our tabs.

    rules: the ranges of each conditional format rule, in the rules' order.
    protected_by_others: the description of a protection that shuts this caller out.
    is_read_only: a protection that only warns shuts this caller out all the same: a viewer.
    """

    chart_ids: frozenset[int] = frozenset()
    filter_view_ids: frozenset[int] = frozenset()
    protection_ids: frozenset[int] = frozenset()
    rules: tuple[list[dict[str, object]], ...] = ()
    protected_by_others: str | None = None
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
        protected_by_others=next(
            (str(p.get("description") or "unnamed") for p in shut if not p.get("warningOnly")), None
        ),
        is_read_only=any(p.get("warningOnly") for p in shut),
    )


def _ids(resources: Iterable[Mapping[str, Any]], name: str) -> frozenset[int]:
    return frozenset(int(resource[name]) for resource in resources)
