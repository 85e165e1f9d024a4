"""One event and one reading of the spreadsheet in, one batch of requests out; pure.

The batch is a compare-and-set: it takes away the mark of the revision that was read and sets the
next one. Where another writer was quicker, that mark is gone, and the service refuses all of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from commit_counts.event import CommitCounts
from write_sheet.dashboard.layout import layout_requests, lost_tabs
from write_sheet.dashboard.view import FACE_MARK, choose_zone, make_face, read_preferences
from write_sheet.history.merge import merge
from write_sheet.history.problems import Fault
from write_sheet.history.statistics import Summary
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import REVISION_PREFIX, Snapshot
from write_sheet.sheets_api.structure import Outline
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.days_requests import ledger_requests, mark_requests
from write_sheet.stored.read import Known, faults_of, ledger_after, read_known
from write_sheet.stored.row_changes import changes_between, requests_for

REVISION_MARK = "revision"


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
    event: CommitCounts,
    snapshot: Snapshot,
    outline: Outline | None = None,
    *,
    first_revision: int,
    language: str = "en",
    zone: ZoneInfo | None = None,
) -> Plan:
    """What the event changes. Raises ColumnsLost where the tab `data` cannot be read safely.

    outline: needed where `layout.needs_outline` says so.
    first_revision: where to count from on a new layout; a random one, since the names of marks that
        went with a deleted tab stay taken for ever (https://github.com/burnash/gspread/issues/1530).
    language, zone: what a dashboard begins with before the person or an event says otherwise.
    """
    known = read_known(snapshot)
    merged = merge(known.history, event)
    faults = [*lost_tabs(snapshot), *faults_of(known, merged, event)]
    settings = read_preferences(snapshot, known.ledger.marks, language=language)
    face = make_face(
        snapshot,
        merged,
        settings,
        zone=choose_zone(event, known, snapshot, zone),
        faults=[fault for fault in faults if not fault.mended],
        known_digest=known.ledger.marks.get(FACE_MARK),
    )
    changes = changes_between(known.rows, merged.cells)
    data = requests_for(changes, known.rows, row_count=_row_count(snapshot))
    layout = layout_requests(snapshot, outline, language=settings.preferences.language)

    found = _revision(snapshot, known)
    marks = {**face.marks, REVISION_MARK: str(found)}
    after = ledger_after(known, merged, event, marks)
    days = ledger_requests(after, face.chart, snapshot)
    is_marked = len(snapshot.revisions) == 1 and not mark_requests(after.marks, snapshot)
    if is_marked and not (data or layout or days or face.is_due):
        return Plan(requests=[], rows=0, faults=faults, summary=face.summary)
    following = first_revision if found is None else found + 1
    visible = face.requests if layout or face.is_due else ()
    days += mark_requests({**after.marks, REVISION_MARK: str(following)}, snapshot)
    batch = [*_unguard(snapshot), *layout, *data, *days, *visible, _guard(following)]
    return Plan(requests=batch, rows=changes.count(), faults=faults, summary=face.summary)


def _row_count(snapshot: Snapshot) -> int:
    return snapshot.tabs[Tab.DATA].row_count if Tab.DATA in snapshot.tabs else Tab.DATA.rows


def _revision(snapshot: Snapshot, known: Known) -> int | None:
    """The number that was read: of the mark itself, or of its copy where somebody removed it."""
    if snapshot.revisions:
        return max(snapshot.revisions)
    copy = known.ledger.marks.get(REVISION_MARK, "")
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
