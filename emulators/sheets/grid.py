"""The cells of one tab: rows that are replaced and never changed, so that a copy costs nothing.

A cell is the API's CellData with what a user can enter (userEnteredValue, userEnteredFormat, note,
dataValidation, …); None is an empty cell. Cells and rows are shared between copies of a grid:
whoever changes one makes a new one.
"""

from collections.abc import Callable, Sequence

from emulators.sheets.ranges import Box
from emulators.sheets.resource import Resource

Cell = Resource
ChangeCell = Callable[[Cell | None], Cell | None]


class Row:
    """A row's cells up to its last one that is not empty; `text` is kept by the store."""

    __slots__ = ("cells", "text")

    def __init__(self, cells: Sequence[Cell | None] = ()) -> None:
        end = len(cells)
        while end and cells[end - 1] is None:
            end -= 1
        self.cells = tuple(cells[:end])
        self.text: str | None = None


EMPTY_ROW = Row()


class Grid:
    """Rows up to the last one that is not empty; the tab's true size is in its properties."""

    def __init__(self, rows: list[Row] | None = None) -> None:
        self.rows = rows if rows is not None else []

    def copy(self) -> "Grid":
        """An independent grid that shares its rows with this one."""
        return Grid(list(self.rows))

    def foreign_copy(self) -> "Grid":
        """A grid for another spreadsheet, whose state numbers the formats in another way."""
        return Grid([Row(row.cells) for row in self.rows])

    def row(self, index: int) -> Row:
        """The row at an index, empty where nothing was written."""
        return self.rows[index] if index < len(self.rows) else EMPTY_ROW

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell at a place, or None where it is empty."""
        cells = self.row(row).cells
        return cells[column] if column < len(cells) else None

    def slice(self, row: int, left: int, right: int) -> list[Cell | None]:
        """A row's cells from `left` up to `right`, filled up with None."""
        cells = list(self.row(row).cells[left:right])
        return cells + [None] * (right - left - len(cells))

    def put(self, row: int, left: int, cells: Sequence[Cell | None]) -> None:
        """Replace the cells of one row from `left` on; a row that says the same stays itself."""
        old = self.row(row)
        right = left + len(cells)
        before = self.slice(row, 0, left)
        new = Row([*before, *cells, *old.cells[right:]])
        if new.cells != old.cells:
            self._set_row(row, new)

    def change(self, box: Box, change: ChangeCell) -> None:
        """Replace every cell of a box by what `change` makes of it."""
        for row in range(box.top, box.bottom):
            old = self.slice(row, box.left, box.right)
            self.put(row, box.left, [change(cell) for cell in old])

    def rearrange(self, box: Box, sources: Sequence[int]) -> None:
        """Give each row of a box the cells that one of its rows has: `sources`, from the top on."""
        rows = [self.row(source) for source in sources]
        if box.left == 0 and all(len(row.cells) <= box.right for row in rows):
            for index, row in enumerate(rows, start=box.top):
                self._set_row(index, row)
            return
        block = [self.slice(source, box.left, box.right) for source in sources]
        for index, cells in enumerate(block, start=box.top):
            self.put(index, box.left, cells)

    def insert_rows(self, at: int, count: int) -> None:
        """Put empty rows in before index `at`."""
        if at < len(self.rows):
            self.rows[at:at] = [EMPTY_ROW] * count

    def delete_rows(self, start: int, end: int) -> None:
        """Take rows out; those below move up."""
        del self.rows[start:end]
        self._trim()

    def insert_columns(self, at: int, count: int) -> None:
        """Put empty columns in before index `at`."""
        gap = (None,) * count
        for index, row in enumerate(self.rows):
            if len(row.cells) > at:
                self.rows[index] = Row(row.cells[:at] + gap + row.cells[at:])

    def delete_columns(self, start: int, end: int) -> None:
        """Take columns out; those to the right move left."""
        for index, row in enumerate(self.rows):
            if len(row.cells) > start:
                self.rows[index] = Row(row.cells[:start] + row.cells[end:])
        self._trim()

    def content_box(self, box: Box, *, values_only: bool = False) -> Box | None:
        """The smallest box from the top left of `box` that holds its cells; None without any."""
        bottom, right = box.top, box.left
        for row in range(box.top, min(box.bottom, len(self.rows))):
            cells = self.rows[row].cells[box.left : box.right]
            end = len(cells)
            while end and not _is_filled(cells[end - 1], values_only=values_only):
                end -= 1
            if end:
                bottom, right = row + 1, max(right, box.left + end)
        if bottom == box.top:
            return None
        return Box(top=box.top, bottom=bottom, left=box.left, right=right)

    def _set_row(self, index: int, row: Row) -> None:
        missing = index + 1 - len(self.rows)
        if missing > 0:
            if not row.cells:
                return
            self.rows.extend([EMPTY_ROW] * missing)
        self.rows[index] = row
        if not row.cells:
            self._trim()

    def _trim(self) -> None:
        while self.rows and not self.rows[-1].cells:
            self.rows.pop()


def _is_filled(cell: Cell | None, *, values_only: bool) -> bool:
    return cell is not None and (not values_only or "userEnteredValue" in cell)
