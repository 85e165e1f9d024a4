"""Decides how the tab `data` changes: which rows are rewritten, added and taken out.

Rows keep their places, so that notes and colours beside them stay with them; a sheet that the
person sorted otherwise stays so. New rows go to the end; where the sheet stands in date order,
one sort of whole rows brings them to their place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from write_sheet.history.merge import Cells, Stated
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.cells import Cell
from write_sheet.sheets_api.formats import DATE, INSTANT
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.rows import HEADER, DataRows, Key

SPARE_ROWS = 100


@dataclass(frozen=True, kw_only=True)
class RowChanges:
    """What changes. Indices are those of the tab as it was found.

    rewritten: rows that get new content; added: in order; removed: rows that go.
    """

    rewritten: Mapping[int, tuple[Key, Stated]]
    added: Sequence[tuple[Key, Stated]]
    removed: Sequence[int]

    def count(self) -> int:
        """How many rows are touched."""
        return len(self.rewritten) + len(self.added) + len(self.removed)


def changes_between(found: DataRows, wanted: Mapping[date, Cells]) -> RowChanges:
    """What turns the rows that were found into those that are wanted."""
    rewritten: dict[int, tuple[Key, Stated]] = {}
    added: list[tuple[Key, Stated]] = []
    removed = set(found.needless)
    for day in found.cells.keys() | wanted.keys():
        before, after = found.cells.get(day, {}), wanted.get(day, {})
        for name in before.keys() | after.keys():
            key, stated = (day, name), after.get(name)
            row = found.row_of.get(key)
            if stated == before.get(name):
                if row in found.untidy and stated is not None:
                    rewritten[row] = key, stated
            elif stated is not None and stated.commits:
                if row is None:
                    added.append((key, stated))
                else:
                    rewritten[row] = key, stated
            elif row is not None:
                removed.add(row)
    return RowChanges(rewritten=rewritten, added=sorted(added), removed=sorted(removed))


def requests_for(changes: RowChanges, found: DataRows, *, row_count: int) -> list[Request]:
    """The requests of these changes, to be sent in this order.

    row_count: the height of the grid.
    """
    built = _columns_mended(found)
    shift = 1 if found.header == "missing" else 0
    if shift:
        built.append(requests.insert_rows(Tab.DATA, 0, 1))
    if found.header != "right":
        built.append(requests.put(Tab.DATA, 0, 0, [[typed.text(name) for name in HEADER]]))
    for start, run in _runs(changes.rewritten):
        content = [row_cells(*changes.rewritten[row]) for row in run]
        built.append(requests.put(Tab.DATA, start + shift, 0, content))
    built += _added(changes, found.end + shift, row_count + shift)
    for start, run in reversed(list(_runs(changes.removed))):
        built.append(requests.delete_rows(Tab.DATA, start + shift, start + shift + len(run)))
    if changes.added and _needs_sorting(changes, found):
        end = found.end + shift + len(changes.added) - len(changes.removed)
        built.append(requests.sort_rows(Tab.DATA, 1, end, columns=(0, 1)))
    return built


def row_cells(key: Key, stated: Stated) -> list[Cell]:
    """The four cells of one row."""
    day, name = key
    commits, at = stated
    return [typed.day(day), typed.text(name), typed.number(commits), typed.instant(at)]


def _columns_mended(found: DataRows) -> list[Request]:
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
    for column, cell_format in ((0, DATE), (3, INSTANT)):
        place = requests.area(Tab.DATA, rows=(end, last), columns=(column, column + 1))
        cell: Cell = {"userEnteredFormat": {"numberFormat": cell_format}}
        built.append(requests.repeat(place, cell, fields="userEnteredFormat.numberFormat"))
    return built


def _needs_sorting(changes: RowChanges, found: DataRows) -> bool:
    if not found.is_in_date_order():
        return False
    return bool(found.row_of) and changes.added[0][0] < max(found.row_of)


def _runs(rows: Iterable[int]) -> Iterable[tuple[int, list[int]]]:
    """Rows that follow each other, as runs: where one starts, and its rows."""
    run: list[int] = []
    for row in sorted(rows):
        if run and row != run[-1] + 1:
            yield run[0], run
            run = []
        run.append(row)
    if run:
        yield run[0], run
