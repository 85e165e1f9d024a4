"""Reads the Sheets API's `Spreadsheet` resource, once, into what the page draws.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ROW_PIXELS = 21
COLUMN_PIXELS = 100
CellValue = bool | float | str | None
Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell.

    value: what it holds, a date as its serial number; None where it is empty.
    text: what a reader sees. style: its `CellFormat`, defaults included where they are given.
    formula: with its `=`, or empty. hint: what the person may enter, from its validation.
    """

    value: CellValue = None
    text: str = ""
    style: Mapping[str, Any] = field(default_factory=dict)
    formula: str = ""
    hint: str = ""
    note: str = ""


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

    sized_rows: the rows with a height of their own; others grow with their text.
    rules, charts: the API's `ConditionalFormatRule` and `EmbeddedChart` resources.
    """

    sheet_id: int
    title: str
    frozen_rows: int
    gridlines: bool
    cells: Mapping[Place, Cell]
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
        return self.cells.get(place, _EMPTY)


_EMPTY = Cell()


def read_tabs(spreadsheet: Mapping[str, Any]) -> list[Tab]:
    """The visible tabs in their order."""
    sheets = [sheet for sheet in spreadsheet.get("sheets", ()) if _is_shown(sheet["properties"])]
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
    cells: dict[Place, Cell] = {}
    for block in sheet.get("data", ()):
        top, left = block.get("startRow", 0), block.get("startColumn", 0)
        _set_pixels(row_pixels, block.get("rowMetadata", ()), top)
        _set_pixels(column_pixels, block.get("columnMetadata", ()), left)
        for row, row_resource in enumerate(block.get("rowData", ()), top):
            for column, cell in enumerate(row_resource.get("values", ()), left):
                if cell:
                    cells[row, column] = _read_cell(cell, default)
    tab = Tab(
        sheet_id=properties.get("sheetId", 0),
        title=properties.get("title", ""),
        frozen_rows=grid.get("frozenRowCount", 0),
        gridlines=not grid.get("hideGridlines"),
        cells=cells,
        row_pixels=row_pixels,
        column_pixels=column_pixels,
        sized_rows=frozenset(row for row, size in enumerate(row_pixels) if size != ROW_PIXELS),
        merges=(),
        rules=tuple(sheet.get("conditionalFormats", ())),
        charts=tuple(sheet.get("charts", ())),
    )
    return replace_merges(tab, sheet.get("merges", ()))


def replace_merges(tab: Tab, merges: Sequence[Mapping[str, Any]]) -> Tab:
    """The tab with these merged ranges."""
    return Tab(**{**vars(tab), "merges": tuple(tab.area(merge) for merge in merges)})


def _set_pixels(pixels: list[int], metadata: Sequence[Mapping[str, Any]], start: int) -> None:
    for index, dimension in enumerate(metadata, start):
        if index >= len(pixels):
            return
        if dimension.get("hiddenByUser") or dimension.get("hiddenByFilter"):
            pixels[index] = 0
        else:
            pixels[index] = dimension.get("pixelSize", pixels[index])


def _read_cell(cell: Mapping[str, Any], default: Mapping[str, Any]) -> Cell:
    entered = cell.get("userEnteredValue", {})
    value = _value(cell.get("effectiveValue", entered))
    own = cell.get("effectiveFormat") or cell.get("userEnteredFormat", {})
    style = {
        **default,
        **own,
        "textFormat": {**default.get("textFormat", {}), **own.get("textFormat", {})},
    }
    return Cell(
        value=value,
        text=cell.get("formattedValue", _plain(value)),
        style=style,
        formula=entered.get("formulaValue", ""),
        hint=_hint(cell.get("dataValidation", {})),
        note=cell.get("note", ""),
    )


def _value(extended: Mapping[str, Any]) -> CellValue:
    for name, read in (("numberValue", float), ("stringValue", str), ("boolValue", bool)):
        if name in extended:
            value: CellValue = read(extended[name])
            return value
    return None


def _plain(value: CellValue) -> str:
    """A value without a number format, as the service writes it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float():
            return f"{value:.15g}"
    return value


def _hint(validation: Mapping[str, Any]) -> str:
    condition = validation.get("condition", {})
    choices = [value.get("userEnteredValue", "") for value in condition.get("values", ())]
    listed = ", ".join(choices) if condition.get("type") == "ONE_OF_LIST" else ""
    return str(validation.get("inputMessage") or listed)
