"""Number formats, colours, and small builders of the requests that format the tabs.

A cell either has both a background and a text colour, or a text colour that reads on white and on
black, or neither. So it reads well in a dark theme, whether that swaps all colours or only those
that nobody set; which of the two the Sheets app does is not documented, and not confirmed.
https://developers.google.com/workspace/sheets/api/guides/formats
"""

from collections.abc import Mapping

from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.tab import Tab

DATE = {"type": "DATE", "pattern": "yyyy-mm-dd"}
INSTANT = {"type": "DATE_TIME", "pattern": 'yyyy-mm-dd"T"hh:mm:ss"Z"'}
COUNT = {"type": "NUMBER", "pattern": "#,##0"}


def short_count(least: int, *, digits: str = COUNT["pattern"]) -> dict[str, str]:
    """The format of a number that has little room: thousands such as 12k from `least` on.

    digits: the pattern of smaller ones.
    """
    return {"type": "NUMBER", "pattern": f'[>={least}]0,"k";{digits}'}


def color(hexadecimal: str) -> dict[str, object]:
    """A ColorStyle of six hexadecimal digits."""
    red, green, blue = (int(hexadecimal[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return {"rgbColor": {"red": round(red, 4), "green": round(green, 4), "blue": round(blue, 4)}}


# Texts in these have a contrast of 4.5 and more on white and on black alike.
# https://www.w3.org/TR/WCAG22/#contrast-minimum
MUTED = color("757575")
RED = color("d43f3a")
# For bars, of which 3 is asked.
GREEN = color("2e9e5b")


def merged(tab: Tab, row: int, columns: tuple[int, int], *, rows: int = 1) -> Request:
    """Make one cell of several."""
    range_ = requests.area(tab, rows=(row, row + rows), columns=columns)
    return {"mergeCells": {"range": range_, "mergeType": "MERGE_ALL"}}


def styled(
    tab: Tab,
    rows: tuple[int, int | None],
    columns: tuple[int, int | None],
    *,
    size: int = 10,
    bold: bool = False,
    align: str = "LEFT",
    wrap: str = "OVERFLOW_CELL",
    foreground: Mapping[str, object] | None = None,
    background: Mapping[str, object] | None = None,
    number_format: Mapping[str, str] | None = None,
    is_tight: bool = False,
) -> Request:
    """Give cells their looks, and take off all others that they had.

    size: in points; a foreground without a background must be readable on white and black.
    is_tight: without the space that the service leaves beside a text, 3 pixels on either side.
    """
    text: dict[str, object] = {"fontSize": size, "bold": bold}
    if foreground is not None:
        text["foregroundColorStyle"] = dict(foreground)
    looks: dict[str, object] = {
        "textFormat": text,
        "horizontalAlignment": align,
        "verticalAlignment": "MIDDLE",
        "wrapStrategy": wrap,
    }
    if background is not None:
        looks["backgroundColorStyle"] = dict(background)
    if number_format is not None:
        looks["numberFormat"] = dict(number_format)
    if is_tight:
        looks["padding"] = {"top": 2, "right": 0, "bottom": 2, "left": 0}
    range_ = requests.area(tab, rows=rows, columns=columns)
    return requests.repeat(range_, {"userEnteredFormat": looks}, fields="userEnteredFormat")


def grid_properties(
    tab: Tab, *, frozen_rows: int = 0, hide_gridlines: bool = False, keep_columns: bool = False
) -> Request:
    """How many rows stay while scrolling, and whether lines show between the cells.

    keep_columns: leave it to the person which columns stay; cells across their edge cannot be
        merged.
    """
    properties = {"frozenRowCount": frozen_rows, "hideGridlines": hide_gridlines}
    if not keep_columns:
        properties["frozenColumnCount"] = 0
    return {
        "updateSheetProperties": {
            "properties": {"sheetId": tab.sheet_id, "gridProperties": properties},
            "fields": f"gridProperties({','.join(properties)})",
        }
    }


def protected(tab: Tab, number: int, *, description: str, columns: tuple[int, int]) -> Request:
    """Warn the person, and only warn, before a change to these columns."""
    return {
        "addProtectedRange": {
            "protectedRange": {
                "protectedRangeId": number,
                "range": requests.area(tab, columns=columns),
                "description": description,
                "warningOnly": True,
            }
        }
    }
