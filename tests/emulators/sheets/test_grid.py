"""The rows of a grid: the store keeps with each one what it last wrote of it."""

from emulators.sheets.grid import Cell, Grid
from emulators.sheets.ranges import Box


def cell(content: str) -> Cell:
    return {"userEnteredValue": {"stringValue": content}}


def filled() -> Grid:
    grid = Grid()
    for index, content in enumerate("cab"):
        grid.put(index, 0, [cell(content), cell(content.upper())])
    return grid


def test_a_row_that_is_written_as_it_is_stays_the_same_row() -> None:
    """So a write costs what it changes; a row that changes is another, also in a copy."""
    grid = filled()
    copy = grid.copy()
    before = grid.row(1)
    copy.put(1, 0, [cell("a"), cell("A")])
    assert copy.row(1) is before
    copy.put(1, 1, [cell("y")])
    assert copy.row(1) is not before
    assert grid.row(1) is before


def test_whole_rows_move_as_they_are() -> None:
    """A sort of a long history writes no row anew."""
    grid = filled()
    before = list(grid.rows)
    grid.rearrange(Box(top=0, bottom=4, left=0, right=2), [1, 3, 2, 0])
    assert grid.rows == [before[1], grid.row(9), before[2], before[0]]
    grid.rearrange(Box(top=0, bottom=4, left=0, right=2), [3, 2, 0, 1])
    assert grid.rows == [before[0], before[2], before[1]]


def test_parts_of_rows_move_alone() -> None:
    """What stands outside the box stays where it is."""
    grid = filled()
    grid.rearrange(Box(top=0, bottom=2, left=0, right=1), [1, 0])
    grid.put(2, 1, [cell("z")])
    shown = [[c and c["userEnteredValue"]["stringValue"] for c in row.cells] for row in grid.rows]
    assert shown == [["a", "C"], ["c", "A"], ["b", "z"]]
