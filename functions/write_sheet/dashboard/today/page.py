"""The tab `Today`: its cards, stacked from above. To add one, put it into CARDS."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from write_sheet.dashboard.today.card import (
    LABEL_PIXELS,
    ROW_PIXELS,
    WEEK_PIXELS,
    WIDTH,
    Card,
    Content,
    Facts,
    Place,
    row_heights,
)
from write_sheet.dashboard.today.chart import ChartCard
from write_sheet.dashboard.today.headline import HeadlineCard, NumberCard
from write_sheet.dashboard.today.heatmap import HeatmapCard
from write_sheet.dashboard.today.look_back import LookBackCard
from write_sheet.dashboard.today.ranking import RankingCard
from write_sheet.dashboard.today.text_cards import ProblemsCard, UnknownCard
from write_sheet.dashboard.today.tiles import StreaksCard, TotalsCard
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.cells import Cell
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import grid_properties, styled
from write_sheet.sheets_api.tab import Tab

CARDS: tuple[Card, ...] = (
    HeadlineCard(),
    NumberCard(),
    TotalsCard(),
    StreaksCard(),
    ChartCard(),
    HeatmapCard(),
    LookBackCard(),
    RankingCard(),
    UnknownCard(),
    ProblemsCard(),
)
_GAP_PIXELS = 8


@dataclass(frozen=True)
class TodayPage:
    """Cards in their order, each of which is told where it stands."""

    cards: Sequence[Card]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Where each card stands; a gap of one row is above each that wants one."""
        places: list[Place] = []
        top = 0
        for card in self.cards:
            top += int(card.has_gap and bool(places))
            places.append(Place(top, card.rows))
            top += card.rows
        return tuple(places)

    @property
    def rows(self) -> int:
        """How many rows all cards take; one stays free below them."""
        return self.places[-1].top + self.cards[-1].rows + 1

    def format(self) -> list[Request]:
        """Sizes, merges, formats, the colour rules and charts."""
        built = [
            grid_properties(Tab.TODAY, hide_gridlines=True),
            requests.pixel_size(Tab.TODAY, "COLUMNS", 0, 1, LABEL_PIXELS),
            requests.pixel_size(Tab.TODAY, "COLUMNS", 1, WIDTH, WEEK_PIXELS),
            row_heights((0, self.rows), ROW_PIXELS),
            styled(Tab.TODAY, (0, self.rows), (0, WIDTH)),
        ]
        for card, place in self._stacked():
            if _has_gap(card, place):
                built.append(row_heights((place.top - 1, place.top), _GAP_PIXELS))
            built += card.format(place)
        return built

    def fill(self, facts: Facts | None) -> list[Request]:
        """Every cell, and the rows whose height depends on what they hold; blank without facts."""
        cells: list[list[Cell]] = [[{} for _ in range(WIDTH)] for _ in range(self.rows)]
        heights: dict[int, int | None] = {}
        patterns: list[Request] = []
        for card, place in self._stacked():
            content = Content(card.rows)
            if facts is not None:
                card.fill(content, facts)
            cells[place.top : place.top + card.rows] = content.cells
            heights |= {place.row(row): height for row, height in content.heights.items()}
            if len(content.heights) == card.rows and _has_gap(card, place):
                is_shown = any(height is not None for height in content.heights.values())
                heights[place.top - 1] = _GAP_PIXELS if is_shown else None
            for (row, column), pattern in content.patterns.items():
                patterns.append(_pattern(place, row, column, pattern))
        put = requests.put(Tab.TODAY, 0, 0, cells)
        return [put, *_height_requests(heights), *patterns]

    @cached_property
    def chart_ids(self) -> frozenset[int]:
        """The ids of the charts that the cards add."""
        return frozenset(
            int(str(chart["chartId"]))
            for request in self.format()
            if "addChart" in request and isinstance(chart := _inner(request, "chart"), Mapping)
        )

    def is_own_rule(self, ranges: Sequence[Mapping[str, object]]) -> bool:
        """Whether a colour rule over these ranges is one of ours, wherever a layout had it.

        Rows above or in it may have been deleted, so it is known by its columns, and is no taller
        than ours. A rule of the person's has the same columns only by a rare chance.
        """
        if len(ranges) != 1:
            return False
        columns, height = _columns(ranges[0]), _height(ranges[0])
        return any(columns == ours and height <= most for ours, most in self._rule_sizes)

    @cached_property
    def _rule_sizes(self) -> list[tuple[tuple[object, object], int]]:
        areas = [
            area
            for request in self.format()
            if isinstance(rule := _inner(request, "rule"), Mapping)
            and isinstance(ranges := rule.get("ranges"), list)
            for area in ranges
        ]
        return [(_columns(area), _height(area)) for area in areas]

    def _stacked(self) -> Iterator[tuple[Card, Place]]:
        return zip(self.cards, self.places, strict=True)


TODAY_PAGE = TodayPage(CARDS)


def _has_gap(card: Card, place: Place) -> bool:
    return card.has_gap and place.top > 0


def _height_requests(heights: Mapping[int, int | None]) -> list[Request]:
    """Rows that follow each other and are as tall share one request."""
    built = []
    ordered = sorted(heights.items())
    for _, group in groupby(enumerate(ordered), key=lambda at: (at[1][0] - at[0], at[1][1])):
        run = [row for _, (row, _) in group]
        built.append(row_heights((run[0], run[-1] + 1), heights[run[0]]))
    return built


def _pattern(place: Place, row: int, column: int, pattern: str) -> Request:
    area = place.area((row, row + 1), (column, column + 1))
    number_format = {"numberFormat": {"type": "DATE_TIME", "pattern": pattern}}
    cell: Cell = {"userEnteredFormat": number_format}
    return requests.repeat(area, cell, fields="userEnteredFormat.numberFormat")


def _inner(request: Request, name: str) -> object:
    """What a request of one kind has under that name; None where it has nothing."""
    (body,) = request.values()
    return body.get(name) if isinstance(body, Mapping) else None


def _columns(area: Mapping[str, object]) -> tuple[object, object]:
    return area.get("startColumnIndex", 0), area.get("endColumnIndex", 0)


def _height(area: Mapping[str, object]) -> int:
    start, end = area.get("startRowIndex", 0), area.get("endRowIndex", 0)
    return end - start if isinstance(start, int) and isinstance(end, int) else 0
