"""The looks of the tabs `data` and `days`: a frozen header, typed columns, a warning, a filter."""

from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import (
    COUNT,
    DATE,
    INSTANT,
    grid_properties,
    protected,
    styled,
)
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.read import (
    DAY_COLUMN,
    EXCEPTION_COLUMN,
    HEADERS,
    STATEMENT_COLUMN,
)

FILTER_VIEW_ID = 726_301
_DATA_PROTECTION, _DAYS_PROTECTION = 726_401, 726_402
PROTECTION_IDS = frozenset({_DATA_PROTECTION, _DAYS_PROTECTION})
_WARNING = "Written by own_dashboard; what you change here may be overwritten."
_DATA_PIXELS = (90, 170, 70, 180)


def format_data(is_new: bool) -> list[Request]:
    """The tab `data`. An old tab keeps its cells' own looks: the person may have coloured them."""
    tab, width = Tab.DATA, len(_DATA_PIXELS)
    built = [grid_properties(tab, frozen_rows=1, keep_columns=True)]
    if is_new:
        for column, size in enumerate(_DATA_PIXELS):
            built.append(requests.pixel_size(tab, "COLUMNS", column, column + 1, size))
        built.append(styled(tab, (0, 1), (0, width), bold=True))
    built += [_format(tab, 0, DATE), _format(tab, 2, COUNT), _format(tab, 3, INSTANT)]
    built.append(protected(tab, _DATA_PROTECTION, description=_WARNING, columns=(0, width)))
    view = {
        "filterViewId": FILTER_VIEW_ID,
        "title": "own_dashboard",
        "range": requests.area(tab, columns=(0, width)),
    }
    return [*built, {"addFilterView": {"filter": view}}]


def format_days() -> list[Request]:
    """The hidden tab `days`."""
    tab = Tab.DAYS
    built = [grid_properties(tab, frozen_rows=1), styled(tab, (0, 1), (0, None), bold=True)]
    for column, names in HEADERS.items():
        built.append(requests.put(tab, 0, column, [[typed.text(name) for name in names]]))
    built += day_formats(from_row=1)
    built.append(protected(tab, _DAYS_PROTECTION, description=_WARNING, columns=(0, tab.width)))
    return built


def statement_header() -> list[Request]:
    """The head of the table of sources, for a tab that was made before there was one."""
    names = [[typed.text(name) for name in HEADERS[STATEMENT_COLUMN]]]
    return [requests.put(Tab.DAYS, 0, STATEMENT_COLUMN, names), *day_formats(from_row=1)]


def day_formats(*, from_row: int) -> list[Request]:
    """How the columns of `days` show their numbers, from one row to the end of the grid."""
    formats = {
        DAY_COLUMN: DATE,
        DAY_COLUMN + 2: INSTANT,
        EXCEPTION_COLUMN: DATE,
        EXCEPTION_COLUMN + 1: DATE,
        EXCEPTION_COLUMN + 3: INSTANT,
        STATEMENT_COLUMN + 1: DATE,
        STATEMENT_COLUMN + 2: DATE,
        STATEMENT_COLUMN + 5: INSTANT,
    }
    return [
        _format(Tab.DAYS, column, pattern, from_row=from_row) for column, pattern in formats.items()
    ]


def _format(tab: Tab, column: int, number_format: dict[str, str], *, from_row: int = 1) -> Request:
    place = requests.area(tab, rows=(from_row, None), columns=(column, column + 1))
    cell: dict[str, object] = {"userEnteredFormat": {"numberFormat": number_format}}
    return requests.repeat(place, cell, fields="userEnteredFormat.numberFormat")
