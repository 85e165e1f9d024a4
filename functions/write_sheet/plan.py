"""One event and one reading of the spreadsheet in, one batch of requests out; pure.

The batch is a compare-and-set: it takes away the mark of the revision that was read and sets the
next one. Where another writer was quicker, that mark is gone, and the service refuses all of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from commit_counts.event import CommitCounts
from write_sheet.dashboard.layout import layout_requests, tab_problems
from write_sheet.dashboard.settings_tab import read_preferences
from write_sheet.dashboard.view import VIEW_KEY, choose_zone, make_view
from write_sheet.history.merge import merge
from write_sheet.history.problems import Problem
from write_sheet.history.statistics import Summary
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import REVISION_PREFIX, Snapshot
from write_sheet.sheets_api.structure import Structure
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.read import State, read_state
from write_sheet.stored.write import (
    changes_between,
    days_table_after,
    days_table_requests,
    metadata_requests,
    problems_of,
    requests_for,
)

REVISION_KEY = "revision"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """requests: the batch, empty where nothing changes. rows: how many of `data` are touched.

    problems: what was found broken. summary: what the person sees afterwards.
    """

    requests: list[Request]
    rows: int
    problems: Sequence[Problem]
    summary: Summary | None


def plan(
    event: CommitCounts,
    snapshot: Snapshot,
    structure: Structure | None = None,
    *,
    first_revision: int,
    language: str = "en",
    zone: ZoneInfo | None = None,
) -> Plan:
    """What the event changes. Raises ColumnsLost where the tab `data` cannot be read safely.

    structure: needed where `layout.needs_structure` says so.
    first_revision: where to count from on a new layout; a random one, since the names of marks
        that went with a deleted tab stay taken for ever (https://github.com/burnash/gspread/issues/1530).
    language, zone: what a dashboard begins with before the person or an event says otherwise.
    """
    known = read_state(snapshot)
    merged = merge(known.history, event)
    problems = [*tab_problems(snapshot), *problems_of(known, merged, event)]
    settings = read_preferences(
        snapshot.grid(Tab.SETTINGS), known.days_table.metadata, language=language
    )
    view = make_view(
        snapshot,
        merged,
        settings,
        zone=choose_zone(event, known, snapshot, zone),
        problems=[problem for problem in problems if not problem.repaired],
        digest_before=known.days_table.metadata.get(VIEW_KEY),
    )
    changes = changes_between(known.rows, known.history, merged)
    data = requests_for(changes, known.rows, row_count=_row_count(snapshot))
    layout = layout_requests(snapshot, structure, language=settings.preferences.language)

    found = _revision(snapshot, known)
    metadata = {**view.metadata, REVISION_KEY: str(found)}
    after = days_table_after(known, merged, event, metadata)
    days = days_table_requests(after, merged, view.chart, snapshot)
    is_marked = len(snapshot.revisions) == 1 and not metadata_requests(after.metadata, snapshot)
    if is_marked and not (data or layout or days or view.is_due):
        return Plan(requests=[], rows=0, problems=problems, summary=view.summary)
    following = first_revision if found is None else found + 1
    visible = view.requests if layout or view.is_due else ()
    days += metadata_requests({**after.metadata, REVISION_KEY: str(following)}, snapshot)
    batch = [*_unguard(snapshot), *layout, *data, *days, *visible, _guard(following)]
    return Plan(requests=batch, rows=changes.count(), problems=problems, summary=view.summary)


def _row_count(snapshot: Snapshot) -> int:
    return snapshot.tabs[Tab.DATA].row_count if Tab.DATA in snapshot.tabs else Tab.DATA.rows


def _revision(snapshot: Snapshot, known: State) -> int | None:
    """The number that was read: of the mark itself, or of its copy where somebody removed it."""
    if snapshot.revisions:
        return max(snapshot.revisions)
    copy = known.days_table.metadata.get(REVISION_KEY, "")
    return int(copy) if copy.isdecimal() else None


def _unguard(snapshot: Snapshot) -> list[Request]:
    return [
        {"deleteNamedRange": {"namedRangeId": f"{REVISION_PREFIX}{revision}"}}
        for revision in snapshot.revisions
    ]


def _guard(revision: int) -> Request:
    name = f"{REVISION_PREFIX}{revision}"
    place = requests.area(Tab.DAYS, rows=(0, 1), columns=(0, 1))
    return {"addNamedRange": {"namedRange": {"namedRangeId": name, "name": name, "range": place}}}
