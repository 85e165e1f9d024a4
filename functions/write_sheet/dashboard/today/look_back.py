"""The card of `Today` for Monday morning: what the last week was, beside earlier ones."""

from write_sheet.dashboard.labels import Labels
from write_sheet.dashboard.today.card import (
    ROW_PIXELS,
    WIDTH,
    WIDTH_PIXELS,
    Card,
    Content,
    Facts,
    Place,
)
from write_sheet.dashboard.today.text_width import fits
from write_sheet.dashboard.today.tiles import difference, tiles
from write_sheet.history.look_back import LookBack, Week
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import merged, styled
from write_sheet.sheets_api.tab import Tab

_LABEL, _VALUE, _NOTE, _BEST, _NEW = range(1, 6)
_COLUMNS = ((0, 5), (5, 10), (10, WIDTH))
_LINE_POINTS = 9


class LookBackCard(Card):
    """A title, three tiles, the best day, and repositories that are new."""

    rows = 6

    def format(self, place: Place) -> list[Request]:
        """Tiles as those of the totals, and two lines of small type."""
        tab = Tab.TODAY
        lines = place.rows(_BEST, self.rows)
        return [
            merged(tab, place.row(0), (0, WIDTH)),
            styled(tab, place.rows(0, 1), (0, WIDTH), bold=True),
            *tiles(place, _COLUMNS, first=_LABEL, size=16),
            *(merged(tab, row, (0, WIDTH)) for row in range(*lines)),
            styled(tab, lines, (0, WIDTH), size=_LINE_POINTS, align="CENTER"),
        ]

    def fill(self, content: Content, facts: Facts) -> None:
        """An unknown number is blank; weeks are compared where all their days are known."""
        labels, back = facts.labels, facts.summary.look_back
        week = back.week
        content.say(0, 0, labels.look_back)
        for (column, _), label, shown in zip(
            _COLUMNS,
            (labels.last_week, labels.week_before, labels.year_before),
            (week, back.before, back.year_before),
            strict=True,
        ):
            content.say(_LABEL, column, label)
            content.set(_VALUE, column, typed.number(shown.commits))
            content.say(_NOTE, column, _note(week, shown, labels))
        new = _new(back, labels)
        content.say(_BEST, 0, _best(back, labels))
        content.say(_NEW, 0, new)
        content.set_height(_BEST, ROW_PIXELS if back.best_day else None)
        content.set_height(_NEW, ROW_PIXELS if new else None)


def _note(week: Week, shown: Week, labels: Labels) -> str:
    if not shown.is_complete:
        return labels.incomplete if shown.commits is not None else labels.unknown_week
    if shown is week:
        return labels.short_between(week.since, week.until)
    if not week.is_complete:
        return ""
    return difference((week.commits or 0) - (shown.commits or 0))


def _best(back: LookBack, labels: Labels) -> str:
    if back.best_day is None:
        return ""
    weekday = labels.short_weekdays[back.best_day.weekday()]
    day = labels.today.format(date=labels.short(back.best_day), weekday=weekday)
    return labels.best_of_week.format(day=day, commits=back.best_commits)


def _new(back: LookBack, labels: Labels) -> str:
    """By name where one line holds that, without their owners."""
    names = [name.rpartition("/")[2] for name in back.new_repositories]
    if not names:
        return ""
    told = labels.new_repositories.format(names=", ".join(names))
    is_short = fits(told, WIDTH_PIXELS, points=_LINE_POINTS)
    return told if is_short else labels.new_repositories_count.format(count=len(names))
