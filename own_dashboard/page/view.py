"""Everything that one showing of the page says, gathered from the sources at one time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from own_dashboard.page.cell_style import Styles
from own_dashboard.page.deliveries import (
    DrawnDelivery,
    DrawnLetter,
    draw_deliveries,
    draw_letters,
)
from own_dashboard.page.metrics import DrawnMetric, draw_metrics
from own_dashboard.page.sources import PageFacts, PageSources
from own_dashboard.page.spreadsheet import read_tabs
from own_dashboard.page.tabs import DrawnTab, draw_tab
from own_dashboard.page.words import Words

# Day 0 of a spreadsheet's serial numbers.
# https://developers.google.com/workspace/sheets/api/guides/formats#about_date_time_values
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial number has no zone
_DAY_SECONDS = 86400


@dataclass(frozen=True, kw_only=True)
class PageView:
    """One showing. version: the sources' own, asked first, so that it is never too new."""

    version: str
    words: Words
    facts: PageFacts
    as_of: str
    tabs: tuple[DrawnTab, ...]
    selected: str
    metrics: tuple[DrawnMetric, ...]
    deliveries: tuple[DrawnDelivery, ...]
    more_deliveries: int
    letters: tuple[DrawnLetter, ...]
    letter_count: int
    cell_styles: str


def gather(sources: PageSources, *, words: Words, tab: str, now: datetime) -> PageView:
    """Read the sources and lay everything out. tab: the key of the tab to show; now: aware."""
    version, facts = sources.version(), sources.facts
    styles = Styles()
    spreadsheet = sources.spreadsheet()
    tabs = _tabs(spreadsheet, styles, now) if spreadsheet else ()
    keys = [drawn.key for drawn in tabs]
    deliveries, letters = sources.deliveries(), sources.dead_letters()
    drawn_deliveries = tuple(draw_deliveries(deliveries, facts.time_zone, words, now))
    return PageView(
        version=version,
        words=words,
        facts=facts,
        as_of=f"{now.astimezone(facts.time_zone):%H:%M}",
        tabs=tabs,
        selected=tab if tab in keys else next(iter(keys), ""),
        metrics=tuple(draw_metrics(sources.time_series(), facts.time_zone, words)),
        deliveries=drawn_deliveries,
        more_deliveries=len(deliveries) - len(drawn_deliveries),
        letters=tuple(draw_letters(letters, facts.time_zone, words)),
        letter_count=len(letters),
        cell_styles=styles.css,
    )


def _tabs(spreadsheet: Mapping[str, Any], styles: Styles, now: datetime) -> tuple[DrawnTab, ...]:
    """The tabs that are shown; none while the spreadsheet is as empty as a new one."""
    tabs = read_tabs(spreadsheet)
    if len(tabs) == 1 and not tabs[0].cells:
        return ()
    by_id = {tab.sheet_id: tab for tab in tabs}
    serial = _serial(now, spreadsheet.get("properties", {}).get("timeZone", "UTC"))
    return tuple(draw_tab(tab, by_id, styles, serial) for tab in tabs if tab.shown)


def _serial(now: datetime, zone_name: str) -> float:
    """The instant as the spreadsheet's NOW() gives it."""
    try:
        zone = ZoneInfo(zone_name)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    local = now.astimezone(zone).replace(tzinfo=None)
    return (local - _DAY_ZERO).total_seconds() / _DAY_SECONDS
