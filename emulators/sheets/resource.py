"""The API's own resources in their JSON form, as they cross the wire and lie in the state.

An emulator stores and echoes what it is sent; it gives these shapes no second, typed life. What it
computes with (ranges, cells' places) does have types of its own.
"""

from typing import Any

Resource = dict[str, Any]

DEFAULT_ROWS = 1000
DEFAULT_COLUMNS = 26
DEFAULT_ROW_PIXELS = 21
DEFAULT_COLUMN_PIXELS = 100

_WHITE = {"red": 1, "green": 1, "blue": 1}

DEFAULT_FORMAT: Resource = {
    "backgroundColor": _WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": _WHITE},
}


def new_spreadsheet_properties(*, title: str, time_zone: str, locale: str) -> Resource:
    """The properties that the service gives a new spreadsheet."""
    return {
        "title": title,
        "locale": locale,
        "autoRecalc": "ON_CHANGE",
        "timeZone": time_zone,
        "defaultFormat": DEFAULT_FORMAT,
    }


def new_sheet_properties(*, sheet_id: int, title: str, index: int) -> Resource:
    """The properties that the service gives a new tab."""
    return {
        "sheetId": sheet_id,
        "title": title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": DEFAULT_ROWS, "columnCount": DEFAULT_COLUMNS},
    }
