"""The looks of the tab `Settings`, and which values its cells take."""

from write_sheet.dashboard.settings_tab import GOAL_ROW, HINT_ROW, REST_ROW
from write_sheet.history.preferences import LARGEST_GOAL
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import MUTED, RED, grid_properties, styled
from write_sheet.sheets_api.tab import Tab

_COLUMN_PIXELS = (150, 80, 83)


def format_settings(is_new: bool) -> list[Request]:
    """Sizes, formats, and the checks that need no words; the drop-downs come with their words."""
    del is_new  # a new tab and an old one get the same
    tab = Tab.SETTINGS
    built = [grid_properties(tab, frozen_rows=1, hide_gridlines=True)]
    for column, size in enumerate(_COLUMN_PIXELS):
        built.append(requests.pixel_size(tab, "COLUMNS", column, column + 1, size))
    last = REST_ROW + 7
    return [
        *built,
        styled(tab, (0, 1), (0, 3), size=12, bold=True),
        styled(tab, (1, last), (0, 1), wrap="WRAP"),
        styled(tab, (1, last), (1, 2), bold=True, align="CENTER"),
        styled(tab, (1, last), (2, 3), size=9, wrap="WRAP", foreground=RED),
        styled(tab, (HINT_ROW, HINT_ROW + 1), (0, 3), size=9, foreground=MUTED),
        _checked((GOAL_ROW, GOAL_ROW + 1), "NUMBER_BETWEEN", "1", str(LARGEST_GOAL)),
        _checked((REST_ROW, last), "BOOLEAN"),
    ]


def _checked(rows: tuple[int, int], kind: str, *values: str) -> Request:
    condition: dict[str, object] = {"type": kind}
    if values:
        condition["values"] = [{"userEnteredValue": value} for value in values]
    rule = {"condition": condition, "strict": True, "showCustomUi": True}
    range_ = requests.area(Tab.SETTINGS, rows=rows, columns=(1, 2))
    return {"setDataValidation": {"range": range_, "rule": rule}}
