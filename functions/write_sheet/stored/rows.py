"""Reads the rows of the tab `data`, as they were left by this program or changed by a person.

What a row says is read as far as it is certain; what is broken is reported, and left as it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from write_sheet.history.problems import Problem, ProblemKind
from write_sheet.history.sources import UNKNOWN, CellState
from write_sheet.sheets_api.cells import Formula, Value, day_of_serial, instant_of_serial, is_number

# By language. A Sheet keeps the words that it was made with, since people's formulas name them.
DATA_HEADERS = {
    "en": ("date", "repository", "commits", "collected_at"),
    "ja": ("日付", "リポジトリ", "コミット数", "集計日時"),
}
_FIRST_DAY = date(1970, 1, 1)
# A header is looked for in so many rows: people put a title above it.
_HEADER_ROWS = 10

Key = tuple[date, str]
Row = Sequence[Value]


@dataclass(kw_only=True)
class DataRows:
    """The tab `data` as it was found. Row indices count from 0 and include the header.

    cells: by day and repository, as in `merge.History`.
    rows: where each cell stands, by day and repository.
    is_in_date_order: whether the rows stand by date, oldest first, as this program leaves them.
    nonstandard: rows whose meaning is certain and whose form is not ours: a date that is a text, …
    duplicate: rows that repeat what a later row says.
    top: where the header stands, or belongs. What stands above it is the person's.
    end: the index after the last row that holds anything.
    header: `missing` where a count stands in its place, `wrong` where its words are others.
    columns: where our four columns stand.
    """

    cells: dict[date, dict[str, CellState]] = field(default_factory=dict)
    rows: dict[date, dict[str, int]] = field(default_factory=dict)
    is_in_date_order: bool = True
    nonstandard: set[int] = field(default_factory=set)
    duplicate: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    top: int = 0
    end: int = 1
    header: str = "right"
    columns: tuple[int, int, int, int] = (0, 1, 2, 3)

    def row_of(self, day: date, repository: str) -> int | None:
        """Where a cell stands; None where it has no row."""
        return self.rows.get(day, {}).get(repository)

    def count(self) -> int:
        """How many cells have a row."""
        return sum(map(len, self.rows.values()))


def read_rows(grid: Sequence[Row]) -> DataRows:
    """The rows of the tab's grid, from its first row on. Pure; raises nothing."""
    found = DataRows()
    start = _read_header(found, grid)
    found.end = max(start, 1)
    first, last = found.columns[0], found.columns[-1]
    ours = found.columns == (first, first + 1, first + 2, first + 3)
    usual, latest = _UsualRows(), _FIRST_DAY
    for index in range(start, len(grid)):
        row = grid[index]
        cells = row[first : last + 1] if ours else [_at(row, column) for column in found.columns]
        said = usual.read(cells) if len(cells) == 4 else None
        if said is None:
            if any(cells) or any(value is not None and value != "" for value in cells):
                found.end = index + 1
                said = _read_row(found, index, cells)
            if said is None:
                continue
        day, name, state = said
        found.end = index + 1
        if day < latest:
            found.is_in_date_order = False
        latest = day
        of_day = found.cells.get(day)
        if of_day is None:
            found.cells[day], found.rows[day] = {name: state}, {name: index}
        elif name not in of_day:
            of_day[name], found.rows[day][name] = state, index
        else:
            _keep(found, index, day, name, state)
    return found


class _UsualRows:
    """Reads rows as this program writes them; what repeats is made once, and shared."""

    def __init__(self) -> None:
        self._days: dict[float, date | None] = {}
        self._states: dict[tuple[int, float], CellState | None] = {}
        self._names: dict[str, bool] = {}

    def read(self, row: Row) -> tuple[date, str, CellState] | None:
        """What the row says; None where it has to be looked at closely."""
        serial, name, commits, instant = row
        if type(serial) is not int or type(name) is not str or type(commits) is not int:
            return None
        if type(instant) is not float and type(instant) is not int:
            return None
        day = self._days.get(serial)
        if day is None:
            day = self._days[serial] = _day(serial)
        state = self._states.get((commits, instant))
        if state is None:
            at = instant_of_serial(instant)
            state = CellState(commits, at) if at and commits >= 0 else None
            self._states[commits, instant] = state
        if name not in self._names:
            self._names[name] = _name(name) == name
        return (day, name, state) if day and state and self._names[name] else None


def lost_columns(grid: Sequence[Row], found: DataRows) -> list[str] | None:
    """The header as it stands, where columns of ours are gone or are not ours; else None.

    A renamed word is no loss. A word of ours in a wrong place is, while another one is missing; so
    is a tab that has rows and none of ours.
    """
    if found.header == "right":
        return None
    row = list(grid[found.top]) if found.top < len(grid) else []
    displaced = any(
        name in words and words.index(name) != place
        for place, name in _texts(row)
        for words in DATA_HEADERS.values()
    )
    is_foreign = found.end > found.top + 1 and not found.rows
    if found.header == "wrong" and (displaced or is_foreign):
        return [_shown(value) for value in row]
    return None


def expected_header(row: Sequence[str]) -> str:
    """The words of our header, in the language of most of those that are there."""
    return ", ".join(max(DATA_HEADERS.values(), key=lambda words: sum(w in row for w in words)))


def _read_header(found: DataRows, grid: Sequence[Row]) -> int:
    """Where the counts begin; notes in `found` what is wrong with the header."""
    for top, row in enumerate(grid[:_HEADER_ROWS]):
        for words in DATA_HEADERS.values():
            if all(name in row for name in words):
                first, second, third, fourth = (list(row).index(name) for name in words)
                found.columns, found.top = (first, second, third, fourth), top
                return top + 1
    first_count = next((n for n, row in enumerate(grid[:_HEADER_ROWS]) if _is_count(row)), None)
    if first_count is not None and (first_count == 0 or _is_title(grid[first_count - 1])):
        found.header, found.top = "missing", first_count
        return first_count
    found.header, found.top = "wrong", (first_count or 1) - 1
    return found.top + 1


def _is_count(row: Row) -> bool:
    return _day(_at(row, 0)) is not None and _name(_at(row, 1)) is not None


def _is_title(row: Row) -> bool:
    """Whether a row above the counts is words of the person's, and no header of ours changed."""
    texts = list(_texts(row))
    ours = {name for words in DATA_HEADERS.values() for name in words}
    return 0 < len(texts) < len(DATA_HEADERS["en"]) - 1 and not any(v in ours for _, v in texts)


def _texts(row: Row) -> Iterator[tuple[int, str]]:
    return ((place, value) for place, value in enumerate(row) if isinstance(value, str))


def _read_row(found: DataRows, index: int, row: Row) -> tuple[date, str, CellState] | None:
    """What an unusual row says, as far as it is certain; None where it is none of ours."""
    day, name = _day(_at(row, 0)), _name(_at(row, 1))
    if day is None or name is None:
        kind, shown = ProblemKind.NO_ROW_OF_OURS, _shown_row(row)
        found.problems.append(Problem(kind=kind, repaired=False, row=index + 1, found=shown))
        return None
    commits, at = _count(_at(row, 2)), _instant(_at(row, 3))
    if commits is None:
        found.problems.append(
            Problem(
                kind=ProblemKind.NOT_A_COUNT,
                repaired=False,
                row=index + 1,
                repository=name,
                since=day,
                until=day,
                found=_shown(_at(row, 2)),
            )
        )
    elif not (is_number(row[0]) and row[1] == name and is_number(row[2]) and at is not None):
        found.nonstandard.add(index)
    return day, name, UNKNOWN if commits is None else CellState(commits, at)


def _keep(found: DataRows, index: int, day: date, name: str, stated: CellState) -> None:
    """Keep the later of two rows about one cell; the earlier is duplicate."""
    before = found.cells[day][name]
    if before.loses_to(stated):
        found.duplicate.add(found.rows[day][name])
        found.cells[day][name], found.rows[day][name] = stated, index
    else:
        found.duplicate.add(index)
    if before.at == stated.at and before != stated:
        shown = f"{_shown(before.commits)}, {_shown(stated.commits)}"
        kind = ProblemKind.CONTRADICTION
        found.problems.append(
            Problem(kind=kind, repaired=True, row=index + 1, since=day, until=day, found=shown)
        )


def _at(row: Row, column: int) -> Value:
    return row[column] if column < len(row) else None


def _shown(value: Value) -> str:
    if value is None:
        return ""
    return (value.text if isinstance(value, Formula) else str(value))[:80]


def _shown_row(row: Row) -> str:
    """Days and instants as such: a serial number says nothing to the person."""
    shown = [_shown(value) for value in row]
    if day := _day(_at(row, 0)):
        shown[0] = day.isoformat()
    if at := _instant(_at(row, 3)):
        shown[3] = f"{at:%Y-%m-%d %H:%M} UTC"
    return " | ".join(shown)


def _day(value: Value) -> date | None:
    if isinstance(value, str):
        try:
            found = date.fromisoformat(value.strip())
        except ValueError:
            return None
        return found if found >= _FIRST_DAY else None
    if not is_number(value):
        return None
    found_day = day_of_serial(value)
    return found_day if found_day and found_day >= _FIRST_DAY else None


def _name(value: Value) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if not is_number(value):
        return None
    return str(int(value)) if value == int(value) else None


def _count(value: Value) -> int | None:
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if not is_number(value):
        return None
    return int(value) if value >= 0 and value == int(value) else None


def _instant(value: Value) -> datetime | None:
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
        return found.astimezone(UTC) if found.tzinfo else None
    if not is_number(value):
        return None
    return instant_of_serial(value)
