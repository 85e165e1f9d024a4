"""Reads and writes the hidden tab `days`: which days are known, and as of when.

Four tables stand side by side, each with a header in its first row.

    A:C  date, commits, collected_at      each day that was stated; a known empty day says 0
    E:H  since, until, repository, collected_at
                                          what the day's statement did not say: the repository had
                                          no commits as of then; blank: it was never readable
    J:K  day, commits                     what the chart of `Today` shows
    M:N  name, value                      reasons, last good settings, marks of this program

The commits of a day are what this program wrote: where `data` adds up to something else, somebody
changed it by hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from write_sheet.history.merge import Stated
from write_sheet.sheets_api.cells import (
    Formula,
    Value,
    day_of_serial,
    instant_of_serial,
    serial_of_day,
    serial_of_instant,
)

DAY_COLUMN, EXCEPTION_COLUMN, CHART_COLUMN, MARK_COLUMN = 0, 4, 9, 12
HEADERS = {
    DAY_COLUMN: ("date", "commits", "collected_at"),
    EXCEPTION_COLUMN: ("since", "until", "repository", "collected_at"),
    CHART_COLUMN: ("day", "commits"),
    MARK_COLUMN: ("name", "value"),
}
_ONE_DAY = timedelta(days=1)
_LONGEST_SPAN = timedelta(days=36_600)

Row = Sequence[Value]


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What the tab `days` holds.

    commits: by stated day, what `data` adds up to as this program left it.
    restated_at: by day, its latest complete statement.
    exceptions: by day and repository, the statements that have no row in `data`.
    marks: names and values that this program keeps for itself.
    """

    commits: Mapping[date, int] = field(default_factory=dict)
    restated_at: Mapping[date, datetime] = field(default_factory=dict)
    exceptions: Mapping[date, Mapping[str, Stated]] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)


def read_ledger(grid: Sequence[Row]) -> Ledger:
    """What the tab's grid says, from its first row on; rows that say nothing sure are passed by."""
    commits: dict[date, int] = {}
    restated_at: dict[date, datetime] = {}
    exceptions: dict[date, dict[str, Stated]] = {}
    marks: dict[str, str] = {}
    for row in grid[1:]:
        cells = [*row, *[None] * (MARK_COLUMN + 2 - len(row))]
        day, total, at = _day(cells[0]), cells[1], _instant(cells[2])
        if day is not None and isinstance(total, int | float):
            commits[day] = int(total)
            if at is not None:
                restated_at[day] = at
        for excepted, name, stated in _exceptions(cells[EXCEPTION_COLUMN : EXCEPTION_COLUMN + 4]):
            exceptions.setdefault(excepted, {})[name] = stated
        mark, value = cells[MARK_COLUMN], cells[MARK_COLUMN + 1]
        if isinstance(mark, str) and isinstance(value, str):
            marks[mark] = value
    return Ledger(commits=commits, restated_at=restated_at, exceptions=exceptions, marks=marks)


def has_strayed(grid: Sequence[Row]) -> bool:
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


def day_table(ledger: Ledger) -> list[list[Value]]:
    """The rows of A:C below the header, oldest day first."""
    at = ledger.restated_at
    return [
        [serial_of_day(day), ledger.commits[day], _serial(at.get(day))]
        for day in sorted(ledger.commits)
    ]


def exception_table(ledger: Ledger) -> list[list[Value]]:
    """The rows of E:H below the header: days in a row that say the same share one row."""
    spans: list[tuple[date, date, str, datetime | None]] = []
    open_spans: dict[tuple[str, datetime | None], int] = {}
    for day in sorted(ledger.exceptions):
        for name, stated in sorted(ledger.exceptions[day].items()):
            place = open_spans.get((name, stated.at))
            if place is not None and spans[place][1] == day - _ONE_DAY:
                spans[place] = (spans[place][0], day, name, stated.at)
            else:
                open_spans[name, stated.at] = len(spans)
                spans.append((day, day, name, stated.at))
    return [
        [serial_of_day(since), serial_of_day(until), name, _serial(at)]
        for since, until, name, at in spans
    ]


def mark_table(marks: Mapping[str, str]) -> list[list[Value]]:
    """The rows of M:N below the header."""
    return [[name, marks[name]] for name in sorted(marks)]


def _serial(at: datetime | None) -> float | None:
    return None if at is None else serial_of_instant(at)


def _exceptions(row: Row) -> Iterator[tuple[date, str, Stated]]:
    since, until, name = _day(row[0]), _day(row[1]), row[2]
    if since is None or until is None or not isinstance(name, str):
        return
    at = _instant(row[3])
    stated = Stated(None if at is None else 0, at)
    until = min(until, since + _LONGEST_SPAN)
    while since <= until:
        yield since, name, stated
        since += _ONE_DAY


def _day(value: Value) -> date | None:
    return None if isinstance(value, str | bool | Formula | None) else day_of_serial(value)


def _instant(value: Value) -> datetime | None:
    return None if isinstance(value, str | bool | Formula | None) else instant_of_serial(value)
