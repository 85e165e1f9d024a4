"""What the person sees, as requests: the values of `Today`, `Months` and `Settings`, and the zone.

Written whole whenever something on it changed, which a digest tells without reading the tabs back.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from commit_counts.event import CommitCounts
from write_sheet.dashboard.labels import LANGUAGES
from write_sheet.dashboard.layout import titles_of
from write_sheet.dashboard.months import fill_months
from write_sheet.dashboard.settings_tab import (
    PREFERENCES_KEY,
    SettingsRead,
    value_requests,
    words_requests,
    written_preferences,
)
from write_sheet.dashboard.today.card import Facts
from write_sheet.dashboard.today.chart import chart_rows
from write_sheet.dashboard.today.page import TODAY_PAGE
from write_sheet.history.merge import History
from write_sheet.history.problems import Problem
from write_sheet.history.statistics import Summary, summarize
from write_sheet.sheets_api.cells import Value
from write_sheet.sheets_api.requests import Part, Request
from write_sheet.sheets_api.snapshot import Snapshot
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.read import State

ZONE_KEY, VIEW_KEY = "time_zone", "view"


@dataclass(frozen=True, kw_only=True)
class View:
    """parts: what brings each tab up to date. is_due: whether anything of it is not there yet.

    metadata: what to remember of it. chart: the rows that the chart shows. summary: the numbers.
    """

    parts: Sequence[Part]
    is_due: bool
    metadata: Mapping[str, str]
    chart: Sequence[Sequence[Value]]
    summary: Summary | None


def make_view(
    snapshot: Snapshot,
    merged: History,
    settings: SettingsRead,
    *,
    zone: ZoneInfo,
    problems: Sequence[Problem],
    digest_before: str | None,
) -> View:
    """Everything visible, out of what is known after an event.

    problems: what to tell the person. digest_before: what VIEW_KEY said the last time.
    """
    used = settings.preferences
    labels = LANGUAGES[used.language]
    summary = summarize(merged, used, zone)
    titles = titles_of(snapshot, used.language)
    facts = (
        Facts(summary=summary, labels=labels, problems=problems, titles=titles) if summary else None
    )
    built = [
        Part(Tab.TODAY.title, TODAY_PAGE.fill(facts)),
        Part(Tab.MONTHS.title, fill_months(summary, labels)),
        Part(Tab.SETTINGS.title, words_requests(settings)),
    ]
    digest = hashlib.sha256(json.dumps(built, sort_keys=True).encode()).hexdigest()[:16]
    built[-1].requests.extend(value_requests(settings, snapshot.grid(Tab.SETTINGS)))
    return View(
        parts=built,
        is_due=digest != digest_before,
        metadata={ZONE_KEY: zone.key, PREFERENCES_KEY: written_preferences(used), VIEW_KEY: digest},
        chart=chart_rows(summary, labels),
        summary=summary,
    )


def choose_zone(
    event: CommitCounts, known: State, snapshot: Snapshot, default: ZoneInfo | None
) -> ZoneInfo:
    """The zone of the latest complete statement; else of the environment, the event, the Sheet."""
    latest = known.history.updated_at
    if event.window and event.time_zone and (latest is None or event.collected_at >= latest):
        return event.time_zone
    kept = _zone(known.days_table.metadata.get(ZONE_KEY))
    return kept or default or event.time_zone or _zone(snapshot.time_zone) or ZoneInfo("UTC")


def zone_requests(snapshot: Snapshot, zone: ZoneInfo, now: datetime | None) -> list[Request]:
    """Set the Sheet's own zone where its clock shows another time, since NOW() reads it."""
    found = _zone(snapshot.time_zone)
    if (
        found is not None
        and now is not None
        and now.astimezone(found).utcoffset() == now.astimezone(zone).utcoffset()
    ):
        return []
    name = "Etc/UTC" if zone.key == "UTC" else zone.key
    properties = {"timeZone": name}
    return [{"updateSpreadsheetProperties": {"properties": properties, "fields": "timeZone"}}]


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
