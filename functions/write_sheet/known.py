"""What the spreadsheet knows, out of a reading; and the ledger that goes back with the next batch.

The tab `data` holds the cells with commits, the tab `days` everything else. Where a day's rows add
up to something else than this program left, somebody changed them by hand: that is told, and set
right by the next complete statement about the day, never by guessing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from commit_counts.event import CommitCounts
from write_sheet.errors import ColumnsLost
from write_sheet.faults import Fault, FaultKind
from write_sheet.ledger import Ledger, read_ledger
from write_sheet.merge import Cells, History, Stated
from write_sheet.rows import HEADER, DataRows, misplaced_header, read_rows
from write_sheet.snapshot import Snapshot
from write_sheet.tabs import Tab

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
    """Read both tabs. Raises ColumnsLost where a column of `data` is gone."""
    lost = misplaced_header(snapshot.grid(Tab.DATA))
    if lost is not None:
        raise ColumnsLost(
            f"the tab data lacks a column: expected {', '.join(HEADER)}, found {lost}; undo the "
            "deletion (File, Version history), or delete the whole tab and collect again"
        )
    rows, ledger = read_rows(snapshot.grid(Tab.DATA)), read_ledger(snapshot.grid(Tab.DAYS))
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
    commits = merged.totals()
    for day, expected in known.expected.items():
        if not is_restated(known, event, day):
            difference = commits.get(day, 0) - known.history.totals().get(day, 0)
            commits[day] = expected + difference
    reasons = {REASON_MARK + name: why for name, why in merged.reasons.items()}
    return Ledger(
        commits=commits,
        restated_at=merged.restated_at,
        exceptions=_exceptions(known.rows, merged.cells),
        marks={**marks, **reasons},
    )


def faults_of(known: Known, event: CommitCounts) -> list[Fault]:
    """What was found broken, and whether this event sets it right."""
    rows = known.rows
    found = [
        Fault(
            kind=fault.kind,
            mended=fault.mended
            or (fault.since is not None and is_restated(known, event, fault.since)),
            row=fault.row,
            since=fault.since,
            until=fault.until,
            found=fault.found,
        )
        for fault in rows.faults
    ]
    if rows.columns != (0, 1, 2, 3):
        found.append(Fault(kind=FaultKind.MOVED_COLUMNS, mended=True))
    broken = {fault.since for fault in rows.faults}
    for mended in (False, True):
        days = [
            day
            for day in sorted(known.expected)
            if day not in broken and is_restated(known, event, day) is mended
        ]
        found += [_changed_by_hand(known, run, mended=mended) for run in _runs(days)]
    return found


def is_restated(known: Known, event: CommitCounts, day: date) -> bool:
    """Whether the event is the latest complete statement about a day."""
    if event.window is None or day not in event.window:
        return False
    before = known.ledger.restated_at.get(day)
    return before is None or event.collected_at >= before


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
