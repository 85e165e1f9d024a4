"""One event and one reading of the spreadsheet in, one batch of requests out; pure.

The batch is a compare-and-set: it takes away the mark of the revision that was read and sets the
next one. Where another writer was quicker, that mark is gone, and the service refuses all of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from commit_counts.event import CommitCounts
from write_sheet import requests
from write_sheet.cells import Cell, Value, value_of
from write_sheet.dress import enough_rows
from write_sheet.face import FACE_MARK, Face, choose_zone, make_face, read_preferences
from write_sheet.faults import Fault
from write_sheet.known import faults_of, ledger_after, read_known
from write_sheet.labels import LANGUAGES
from write_sheet.layout import is_current, layout_requests, lost_tabs
from write_sheet.ledger import (
    CHART_COLUMN,
    DAY_COLUMN,
    EXCEPTION_COLUMN,
    HEADERS,
    MARK_COLUMN,
    Ledger,
    day_table,
    exception_table,
    mark_table,
)
from write_sheet.merge import merge
from write_sheet.notices import notice
from write_sheet.requests import Request
from write_sheet.row_changes import changes_between, requests_for
from write_sheet.snapshot import REVISION_PREFIX, Snapshot
from write_sheet.summary import Summary
from write_sheet.tabs import Tab


@dataclass(frozen=True, kw_only=True)
class Plan:
    """requests: the batch, empty where nothing changes. rows: how many of `data` are touched.

    faults: what was found broken. summary: what the person sees afterwards.
    """

    requests: list[Request]
    rows: int
    faults: Sequence[Fault]
    summary: Summary | None


def plan(
    event: CommitCounts, snapshot: Snapshot, *, language: str, zone: ZoneInfo | None = None
) -> Plan:
    """What the event changes. Raises ColumnsLost where the tab `data` cannot be read safely.

    language, zone: what a dashboard begins with before the person or an event says otherwise.
    """
    known = read_known(snapshot)
    merged = merge(known.history, event)
    faults = [*lost_tabs(snapshot), *faults_of(known, event)]
    marks = known.ledger.marks
    settings = read_preferences(snapshot, marks, language=language)
    used_language = settings.preferences.language
    notices = tuple(notice(fault, LANGUAGES[used_language]) for fault in faults if not fault.mended)
    chosen = choose_zone(event, known.history, marks, snapshot, zone)
    face = make_face(
        snapshot,
        merged,
        settings,
        zone=chosen,
        notices=notices,
        known_digest=marks.get(FACE_MARK),
    )
    changes = changes_between(known.rows, merged.cells)
    row_count = snapshot.tabs[Tab.DATA].row_count if Tab.DATA in snapshot.tabs else Tab.DATA.rows
    body = [
        *requests_for(changes, known.rows, row_count=row_count),
        *_days(ledger_after(known, merged, event, face.marks), face, snapshot),
    ]
    is_whole = is_current(snapshot) and len(snapshot.revisions) == 1
    if not is_whole or face.is_due:
        body += face.requests
    layout = layout_requests(snapshot, language=used_language)
    built = [*_unguard(snapshot), *layout, *body, _guard(snapshot)] if body or not is_whole else []
    return Plan(requests=built, rows=changes.count(), faults=faults, summary=face.summary)


def _days(ledger: Ledger, face: Face, snapshot: Snapshot) -> list[Request]:
    """The changed parts of the tab `days`."""
    tab = snapshot.tabs.get(Tab.DAYS)
    grid = tab.grid if tab else ()
    tables = {
        DAY_COLUMN: day_table(ledger),
        EXCEPTION_COLUMN: exception_table(ledger),
        CHART_COLUMN: face.chart,
        MARK_COLUMN: mark_table(ledger),
    }
    longest = max(len(table) for table in tables.values()) + 1
    built = enough_rows(Tab.DAYS, tab.row_count if tab else Tab.DAYS.rows, longest)
    for column, table in tables.items():
        built += _table(grid, column, len(HEADERS[column]), table)
    return built


def _table(
    grid: Sequence[Sequence[Value]], column: int, width: int, table: Sequence[Sequence[Cell]]
) -> list[Request]:
    """Write the rows of one table that differ from what was found, from the first to the last."""
    found = [_padded(row[column : column + width], width) for row in grid[1:]]
    wanted = [[value_of(cell) for cell in row] for row in table]
    blank: list[Value] = [None] * width
    length = max(len(found), len(wanted))
    different = [
        index
        for index in range(length)
        if (found[index] if index < len(found) else blank)
        != (wanted[index] if index < len(wanted) else blank)
    ]
    if not different:
        return []
    first, last = different[0], different[-1]
    empty: list[Cell] = [{} for _ in range(width)]
    rows = [table[i] if i < len(table) else empty for i in range(first, last + 1)]
    return [requests.put(Tab.DAYS, first + 1, column, rows)]


def _padded(row: Sequence[Value], width: int) -> list[Value]:
    return [*row, *[None] * (width - len(row))]


def _unguard(snapshot: Snapshot) -> list[Request]:
    return [
        {"deleteNamedRange": {"namedRangeId": f"{REVISION_PREFIX}{revision}"}}
        for revision in snapshot.revisions
    ]


def _guard(snapshot: Snapshot) -> Request:
    name = f"{REVISION_PREFIX}{max(snapshot.revisions, default=0) + 1}"
    place = requests.area(Tab.DAYS, rows=(0, 1), columns=(0, 1))
    return {"addNamedRange": {"namedRange": {"namedRangeId": name, "name": name, "range": place}}}
