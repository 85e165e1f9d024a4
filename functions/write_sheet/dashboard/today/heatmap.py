"""The card of `Today` with the last 13 weeks as a calendar: a column a week, a row a weekday.

An unknown day is blank, zero is grey, and what is more has one of four greens. Where each of them
begins follows from the shown days, so that one very large day does not make all others alike; the
key below the calendar says it, and is what the colour rules compare with. Each step is darker than
the one before (or lighter, where a dark theme turns colours over), so that nobody needs to tell
grey from green.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from write_sheet.dashboard.today.card import WIDTH, Card, Content, Facts, Place
from write_sheet.history.statistics import HEATMAP_WEEKS
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import MUTED, color, merged, short_count, styled
from write_sheet.sheets_api.tab import Tab

_MONTHS, _FIRST, _KEY = 1, 2, 10
_ROW_PIXELS, _KEY_GAP_PIXELS = 22, 6
_WEEKS = (1, 1 + HEATMAP_WEEKS)
_KEY_FIRST = 9
# Backgrounds and texts: of zero, then of each step.
COLORS = (
    ("edeff1", "5f6368"),
    ("92d3aa", "06140b"),
    ("55b47b", "06140b"),
    ("278050", "ffffff"),
    ("0b4626", "ffffff"),
)
STEPS = len(COLORS) - 1


class HeatmapCard(Card):
    """A title, the months' names, seven rows of days, and the key to their colours."""

    rows = _KEY + 1

    def format(self, place: Place) -> list[Request]:
        """Small numbers on the colour of their size."""
        tab = Tab.TODAY
        days, key = place.rows(_FIRST, _FIRST + 7), place.rows(_KEY, self.rows)
        gap = place.row(_KEY - 1)
        return [
            merged(tab, place.row(0), (0, WIDTH)),
            styled(tab, place.rows(0, 1), (0, WIDTH), bold=True),
            requests.pixel_size(tab, "ROWS", *days, _ROW_PIXELS),
            styled(tab, place.rows(_MONTHS, _FIRST), (0, WIDTH), size=8, foreground=MUTED),
            styled(tab, days, (0, 1), size=8, foreground=MUTED),
            _squares(tab, days, _WEEKS),
            requests.pixel_size(tab, "ROWS", gap, gap + 1, _KEY_GAP_PIXELS),
            merged(tab, key[0], (0, _KEY_FIRST)),
            styled(tab, key, (0, _KEY_FIRST), size=8, align="RIGHT", foreground=MUTED),
            _squares(tab, key, (_KEY_FIRST, WIDTH)),
            *_color_rules(place),
        ]  # fmt: skip

    def fill(self, content: Content, facts: Facts) -> None:
        """Months, weekdays, days, and the key."""
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
        content.say(_KEY, 0, labels.heatmap_key)
        shown = (commits for days in facts.summary.heatmap for commits in days if commits)
        for step, least in enumerate((0, *steps_of(shown))):
            content.set(_KEY, _KEY_FIRST + step, typed.number(least))


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


def steps_of(commits: Iterable[int]) -> tuple[int, ...]:
    """Where each step begins: at one, and at each further quarter of the days with commits."""
    ordered = sorted(commits)
    steps = [1]
    for quarter in range(1, STEPS):
        least = ordered[len(ordered) * quarter // STEPS] if ordered else 0
        steps.append(max(least, steps[-1] + 1))
    return tuple(steps)


def _squares(tab: Tab, rows: tuple[int, int], columns: tuple[int, int]) -> Request:
    """Small numbers in the middle; three digits have room in a column."""
    number_format = short_count(1000)
    return styled(
        tab, rows, columns, size=8, align="CENTER", number_format=number_format, is_tight=True
    )


def _color_rules(place: Place) -> list[Request]:
    """One for zero and one for each step, over the days and the key; the strongest comes first.

    A rule names the key's cell, so that it stays as it is while the steps change.
    """
    area = place.area((_FIRST, _KEY + 1), _WEEKS)
    built: list[Request] = []
    for step, (background, foreground) in enumerate(COLORS):
        least = "0" if step == 0 else f"={place.name(_KEY, _KEY_FIRST + step)}"
        rule = {
            "ranges": [area],
            "booleanRule": {
                "condition": {
                    "type": "NUMBER_GREATER_THAN_EQ" if step else "NUMBER_EQ",
                    "values": [{"userEnteredValue": least}],
                },
                "format": {
                    "backgroundColorStyle": color(background),
                    "textFormat": {"foregroundColorStyle": color(foreground)},
                },
            },
        }
        built.append({"addConditionalFormatRule": {"rule": rule, "index": 0}})
    return built
