"""Decides how the tabs `data` and `days` change: only rows that differ from what was read are sent.

Rows of `data` keep their places, so that notes and colours beside them stay with them; a sheet that
the person sorted otherwise stays so. New rows go to the end; where the sheet stands in date order,
one sort of whole rows brings them to their place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice, zip_longest

from commit_counts.event import CommitCounts
from write_sheet.history.merge import GITHUB, UNNAMED, History
from write_sheet.history.problems import Problem, ProblemKind
from write_sheet.history.sources import NO_CELLS, NOTHING, UNKNOWN, CellState, SourceHistory
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.cells import Cell, Value, cell_of, serial_of_day, serial_of_instant
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import Snapshot
from write_sheet.sheets_api.style import DATE, INSTANT
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.format import day_formats, statement_header
from write_sheet.stored.read import (
    CHART_COLUMN,
    DAY_COLUMN,
    EXCEPTION_COLUMN,
    HEADERS,
    METADATA_COLUMN,
    REASON_KEY,
    STATEMENT_COLUMN,
    STATEMENTS_KEY,
    DaysTable,
    State,
    sum_of,
)
from write_sheet.stored.rows import DataRows, Key
from write_sheet.stored.statements import HEADER as STATEMENT_HEADER
from write_sheet.stored.statements import spans, statement_table

SPARE_ROWS = 100
# A row takes some 0.2 kB while an event is written, and the function has 256 MB: told in good time.
MANY_ROWS = 250_000
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class RowChanges:
    """What changes. Indices are those of the tab as it was found.

    rewritten: rows that get new content; added: in order; removed: rows that go.
    notes: what the count's note says from now on, where that changes; empty where it goes.
    """

    rewritten: Mapping[int, tuple[Key, CellState]]
    added: Sequence[tuple[Key, CellState]]
    removed: Sequence[int]
    notes: Mapping[Key, str] = field(default_factory=dict)

    def count(self) -> int:
        """How many rows are touched."""
        return len(self.rewritten) + len(self.added) + len(self.removed)


def changes_between(found: DataRows, known: History, wanted: History) -> RowChanges:
    """What turns the rows that were found, which said `known`, into the numbers that count."""
    rewritten: dict[int, tuple[Key, CellState]] = {}
    added: list[tuple[Key, CellState]] = []
    removed = set(found.duplicate)
    main = wanted.sources.get(wanted.main, NOTHING)
    for day in found.cells.keys() | wanted.cells.keys():
        before, after = found.cells.get(day, NO_CELLS), wanted.cells.get(day, NO_CELLS)
        if before is after and not found.nonstandard:
            continue
        for name in before.keys() | after.keys():
            key, state = (day, name), after.get(name)
            row = found.row_of(day, name)
            if row is None:
                if state is not None:
                    added.append((key, state))
            elif state is None:
                # A row that somebody broke stays until something is said of it.
                if before[name].commits or main.cells.get(day, NO_CELLS).get(name) != UNKNOWN:
                    removed.add(row)
            elif state != before.get(name) or row in found.nonstandard:
                rewritten[row] = key, state
    notes = {key: note for key, _ in added if (note := _note(wanted, key))}
    for key, _ in rewritten.values():
        if _note(known, key) != _note(wanted, key):
            notes[key] = _note(wanted, key)
    return RowChanges(
        rewritten=rewritten, added=sorted(added), removed=sorted(removed), notes=notes
    )


def row_requests(
    changes: RowChanges,
    found: DataRows,
    *,
    words: Sequence[str],
    row_count: int,
    frozen_rows: int,
) -> list[Request]:
    """The requests of these changes, to be sent in this order.

    words: of the header, where it is not there. row_count: the height of the grid. frozen_rows: how
    many of it stay while scrolling.
    """
    built = _columns_repaired(found)
    shift = 1 if found.header == "missing" else 0
    if shift:
        built.append(requests.insert_rows(Tab.DATA, found.top, 1))
    if found.header != "right":
        built.append(requests.put(Tab.DATA, found.top, 0, [[typed.text(name) for name in words]]))
    for start, run in _row_runs(changes.rewritten):
        content = [row_cells(*changes.rewritten[row]) for row in run]
        built.append(requests.put(Tab.DATA, start + shift, 0, content))
    built += _added(changes, found.end + shift, row_count + shift)
    built += _noted(changes, found.end, shift)
    if changes.removed and row_count + shift - len(changes.removed) <= max(frozen_rows, 1):
        # The service does not delete all rows below the frozen ones.
        built.append(requests.append_rows(Tab.DATA, SPARE_ROWS))
    for start, run in reversed(list(_row_runs(changes.removed))):
        built.append(requests.delete_rows(Tab.DATA, start + shift, start + shift + len(run)))
    return built


def sort_requests(changes: RowChanges, found: DataRows, *, is_overdue: bool) -> list[Request]:
    """Brings new rows to their place, after the rows were changed.

    is_overdue: whether rows wait at the end since an earlier sort was refused.
    """
    if not is_overdue and not (changes.added and _needs_sorting(changes, found)):
        return []
    shift = 1 if found.header == "missing" else 0
    end = found.end + shift + len(changes.added) - len(changes.removed)
    return [requests.sort_rows(Tab.DATA, found.top + 1, end, columns=(0, 1))]


def days_table_after(
    known: State, merged: History, event: CommitCounts, metadata: Mapping[str, str]
) -> DaysTable:
    """The columns A:H and M:N after the event; of a day changed by hand what was expected stays."""
    commits = merged.totals()
    before = known.history.totals() if known.expected else {}
    for day, expected in known.expected.items():
        if not _is_stated_anew(known, event, day):
            commits[day] = expected + commits.get(day, 0) - before.get(day, 0)
    main = merged.sources.get(merged.main, NOTHING)
    reasons = {REASON_KEY + name: why for name, why in main.reasons.items()}
    return DaysTable(
        commits=commits,
        complete_as_of=main.complete_as_of,
        exceptions=_exceptions(known.rows, main),
        metadata={**metadata, **reasons, STATEMENTS_KEY: str(len(statement_table(merged)))},
    )


def problems_of(known: State, merged: History, event: CommitCounts) -> list[Problem]:
    """What was found broken, and whether the event, after which all is `merged`, repairs it."""
    found = [_classified(problem, merged) for problem in known.rows.problems]
    noted = known.days_table.metadata.get(STATEMENTS_KEY)
    if noted is not None and noted != str(known.days_table.statements.rows):
        found.append(Problem(kind=ProblemKind.LOST_SOURCES, repaired=False))
    if known.rows.count() >= MANY_ROWS:
        rows = f"{known.rows.count():,}"
        found.append(Problem(kind=ProblemKind.MANY_ROWS, repaired=False, found=rows))
    if len(merged.people) > 1:
        names = ", ".join(merged.people)
        found.append(Problem(kind=ProblemKind.TWO_PEOPLE, repaired=False, found=names))
    if known.rows.columns != (0, 1, 2, 3):
        found.append(Problem(kind=ProblemKind.MOVED_COLUMNS, repaired=True))
    told = {problem.since for problem in found}
    totals = merged.totals()
    repaired = {
        day: totals.get(day, 0) == expected
        or (_is_stated_anew(known, event, day) and not event.unknown_repositories)
        for day, expected in known.expected.items()
        if day not in told
    }
    for is_repaired in (False, True):
        days = sorted(day for day in repaired if repaired[day] is is_repaired)
        found += [_changed_by_hand(known, run, repaired=is_repaired) for run in _runs(days)]
    return found


def days_table_requests(
    days_table: DaysTable, merged: History, chart: Sequence[Sequence[Value]], snapshot: Snapshot
) -> list[Request]:
    """The changed parts of all tables but the metadata; empty where nothing differs."""
    tables = {
        DAY_COLUMN: day_table(days_table),
        EXCEPTION_COLUMN: exception_table(days_table),
        CHART_COLUMN: chart,
        STATEMENT_COLUMN: statement_table(merged),
    }
    longest = max(len(days_table.metadata), *(len(table) for table in tables.values())) + 1
    tab, grid = snapshot.tabs.get(Tab.DAYS), snapshot.grid(Tab.DAYS)
    height = tab.row_count if tab else Tab.DAYS.rows
    built = []
    if tab and tab.column_count < Tab.DAYS.width:
        built.append(requests.append_columns(Tab.DAYS, Tab.DAYS.width - tab.column_count))
    if tab and STATEMENT_HEADER[0] not in (grid[0] if grid else ()):
        built += statement_header()
    if longest >= height:
        built.append(requests.append_rows(Tab.DAYS, longest - height + SPARE_ROWS))
        built += day_formats(from_row=height)
    for column, table in tables.items():
        built += _table(grid, column, table)
    return built


def metadata_requests(metadata: Mapping[str, str], snapshot: Snapshot) -> list[Request]:
    """The changed metadata; empty where none differs."""
    return _table(snapshot.grid(Tab.DAYS), METADATA_COLUMN, metadata_table(metadata))


def row_cells(key: Key, stated: CellState) -> list[Cell]:
    """The four cells of one row."""
    day, name = key
    commits, at = stated
    return [typed.day(day), typed.text(name), typed.number(commits), typed.instant(at)]


def _columns_repaired(found: DataRows) -> list[Request]:
    """Moves that bring our columns back to the left, whatever was put between them."""
    places = list(found.columns)
    moves: list[Request] = []
    for target in range(len(places)):
        source = places[target]
        if source != target:
            moves += requests.move_column(Tab.DATA, source, target)
            places = [place + 1 if target <= place < source else place for place in places]
            places[target] = target
    return moves


def _added(changes: RowChanges, end: int, row_count: int) -> list[Request]:
    if not changes.added:
        return []
    built = []
    last = end + len(changes.added)
    if last >= row_count:
        built.append(requests.append_rows(Tab.DATA, last - row_count + SPARE_ROWS))
    content = [row_cells(key, stated) for key, stated in changes.added]
    built.append(requests.put(Tab.DATA, end, 0, content))
    return built + row_format_requests(end, last)


def row_format_requests(start: int, end: int) -> list[Request]:
    """Show days and instants as such in these rows, which may have been blank before."""
    built = []
    for column, cell_format in ((0, DATE), (3, INSTANT)):
        place = requests.area(Tab.DATA, rows=(start, end), columns=(column, column + 1))
        cell: Cell = {"userEnteredFormat": {"numberFormat": cell_format}}
        built.append(requests.repeat(place, cell, fields="userEnteredFormat.numberFormat"))
    return built


def _note(history: History, key: Key) -> str:
    """What tells the person that a number is not GitHub's."""
    owner = history.owner_of(*key)
    return "" if owner == UNNAMED or owner.startswith(GITHUB) else f"source: {owner}"


def _noted(changes: RowChanges, end: int, shift: int) -> list[Request]:
    rows = {key: row for row, (key, _) in changes.rewritten.items()}
    rows |= {key: end + place for place, (key, _) in enumerate(changes.added)}
    notes = {rows[key]: note for key, note in changes.notes.items()}
    return [
        requests.put(
            Tab.DATA, start + shift, 2, [[{"note": notes[row]}] for row in run], fields="note"
        )
        for start, run in _row_runs(notes)
    ]


def _needs_sorting(changes: RowChanges, found: DataRows) -> bool:
    if not found.is_in_date_order:
        return False
    if not found.rows:
        return False
    last_day = max(found.rows)
    return changes.added[0][0] < (last_day, max(found.rows[last_day]))


def _row_runs(rows: Iterable[int]) -> Iterable[tuple[int, list[int]]]:
    """Rows that follow each other, as runs: where one starts, and its rows."""
    run: list[int] = []
    for row in sorted(rows):
        if run and row != run[-1] + 1:
            yield run[0], run
            run = []
        run.append(row)
    if run:
        yield run[0], run


def _classified(problem: Problem, merged: History) -> Problem:
    """A broken count is repaired once there is a number to write in its place."""
    if problem.kind is not ProblemKind.NOT_A_COUNT or problem.since is None:
        return problem
    day, name = problem.since, problem.repository
    main = merged.sources.get(merged.main, NOTHING)
    is_unknown = main.cells.get(day, NO_CELLS).get(name) == UNKNOWN
    return replace(problem, repaired=name in merged.cells.get(day, NO_CELLS) or not is_unknown)


def _is_stated_anew(known: State, event: CommitCounts, day: date) -> bool:
    """Whether the event is the main source's, and a later complete statement about the day."""
    if event.window is None or day not in event.window:
        return False
    if known.history.main not in (event.source, UNNAMED):
        return False
    before = known.days_table.complete_as_of.get(day)
    return before is None or event.collected_at > before


def _changed_by_hand(known: State, days: list[date], *, repaired: bool) -> Problem:
    return Problem(
        kind=ProblemKind.CHANGED_BY_HAND,
        repaired=repaired,
        since=days[0],
        until=days[-1],
        found=str(sum(sum_of(known.rows.cells.get(day, {})) for day in days)),
        expected=str(sum(known.expected[day] for day in days)),
    )


def _exceptions(rows: DataRows, main: SourceHistory) -> dict[date, dict[str, CellState]]:
    """What the main source said without giving a number; not what the person broke in `data`."""
    exceptions: dict[date, dict[str, CellState]] = {}
    for day, of_day in main.cells.items():
        before = rows.cells.get(day, NO_CELLS)
        if before is of_day:
            continue
        for name, state in of_day.items():
            if state.commits is None and before.get(name) != state:
                exceptions.setdefault(day, {})[name] = state
    return exceptions


def _runs(days: Iterable[date]) -> list[list[date]]:
    """Days that follow each other, as runs."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == _ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def day_table(days_table: DaysTable) -> list[list[Value]]:
    """The rows of A:C below the header, oldest day first."""
    at = days_table.complete_as_of
    return [
        [serial_of_day(day), days_table.commits[day], _serial(at.get(day))]
        for day in sorted(days_table.commits)
    ]


def exception_table(days_table: DaysTable) -> list[list[Value]]:
    """The rows of E:H below the header: days in a row that say the same share one row."""
    said = (
        (day, (name, state.at))
        for day in sorted(days_table.exceptions)
        for name, state in sorted(days_table.exceptions[day].items())
    )
    return [
        [serial_of_day(since), serial_of_day(until), name, _serial(at)]
        for since, until, (name, at) in spans(said)
    ]


def metadata_table(metadata: Mapping[str, str]) -> list[list[Value]]:
    """The rows of M:N below the header."""
    return [[name, metadata[name]] for name in sorted(metadata)]


def _serial(at: datetime | None) -> float | None:
    return None if at is None else serial_of_instant(at)


def _table(
    grid: Sequence[Sequence[Value]], column: int, table: Sequence[Sequence[Value]]
) -> list[Request]:
    """Write the rows of one table that differ from what was found, from the first to the last."""
    width = len(HEADERS[column])
    blank: list[Value] = [None] * width
    end = max((n for n, row in enumerate(grid, 1) if len(row) > column), default=0)
    found = (_padded(row[column : column + width], width) for row in islice(grid, 1, end))
    both = zip_longest(found, table, fillvalue=blank)
    different = [place for place, (old, new) in enumerate(both) if old != new]
    if not different:
        return []
    first, last = different[0], different[-1]
    wanted = [*table[first : last + 1], *[blank] * (last + 1 - max(first, len(table)))]
    rows = [[cell_of(value) for value in row] for row in wanted]
    return [requests.put(Tab.DAYS, first + 1, column, rows)]


def _padded(row: Sequence[Value], width: int) -> Sequence[Value]:
    return [*row, *[None] * (width - len(row))]
