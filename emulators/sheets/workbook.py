"""One spreadsheet in memory: its tabs, and all that belongs to the spreadsheet or to a tab.

A batch works on a copy, which takes the original's place only when every request went through;
so a failed batch leaves nothing behind, and readers never see half of one.

What points at cells follows them when rows or columns are inserted, deleted or moved: merges,
rules, charts, protections, filters, banding and named ranges hold GridRanges, wherever in their
resources; each is handed to one function that says what becomes of a range.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from emulators.sheets import ranges
from emulators.sheets.errors import invalid
from emulators.sheets.grid import Grid
from emulators.sheets.ranges import Box, box_of
from emulators.sheets.resource import Resource, copied

CELL_LIMIT = 10_000_000


@dataclass(kw_only=True)
class Sheet:
    """One tab. The lists hold the API's resources under the names that they have in `Sheet`."""

    properties: Resource
    grid: Grid = field(default_factory=Grid)
    row_metadata: dict[int, Resource] = field(default_factory=dict)
    column_metadata: dict[int, Resource] = field(default_factory=dict)
    objects: dict[str, list[Resource]] = field(default_factory=dict)

    @property
    def sheet_id(self) -> int:
        """The tab's id."""
        return int(self.properties["sheetId"])

    @property
    def title(self) -> str:
        """The tab's name."""
        return str(self.properties["title"])

    @property
    def rows(self) -> int:
        """The grid's height."""
        return int(self.properties["gridProperties"]["rowCount"])

    @property
    def columns(self) -> int:
        """The grid's width."""
        return int(self.properties["gridProperties"]["columnCount"])

    @property
    def box(self) -> Box:
        """The whole grid."""
        return Box(top=0, bottom=self.rows, left=0, right=self.columns)

    def listed(self, name: str) -> list[Resource]:
        """The tab's `merges`, `charts`, `protectedRanges`, …, to be changed in place."""
        return self.objects.setdefault(name, [])

    def box_of(self, range_: Resource) -> Box:
        """The box of a GridRange on this tab."""
        return box_of(range_, rows=self.rows, columns=self.columns)

    def is_hidden_row(self, index: int) -> bool:
        """Whether the person or a filter hides the row."""
        row = self.row_metadata.get(index, {})
        return bool(row.get("hiddenByUser") or row.get("hiddenByFilter"))

    def copy(self) -> "Sheet":
        """An independent tab that shares only cells with this one."""
        return Sheet(
            properties=copied(self.properties),
            grid=self.grid.copy(),
            row_metadata=copied(self.row_metadata),
            column_metadata=copied(self.column_metadata),
            objects=copied(self.objects),
        )


@dataclass(kw_only=True)
class Workbook:
    """A spreadsheet. `version` grows by one with every write that was applied.

    lost_names: named ranges whose tab was deleted. The service no longer lists them and still
    holds their names (https://github.com/burnash/gspread/issues/1530).
    formats: every cell format that the state file has a number for, as canonical JSON.
    refused_time_zones: names that a test orders to be refused; not kept.
    """

    spreadsheet_id: str
    properties: Resource
    sheets: list[Sheet]
    named_ranges: list[Resource] = field(default_factory=list)
    lost_names: list[Resource] = field(default_factory=list)
    developer_metadata: list[Resource] = field(default_factory=list)
    version: int = 1
    formats: dict[str, int] = field(default_factory=dict)
    refused_time_zones: frozenset[str] = frozenset()

    def copy(self) -> "Workbook":
        """What a batch works on; only cells and the numbering of formats are shared."""
        return Workbook(
            spreadsheet_id=self.spreadsheet_id,
            properties=copied(self.properties),
            sheets=[sheet.copy() for sheet in self.sheets],
            named_ranges=copied(self.named_ranges),
            lost_names=copied(self.lost_names),
            developer_metadata=copied(self.developer_metadata),
            version=self.version,
            formats=self.formats,
        )

    @property
    def locale(self) -> str:
        """Such as `en_US`."""
        return str(self.properties["locale"])

    def sheet(self, sheet_id: int | None, *, noun: str = "sheet") -> Sheet:
        """The tab with an id (absent is 0); ApiError 400 where there is none."""
        for sheet in self.sheets:
            if sheet.sheet_id == (sheet_id or 0):
                return sheet
        raise invalid(f"No {noun} with id: {sheet_id or 0}")

    def titled(self, title: str) -> Sheet | None:
        """The tab of this title; upper and lower case are alike where no title fits exactly."""
        exact = [sheet for sheet in self.sheets if sheet.title == title]
        loose = [sheet for sheet in self.sheets if sheet.title.casefold() == title.casefold()]
        return next(iter(exact + loose), None)

    def resolve(self, range_: Resource | None) -> tuple[Sheet, Box]:
        """The tab and the box of a GridRange; ApiError 400 where it leaves the grid."""
        if range_ is None:
            raise invalid("A range must be specified.")
        sheet = self.sheet(range_.get("sheetId"), noun="grid")
        box = sheet.box_of(range_)
        if box.top >= box.bottom or box.left >= box.right or min(box.top, box.left) < 0:
            raise invalid(f"Invalid range: {_sides(range_)}")
        check_in_grid(sheet, box)
        return sheet, box

    def resolve_a1(self, text: str) -> tuple[Sheet, Box]:
        """The tab and the box of A1 notation, a title or a named range; ApiError 400 otherwise."""
        title, cells = ranges.split_a1(text)
        named = self._named(cells)
        if named is not None:
            return self.resolve(named["range"])
        if title is None:
            whole = self.titled(cells)
            if whole is not None:
                return whole, whole.box
        sheet = self.sheets[0] if title is None else self.titled(title)
        whole_tab = title is not None and not cells
        sides: Resource | None = {} if whole_tab else ranges.cells_range(cells)
        if sheet is None or sides is None:
            raise invalid(f"Unable to parse range: {text}")
        return sheet, _box_in_grid(sheet, sides)

    def with_ids(self, name: str) -> Iterator[tuple[Sheet, Resource]]:
        """Every `charts`, `protectedRanges`, … of every tab."""
        for sheet in self.sheets:
            for resource in sheet.objects.get(name, ()):
                yield sheet, resource

    def new_id(self, used: set[int]) -> int:
        """An id that nothing of its kind has, random as the service's are."""
        while True:
            candidate = random.randrange(1, 2**31)
            if candidate not in used:
                return candidate

    def check_cell_count(self) -> None:
        """ApiError 400 where the tabs together are larger than the service allows."""
        if sum(sheet.rows * sheet.columns for sheet in self.sheets) > CELL_LIMIT:
            raise invalid(
                "This action would increase the number of cells in the workbook above the limit "
                f"of {CELL_LIMIT} cells."
            )

    def _named(self, name: str) -> Resource | None:
        wanted = name.casefold()
        return next((n for n in self.named_ranges if n["name"].casefold() == wanted), None)


def check_in_grid(sheet: Sheet, box: Box) -> None:
    """ApiError 400 where a box reaches beyond the tab's rows or columns."""
    if box.bottom > sheet.rows or box.right > sheet.columns:
        raise invalid(
            f"Range ({ranges.range_text(sheet.title, box)}) exceeds grid limits. "
            f"Max rows: {sheet.rows}, max columns: {sheet.columns}"
        )


def _box_in_grid(sheet: Sheet, sides: Resource) -> Box:
    """A range that starts in the grid and ends beyond it is cut; one that starts beyond fails."""
    box = sheet.box_of(sides)
    start = Box(top=box.top, bottom=box.top + 1, left=box.left, right=box.left + 1)
    if start.bottom > sheet.rows or start.right > sheet.columns:
        whole = Box(top=box.top, left=box.left, bottom=max(box.bottom, start.bottom),
                    right=max(box.right, start.right))  # fmt: skip
        check_in_grid(sheet, whole)
    return Box(
        top=box.top,
        bottom=min(box.bottom, sheet.rows),
        left=box.left,
        right=min(box.right, sheet.columns),
    )


def _sides(range_: Resource) -> str:
    return ", ".join(f"{name}: {value}" for name, value in range_.items())


# What becomes of a GridRange on the changed tab; None when nothing of it is left.
ChangeRange = Callable[[Resource], Resource | None]
# Where a row or column ends up; None when it is gone.
Place = Callable[[int], int | None]

_GONE = object()
_SIDES = frozenset({"startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"})


def shift_ranges(workbook: Workbook, sheet: Sheet, change: ChangeRange) -> None:
    """Change every GridRange on this tab, wherever in the spreadsheet it is held."""
    for other in workbook.sheets:
        for name, resources in other.objects.items():
            other.objects[name] = _walked(resources, sheet.sheet_id, change)
    sheet.objects["merges"] = [m for m in sheet.listed("merges") if _spans_cells(m)]
    sheet.objects["conditionalFormats"] = [
        rule for rule in sheet.listed("conditionalFormats") if rule["ranges"]
    ]
    kept = []
    for named in workbook.named_ranges:
        moved = _walked(named, sheet.sheet_id, change)
        if moved is _GONE:
            workbook.lost_names.append(named)
        else:
            kept.append(moved)
    workbook.named_ranges = kept


def shift_metadata(workbook: Workbook, sheet: Sheet, axis: str, place: Place) -> None:
    """Move the developer metadata of rows (axis `Row`) or columns with them."""
    kept = []
    for item in workbook.developer_metadata:
        location = item["location"]
        lines = location.get("dimensionRange")
        same_tab = lines is not None and lines.get("sheetId", 0) == sheet.sheet_id
        if lines is None or not same_tab or location["locationType"] != axis.upper():
            kept.append(item)
            continue
        index = place(lines["startIndex"])
        if index is not None:
            lines.update(startIndex=index, endIndex=index + 1)
            kept.append(item)
    workbook.developer_metadata = kept


def retargeted(resources: Any, old: int, new: int) -> Any:
    """The same resources with their ranges on tab `old` moved to tab `new`."""
    return _walked(resources, old, lambda range_: {**range_, "sheetId": new})


def _walked(value: Any, sheet_id: int, change: ChangeRange) -> Any:
    if isinstance(value, list):
        walked = [_walked(item, sheet_id, change) for item in value]
        return [item for item in walked if item is not _GONE]
    if not isinstance(value, dict):
        return value
    if not _SIDES.isdisjoint(value):
        if value.get("sheetId", 0) != sheet_id:
            return value
        changed = change(value)
        return _GONE if changed is None else changed
    if "rowIndex" in value or "columnIndex" in value:
        return _moved_cell(value, sheet_id, change)
    walked_fields = {name: _walked(item, sheet_id, change) for name, item in value.items()}
    if walked_fields.get("range") is _GONE:
        return _GONE
    return {name: item for name, item in walked_fields.items() if item is not _GONE}


def _moved_cell(cell: Resource, sheet_id: int, change: ChangeRange) -> Resource:
    """A GridCoordinate; one whose row or column is gone stays at its index."""
    if cell.get("sheetId", 0) != sheet_id:
        return cell
    row, column = cell.get("rowIndex", 0), cell.get("columnIndex", 0)
    as_range = {"startRowIndex": row, "endRowIndex": row + 1,
                "startColumnIndex": column, "endColumnIndex": column + 1}  # fmt: skip
    moved = change({**as_range, "sheetId": sheet_id}) or as_range
    return {**cell, "rowIndex": moved["startRowIndex"], "columnIndex": moved["startColumnIndex"]}


def _spans_cells(merge: Resource) -> bool:
    height = merge["endRowIndex"] - merge["startRowIndex"]
    return bool(height * (merge["endColumnIndex"] - merge["startColumnIndex"]) > 1)
