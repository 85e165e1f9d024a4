"""Reads the tab `data`: one row per repository and day with commits, in whatever order it stands.

What the person broke is read as far as it is certain, and else reported and left alone. Columns:
date, repository, commits, collected_at (UTC); all that stands right of them is the person's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise

from write_sheet.history.merge import Stated
from write_sheet.history.problems import Fault, FaultKind
from write_sheet.sheets_api.cells import Value, day_of_serial, instant_of_serial

HEADER = ("date", "repository", "commits", "collected_at")
_FIRST_DAY = date(1970, 1, 1)

Key = tuple[date, str]
Row = Sequence[Value]


@dataclass(kw_only=True)
class DataRows:
    """The tab `data` as it was found. Row indices count from 0 and include the header.

    cells: by day and repository, as in `merge.History`.
    row_of: where each cell stands.
    untidy: rows whose meaning is certain and whose form is not ours: a date that is a text, …
    needless: rows that repeat what a later row says.
    end: the index after the last row that holds anything.
    header: `missing` where the first row is a count, `wrong` where its words are others.
    columns: where our four columns stand.
    """

    cells: dict[date, dict[str, Stated]] = field(default_factory=dict)
    row_of: dict[Key, int] = field(default_factory=dict)
    untidy: set[int] = field(default_factory=set)
    needless: set[int] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    end: int = 1
    header: str = "right"
    columns: tuple[int, int, int, int] = (0, 1, 2, 3)

    def is_in_date_order(self) -> bool:
        """Whether the rows stand by date, oldest first, as this program leaves them."""
        days = [key[0] for key, _ in sorted(self.row_of.items(), key=lambda item: item[1])]
        return all(before <= after for before, after in pairwise(days))


def read_rows(grid: Sequence[Row]) -> DataRows:
    """The rows of the tab's grid, from its first row on. Pure; raises nothing."""
    found = DataRows()
    start = _read_header(found, grid)
    first, last = found.columns[0], found.columns[-1]
    ours = found.columns == (first, first + 1, first + 2, first + 3)
    for index in range(start, len(grid)):
        row = grid[index]
        cells = row[first : last + 1] if ours else [_at(row, column) for column in found.columns]
        if any(cells) or any(value is not None and value != "" for value in cells):
            found.end = index + 1
            _read_row(found, index, cells)
    return found


def _read_header(found: DataRows, grid: Sequence[Row]) -> int:
    """Where the counts begin; notes in `found` what is wrong with the header."""
    row = list(grid[0]) if grid else []
    if tuple(row[:4]) == HEADER:
        return 1
    if all(name in row for name in HEADER):
        places = [row.index(name) for name in HEADER]
        found.columns = (places[0], places[1], places[2], places[3])
        return 1
    is_count = bool(row) and _day(_at(row, 0)) is not None and _name(_at(row, 1)) is not None
    found.header = "missing" if is_count else "wrong"
    return 0 if is_count else 1


def lost_columns(grid: Sequence[Row], found: DataRows) -> str | None:
    """The header as it stands, where columns of ours are gone or are not ours; else None.

    A renamed word is no loss. A word of ours in a wrong place is, while another one is missing; so
    is a tab that has rows and none of ours.
    """
    if found.header == "right":
        return None
    row = list(grid[0]) if grid else []
    strayed = any(name in HEADER and HEADER.index(name) != place for place, name in _texts(row))
    is_foreign = found.end > 1 and not found.row_of
    if found.header == "wrong" and (strayed or is_foreign):
        return ", ".join(_shown(value) for value in row)
    return None


def _texts(row: Row) -> Iterator[tuple[int, str]]:
    return ((place, value) for place, value in enumerate(row) if isinstance(value, str))


def _read_row(found: DataRows, index: int, row: Row) -> None:
    day, name = _day(_at(row, 0)), _name(_at(row, 1))
    if day is None or name is None:
        shown = " | ".join(_shown(value) for value in row)
        kind = FaultKind.NO_ROW_OF_OURS
        found.faults.append(Fault(kind=kind, mended=False, row=index + 1, found=shown))
        return
    commits, at = _count(_at(row, 2)), _instant(_at(row, 3))
    if commits is None:
        found.faults.append(
            Fault(
                kind=FaultKind.NOT_A_COUNT,
                mended=False,
                row=index + 1,
                repository=name,
                since=day,
                until=day,
                found=_shown(_at(row, 2)),
            )
        )
    elif not (_is_number(row[0]) and row[1] == name and _is_number(row[2]) and at is not None):
        found.untidy.add(index)
    _keep(found, index, (day, name), Stated(commits, at))


def _keep(found: DataRows, index: int, key: Key, stated: Stated) -> None:
    """Keep the later of two rows about one cell; the earlier is needless."""
    day, name = key
    of_day = found.cells.setdefault(day, {})
    before = of_day.get(name)
    if before is None or before.loses_to(stated):
        if before is not None:
            found.needless.add(found.row_of[key])
        of_day[name] = stated
        found.row_of[key] = index
    else:
        found.needless.add(index)
    if before is not None and before.at == stated.at and before != stated:
        shown = f"{_shown(before.commits)}, {_shown(stated.commits)}"
        kind = FaultKind.CONTRADICTION
        found.faults.append(
            Fault(kind=kind, mended=True, row=index + 1, since=day, until=day, found=shown)
        )


def _at(row: Row, column: int) -> Value:
    return row[column] if column < len(row) else None


def _shown(value: Value) -> str:
    return "" if value is None else str(value)[:80]


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _day(value: Value) -> date | None:
    if isinstance(value, str):
        try:
            found = date.fromisoformat(value.strip())
        except ValueError:
            return None
        return found if found >= _FIRST_DAY else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    found_day = day_of_serial(value)
    return found_day if found_day and found_day >= _FIRST_DAY else None


def _name(value: Value) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(int(value)) if value == int(value) else None


def _count(value: Value) -> int | None:
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value >= 0 and value == int(value) else None


def _instant(value: Value) -> datetime | None:
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
        return found.astimezone(UTC) if found.tzinfo else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return instant_of_serial(value)
