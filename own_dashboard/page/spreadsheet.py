"""Reads the Sheets API's `Spreadsheet` resource into what the page draws.

Tabs are read at once, cells one by one as they are looked at: a history of ten years has tens of
thousands of cells, of which a page shows some hundred.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

ROW_PIXELS = 21
COLUMN_PIXELS = 100
CellValue = bool | float | str | None
Place = tuple[int, int]
_CONTENT = ("formattedValue", "effectiveValue", "userEnteredValue")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell.

    value: what it holds, a date as its serial number; None where it is empty.
    text: what a reader sees. style: its `CellFormat`, defaults included where they are given.
    validation: what the person may enter, where the Sheet checks it. message: its words on that.
    """

    value: CellValue = None
    text: str = ""
    style: Mapping[str, Any] = field(default_factory=dict)
    validation: "Validation | None" = None
    message: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What may be entered: a number within limits, a truth value, or one of the choices."""

    kind: Literal["number", "flag", "choice"]
    least: float = 0
    largest: float = 0
    choices: tuple[str, ...] = ()

    def allows(self, value: object) -> bool:
        """Whether the Sheets apps would take it."""
        if self.kind == "choice":
            return value in self.choices
        if self.kind == "flag":
            return isinstance(value, bool)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and self.least <= value <= self.largest  # type: ignore[operator]


EMPTY = Cell()


class Cells(Mapping[Place, Cell]):
    """The cells by row and column, counted from 0; only those that the resource holds."""

    def __init__(
        self, resources: Mapping[Place, Mapping[str, Any]], default: Mapping[str, Any]
    ) -> None:
        """default: the spreadsheet's default `CellFormat`."""
        self._resources = resources
        self._default = default

    def __getitem__(self, place: Place) -> Cell:
        return _read_cell(self._resources[place], self._default)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._resources)

    def __len__(self) -> int:
        return len(self._resources)

    def filled(self) -> Iterator[Place]:
        """The places of the cells that hold more than a format."""
        for place, resource in self._resources.items():
            if any(name in resource for name in _CONTENT):
                yield place


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
        text=_box(value, cell) or cell.get("formattedValue", _plain(value)),
        style=style,
        validation=_validation(cell.get("dataValidation", {})),
        message=cell.get("dataValidation", {}).get("inputMessage", ""),
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


def _box(value: CellValue, cell: Mapping[str, Any]) -> str:
    """The check box that the apps draw for a truth value that is validated as one."""
    condition = cell.get("dataValidation", {}).get("condition", {})
    if condition.get("type") == "BOOLEAN" and isinstance(value, bool):
        return "☑" if value else "☐"
    return ""


def _validation(rule: Mapping[str, Any]) -> Validation | None:
    """Of a `DataValidationRule` that is strict; of the kinds that write_sheet sets."""
    condition = rule.get("condition", {})
    kind = condition.get("type")
    values = [value.get("userEnteredValue", "") for value in condition.get("values", ())]
    if not rule.get("strict"):
        return None
    if kind == "BOOLEAN":
        return Validation(kind="flag")
    if kind == "ONE_OF_LIST":
        return Validation(kind="choice", choices=tuple(values))
    if kind == "NUMBER_BETWEEN" and len(values) == 2 and all(map(str.isdecimal, values)):
        return Validation(kind="number", least=float(values[0]), largest=float(values[1]))
    return None


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
