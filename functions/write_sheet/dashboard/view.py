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
from write_sheet.dashboard.labels import LANGUAGES, Labels
from write_sheet.dashboard.months import months_cells
from write_sheet.dashboard.notices import notice
from write_sheet.dashboard.settings_tab import (
    SettingsRead,
    read_settings_tab,
    value_requests,
    words_requests,
)
from write_sheet.dashboard.today.cells import TITLE, UPDATED_COLUMN, today_cells
from write_sheet.dashboard.today.row_heights import height_requests
from write_sheet.history.merge import History
from write_sheet.history.preferences import Preferences
from write_sheet.history.problems import Problem
from write_sheet.history.statistics import Summary, summarize
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.cells import Value, serial_of_day
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import Snapshot
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.read import State

ZONE_KEY, VIEW_KEY, PREFERENCES_KEY = "time_zone", "view", "settings"


@dataclass(frozen=True, kw_only=True)
class View:
    """requests: what brings the tabs up to date. is_due: whether anything of it is not there yet.

    metadata: what to remember of it. chart: the rows that the chart shows. summary: the numbers.
    """

    requests: Sequence[Request]
    is_due: bool
    metadata: Mapping[str, str]
    chart: Sequence[Sequence[Value]]
    summary: Summary | None


def read_preferences(
    snapshot: Snapshot, metadata: Mapping[str, str], *, language: str
) -> SettingsRead:
    """What the person set; `language` where nobody has set one yet."""
    last_good = _preferences(metadata.get(PREFERENCES_KEY), language)
    return read_settings_tab(snapshot.grid(Tab.SETTINGS), last_good)


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

    problems: what to tell the person. digest_before: the mark VIEW_KEY of the last time.
    """
    used = settings.preferences
    labels = LANGUAGES[used.language]
    summary = summarize(merged, used, zone)
    shown = today_cells(summary, labels, tuple(notice(problem, labels) for problem in problems))
    built = [
        requests.put(Tab.TODAY, 0, 0, shown),
        *height_requests(shown),
        _updated(summary, labels),
        requests.put(Tab.MONTHS, 0, 0, months_cells(summary, labels)),
        *words_requests(settings),
    ]
    digest = hashlib.sha256(json.dumps(built, sort_keys=True).encode()).hexdigest()[:16]
    zone_requests = _zone_requests(snapshot, zone, merged.latest_at)
    values = value_requests(settings, snapshot.grid(Tab.SETTINGS))
    days = summary.chart if summary else ()
    return View(
        requests=[*zone_requests, *built, *values],
        is_due=bool(zone_requests) or digest != digest_before,
        metadata={ZONE_KEY: zone.key, PREFERENCES_KEY: _written(used), VIEW_KEY: digest},
        chart=[[serial_of_day(day), commits] for day, commits in days],
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


def _updated(summary: Summary | None, labels: Labels) -> Request:
    """The time of the last update; its format holds words, hence goes with the language."""
    cell = typed.wall_clock(summary.updated_at if summary else None)
    number_format = {"type": "DATE_TIME", "pattern": labels.updated_format}
    cell["userEnteredFormat"] = {"numberFormat": number_format}
    fields = "userEnteredValue,userEnteredFormat.numberFormat"
    return requests.put(Tab.TODAY, TITLE, UPDATED_COLUMN, [[cell]], fields=fields)


def _zone_requests(snapshot: Snapshot, zone: ZoneInfo, now: datetime | None) -> list[Request]:
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


def _written(used: Preferences) -> str:
    return json.dumps(
        {
            "goal": used.goal,
            "rest_weekdays": sorted(used.rest_weekdays),
            "language": used.language,
            "first_weekday": used.first_weekday,
        }
    )


def _preferences(written: str | None, language: str) -> Preferences:
    if written is None:
        return Preferences(language=language)
    try:
        fields = json.loads(written)
        return Preferences(
            goal=int(fields["goal"]),
            rest_weekdays=frozenset(int(day) for day in fields["rest_weekdays"]),
            language=fields["language"] if fields["language"] in LANGUAGES else language,
            first_weekday=int(fields["first_weekday"]),
        )
    except (ValueError, KeyError, TypeError):
        return Preferences(language=language)
