"""Rectangles of cells, and what happens to a GridRange when rows or columns come and go.

Indexes count from 0 and ends are exclusive, as in the API's GridRange.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/other
"""

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
