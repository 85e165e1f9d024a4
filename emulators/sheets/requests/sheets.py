"""The spreadsheet's own properties, and its tabs: adding, changing, copying, deleting them."""

from functools import cache
from zoneinfo import available_timezones

from emulators.sheets.errors import invalid
from emulators.sheets.requests.dimensions import SIDES, check_grid, resize
from emulators.sheets.requests.handler import Handler, check_editable, update_mask
from emulators.sheets.resource import Resource, merge, new_sheet_properties, without_nulls
from emulators.sheets.workbook import Sheet, Workbook, retargeted

_TITLE_LIMIT = 100


def add_sheet(workbook: Workbook, body: Resource) -> Resource:
    """addSheet: the id must be new, the title too; the index counts from the left."""
    given = without_nulls(body.get("properties") or {})
    if given.get("sheetType", "GRID") != "GRID":
        raise invalid(f"Sheets of type {given['sheetType']} cannot be added.")
    used = {sheet.sheet_id for sheet in workbook.sheets}
    sheet_id = given.get("sheetId", workbook.new_id(used))
    if sheet_id in used:
        raise invalid(f"Sheet with id: {sheet_id} already exists.")
    if sheet_id < 0:
        raise invalid(f"Invalid sheet id: {sheet_id}. Must be non-negative.")
    title = given.get("title") or _free_title(workbook)
    check_title(workbook, title)
    index = given.get("index", len(workbook.sheets))
    _check_index(workbook, index)
    properties = new_sheet_properties(sheet_id=sheet_id, title=title, index=index)
    grid = {**properties["gridProperties"], **without_nulls(given.get("gridProperties") or {})}
    merged = {**properties, **given, **properties, "gridProperties": grid}
    sheet = Sheet(properties=_without_defaults(merged))
    check_grid(sheet)
    workbook.sheets.insert(index, sheet)
    workbook.check_cell_count()
    _renumber(workbook)
    return {"addSheet": {"properties": dict(sheet.properties)}}


def delete_sheet(workbook: Workbook, body: Resource) -> Resource:
    """deleteSheet: not the last visible one; names of ranges on it stay taken."""
    sheet = workbook.sheet(body.get("sheetId"))
    others = [other for other in workbook.sheets if other is not sheet]
    if not any(not other.properties.get("hidden") for other in others):
        raise invalid("You can't remove all the sheets in a document.")
    check_editable(workbook, sheet, sheet.box)
    lost = [n for n in workbook.named_ranges if n["range"].get("sheetId", 0) == sheet.sheet_id]
    workbook.lost_names += lost
    workbook.named_ranges = [n for n in workbook.named_ranges if n not in lost]
    workbook.developer_metadata = [
        item for item in workbook.developer_metadata if _tab_of(item) != sheet.sheet_id
    ]
    workbook.sheets = others
    _renumber(workbook)
    return {}


def update_sheet_properties(workbook: Workbook, body: Resource) -> Resource:
    """updateSheetProperties: title, index, size, frozen parts, colour, hidden."""
    mask = update_mask(body, "SheetProperties")
    given = body.get("properties") or {}
    sheet = workbook.sheet(given.get("sheetId"))
    old = sheet.properties
    new = merge(old, given, mask)
    new = _without_defaults({**new, "sheetId": old["sheetId"], "sheetType": old["sheetType"]})
    if new.get("title") != old["title"]:
        check_title(workbook, new.get("title"), renamed=sheet)
    resize(workbook, sheet, new.get("gridProperties") or {})
    sheet.properties = {**new, "index": old["index"]}
    if all(other.properties.get("hidden") for other in workbook.sheets):
        raise invalid("You can't hide all the sheets in a document.")
    if not mask or "index" in mask:
        _move(workbook, sheet, new.get("index", len(workbook.sheets)))
    return {}


def duplicate_sheet(workbook: Workbook, body: Resource) -> Resource:
    """duplicateSheet: cells, formats and rules; ids of what it holds are new."""
    source = workbook.sheet(body.get("sourceSheetId"))
    place = body.get("insertSheetIndex") or 0
    properties = {
        "title": body.get("newSheetName") or f"Copy of {source.title}",
        "index": place,
        "gridProperties": dict(source.properties["gridProperties"]),
    }
    if body.get("newSheetId") is not None:
        properties["sheetId"] = body["newSheetId"]
    reply = add_sheet(workbook, {"properties": properties})["addSheet"]
    copied, made = source.copy(), workbook.sheets[place]
    made.grid, made.row_metadata = copied.grid, copied.row_metadata
    made.column_metadata = copied.column_metadata
    made.objects = copied_objects(copied, made.sheet_id)
    return {"duplicateSheet": reply}


def update_spreadsheet_properties(workbook: Workbook, body: Resource) -> Resource:
    """updateSpreadsheetProperties: title, locale, time zone, …"""
    mask = update_mask(body, "SpreadsheetProperties")
    new = merge(workbook.properties, body.get("properties") or {}, mask)
    for name in ("title", "locale", "timeZone"):
        if not new.get(name):
            raise invalid(f"Invalid value for field properties.{name}: it cannot be empty.")
    zone = new["timeZone"]
    if zone in workbook.refused_time_zones or zone not in _known_time_zones():
        raise invalid(f"Invalid value for field properties.timeZone: unknown time zone {zone}")
    workbook.properties = new
    return {}


@cache
def _known_time_zones() -> set[str]:
    return available_timezones()


def copied_objects(source: Sheet, sheet_id: int) -> dict[str, list[Resource]]:
    """What goes along when a tab is copied: things without ids of their own."""
    names = [name for name in ("merges", "conditionalFormats") if name in source.objects]
    return {name: retargeted(source.objects[name], source.sheet_id, sheet_id) for name in names}


def check_title(workbook: Workbook, title: str | None, *, renamed: Sheet | None = None) -> None:
    """ApiError 400 for a title that is empty, too long or taken (case makes no difference)."""
    if not title:
        raise invalid("The sheet name cannot be empty.")
    if len(title) > _TITLE_LIMIT:
        raise invalid(f"The sheet name cannot be greater than {_TITLE_LIMIT} characters.")
    for other in workbook.sheets:
        if other is not renamed and other.title.casefold() == title.casefold():
            raise invalid(
                f'A sheet with the name "{title}" already exists. Please enter another name.'
            )


def _without_defaults(properties: Resource) -> Resource:
    """Without switches that are off, frozen parts of nothing and the colour of none."""
    kept = {name: item for name, item in properties.items() if item is not False}
    grid = kept.get("gridProperties") or {}
    sizes = {name: grid[name] for name in SIDES if name in grid}
    kept["gridProperties"] = {**{name: item for name, item in grid.items() if item}, **sizes}
    style = kept.get("tabColorStyle")
    if style is not None and "rgbColor" not in style and not style.get("themeColor"):
        kept.pop("tabColorStyle")
        kept.pop("tabColor", None)
    elif style is not None and "rgbColor" in style:
        kept["tabColor"] = style["rgbColor"]
    elif kept.get("tabColor") is not None:
        kept["tabColorStyle"] = {"rgbColor": kept["tabColor"]}
    return kept


def _free_title(workbook: Workbook) -> str:
    number = len(workbook.sheets) + 1
    while workbook.titled(f"Sheet{number}"):
        number += 1
    return f"Sheet{number}"


def _check_index(workbook: Workbook, index: int) -> None:
    if not 0 <= index <= len(workbook.sheets):
        raise invalid(f"Invalid index: {index}. It must be from 0 to {len(workbook.sheets)}.")


def _move(workbook: Workbook, sheet: Sheet, index: int) -> None:
    """`index` is where the tab goes, counted before the move."""
    _check_index(workbook, index)
    old = workbook.sheets.index(sheet)
    workbook.sheets.insert(index, sheet)
    del workbook.sheets[old if index > old else old + 1]
    _renumber(workbook)


def _renumber(workbook: Workbook) -> None:
    for index, sheet in enumerate(workbook.sheets):
        sheet.properties["index"] = index


def _tab_of(metadata: Resource) -> int | None:
    location = metadata["location"]
    if "dimensionRange" in location:
        return int(location["dimensionRange"].get("sheetId", 0))
    tab: int | None = location.get("sheetId")
    return tab


HANDLERS: dict[str, Handler] = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "updateSheetProperties": update_sheet_properties,
    "duplicateSheet": duplicate_sheet,
    "updateSpreadsheetProperties": update_spreadsheet_properties,
}
