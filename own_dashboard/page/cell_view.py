"""Lays out the cells of a tab: their sizes and spans, and how far a long text runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from own_dashboard.page.cell_style import Styles, alignment, cell_css, spills, text_css, wraps
from own_dashboard.page.cells import Cell, Place
from own_dashboard.page.formula_values import CannotEvaluate, Surroundings
from own_dashboard.page.resource import Area, Tab
from own_dashboard.page.sparkline import Sparkline, draw_sparkline, is_sparkline


@dataclass(frozen=True, kw_only=True)
class DrawnCell:
    """One table cell. `frame` and `box` are the classes of the cell and of the text in it.

    chosen: whether its value is chosen from a list.
    """

    text: str
    frame: str
    box: str
    row_span: int
    column_span: int
    hint: str
    chosen: bool
    sparkline: Sparkline | None = None


@dataclass(frozen=True)
class CellDrawing:
    """Draws the cells of one tab.

    coloured: the cells to which colour rules gave another format. unknown: what could not be drawn
    is added to it, in words.
    """

    tab: Tab
    coloured: Mapping[Place, Cell]
    extent: Area
    styles: Styles
    surroundings: Surroundings
    unknown: list[str]

    def row(self, row: int) -> tuple[DrawnCell, ...]:
        """The cells of one row, without hidden columns and what merges cover."""
        return tuple(
            self._cell((row, column))
            for column in range(self.extent.right)
            if self.tab.column_pixels[column] and not self._is_covered((row, column))
        )

    def _is_covered(self, place: Place) -> bool:
        area = self._area(place)
        return (area.top, area.left) != place

    def _area(self, place: Place) -> Area:
        for merge in self.tab.merges:
            if place in merge:
                return merge
        return Area(place[0], place[1], place[0] + 1, place[1] + 1)

    def _cell(self, place: Place) -> DrawnCell:
        cell, area = self.coloured.get(place) or self.tab.cell(place), self._area(place)
        sparkline = self._sparkline(cell)
        return DrawnCell(
            text="" if sparkline else cell.text,
            frame=self.styles.name(cell_css(cell.style)),
            box=self.styles.name(f"{self._size(cell, area)};{text_css(cell.style, cell.value)}"),
            row_span=sum(1 for size in self.tab.row_pixels[area.top : area.bottom] if size),
            column_span=sum(1 for size in self.tab.column_pixels[area.left : area.right] if size),
            hint=" · ".join(words for words in (cell.note, cell.hint) if words),
            chosen=cell.chosen,
            sparkline=sparkline,
        )

    def _size(self, cell: Cell, area: Area) -> str:
        height = sum(self.tab.row_pixels[area.top : area.bottom])
        fixed = self.tab.sized_rows.issuperset(range(area.top, area.bottom))
        rules = [f"{'height' if fixed else 'min-height'}:{height}px"]
        if wraps(cell.style):
            rules.append("white-space:pre-wrap;overflow-wrap:anywhere")
        elif cell.text and spills(cell.style, cell.value):
            rules.append(self._spill(cell, area))
        return ";".join(rules)

    def _spill(self, cell: Cell, area: Area) -> str:
        """A text's room: its own cell and the empty ones beside it, on the sides it runs to.

        A centred text has as much room on either side, so that it stays in its cell's middle.
        """
        side = alignment(cell.style, cell.value)
        before = self._free(area, -1) if side in ("right", "center") else 0
        after = self._free(area, 1) if side in ("left", "center") else 0
        if side == "center":
            before = after = min(before, after)
        rules = ["position:relative;z-index:1"] if before or after else []
        rules += [f"margin-left:{-before}px"] if before else []
        rules += [f"margin-right:{-after}px"] if after else []
        return ";".join(rules)

    def _free(self, area: Area, step: int) -> int:
        column, pixels = (area.right if step > 0 else area.left - 1), 0
        while 0 <= column < self.extent.right:
            place = (area.top, column)
            if self.tab.cell(place).text or self._area(place) != Area(
                *place, place[0] + 1, column + 1
            ):
                break
            pixels += self.tab.column_pixels[column]
            column += step
        return pixels

    def _sparkline(self, cell: Cell) -> Sparkline | None:
        if not is_sparkline(cell.formula):
            return None
        try:
            return draw_sparkline(cell.formula, self.surroundings, self.styles)
        except CannotEvaluate as error:
            self.unknown.append(str(error))
            return None
