"""The card of `Today` with the last 13 weeks as a calendar: a column a week, a row a weekday."""

from datetime import date, timedelta

from write_sheet.dashboard.today.card import WIDTH, Card, Content, Facts, Place
from write_sheet.history.statistics import HEATMAP_WEEKS
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import COUNT, MUTED, color, merged, styled
from write_sheet.sheets_api.tab import Tab

_MONTHS, _FIRST = 1, 2
_ROW_PIXELS = 22
_WEEKS = (1, 1 + HEATMAP_WEEKS)
_PALE, _STRONG, _ON_GREEN = color("e3f4e8"), color("4fb477"), color("10381f")


class HeatmapCard(Card):
    """A title, the months' names, and seven rows of days."""

    rows = _FIRST + 7

    def format(self, place: Place) -> list[Request]:
        """Small numbers on the colour of their size."""
        tab = Tab.TODAY
        days = place.rows(_FIRST, self.rows)
        return [
            merged(tab, place.row(0), (0, WIDTH)),
            styled(tab, place.rows(0, 1), (0, WIDTH), bold=True),
            requests.pixel_size(tab, "ROWS", *days, _ROW_PIXELS),
            styled(tab, place.rows(_MONTHS, _FIRST), (0, WIDTH), size=8, foreground=MUTED),
            styled(tab, days, (0, 1), size=8, foreground=MUTED),
            styled(tab, days, _WEEKS, size=8, align="CENTER", foreground=_ON_GREEN,
                   number_format=COUNT),
            _colours(place.area((_FIRST, self.rows), _WEEKS)),
        ]  # fmt: skip

    def fill(self, content: Content, facts: Facts) -> None:
        """An unknown day is blank."""
        labels, first = facts.labels, facts.summary.heatmap_since
        content.say(0, 0, labels.heatmap)
        for day in range(7):
            weekday = (first + timedelta(days=day)).weekday()
            content.say(_FIRST + day, 0, labels.short_weekdays[weekday])
        for week, month in month_names(first).items():
            content.say(_MONTHS, 1 + week, labels.months[month - 1])
        for week, days in enumerate(facts.summary.heatmap):
            for day, commits in enumerate(days):
                content.set(_FIRST + day, 1 + week, typed.number(commits))


def month_names(first: date) -> dict[int, int]:
    """Over which weeks a month's name stands, as the month's number.

    A name is wider than a column: it needs the next week free too, and the last one has none.
    """
    names: dict[int, int] = {}
    shown = 0
    for week in range(HEATMAP_WEEKS):
        start = first + timedelta(weeks=week)
        month = _month_named_over(start)
        has_room = month == _month_named_over(start + timedelta(weeks=1))
        if month != shown and has_room and week < HEATMAP_WEEKS - 1:
            names[week] = month
        shown = month
    return names


def _month_named_over(week: date) -> int:
    """A week bears the month of its last day, so that each month's name stands over its first."""
    return (week + timedelta(days=6)).month


def _colours(area: dict[str, object]) -> Request:
    """Pale for zero, strong for the most; a blank cell has no colour."""
    points = {
        "minpoint": {"type": "NUMBER", "value": "0", "colorStyle": _PALE},
        "maxpoint": {"type": "MAX", "colorStyle": _STRONG},
    }
    rule = {"ranges": [area], "gradientRule": points}
    return {"addConditionalFormatRule": {"rule": rule, "index": 0}}
