"""Reads what the tabs `data` and `days` hold, and what they say together.

`data` has one row per repository and day with commits, in whatever order it stands: date,
repository, commits, collected_at (UTC); all that stands right of them is the person's. `days`,
which is hidden, has everything else: tables side by side, each with a header in its first row.

    A:C  date, commits, collected_at      each day that was stated; a known empty day says 0
    E:H  since, until, repository, collected_at
                                          what the day's statement did not say: the repository had
                                          no commits as of then; blank: it was never readable
    J:K  day, commits                     what the chart of `Today` shows
    M:N  name, value                      reasons, last good settings, this program's own notes
    P:U  see `statements`                 whose all this is, and what other sources said

The commits of a day are what this program wrote: where `data` adds up to something else, somebody
changed it by hand. That is told, and set right by the next complete statement about the day, never
by guessing. What the person broke is read as far as it is certain, and else reported
and left as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from write_sheet.errors import ColumnsLost
from write_sheet.history.merge import History
from write_sheet.history.sources import Cells, CellState, SourceHistory
from write_sheet.sheets_api.cells import day_of, instant_of
from write_sheet.sheets_api.snapshot import Snapshot
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored import statements
from write_sheet.stored.rows import DataRows, Row, expected_header, lost_columns, read_rows
from write_sheet.stored.statements import Statements, days_of

DAY_COLUMN, EXCEPTION_COLUMN, CHART_COLUMN, METADATA_COLUMN, STATEMENT_COLUMN = 0, 4, 9, 12, 15
HEADERS = {
    DAY_COLUMN: ("date", "commits", "collected_at"),
    EXCEPTION_COLUMN: ("since", "until", "repository", "collected_at"),
    CHART_COLUMN: ("day", "commits"),
    METADATA_COLUMN: ("name", "value"),
    STATEMENT_COLUMN: statements.HEADER,
}
# Names in the column M; the last tells how many rows the table of sources has.
REASON_KEY, REVISION_KEY, STATEMENTS_KEY = "reason ", "revision", "statements"


@dataclass(frozen=True, kw_only=True)
class DaysTable:
    """What the tab `days` holds.

    commits: by stated day, what `data` adds up to as this program left it.
    complete_as_of: by day, the main source's latest complete statement.
    exceptions: by day and repository, what the main source said without giving a number.
    metadata: names and values that this program keeps for itself.
    statements: whose the numbers are, and what the other sources said.
    revisions: the copies of the mark; more than one only where somebody moved rows.
    """

    commits: Mapping[date, int] = field(default_factory=dict)
    complete_as_of: Mapping[date, datetime] = field(default_factory=dict)
    exceptions: Mapping[date, dict[str, CellState]] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    statements: Statements = field(default_factory=Statements)
    revisions: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class State:
    """rows, days_table: the two tabs as found; history: what they say together.

    expected: by day whose rows add up to something else, what this program left there.
    """

    rows: DataRows
    days_table: DaysTable
    history: History
    expected: Mapping[date, int]


def read_state(snapshot: Snapshot) -> State:
    """Read both tabs. Raises ColumnsLost where a column of theirs is gone."""
    rows, days_table = read_rows(snapshot.grid(Tab.DATA)), read_days_table(snapshot.grid(Tab.DAYS))
    lost = lost_columns(snapshot.grid(Tab.DATA), rows)
    if lost is not None:
        raise ColumnsLost(
            f"the tab data lacks a column: expected {expected_header(lost)}, got "
            + (", ".join(word or "(blank)" for word in lost) if any(lost) else "a blank row"),
            fix="undo the deletion (File, Version history), or delete the whole tab and collect "
            "again",
        )
    if is_displaced(snapshot.grid(Tab.DAYS)):
        raise ColumnsLost(
            "columns of the hidden tab days were moved, so that it cannot be read",
            fix="undo that (File, Version history), or delete the whole tab and collect again",
        )
    return State(
        rows=rows,
        days_table=days_table,
        history=_history(rows, days_table),
        expected={
            day: commits
            for day, commits in days_table.commits.items()
            if commits != sum_of(rows.cells.get(day, {}))
        },
    )


def read_days_table(grid: Sequence[Row]) -> DaysTable:
    """What the tab's grid says, from its first row on; rows that say nothing sure are passed by."""
    commits: dict[date, int] = {}
    complete_as_of: dict[date, datetime] = {}
    exceptions: dict[date, dict[str, CellState]] = {}
    metadata: dict[str, str] = {}
    said, revisions = Statements(), set[str]()
    width = STATEMENT_COLUMN + len(statements.HEADER)
    for row in grid[1:]:
        # Most rows hold a day and nothing else.
        cells = [*row, *[None] * ((width if len(row) > EXCEPTION_COLUMN else 3) - len(row))]
        day, total, at = day_of(cells[0]), cells[1], instant_of(cells[2])
        if day is not None and isinstance(total, int | float):
            commits[day] = int(total)
            if at is not None:
                complete_as_of[day] = at
        if len(cells) < width:
            continue
        for excepted, name, stated in _exceptions(cells[EXCEPTION_COLUMN : EXCEPTION_COLUMN + 4]):
            exceptions.setdefault(excepted, {})[name] = stated
        mark, value = cells[METADATA_COLUMN], cells[METADATA_COLUMN + 1]
        if isinstance(mark, str) and isinstance(value, str):
            metadata[mark] = value
            if mark == REVISION_KEY:
                revisions.add(value)
        said.add(cells[STATEMENT_COLUMN:])
    return DaysTable(
        commits=commits,
        complete_as_of=complete_as_of,
        exceptions=exceptions,
        metadata=metadata,
        statements=said,
        revisions=frozenset(revisions),
    )


def is_displaced(grid: Sequence[Row]) -> bool:
    """Whether a column was taken out or put in: a word of our headers stands in another's place."""
    words = {
        first + place: word
        for first, header in HEADERS.items()
        for place, word in enumerate(header)
    }
    found = {place: value for place, value in enumerate(grid[0]) if value} if grid else {}
    return any(
        value in words.values() and words.get(place) != value for place, value in found.items()
    )


def _history(rows: DataRows, table: DaysTable) -> History:
    """What every source said, out of the rows of `data` and what `days` adds to them."""
    said, main = table.statements, table.statements.main
    cells = {source: part.cells for source, part in said.said.items()}
    cells.setdefault(main, {})
    owned = said.owned()
    for day, of_day in rows.cells.items():
        dated = _dated(of_day, table.complete_as_of.get(day))
        for name in owned & dated.keys():
            owner = said.owner_of(day, name)
            if owner != main:
                dated = dict(dated)
                _add(cells.setdefault(owner, {}), day, {name: dated.pop(name)})
        _add(cells[main], day, dated)
    for day, exceptions in table.exceptions.items():
        _add(cells[main], day, exceptions)
    sources = {
        source: SourceHistory(
            cells=cells[source],
            complete_as_of=said.of(source).complete_as_of,
            reasons=said.of(source).reasons,
        )
        for source in cells.keys() | said.said.keys()
    }
    sources[main] = replace(
        sources[main],
        complete_as_of=table.complete_as_of,
        reasons={
            name.removeprefix(REASON_KEY): why
            for name, why in table.metadata.items()
            if name.startswith(REASON_KEY)
        },
    )
    return History(sources=sources, main=main)


def _add(cells: dict[date, dict[str, CellState]], day: date, more: dict[str, CellState]) -> None:
    """Put more cells of one day in; of two about one repository the later stays."""
    if day not in cells:
        cells[day] = more
        return
    of_day = cells[day] = dict(cells[day])
    for name, state in more.items():
        if name not in of_day or of_day[name].loses_to(state):
            of_day[name] = state


def _dated(cells: dict[str, CellState], complete_as_of: datetime | None) -> dict[str, CellState]:
    """Rows that lost their instant are as old as the day's statement."""
    if all(state.at for state in cells.values()):
        return cells
    return {
        name: CellState(state.commits, complete_as_of)
        if state.at is None and state.commits is not None
        else state
        for name, state in cells.items()
    }


def sum_of(cells: Cells) -> int:
    """The commits of one day's rows."""
    return sum(state.commits or 0 for state in cells.values())


def _exceptions(row: Row) -> Iterator[tuple[date, str, CellState]]:
    since, until, name = day_of(row[0]), day_of(row[1]), row[2]
    if since is not None and until is not None and isinstance(name, str):
        for day in days_of(since, until):
            yield day, name, CellState(None, instant_of(row[3]))
