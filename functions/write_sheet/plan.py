"""One event and one reading of the spreadsheet in, one batch of requests out; pure.

The batch is a compare-and-set: it takes away the mark of the revision that was read and sets the
next one. Where another writer was quicker, that mark is gone, and the service refuses all of it.

Counts come first. What only looks (sorting, formats, the tabs that are read on the phone, the zone)
is cut into parts; a part that the service refuses is left out for a day, and told.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from commit_counts.event import CommitCounts, format_instant
from write_sheet.dashboard.layout import (
    format_parts,
    free_rows,
    room_requests,
    tab_problems,
    tab_requests,
    unformatted_tabs,
    version_requests,
    words_of,
)
from write_sheet.dashboard.settings_tab import read_preferences
from write_sheet.dashboard.today.page import TODAY_PAGE
from write_sheet.dashboard.view import VIEW_KEY, choose_zone, make_view, zone_requests
from write_sheet.errors import TornReading
from write_sheet.history.merge import History, combine, merge
from write_sheet.history.problems import Problem, ProblemKind
from write_sheet.history.statistics import Summary
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.cells import serial_of_day
from write_sheet.sheets_api.requests import FORMAT, ROOM, SORT, TIME_ZONE, Part, Request, Size
from write_sheet.sheets_api.snapshot import REVISION_PREFIX, AfterWrite, Snapshot
from write_sheet.sheets_api.structure import Structure
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.read import REVISION_KEY, State, read_state
from write_sheet.stored.rows import DATA_HEADERS, Key
from write_sheet.stored.witnesses import witnesses
from write_sheet.stored.write import (
    changes_between,
    days_table_after,
    days_table_requests,
    metadata_requests,
    problems_of,
    row_format_requests,
    row_requests,
    sort_requests,
)

REFUSED_KEY, TODAY_ROWS_KEY = "refused ", "today rows"
RETRY_REFUSED_AFTER = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which parts go with the counts.

    only: their names; None for all that were not refused within a day.
    refused: name to reason, what was refused in this delivery.
    remembered: what was known before rows came or went under a batch of this delivery.
    """

    only: frozenset[str] | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    remembered: History | None = None


ALL = Selection()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """requests: the batch without its guard. revision: the mark that the batch sets.

    found: the marks that it takes away. rows: how many of `data` are touched. parts: the names of
    those in the batch. problems: what was found broken. summary: what the person sees afterwards.
    history: what is known afterwards. sizes: how large the tabs of the history are then.
    witnesses: rows of `data` that the batch does not write, and what stands there then.
    needs_structure: whether nothing can be planned before the structure is read.
    """

    requests: Sequence[Request] = ()
    revision: int
    found: Sequence[int] = ()
    rows: int = 0
    parts: Sequence[str] = ()
    problems: Sequence[Problem] = ()
    summary: Summary | None = None
    history: History = field(default_factory=History)
    sizes: Mapping[Tab, Size] = field(default_factory=dict)
    witnesses: Mapping[int, Key] = field(default_factory=dict)
    needs_structure: bool = False

    def fits(self, after: AfterWrite) -> bool:
        """Whether the batch hit the rows that it was made for."""
        return self.sizes.items() <= after.sizes.items() and all(
            list(after.rows.get(row, ())) == [serial_of_day(day), name]
            for row, (day, name) in self.witnesses.items()
        )

    def batch(self) -> list[Request]:
        """What is sent; empty where nothing changes."""
        if not self.requests:
            return []
        removed: list[Request] = [
            {"deleteNamedRange": {"namedRangeId": f"{REVISION_PREFIX}{found}"}}
            for found in self.found
        ]
        return [*removed, *self.requests, _guard(self.revision)]


def plan(
    event: CommitCounts,
    snapshot: Snapshot,
    structure: Structure | None = None,
    *,
    revision: int,
    now: datetime,
    language: str = "en",
    zone: ZoneInfo | None = None,
    selection: Selection = ALL,
) -> Plan:
    """What the event changes. Raises ColumnsLost where the tab `data` cannot be read safely, and
    TornReading where its cells are not those that belong to the mark.

    structure: where it is needed and not given, the plan says so and has no requests.
    revision: a random number for the next mark, since the names of marks that went with a deleted
        tab, or came back with an older version, are taken
        (https://github.com/burnash/gspread/issues/1530).
    language, zone: what a dashboard begins with before the person or an event says otherwise.
    """
    known = read_state(snapshot)
    _check_revision(snapshot, known)
    if selection.remembered is not None:
        known = replace(known, history=combine(known.history, selection.remembered))
    merged = merge(known.history, event)
    metadata = known.days_table.metadata
    refused = _refused(metadata, selection, now)
    again = _overdue(metadata, now) | (selection.only or frozenset())

    tabs = unformatted_tabs(snapshot, again)
    if structure is None and any(tab in snapshot.tabs for tab in tabs):
        return Plan(revision=revision, needs_structure=True)
    problems = [*tab_problems(snapshot), *problems_of(known, merged, event), *_told(refused)]
    if snapshot.revisions and Tab.DAYS in snapshot.tabs and not known.days_table.revisions:
        problems.append(Problem(kind=ProblemKind.LOST_SOURCES, repaired=False))
    settings = read_preferences(snapshot.grid(Tab.SETTINGS), metadata, language=language)
    used_zone = choose_zone(event, known, snapshot, zone)
    view = make_view(
        snapshot,
        merged,
        settings,
        zone=used_zone,
        problems=[problem for problem in problems if not problem.repaired],
        digest_before=metadata.get(VIEW_KEY),
    )
    data = snapshot.tabs.get(Tab.DATA)
    changes = changes_between(known.rows, known.history, merged)
    free = free_rows(snapshot, metadata.get(TODAY_ROWS_KEY))
    parts = [
        Part(ROOM, room_requests(snapshot, free)),
        Part(SORT, sort_requests(changes, known.rows, is_overdue=SORT in again)),
        *format_parts(tabs, snapshot, structure),
        Part(TIME_ZONE, zone_requests(snapshot, used_zone, merged.latest_at)),
        *(part for part in view.parts if view.is_due or tabs or part.name in again),
    ]
    sent = [part for part in parts if part.requests and _is_chosen(part, selection, refused)]
    has_room = not parts[0].requests or parts[0] in sent
    if not has_room:
        sent = [
            part for part in sent if part.name not in (Tab.TODAY.title, FORMAT + Tab.TODAY.title)
        ]
    essential = list[Request]()
    if data and selection.remembered is not None:
        # A row of ours may stand where a blank one was put meanwhile.
        essential += row_format_requests(known.rows.top + 1, data.row_count)
    essential += [
        *tab_requests(snapshot, language=settings.preferences.language),
        *row_requests(
            changes,
            known.rows,
            words=DATA_HEADERS[words_of(snapshot, settings.preferences.language).language],
            row_count=data.row_count if data else Tab.DATA.rows,
            frozen_rows=data.frozen_rows if data else 0,
        ),
    ]
    kept = {**view.metadata, TODAY_ROWS_KEY: str(TODAY_PAGE.rows if has_room else free)}
    if selection.only is None:
        essential += version_requests(snapshot)
    else:
        # What this batch leaves out is not there yet: the next one must find that out.
        kept[VIEW_KEY] = metadata.get(VIEW_KEY, "")
    kept |= {REFUSED_KEY + name: told for name, told in refused.items()}
    after = days_table_after(known, merged, event, kept)
    essential += days_table_requests(after, merged, view.chart, snapshot)

    found = metadata.get(REVISION_KEY, "")
    same = metadata_requests({**after.metadata, REVISION_KEY: found}, snapshot)
    if not snapshot.revisions and found.isdecimal():
        # Without a mark to take away, only the same name keeps two writers apart.
        revision = int(found) + 1
    is_changed = essential or sent or same or len(snapshot.revisions) != 1
    essential += metadata_requests({**after.metadata, REVISION_KEY: str(revision)}, snapshot)
    built = [*essential, *(request for part in sent for request in part.requests)]
    return Plan(
        requests=built if is_changed else (),
        revision=revision,
        found=snapshot.revisions,
        rows=changes.count(),
        parts=[part.name for part in sent],
        problems=problems,
        summary=view.summary,
        history=merged,
        witnesses=witnesses(changes, known.rows, is_sorted=SORT in (part.name for part in sent))
        if data and Tab.DAYS in snapshot.tabs
        else {},
        sizes={
            tab: requests.size_after(tab, (state.row_count, state.column_count), built)
            for tab, state in snapshot.tabs.items()
            if tab in (Tab.DATA, Tab.DAYS)
        },
    )


def refused_parts(metadata: Mapping[str, str]) -> dict[str, str]:
    """What the service refused, by name of the part: an instant and the reason, in one text."""
    return {
        name.removeprefix(REFUSED_KEY): told
        for name, told in metadata.items()
        if name.startswith(REFUSED_KEY)
    }


def _is_chosen(part: Part, selection: Selection, refused: Collection[str]) -> bool:
    if selection.only is not None:
        return part.name in selection.only
    return part.name not in refused


def _refused(metadata: Mapping[str, str], selection: Selection, now: datetime) -> dict[str, str]:
    """What is left out now: refused in this delivery, or not so long ago."""
    found = refused_parts(metadata)
    if selection.only is None:
        found = {name: told for name, told in found.items() if not _is_overdue(told, now)}
    new = {name: f"{format_instant(now)} {why}" for name, why in selection.refused.items()}
    return found | new


def _overdue(metadata: Mapping[str, str], now: datetime) -> frozenset[str]:
    """What was refused so long ago that it is worth another try."""
    return frozenset(n for n, told in refused_parts(metadata).items() if _is_overdue(told, now))


def _is_overdue(told: str, now: datetime) -> bool:
    instant, _, _ = told.partition(" ")
    try:
        return now - datetime.fromisoformat(instant) >= RETRY_REFUSED_AFTER
    except (ValueError, TypeError):
        return True


def _told(refused: Mapping[str, str]) -> list[Problem]:
    return [
        Problem(
            kind=ProblemKind.REFUSED,
            repaired=False,
            found=name,
            expected=told.partition(" ")[2],
        )
        for name, told in sorted(refused.items())
    ]


def _check_revision(snapshot: Snapshot, known: State) -> None:
    """Every batch writes its mark and a copy of it in a cell: where they differ, the service gave
    cells of one time and marks of another (https://github.com/trinodb/trino/issues/15026).
    """
    copies, marks = known.days_table.revisions, {str(mark) for mark in snapshot.revisions}
    if not copies or not marks or copies & marks:
        return
    raise TornReading(
        f"the cells that were read belong to the mark {', '.join(sorted(copies))}, and the Sheet "
        f"has the mark {', '.join(sorted(marks))}; trying again later",
        fix=f"if it stays so, delete the row {REVISION_KEY} of the hidden tab days",
    )


def _guard(revision: int) -> Request:
    name = f"{REVISION_PREFIX}{revision}"
    place = requests.area(Tab.DAYS, rows=(0, 1), columns=(0, 1))
    return {"addNamedRange": {"namedRange": {"namedRangeId": name, "name": name, "range": place}}}
