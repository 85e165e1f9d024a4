"""The table of the hidden tab `days` that says whose the numbers are, and what nothing else says.

    P:U  source, since, until, repository, commits, collected_at

    a source and nothing else      the columns A:H are its, and all of `data` that is not named here
    days, no repository            its latest complete statement about these days is of collected_at
    days and a repository          commits is what it said last: a number that `data` does not show,
                                   `withdrawn`, or `unknown`; or `in data`: the rows there are its
    a repository, no days          commits is why its latest statement could not read the repository

Days in a row that say the same share one row. A Sheet with one source has one row here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from write_sheet.history.merge import UNNAMED, History
from write_sheet.history.sources import NO_CELLS, UNKNOWN, CellState
from write_sheet.sheets_api.cells import (
    Formula,
    Value,
    day_of,
    instant_of,
    serial_of_day,
    serial_of_instant,
)

HEADER = ("source", "since", "until", "repository", "commits", "collected_at")
IN_DATA, WITHDRAWN, NEVER_READ = "in data", "withdrawn", "unknown"
_ONE_DAY = timedelta(days=1)
_LONGEST_SPAN = timedelta(days=36_600)

Row = Sequence[Value]
What = TypeVar("What")


@dataclass(kw_only=True)
class _Said:
    """One source's part of the table, while it is read."""

    cells: dict[date, dict[str, CellState]] = field(default_factory=dict)
    complete_as_of: dict[date, datetime] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Statements:
    """What the table says.

    main: the source that the other columns speak of.
    said: by source, what is told of it here.
    rows: how many rows the table has.
    """

    main: str = UNNAMED
    said: dict[str, _Said] = field(default_factory=dict)
    rows: int = 0
    _owned: dict[str, list[tuple[date, date, str]]] = field(default_factory=dict)

    def owner_of(self, day: date, repository: str) -> str:
        """Whose the row in `data` about this cell is."""
        for since, until, source in self._owned.get(repository, ()):
            if since <= day <= until:
                return source
        return self.main

    def owned(self) -> frozenset[str]:
        """The repositories of which some rows are not the main source's."""
        return frozenset(self._owned)

    def add(self, row: Row) -> None:
        """Read one row; one that says nothing sure is passed by."""
        source, name, commits, at = row[0], row[3], row[4], instant_of(row[5])
        since, until = day_of(row[1]), day_of(row[2])
        if not isinstance(source, str):
            return
        self.rows += 1
        if since is None or until is None:
            if isinstance(name, str) and isinstance(commits, str):
                self.of(source).reasons[name] = commits
            elif name is None:
                self.main = source
            return
        if isinstance(name, str) and commits == IN_DATA:
            self._owned.setdefault(name, []).append((since, until, source))
            return
        for day in days_of(since, until):
            if isinstance(name, str):
                self.of(source).cells.setdefault(day, {})[name] = _state(commits, at)
            elif at is not None:
                self.of(source).complete_as_of[day] = at

    def of(self, source: str) -> _Said:
        """The part of one source."""
        return self.said.setdefault(source, _Said())


def statement_table(history: History) -> list[list[Value]]:
    """The rows below the header."""
    table: list[list[Value]] = []
    if history.main != UNNAMED:
        table.append([history.main, *[None] * 5])
    for source in sorted(history.sources.keys() - {history.main}):
        reasons = history.sources[source].reasons
        table += [[source, None, None, name, reasons[name], None] for name in sorted(reasons)]
        complete = history.sources[source].complete_as_of
        for since, until, at in spans((day, complete[day]) for day in sorted(complete)):
            table.append(_row(source, since, until, None, None, at))
    for source in sorted(history.sources):
        for since, until, (name, state) in spans(_not_in_data(history, source)):
            table.append(_row(source, since, until, name, _commits(state), state.at))
    for since, until, (name, source) in _owned(history):
        table.append(_row(source, since, until, name, IN_DATA, None))
    return table


def days_of(since: date, until: date) -> Iterator[date]:
    """The days between two, both included; not more than a person can have meant."""
    until = min(until, since + _LONGEST_SPAN)
    while since <= until:
        yield since
        since += _ONE_DAY


def spans(said: Iterable[tuple[date, What]]) -> list[tuple[date, date, What]]:
    """Days in a row of which the same is said, as one; the days must come in order."""
    found: list[tuple[date, date, What]] = []
    last: dict[What, int] = {}
    for day, what in said:
        place = last.get(what)
        if place is not None and found[place][1] == day - _ONE_DAY:
            found[place] = (found[place][0], day, what)
        else:
            last[what] = len(found)
            found.append((day, day, what))
    return found


def _not_in_data(history: History, source: str) -> Iterator[tuple[date, tuple[str, CellState]]]:
    """What a source said and no row of `data` shows; of the main one, what E:H has no place for."""
    is_main = source == history.main
    cells = history.sources[source].cells
    for day in sorted(cells):
        shown, owners = history.cells.get(day, NO_CELLS), history.owners.get(day, {})
        if is_main and shown is cells[day]:
            continue
        for name, state in sorted(cells[day].items()):
            is_shown = state == shown.get(name) and owners.get(name, history.main) == source
            if not is_shown and not (is_main and state.commits is None):
                yield day, (name, state)


def _owned(history: History) -> list[tuple[date, date, tuple[str, str]]]:
    """From when to when the rows of a repository are those of another source than the main one.

    Days without a row are spanned: whose a row would be that is not there is of no meaning.
    """
    names = {name for owners in history.owners.values() for name in owners}
    found: list[tuple[date, date, tuple[str, str]]] = []
    last: dict[str, int] = {}
    for day in sorted(history.cells) if names else ():
        owners = history.owners.get(day, {})
        for name in sorted(names & history.cells[day].keys()):
            source, place = owners.get(name, history.main), last.get(name)
            if place is not None and found[place][2] == (name, source):
                found[place] = (found[place][0], day, (name, source))
            else:
                last[name] = len(found)
                found.append((day, day, (name, source)))
    return [span for span in found if span[2][1] != history.main]


def _commits(state: CellState) -> Value:
    if state.commits is not None:
        return state.commits
    return WITHDRAWN if state.at else NEVER_READ


def _state(commits: Value, at: datetime | None) -> CellState:
    if at is None:
        return UNKNOWN
    number = None if isinstance(commits, str | bool | Formula | None) else int(commits)
    return CellState(number, at)


def _row(
    source: str,
    since: date,
    until: date,
    name: str | None,
    commits: Value,
    at: datetime | None,
) -> list[Value]:
    instant = None if at is None else serial_of_instant(at)
    return [source, serial_of_day(since), serial_of_day(until), name, commits, instant]
