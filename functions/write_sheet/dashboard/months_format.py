"""The looks of the tab `Months`."""

from write_sheet.dashboard.months import MONTHS_TITLE, ROWS, WEEKS_TITLE, WIDTH
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import COUNT, MUTED, grid_properties, styled
from write_sheet.sheets_api.tab import Tab

_COLUMN_PIXELS = (103, 50, 48, 42, 70)


def format_months(is_new: bool) -> list[Request]:
    """Sizes and formats."""
    del is_new  # a new tab and an old one get the same
    tab = Tab.MONTHS
    built = [grid_properties(tab, hide_gridlines=True)]
    for column, size in enumerate(_COLUMN_PIXELS):
        built.append(requests.pixel_size(tab, "COLUMNS", column, column + 1, size))
    built.append(styled(tab, (0, ROWS), (0, 1)))
    built.append(styled(tab, (0, ROWS), (1, WIDTH), align="RIGHT", number_format=COUNT))
    for title in (MONTHS_TITLE, WEEKS_TITLE):
        built.append(styled(tab, (title, title + 1), (0, WIDTH), size=12, bold=True))
        heads = (title + 1, title + 2)
        built.append(styled(tab, heads, (0, 1), size=9, foreground=MUTED))
        built.append(styled(tab, heads, (1, WIDTH), size=9, align="RIGHT", foreground=MUTED))
    return built
