"""The card of `Today` with the last 30 days as columns: a native chart over the tab `days`."""

from collections.abc import Sequence

from write_sheet.dashboard.labels import Labels
from write_sheet.dashboard.today.card import WIDTH, WIDTH_PIXELS, Card, Content, Facts, Place
from write_sheet.history.statistics import CHART_DAYS, Summary
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.cells import Value
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import GREEN, merged, styled
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.read import CHART_COLUMN

CHART_ID = 726_201
_CHART, _CHART_ROWS = 1, 7
_ROW_PIXELS = 24


class ChartCard(Card):
    """A title and the chart below it."""

    rows = _CHART + _CHART_ROWS

    def format(self, place: Place) -> list[Request]:
        """The chart covers all of its rows."""
        tab = Tab.TODAY
        first, end = place.rows(_CHART, self.rows)
        return [
            requests.pixel_size(tab, "ROWS", first, end, _ROW_PIXELS),
            merged(tab, place.row(0), (0, WIDTH)),
            styled(tab, place.rows(0, 1), (0, WIDTH), bold=True),
            _chart(first),
        ]

    def fill(self, content: Content, facts: Facts) -> None:
        """The chart draws itself from the tab `days`."""
        content.say(0, 0, facts.labels.chart)


def chart_rows(summary: Summary | None, labels: Labels) -> Sequence[Sequence[Value]]:
    """What stands on the tab `days` for the chart: a day in words and its commits a row."""
    days = summary.chart if summary else ()
    return [[labels.short(day), commits] for day, commits in days]


def _chart(row: int) -> Request:
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
    position = {
        "anchorCell": {"sheetId": Tab.TODAY.sheet_id, "rowIndex": row, "columnIndex": 0},
        "widthPixels": WIDTH_PIXELS,
        "heightPixels": _CHART_ROWS * _ROW_PIXELS,
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
