"""Reads the Sheets API's `Spreadsheet` resource, once, into what the page draws.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from own_dashboard.page.cells import EMPTY, Cell, Cells, Place

ROW_PIXELS = 21
COLUMN_PIXELS = 100


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, counted from 0, its end row and column not included."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, place: Place) -> bool:
        return self.top <= place[0] < self.bottom and self.left <= place[1] < self.right

    def places(self) -> Iterator[Place]:
        """Every place in it, row by row."""
        for row in range(self.top, self.bottom):
            for column in range(self.left, self.right):
                yield row, column


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One sheet of the spreadsheet. Pixels hold an entry for each row or column; 0 is hidden.

    shown: whether the tab itself is.
    sized_rows: the rows with a height of their own; others grow with their text.
    rules, charts: the API's `ConditionalFormatRule` and `EmbeddedChart` resources.
    """

    sheet_id: int
    title: str
    shown: bool
    frozen_rows: int
    gridlines: bool
    cells: Cells
    row_pixels: Sequence[int]
    column_pixels: Sequence[int]
    sized_rows: frozenset[int]
    merges: tuple[Area, ...]
    rules: tuple[Mapping[str, Any], ...]
    charts: tuple[Mapping[str, Any], ...]

    def area(self, grid_range: Mapping[str, Any]) -> Area:
        """Of a `GridRange`: an end that is left out is the tab's own."""
        return Area(
            grid_range.get("startRowIndex", 0),
            grid_range.get("startColumnIndex", 0),
            min(grid_range.get("endRowIndex", len(self.row_pixels)), len(self.row_pixels)),
            min(grid_range.get("endColumnIndex", len(self.column_pixels)), len(self.column_pixels)),
        )

    def cell(self, place: Place) -> Cell:
        """The cell there; an empty one where nothing is."""
        return self.cells.get(place, EMPTY)


def read_tabs(spreadsheet: Mapping[str, Any]) -> list[Tab]:
    """All tabs in their order, the hidden ones too: charts may refer to those."""
    sheets = list(spreadsheet.get("sheets", ()))
    sheets.sort(key=lambda sheet: sheet["properties"].get("index", 0))
    default = spreadsheet.get("properties", {}).get("defaultFormat", {})
    return [_read_tab(sheet, default) for sheet in sheets]


def _is_shown(properties: Mapping[str, Any]) -> bool:
    return not properties.get("hidden") and properties.get("sheetType", "GRID") == "GRID"


def _read_tab(sheet: Mapping[str, Any], default: Mapping[str, Any]) -> Tab:
    properties = sheet["properties"]
    grid = properties.get("gridProperties", {})
    rows, columns = grid.get("rowCount", 1000), grid.get("columnCount", 26)
    row_pixels, column_pixels = [ROW_PIXELS] * rows, [COLUMN_PIXELS] * columns
    cells: dict[Place, Mapping[str, Any]] = {}
    for block in sheet.get("data", ()):
        top, left = block.get("startRow", 0), block.get("startColumn", 0)
        _set_pixels(row_pixels, block.get("rowMetadata", ()), top)
        _set_pixels(column_pixels, block.get("columnMetadata", ()), left)
        for row, row_resource in enumerate(block.get("rowData", ()), top):
            for column, cell in enumerate(row_resource.get("values", ()), left):
                if cell:
                    cells[row, column] = cell
    tab = Tab(
        sheet_id=properties.get("sheetId", 0),
        title=properties.get("title", ""),
        shown=_is_shown(properties),
        frozen_rows=grid.get("frozenRowCount", 0),
        gridlines=not grid.get("hideGridlines"),
        cells=Cells(cells, default),
        row_pixels=row_pixels,
        column_pixels=column_pixels,
        sized_rows=frozenset(row for row, size in enumerate(row_pixels) if size != ROW_PIXELS),
        merges=(),
        rules=tuple(sheet.get("conditionalFormats", ())),
        charts=tuple(sheet.get("charts", ())),
    )
    return replace(tab, merges=tuple(tab.area(merge) for merge in sheet.get("merges", ())))


def _set_pixels(pixels: list[int], metadata: Sequence[Mapping[str, Any]], start: int) -> None:
    for index, dimension in enumerate(metadata, start):
        if index >= len(pixels):
            return
        if dimension.get("hiddenByUser") or dimension.get("hiddenByFilter"):
            pixels[index] = 0
        else:
            pixels[index] = dimension.get("pixelSize", pixels[index])
