"""How tall the rows of the lists on `Today` are: empty ones are hidden, long texts get more lines.

Merged cells do not grow with their text by themselves, so the lines are counted here.
"""

import unicodedata
from collections.abc import Sequence
from itertools import groupby

from write_sheet.dashboard.today.cells import (
    NOTICE_ROWS,
    NOTICES,
    NOTICES_TITLE,
    REPOSITORIES,
    UNREADABLE,
    UNREADABLE_ROWS,
    UNREADABLE_TITLE,
)
from write_sheet.sheets_api.cells import Cell, value_of
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.tab import Tab

TEXT_ROWS = frozenset(
    {*range(UNREADABLE, UNREADABLE + UNREADABLE_ROWS), *range(NOTICES, NOTICES + NOTICE_ROWS)}
)
_FIRST, _END = REPOSITORIES, NOTICES + NOTICE_ROWS
_ROW_PIXELS, _GAP_PIXELS = 20, 8
_LINE_PIXELS, _MARGIN_PIXELS, _MOST_LINES = 15, 5, 8
# Characters of 9 points that 313 pixels hold; a wide one takes the place of two.
_LINE_WIDTH = 50


def height_requests(rows: Sequence[Sequence[Cell]]) -> list[Request]:
    """The heights that fit these cells of `Today`; rows above the lists keep theirs."""
    heights = [(row, _height(row, rows)) for row in range(_FIRST, _END)]
    built = []
    for height, group in groupby(heights, key=lambda item: item[1]):
        run = [row for row, _ in group]
        built.append(sized_rows(run[0], run[-1] + 1, height))
    return built


def _height(row: int, rows: Sequence[Sequence[Cell]]) -> int | None:
    """In pixels; None for a row that is not shown."""
    cells = rows[row]
    if row + 1 in (UNREADABLE_TITLE, NOTICES_TITLE) and any(rows[row + 1]):
        return _GAP_PIXELS
    if not any(cells):
        return None
    if row not in TEXT_ROWS:
        return _ROW_PIXELS
    shown = value_of(cells[0])
    width = sum(
        2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in str(shown)
    )
    lines = min(_MOST_LINES, -(-width // _LINE_WIDTH))
    return _LINE_PIXELS * lines + _MARGIN_PIXELS


def sized_rows(start: int, end: int, height: int | None) -> Request:
    """Rows of `Today` this tall, in pixels, and shown; hidden where there is no height."""
    properties: dict[str, object] = {"hiddenByUser": height is None}
    if height is not None:
        properties["pixelSize"] = height
    return {
        "updateDimensionProperties": {
            "range": {
                "sheetId": Tab.TODAY.sheet_id,
                "dimension": "ROWS",
                "startIndex": start,
                "endIndex": end,
            },
            "properties": properties,
            "fields": "hiddenByUser" if height is None else "hiddenByUser,pixelSize",
        }
    }
