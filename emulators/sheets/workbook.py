"""One spreadsheet in memory: its tabs, and all that belongs to the spreadsheet or to a tab.

A batch works on a copy, which takes the original's place only when every request went through;
so a failed batch leaves nothing behind, and readers never see half of one.
"""

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from emulators.sheets import a1
from emulators.sheets.boxes import Box, box_of
from emulators.sheets.errors import invalid
from emulators.sheets.grid import Grid
from emulators.sheets.resource import Resource

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
            properties=copy.deepcopy(self.properties),
            grid=self.grid.copy(),
            row_metadata=copy.deepcopy(self.row_metadata),
            column_metadata=copy.deepcopy(self.column_metadata),
            objects=copy.deepcopy(self.objects),
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
            properties=copy.deepcopy(self.properties),
            sheets=[sheet.copy() for sheet in self.sheets],
            named_ranges=copy.deepcopy(self.named_ranges),
            lost_names=copy.deepcopy(self.lost_names),
            developer_metadata=copy.deepcopy(self.developer_metadata),
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
        title, cells = a1.split(text)
        named = self._named(cells)
        if named is not None:
            return self.resolve(named["range"])
        if title is None:
            whole = self.titled(cells)
            if whole is not None:
                return whole, whole.box
        sheet = self.sheets[0] if title is None else self.titled(title)
        sides: Resource | None = {} if title is not None and not cells else a1.cells_range(cells)
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
            f"Range ({a1.range_text(sheet.title, box)}) exceeds grid limits. "
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
