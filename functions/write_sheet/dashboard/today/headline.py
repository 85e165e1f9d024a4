"""The first cards of `Today`: the day and when it was updated, today's number and the goal."""

from datetime import datetime, timedelta

from write_sheet.dashboard.labels import Labels
from write_sheet.dashboard.today.card import (
    RIGHT_HALF,
    ROW_PIXELS,
    WIDTH,
    WIDTH_PIXELS,
    Card,
    Content,
    Facts,
    Place,
    pixels_of,
)
from write_sheet.dashboard.today.text_width import fits, shortened
from write_sheet.history.statistics import SourceStatus, Summary
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import GREEN, MUTED, color, merged, short_count, styled
from write_sheet.sheets_api.tab import Tab

_UPDATED_COLUMN = 8
_STALE_HOURS = 3
_FORGOTTEN_AFTER = timedelta(days=35)
_SOURCE_POINTS, _SOURCE_PIXELS = 9, 18
_ALERT, _ON_ALERT = color("c0392b"), color("ffffff")
_GOAL_LENGTH = 10
_WARNING, _ON_WARNING = color("fdefc8"), color("5c4300")
_WARNING_POINTS = 9


class HeadlineCard(Card):
    """The day at the left; at the right when the Sheet was updated, red once that is long ago.

    Of several sources each has a line of its own below, and is red by itself.
    """

    rows = 5
    _SOURCES = 1

    def format(self, place: Place) -> list[Request]:
        """Two cells a row, and the rule for the age of the second one."""
        tab, left, right = Tab.TODAY, (0, _UPDATED_COLUMN), (_UPDATED_COLUMN, WIDTH)
        sources = place.rows(self._SOURCES, self.rows)
        return [
            *(
                merged(tab, row, columns)
                for row in range(*place.rows(0, self.rows))
                for columns in (left, right)
            ),
            styled(tab, place.rows(0, 1), left, bold=True),
            styled(tab, sources, left, size=_SOURCE_POINTS, foreground=MUTED, wrap="CLIP"),
            styled(tab, place.rows(0, self.rows), right, size=9, align="RIGHT", foreground=MUTED),
            _staleness(place, self.rows),
        ]

    def fill(self, content: Content, facts: Facts) -> None:
        """The day, and the sources, of which one needs no name."""
        content.say(0, 0, facts.labels.with_weekday(facts.summary.today))
        sources = _shown_sources(facts.summary, most=self.rows - self._SOURCES)
        if len(sources) <= 1:
            _show_update(content, 0, facts.summary.updated_at, facts.labels)
            sources = []
        for row in range(self._SOURCES, self.rows):
            content.set_height(row, None)
        for row, source in enumerate(sources, self._SOURCES):
            width = pixels_of((0, _UPDATED_COLUMN))
            content.say(row, 0, shortened(source.name, width, points=_SOURCE_POINTS))
            _show_update(content, row, source.updated_at, facts.labels)
            content.set_height(row, _SOURCE_PIXELS)


def _shown_sources(summary: Summary, *, most: int) -> list[SourceStatus]:
    """By name; those that fell silent long ago are left out, and the latest where there are more.

    So what is left out is fresher than what is shown.
    """
    latest = summary.updated_at
    lately = [s for s in summary.sources if latest and latest - s.updated_at < _FORGOTTEN_AFTER]
    oldest = sorted(lately, key=lambda source: source.updated_at)[:most]
    return [source for source in lately if source in oldest]


def _show_update(content: Content, row: int, at: datetime | None, labels: Labels) -> None:
    """The format of the cell holds the day in words, as no locale would show it."""
    content.set(row, _UPDATED_COLUMN, typed.wall_clock(at))
    if at is not None:
        pattern = labels.updated.format(day=labels.short(at))
        content.set_pattern(row, _UPDATED_COLUMN, pattern)


def _staleness(place: Place, rows: int) -> Request:
    """Red, once a source has not brought the Sheet up to date for three hours.

    The Sheet evaluates NOW() in its own zone, in which the cell is written too. Functions without
    separators read the same in every locale.
    """
    cell = place.name(0, _UPDATED_COLUMN, is_row_fixed=False)
    formula = f"=({cell}>0)*(NOW()-{cell})*24>{_STALE_HOURS}"
    rule = {
        "ranges": [place.area((0, rows), (_UPDATED_COLUMN, WIDTH))],
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
                   number_format=short_count(10_000, digits="0")),
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
    labels = facts.labels
    names = [labels.in_words(name) for name in facts.summary.unknown]
    if not names:
        return ""
    words = labels.unknown_repository if len(names) == 1 else labels.unknown_repositories
    told = words.format(count=len(names))
    named = labels.unknown_named.format(told=told, names=", ".join(names))
    return named if fits(named, WIDTH_PIXELS, points=_WARNING_POINTS) else told
