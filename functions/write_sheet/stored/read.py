"""What the spreadsheet knows, out of a reading; and the ledger that goes back with the next batch.

The tab `data` holds the cells with commits, the tab `days` everything else. Where a day's rows add
up to something else than this program left, somebody changed them by hand: that is told, and set
right by the next complete statement about the day, never by guessing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from commit_counts.event import CommitCounts
from write_sheet.errors import ColumnsLost
from write_sheet.history.merge import Cells, History, Stated
from write_sheet.history.problems import Fault, FaultKind
from write_sheet.sheets_api.snapshot import Snapshot
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.days import Ledger, has_strayed, read_ledger
from write_sheet.stored.rows import HEADER, DataRows, lost_columns, read_rows

REASON_MARK = "reason "
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Known:
    """rows, ledger: the two tabs as found; history: what they say together.

    expected: by day whose rows add up to something else, what this program left there.
    """

    rows: DataRows
    ledger: Ledger
    history: History
    expected: Mapping[date, int]


def read_known(snapshot: Snapshot) -> Known:
    """Read both tabs. Raises ColumnsLost where a column of theirs is gone."""
    rows, ledger = read_rows(snapshot.grid(Tab.DATA)), read_ledger(snapshot.grid(Tab.DAYS))
    lost = lost_columns(snapshot.grid(Tab.DATA), rows)
    if lost is not None:
        raise ColumnsLost(
            f"the tab data lacks a column: expected {', '.join(HEADER)}, found {lost}; undo the "
            "deletion (File, Version history), or delete the whole tab and collect again"
        )
    if has_strayed(snapshot.grid(Tab.DAYS)):
        raise ColumnsLost(
            "columns of the hidden tab days were moved, so that it cannot be read; undo that "
            "(File, Version history), or delete the whole tab and collect again"
        )
    cells = {
        day: _dated(rows.cells.get(day, {}), ledger.restated_at.get(day)) for day in rows.cells
    }
    for day, exceptions in ledger.exceptions.items():
        of_day = cells.setdefault(day, {})
        for name, stated in exceptions.items():
            if name not in of_day or of_day[name].loses_to(stated):
                of_day[name] = stated
    return Known(
        rows=rows,
        ledger=ledger,
        history=History(
            cells=cells,
            restated_at=ledger.restated_at,
            reasons={
                name.removeprefix(REASON_MARK): why
                for name, why in ledger.marks.items()
                if name.startswith(REASON_MARK)
            },
        ),
        expected={
            day: commits
            for day, commits in ledger.commits.items()
            if commits != _sum(rows.cells.get(day, {}))
        },
    )


def ledger_after(
    known: Known, merged: History, event: CommitCounts, marks: Mapping[str, str]
) -> Ledger:
    """The ledger that fits `merged`; a day changed by hand keeps what was expected of it."""
    before, commits = known.history.totals(), merged.totals()
    for day, expected in known.expected.items():
        if not _is_restated(known, event, day):
            commits[day] = expected + commits.get(day, 0) - before.get(day, 0)
    reasons = {REASON_MARK + name: why for name, why in merged.reasons.items()}
    return Ledger(
        commits=commits,
        restated_at=merged.restated_at,
        exceptions=_exceptions(known.rows, merged.cells),
        marks={**marks, **reasons},
    )


def faults_of(known: Known, merged: History, event: CommitCounts) -> list[Fault]:
    """What was found broken, and whether the event, after which all is `merged`, mends it."""
    found = [_judged(fault, merged) for fault in known.rows.faults]
    if known.rows.columns != (0, 1, 2, 3):
        found.append(Fault(kind=FaultKind.MOVED_COLUMNS, mended=True))
    told = {fault.since for fault in found}
    totals = merged.totals()
    mended = {
        day: totals.get(day, 0) == expected
        or (_is_restated(known, event, day) and not event.unknown_repositories)
        for day, expected in known.expected.items()
        if day not in told
    }
    for is_mended in (False, True):
        days = sorted(day for day in mended if mended[day] is is_mended)
        found += [_changed_by_hand(known, run, mended=is_mended) for run in _runs(days)]
    return found


def _judged(fault: Fault, merged: History) -> Fault:
    """A broken count is mended once there is a number to write in its place."""
    if fault.kind is not FaultKind.NOT_A_COUNT or fault.since is None:
        return fault
    stated = merged.cells.get(fault.since, {}).get(fault.repository)
    return replace(fault, mended=stated is None or stated.commits is not None)


def _is_restated(known: Known, event: CommitCounts, day: date) -> bool:
    """Whether the event is a later complete statement about a day than those before."""
    if event.window is None or day not in event.window:
        return False
    before = known.ledger.restated_at.get(day)
    return before is None or event.collected_at > before


def _changed_by_hand(known: Known, days: list[date], *, mended: bool) -> Fault:
    return Fault(
        kind=FaultKind.CHANGED_BY_HAND,
        mended=mended,
        since=days[0],
        until=days[-1],
        found=str(sum(_sum(known.rows.cells.get(day, {})) for day in days)),
        expected=str(sum(known.expected[day] for day in days)),
    )


def _dated(cells: Cells, restated_at: datetime | None) -> dict[str, Stated]:
    """Rows that lost their instant are as old as the day's statement."""
    return {
        name: Stated(stated.commits, restated_at) if stated.at is None else stated
        for name, stated in cells.items()
    }


def _exceptions(rows: DataRows, cells: Mapping[date, Cells]) -> dict[date, dict[str, Stated]]:
    """The statements without a row in `data`: all but counts, and what the person broke there."""
    exceptions: dict[date, dict[str, Stated]] = {}
    for day, of_day in cells.items():
        before = rows.cells.get(day, {})
        for name, stated in of_day.items():
            if not stated.commits and before.get(name) != stated:
                exceptions.setdefault(day, {})[name] = stated
    return exceptions


def _sum(cells: Cells) -> int:
    return sum(stated.commits or 0 for stated in cells.values())


def _runs(days: Iterable[date]) -> list[list[date]]:
    """Days that follow each other, as runs."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == _ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs
