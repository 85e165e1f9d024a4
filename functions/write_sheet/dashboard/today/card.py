"""What a card of the tab `Today` is: a block of rows that knows its cells, formats and rules.

A card counts its rows from its own first one; where that stands on the tab is the page's affair.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from write_sheet.dashboard.labels import Labels
from write_sheet.history.problems import Problem
from write_sheet.history.statistics import HEATMAP_WEEKS, Summary
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.cells import Cell
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.tab import Tab

# One column for the weekdays and one for each week of the heatmap; what is wider is merged. The
# Sheets app takes some 40 px of a phone's 360 for the row numbers, so these have 313 together.
LABEL_PIXELS, WEEK_PIXELS = 27, 22
WIDTH = 1 + HEATMAP_WEEKS
WIDTH_PIXELS = LABEL_PIXELS + HEATMAP_WEEKS * WEEK_PIXELS
RIGHT_HALF = 7
ROW_PIXELS = 20

Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the cards show. problems: what the person should look at. titles: of the tabs."""

    summary: Summary
    labels: Labels
    problems: Sequence[Problem] = ()
    titles: Mapping[Tab, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a card stands: the tab's row of its first one, and how many rows it has."""

    top: int
    count: int

    def row(self, row: int) -> int:
        """The tab's index of a row of the card. Raises IndexError beyond it."""
        if not 0 <= row < self.count:
            raise IndexError(f"row {row} of a card of {self.count}")
        return self.top + row

    def rows(self, start: int, end: int) -> Span:
        """The tab's indices of the rows from start to before end."""
        return self.row(start), self.row(end - 1) + 1

    def area(self, rows: Span, columns: Span) -> dict[str, object]:
        """A GridRange over rows of the card."""
        return requests.area(Tab.TODAY, rows=self.rows(*rows), columns=columns)

    def name(self, row: int, column: int, *, is_row_fixed: bool = True) -> str:
        """A cell's name in a rule's formula, such as `$I$1`, or `$I1` for each row's own."""
        return f"${chr(ord('A') + column)}{'$' * is_row_fixed}{self.row(row) + 1}"


class Content:
    """What a card shows just now; rows count from the card's first one."""

    def __init__(self, count: int) -> None:
        self.cells: list[list[Cell]] = [[{} for _ in range(WIDTH)] for _ in range(count)]
        self.heights: dict[int, int | None] = {}
        self.patterns: dict[tuple[int, int], str] = {}

    def set(self, row: int, column: int, cell: Cell) -> None:
        """Put a cell; one that is not put shows nothing."""
        self.cells[row][column] = cell

    def say(self, row: int, column: int, words: str) -> None:
        """Put a text."""
        self.set(row, column, typed.text(words))

    def set_height(self, row: int, pixels: int | None) -> None:
        """How tall a row is that grows with what it holds; None for one that is not shown."""
        self.heights[row] = pixels

    def set_pattern(self, row: int, column: int, pattern: str) -> None:
        """The number format of a day with a time, where it holds words of the language."""
        self.patterns[row, column] = pattern


def pixels_of(columns: Span) -> int:
    """How wide columns are together."""
    first, end = columns
    return WEEK_PIXELS * (end - first) + (LABEL_PIXELS - WEEK_PIXELS) * (first == 0)


class Card(ABC):
    """One block of rows.

    rows: how many it has at most. has_gap: whether it keeps a distance from the card above.
    """

    rows: int
    has_gap = True

    @abstractmethod
    def format(self, place: Place) -> list[Request]:
        """Heights, merges, formats, colour rules, charts: sent when the layout is made."""

    @abstractmethod
    def fill(self, content: Content, facts: Facts) -> None:
        """The cells, and the heights of rows that are not always as tall: sent with each change.

        A card that sets the height of all of its rows may set none: then its gap goes too.
        """


def row_heights(rows: Span, height: int | None) -> Request:
    """Rows of `Today` this tall, in pixels, and shown; hidden where there is no height."""
    properties: dict[str, object] = {"hiddenByUser": height is None}
    if height is not None:
        properties["pixelSize"] = height
    return {
        "updateDimensionProperties": {
            "range": {
                "sheetId": Tab.TODAY.sheet_id,
                "dimension": "ROWS",
                "startIndex": rows[0],
                "endIndex": rows[1],
            },
            "properties": properties,
            "fields": "hiddenByUser" if height is None else "hiddenByUser,pixelSize",
        }
    }
