"""The first cards of `Today`: the day and when it was updated, today's number and the goal."""

from write_sheet.dashboard.today.card import (
    RIGHT_HALF,
    ROW_PIXELS,
    WIDTH,
    WIDTH_PIXELS,
    Card,
    Content,
    Facts,
    Place,
)
from write_sheet.dashboard.today.text_width import fits
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import COUNT, GREEN, MUTED, color, merged, styled
from write_sheet.sheets_api.tab import Tab

_UPDATED_COLUMN = 8
_STALE_HOURS = 3
_ALERT, _ON_ALERT = color("c0392b"), color("ffffff")
_GOAL_LENGTH = 10
_WARNING, _ON_WARNING = color("fdefc8"), color("5c4300")
_WARNING_POINTS = 9


class HeadlineCard(Card):
    """The day at the left; at the right when the Sheet was updated, red once that is long ago."""

    rows = 1

    def format(self, place: Place) -> list[Request]:
        """Two cells and the rule for the age of the second one."""
        tab, row, right = Tab.TODAY, place.rows(0, 1), (_UPDATED_COLUMN, WIDTH)
        return [
            merged(tab, place.row(0), (0, _UPDATED_COLUMN)),
            merged(tab, place.row(0), right),
            styled(tab, row, (0, _UPDATED_COLUMN), bold=True),
            styled(tab, row, right, size=9, align="RIGHT", foreground=MUTED),
            _staleness(place),
        ]

    def fill(self, content: Content, facts: Facts) -> None:
        """The format of the second cell holds the day in words, as no locale would show it."""
        content.say(0, 0, facts.labels.with_weekday(facts.summary.today))
        updated_at = facts.summary.updated_at
        content.set(0, _UPDATED_COLUMN, typed.wall_clock(updated_at))
        if updated_at:
            words = facts.labels.updated.format(day=facts.labels.short(updated_at))
            content.set_pattern(0, _UPDATED_COLUMN, words)


def _staleness(place: Place) -> Request:
    """Red, once the Sheet has not been brought up to date for three hours.

    The Sheet evaluates NOW() in its own zone, in which the cell is written too. Functions without
    separators read the same in every locale.
    """
    cell = place.name(0, _UPDATED_COLUMN)
    formula = f"=({cell}>0)*(NOW()-{cell})*24>{_STALE_HOURS}"
    rule = {
        "ranges": [place.area((0, 1), (_UPDATED_COLUMN, WIDTH))],
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


class NumberCard(Card):
    """Today's commits in the largest type, how far that is from the goal, and what is missing."""

    rows = 4
    has_gap = False
    _BIG, _BAR, _LABEL, _UNKNOWN = range(4)

    def format(self, place: Place) -> list[Request]:
        """The number is two rows tall; the goal stands beside it, in three lines."""
        tab, left, right = Tab.TODAY, (0, RIGHT_HALF), (RIGHT_HALF, WIDTH)
        big, bar = place.row(self._BIG), place.row(self._BAR)
        label = place.row(self._LABEL)
        return [
            requests.pixel_size(tab, "ROWS", big, bar + 1, 34),
            merged(tab, big, left, rows=2),
            *(merged(tab, row, right) for row in (big, bar, label)),
            merged(tab, label, left),
            styled(tab, (big, bar + 1), left, size=48, bold=True, align="CENTER",
                   number_format=COUNT),
            styled(tab, (big, big + 1), right, size=14, bold=True, align="CENTER"),
            styled(tab, (bar, bar + 1), right, size=11, align="CENTER", foreground=GREEN),
            styled(tab, (label, label + 1), (0, WIDTH), size=9, align="CENTER", foreground=MUTED),
            merged(tab, label + 1, (0, WIDTH)),
            styled(tab, (label + 1, label + 2), (0, WIDTH), size=_WARNING_POINTS, align="CENTER",
                   foreground=_ON_WARNING, background=_WARNING, wrap="CLIP"),
        ]  # fmt: skip

    def fill(self, content: Content, facts: Facts) -> None:
        """An unknown number is blank, and says nothing of the goal."""
        unknown = _unknown(facts)
        content.say(self._UNKNOWN, 0, unknown)
        content.set_height(self._UNKNOWN, ROW_PIXELS if unknown else None)
        commits, goal, labels = facts.summary.today_commits, facts.summary.goal, facts.labels
        content.set(self._BIG, 0, typed.number(commits))
        content.say(self._LABEL, 0, labels.commits)
        content.say(self._BIG, RIGHT_HALF, labels.goal.format(goal=goal))
        if commits is None:
            return
        filled = min(_GOAL_LENGTH, _GOAL_LENGTH * commits // goal)
        content.say(self._BAR, RIGHT_HALF, "■" * filled + "□" * (_GOAL_LENGTH - filled))
        left = goal - commits
        words = labels.goal_left.format(left=left) if left > 0 else labels.goal_reached
        content.say(self._LABEL, RIGHT_HALF, words)


def _unknown(facts: Facts) -> str:
    """How many repositories the number lacks, by name where one line holds that; empty for none."""
    names, labels = list(facts.summary.unknown), facts.labels
    if not names:
        return ""
    words = labels.unknown_repository if len(names) == 1 else labels.unknown_repositories
    told = words.format(count=len(names))
    named = labels.unknown_named.format(told=told, names=", ".join(names))
    return named if fits(named, WIDTH_PIXELS, points=_WARNING_POINTS) else told
