"""The cards of `Today` made of tiles (a label, a large number, a note): totals and streaks."""

from collections.abc import Sequence
from datetime import date, timedelta

from write_sheet.dashboard.labels import Labels
from write_sheet.dashboard.today.card import (
    RIGHT_HALF,
    WIDTH,
    Card,
    Content,
    Facts,
    Place,
    Span,
    pixels_of,
)
from write_sheet.dashboard.today.text_width import fits
from write_sheet.history.statistics import TrailingPeriod
from write_sheet.history.streaks import Streak
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import MUTED, merged, short_count, styled
from write_sheet.sheets_api.tab import Tab

_LABEL, _VALUE, _NOTE = range(3)
_SECOND, _THIRD = 4, 9
_SMALL = 9
_MINUS = "−"


class TotalsCard(Card):
    """Yesterday, the last 7 and the last 30 days, beside the days before them."""

    rows = 3

    def format(self, place: Place) -> list[Request]:
        """Three tiles."""
        return tiles(place, ((0, _SECOND), (_SECOND, _THIRD), (_THIRD, WIDTH)))

    def fill(self, content: Content, facts: Facts) -> None:
        """An unknown number is blank; a comparison is made of days that are all known."""
        summary, labels = facts.summary, facts.labels
        yesterday = summary.today - timedelta(days=1)
        content.say(_LABEL, 0, labels.yesterday)
        content.set(_VALUE, 0, typed.number(summary.yesterday))
        content.say(_NOTE, 0, labels.short_weekdays[yesterday.weekday()])
        for column, label, period in (
            (_SECOND, labels.seven_days, summary.seven_days),
            (_THIRD, labels.thirty_days, summary.thirty_days),
        ):
            content.say(_LABEL, column, label)
            content.set(_VALUE, column, typed.number(period.commits))
            content.say(_NOTE, column, _against(period, labels))


class StreaksCard(Card):
    """The current and the longest streak."""

    rows = 3

    def format(self, place: Place) -> list[Request]:
        """Two tiles."""
        return tiles(place, ((0, RIGHT_HALF), (RIGHT_HALF, WIDTH)))

    def fill(self, content: Content, facts: Facts) -> None:
        """Their lengths, with a plus where an unknown day is beside them, and their days."""
        summary, labels = facts.summary, facts.labels
        current, longest = summary.current_streak, summary.longest_streak
        content.say(_LABEL, 0, labels.current_streak)
        content.say(_VALUE, 0, _days(current, summary.current_streak_unknown, labels))
        content.say(_NOTE, 0, _current_note(facts))
        content.say(_LABEL, RIGHT_HALF, labels.longest_streak)
        content.say(_VALUE, RIGHT_HALF, _days(longest, summary.longest_streak_unknown, labels))
        if longest is not None:
            content.say(_NOTE, RIGHT_HALF, _span(longest, labels))


def tiles(
    place: Place, columns: Sequence[Span], *, first: int = 0, size: int = 20
) -> list[Request]:
    """Tiles over three rows of a card, each as wide as its columns; size: of the number."""
    tab, value = Tab.TODAY, place.row(first + _VALUE)
    built = [requests.pixel_size(tab, "ROWS", value, value + 1, round(size * 1.6))]
    built += [merged(tab, place.row(first + row), span) for row in range(3) for span in columns]
    for row in (_LABEL, _NOTE):
        rows = place.rows(first + row, first + row + 1)
        built.append(styled(tab, rows, (0, WIDTH), size=_SMALL, align="CENTER", foreground=MUTED))
    large = styled(
        tab,
        (value, value + 1),
        (0, WIDTH),
        size=size,
        bold=True,
        align="CENTER",
        number_format=short_count(100_000),
    )
    return [*built, large]


def difference(commits: int) -> str:
    """With its sign, as people write it."""
    sign = "+" if commits > 0 else _MINUS if commits < 0 else "±"
    return f"{sign}{abs(commits):,}"


def _against(period: TrailingPeriod, labels: Labels) -> str:
    if not period.is_comparable or period.commits is None or period.before is None:
        return ""
    change = difference(period.commits - period.before)
    return labels.against.format(difference=change, before=period.before)


def _days(streak: Streak | None, unknown: date | None, labels: Labels) -> str:
    if streak is None and unknown is not None:
        return labels.streak_unknown
    days = streak.days if streak else 0
    if unknown is not None:
        return labels.streak_at_least.format(days=days)
    return labels.streak_day if days == 1 else labels.streak_days.format(days=days)


def _span(streak: Streak, labels: Labels) -> str:
    """From day to day, or from month to month where years make that too long."""
    days = labels.between(streak.since, streak.until)
    if fits(days, pixels_of((RIGHT_HALF, WIDTH)), points=_SMALL):
        return days
    since, until = labels.month_of(streak.since), labels.month_of(streak.until)
    return labels.span.format(since=since, until=until)


def _current_note(facts: Facts) -> str:
    """What endangers the streak, else what it rests on, else its first day."""
    summary, labels = facts.summary, facts.labels
    if summary.is_streak_at_risk:
        return labels.streak_at_risk
    if summary.current_streak_unknown is not None:
        return labels.day_unknown.format(day=labels.short(summary.current_streak_unknown))
    if summary.current_streak is None:
        return labels.no_streak
    return labels.since.format(day=labels.short(summary.current_streak.since))
