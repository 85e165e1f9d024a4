"""Rectangles of cells: the API's GridRange, A1 notation, and how a range moves with its lines.

Indexes count from 0 and ends are exclusive, as in GridRange. A1 notation: `Sheet1!A1:B2`,
`'My tab'!A:A`, `A5:B`, a tab's title, a named range.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/other
Source: https://developers.google.com/workspace/sheets/api/guides/concepts#cell
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from emulators.sheets.resource import Resource


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle inside one grid, every side known."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        """How many rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """How many columns."""
        return self.right - self.left

    def overlaps(self, other: "Box") -> bool:
        """Whether the two share a cell."""
        return (
            self.top < other.bottom
            and other.top < self.bottom
            and self.left < other.right
            and other.left < self.right
        )

    def contains(self, other: "Box") -> bool:
        """Whether every cell of the other is in this one."""
        return (
            self.top <= other.top
            and other.bottom <= self.bottom
            and self.left <= other.left
            and other.right <= self.right
        )

    def rows(self) -> Iterator["Box"]:
        """Its rows, each a box."""
        for row in range(self.top, self.bottom):
            yield Box(top=row, bottom=row + 1, left=self.left, right=self.right)

    def columns(self) -> Iterator["Box"]:
        """Its columns, each a box."""
        for column in range(self.left, self.right):
            yield Box(top=self.top, bottom=self.bottom, left=column, right=column + 1)


def grid_range(sheet_id: int, box: Box) -> Resource:
    """The API's GridRange of a box; as in the service's answers, sheet 0 goes unsaid."""
    sides = {
        "startRowIndex": box.top,
        "endRowIndex": box.bottom,
        "startColumnIndex": box.left,
        "endColumnIndex": box.right,
    }
    return {"sheetId": sheet_id, **sides} if sheet_id else sides


def box_of(range_: Resource, *, rows: int, columns: int) -> Box:
    """The box of a GridRange in a grid of this size; absent sides reach the grid's edge."""

    def side(name: str, edge: int) -> int:
        value = range_.get(name)
        return edge if value is None else int(value)

    return Box(
        top=side("startRowIndex", 0),
        bottom=side("endRowIndex", rows),
        left=side("startColumnIndex", 0),
        right=side("endColumnIndex", columns),
    )


def inserted(range_: Resource, *, axis: str, at: int, count: int) -> Resource:
    """The GridRange after `count` rows or columns were put in before index `at`.

    axis: `Row` or `Column`, as in the names of the range's sides.
    """
    moved = dict(range_)
    start, end = f"start{axis}Index", f"end{axis}Index"
    if moved.get(start) is not None and moved[start] >= at:
        moved[start] += count
    if moved.get(end) is not None and moved[end] > at:
        moved[end] += count
    return moved


def deleted(range_: Resource, *, axis: str, start: int, end: int) -> Resource | None:
    """The GridRange after rows or columns went; None when nothing of it is left."""
    moved = dict(range_)
    for name in (f"start{axis}Index", f"end{axis}Index"):
        side = moved.get(name)
        if side is not None:
            moved[name] = side - max(0, min(side, end) - start)
    first, last = moved.get(f"start{axis}Index"), moved.get(f"end{axis}Index")
    gone = last is not None and (first or 0) >= last
    return None if gone else moved


_CELL = r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]*)?"
_CELLS = re.compile(f"^{_CELL}(?::{_CELL})?$")
_QUOTED = re.compile(r"^'((?:[^']|'')*)'(?:!(.*))?$", re.DOTALL)
_PLAIN_TITLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_LIKE_A_CELL = re.compile(r"^([A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*)$")


def column_name(index: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    letters = ""
    number = index + 1
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_index(letters: str) -> int:
    """The index of a column's letters: A is 0, AA is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def split_a1(text: str) -> tuple[str | None, str]:
    """The tab's title (None where the text names none) and the cells' part, which may be empty."""
    quoted = _QUOTED.match(text)
    if quoted:
        return quoted[1].replace("''", "'"), quoted[2] or ""
    title, mark, cells = text.rpartition("!")
    return (title, cells) if mark else (None, cells)


def cells_range(cells: str) -> Resource | None:
    """The sides of a GridRange for `A1`, `A1:B2`, `A:B`, `1:2`, `A5:B`; None for other text."""
    match = _CELLS.match(cells)
    if match is None or not cells or cells.endswith(":"):
        return None
    left, top, right, bottom = match.groups()
    if ":" not in cells:
        if left is None or top is None:
            return None
        right, bottom = left, top
    if not (left or top) or not (right or bottom):
        return None
    columns = sorted(column_index(letters) for letters in (left, right) if letters)
    rows = sorted(int(number) - 1 for number in (top, bottom) if number)
    range_: Resource = {}
    if rows:
        range_["startRowIndex"] = rows[0]
        if bottom and (top or not left):
            range_["endRowIndex"] = rows[-1] + 1
    if columns:
        range_["startColumnIndex"] = columns[0]
        if right and (left or not top):
            range_["endColumnIndex"] = columns[-1] + 1
    return range_


def quoted_title(title: str) -> str:
    """The title as it stands before the `!`: in quotes where it could be misread."""
    if _PLAIN_TITLE.match(title) and not _LIKE_A_CELL.match(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def range_text(title: str, box: Box) -> str:
    """The A1 notation of a box: `Sheet1!A1:Z1000`, or `Sheet1!D4` for one cell."""
    first = f"{column_name(box.left)}{box.top + 1}"
    last = f"{column_name(max(box.right, 1) - 1)}{box.bottom}"
    return f"{quoted_title(title)}!{first}" + ("" if first == last else f":{last}")
