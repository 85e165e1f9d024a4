"""The tab Today, or another, as a person sees it after events are written."""

from collections.abc import Mapping
from datetime import date

from emulators.sheets.render import spreadsheet_resource
from own_dashboard.page.conditional_formats import apply_rules
from own_dashboard.page.formula import Surroundings
from own_dashboard.page.spreadsheet import Cell, read_tabs
from own_dashboard.page.spreadsheet import Tab as DrawnTab
from tests.support.write_sheet import ONE_DAY, TODAY, MemorySheet, at, window_event
from write_sheet.dashboard.today.card import WIDTH
from write_sheet.dashboard.today.page import TODAY_PAGE
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import write


def shown(
    counts: Mapping[tuple[date, str], int],
    *,
    days: int = 91,
    until: date = TODAY,
    language: str = "en",
    unknown: Mapping[str, str] | None = None,
) -> MemorySheet:
    """A Sheet to which one complete statement about these days was written."""
    sheet = MemorySheet()
    event = window_event(
        counts,
        since=until - (days - 1) * ONE_DAY,
        until=until,
        collected_at=at(days=(until - TODAY).days),
        unknown=unknown or {},
    )
    write(event, sheet, language=language)
    return sheet


def drawn(sheet: MemorySheet, tab: Tab = Tab.TODAY) -> DrawnTab:
    """A tab as the page reads it, its colour rules applied."""
    resource = spreadsheet_resource(sheet.workbook, include_grid_data=True)
    [found] = [t for t in read_tabs(resource) if t.sheet_id == tab.sheet_id]
    return found


def coloured(tab: DrawnTab, now: float = 0.0) -> Mapping[tuple[int, int], Cell]:
    """The cells to which the tab's own rules give a colour at that time."""
    around = Surroundings(look_up=lambda place: tab.cell(place).value, now=now)
    cells, unknown = apply_rules(tab, range(TODAY_PAGE.rows), around)
    assert unknown == []
    return cells


def line(tab: DrawnTab, row: int) -> list[str]:
    """The texts of one row that hold anything."""
    return [words for column in range(WIDTH) if (words := tab.cell((row, column)).text)]
