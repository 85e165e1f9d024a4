"""What the Sheet itself adds to `Today`: two colour rules and the native chart."""

from collections.abc import Mapping, Sequence

from write_sheet.dashboard.today.cells import (
    CHART,
    CHART_ROWS,
    HEATMAP,
    TITLE,
    UPDATED_COLUMN,
    WIDTH,
)
from write_sheet.history.statistics import CHART_DAYS, HEATMAP_WEEKS
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import GREEN, color
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.read import CHART_COLUMN

CHART_ID = 726_201
CHART_ROW_PIXELS = 24
_STALE_HOURS = 3
_PALE, _STRONG = color("e3f4e8"), color("4fb477")
_ALERT, _ON_ALERT = color("c0392b"), color("ffffff")
_HEATMAP_AREA = requests.area(
    Tab.TODAY, rows=(HEATMAP, HEATMAP + 7), columns=(1, 1 + HEATMAP_WEEKS)
)
_UPDATED_AREA = requests.area(Tab.TODAY, rows=(TITLE, TITLE + 1), columns=(UPDATED_COLUMN, WIDTH))
_ROW_SIDES = ("startRowIndex", "endRowIndex")
_RULE_AREAS = (_HEATMAP_AREA, _UPDATED_AREA)


def rules_and_chart(*, width_pixels: int) -> list[Request]:
    """To be added to a tab that has none of them."""
    return [_heatmap(), _staleness(), _chart(width_pixels)]


def is_own_rule(ranges: Sequence[Mapping[str, object]]) -> bool:
    """Whether a rule over these ranges is one of ours, also where rows above or in it were deleted.

    A rule of the person's has the same columns only by a rare chance.
    """
    if len(ranges) != 1:
        return False
    return any(_was(area, ranges[0]) for area in _RULE_AREAS)


def _was(area: Mapping[str, object], found: Mapping[str, object]) -> bool:
    sides = ("startColumnIndex", "endColumnIndex")
    if any(found.get(side, 0) != area[side] for side in sides):
        return False
    return all(_index(found, side) <= _index(area, side) for side in _ROW_SIDES)


def _index(range_: Mapping[str, object], side: str) -> int:
    index = range_.get(side, 0)
    return index if isinstance(index, int) else 0


def _heatmap() -> Request:
    """Pale for zero, strong for the most; a blank cell has no colour."""
    points = {
        "minpoint": {"type": "NUMBER", "value": "0", "colorStyle": _PALE},
        "maxpoint": {"type": "MAX", "colorStyle": _STRONG},
    }
    rule = {"ranges": [_HEATMAP_AREA], "gradientRule": points}
    return {"addConditionalFormatRule": {"rule": rule, "index": 0}}


def _staleness() -> Request:
    """Red, once the Sheet has not been brought up to date for three hours.

    The Sheet evaluates NOW() in its own zone, in which the cell is written too. Functions without
    separators read the same in every locale.
    """
    cell = f"${chr(ord('A') + UPDATED_COLUMN)}${TITLE + 1}"
    formula = f"=({cell}>0)*(NOW()-{cell})*24>{_STALE_HOURS}"
    rule = {
        "ranges": [_UPDATED_AREA],
        "booleanRule": {
            "condition": {
                "type": "CUSTOM_FORMULA",
                "values": [{"userEnteredValue": formula}],
            },
            "format": {
                "backgroundColorStyle": _ALERT,
                "textFormat": {"bold": True, "foregroundColorStyle": _ON_ALERT},
            },
        },
    }
    return {"addConditionalFormatRule": {"rule": rule, "index": 0}}


def _chart(width_pixels: int) -> Request:
    rows = (0, CHART_DAYS + 1)
    day, commits = (
        {"sourceRange": {"sources": [requests.area(Tab.DAYS, rows=rows, columns=(c, c + 1))]}}
        for c in (CHART_COLUMN, CHART_COLUMN + 1)
    )
    chart = {
        "chartType": "COLUMN",
        "legendPosition": "NO_LEGEND",
        "headerCount": 1,
        "domains": [{"domain": day}],
        "series": [{"series": commits, "targetAxis": "LEFT_AXIS", "colorStyle": GREEN}],
    }
    anchor = {"sheetId": Tab.TODAY.sheet_id, "rowIndex": CHART, "columnIndex": 0}
    position = {
        "anchorCell": anchor,
        "widthPixels": width_pixels,
        "heightPixels": CHART_ROWS * CHART_ROW_PIXELS,
    }
    spec = {"basicChart": chart, "hiddenDimensionStrategy": "SHOW_ALL"}
    return {
        "addChart": {
            "chart": {
                "chartId": CHART_ID,
                "spec": spec,
                "position": {"overlayPosition": position},
            }
        }
    }
