"""The API's `Spreadsheet` resource of a workbook, whole or as far as a field mask and ranges ask.

Only what the mask names is computed, so that reading twenty thousand rows' values stays quick.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets
"""

from collections.abc import Callable, Sequence
from typing import Any

from emulators.sheets import cell_values
from emulators.sheets.grid import Cell
from emulators.sheets.ranges import Box
from emulators.sheets.resource import (
    DEFAULT_COLUMN_PIXELS,
    DEFAULT_ROW_PIXELS,
    Mask,
    Resource,
    covers,
    select,
)
from emulators.sheets.workbook import Sheet, Workbook

_CELL_FIELDS = (
    "userEnteredValue",
    "effectiveValue",
    "formattedValue",
    "userEnteredFormat",
    "effectiveFormat",
    "hyperlink",
    "note",
    "textFormatRuns",
    "dataValidation",
)

Area = tuple[Sheet, Box]
# A location's type, the tab's id, the index of the row or column.
Place = tuple[str, int | None, int | None]


def spreadsheet_resource(
    workbook: Workbook,
    *,
    mask: Mask | None = None,
    include_grid_data: bool = False,
    areas: Sequence[Area] | None = None,
) -> Resource:
    """The spreadsheet as `spreadsheets.get` answers it.

    mask: None for no field mask; with one, grid data is there exactly when the mask names it, and
    `include_grid_data` is ignored, as in the service.
    areas: only these parts; tabs that none of them touches are left out.
    """
    fields = mask or {}
    resource: Resource = {
        "spreadsheetId": workbook.spreadsheet_id,
        "properties": workbook.properties,
    }
    if workbook.named_ranges:
        resource["namedRanges"] = workbook.named_ranges
    at_spreadsheet = metadata_at(workbook, ("SPREADSHEET", None, None))
    if at_spreadsheet:
        resource["developerMetadata"] = at_spreadsheet
    resource["spreadsheetUrl"] = (
        f"https://docs.google.com/spreadsheets/d/{workbook.spreadsheet_id}/edit"
    )
    resource = dict(select(resource, fields))
    sheet_mask = covers(fields, "sheets")
    if sheet_mask is not None:
        with_data = include_grid_data if mask is None else covers(sheet_mask, "data") is not None
        resource["sheets"] = [
            _sheet_resource(workbook, sheet, boxes if with_data else [], sheet_mask)
            for sheet, boxes in _by_sheet(workbook, areas)
        ]
    return resource


def metadata_at(workbook: Workbook, place: Place) -> list[Resource]:
    """The developer metadata of one place."""
    return [item for item in workbook.developer_metadata if place_of(item) == place]


def place_of(metadata: Resource) -> Place:
    """Where developer metadata sits: its location's type, the tab's id, the row's or column's."""
    location = metadata["location"]
    dimension = location.get("dimensionRange")
    if dimension:
        return location["locationType"], dimension.get("sheetId", 0), dimension["startIndex"]
    return location["locationType"], location.get("sheetId"), None


def grid_data(workbook: Workbook, sheet: Sheet, box: Box, mask: Mask) -> Resource:
    """The `GridData` of a box; mask: of GridData, empty for everything."""
    data: Resource = {}
    if box.top:
        data["startRow"] = box.top
    if box.left:
        data["startColumn"] = box.left
    data = dict(select(data, mask))
    values = covers(mask, "rowData", "values")
    rows = [] if values is None else _row_data(workbook, sheet, box, values)
    if rows:
        data["rowData"] = rows
    for name, kind, stored, lines, pixels in (
        ("rowMetadata", "ROW", sheet.row_metadata, (box.top, box.bottom), DEFAULT_ROW_PIXELS),
        ("columnMetadata", "COLUMN", sheet.column_metadata, (box.left, box.right),
         DEFAULT_COLUMN_PIXELS),
    ):  # fmt: skip
        below = covers(mask, name)
        if below is not None:
            shown = [{"pixelSize": pixels, **stored.get(index, {})} for index in range(*lines)]
            for index, item in enumerate(shown):
                attached = metadata_at(workbook, (kind, sheet.sheet_id, lines[0] + index))
                if attached:
                    item["developerMetadata"] = attached
            data[name] = select(shown, below)
    return data


def _by_sheet(workbook: Workbook, areas: Sequence[Area] | None) -> list[tuple[Sheet, list[Box]]]:
    if areas is None:
        return [(sheet, [sheet.box]) for sheet in workbook.sheets]
    grouped = [
        (sheet, [box for owner, box in areas if owner is sheet]) for sheet in workbook.sheets
    ]
    return [(sheet, boxes) for sheet, boxes in grouped if boxes]


def _sheet_resource(workbook: Workbook, sheet: Sheet, boxes: list[Box], mask: Mask) -> Resource:
    resource: Resource = {"properties": sheet.properties}
    for name, value in sheet.objects.items():
        if value:
            resource[name] = value[0] if name == "basicFilter" else value
    metadata = metadata_at(workbook, ("SHEET", sheet.sheet_id, None))
    if metadata:
        resource["developerMetadata"] = metadata
    resource = dict(select(resource, mask))
    if boxes:
        below = covers(mask, "data") or {}
        resource["data"] = [grid_data(workbook, sheet, box, below) for box in boxes]
    return resource


def _row_data(workbook: Workbook, sheet: Sheet, box: Box, mask: Mask) -> list[Resource]:
    show = _cell_renderer(workbook, mask)
    rows: list[Resource] = []
    for row in sheet.grid.rows[box.top : box.bottom]:
        cells = row.cells[box.left : box.right]
        shown = [{} if cell is None else show(cell) for cell in cells]
        rows.append({"values": shown} if shown else {})
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _cell_renderer(workbook: Workbook, mask: Mask) -> Callable[[Cell], Resource]:
    """A function that shows one cell, with just the fields of the mask (of CellData)."""
    wanted = [name for name in _CELL_FIELDS if not mask or name in mask]
    default = workbook.properties.get("defaultFormat") or {}
    deep = any(mask.values())
    formats: dict[tuple[int, str], Resource] = {}

    def effective_format(cell: Cell) -> Resource:
        entered = cell.get("userEnteredFormat")
        kind = next(iter(cell_values.effective_value(cell) or ("",)))
        key = (id(entered), kind)
        if key not in formats:
            formats[key] = cell_values.effective_format(cell, default)
        return formats[key]

    computed: dict[str, Callable[[Cell], Any]] = {
        "effectiveValue": cell_values.effective_value,
        "formattedValue": lambda cell: cell_values.formatted_value(cell, workbook.locale),
        "effectiveFormat": effective_format,
    }

    def show(cell: Cell) -> Resource:
        shown: Resource = {}
        for name in wanted:
            value = computed[name](cell) if name in computed else cell.get(name)
            if value is not None:
                shown[name] = value
        return dict(select(shown, mask)) if deep else shown

    return show
