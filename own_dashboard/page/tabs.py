"""Lays a tab out as a phone shows it: which rows and columns, how large, how far a text runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from own_dashboard.page.cell_style import Styles, alignment, cell_css, spills, text_css, wraps
from own_dashboard.page.charts import DrawnChart, draw_chart
from own_dashboard.page.conditional_formats import apply_rules
from own_dashboard.page.formula import Surroundings
from own_dashboard.page.spreadsheet import Area, Cell, Place, Tab, Validation

MOST_ROWS = 60
MOST_PLAIN_ROWS = 200
_TALL_ROWS = 30


@dataclass(frozen=True, kw_only=True)
class DrawnCell:
    """One table cell. `frame` and `box` are the classes of the cell and of the text in it.

    validation: what may be entered, where the Sheet says so; the cell can then be edited.
    key: which cell it is, for its edit. label: what stands beside it.
    """

    text: str
    frame: str
    box: str
    row_span: int
    column_span: int
    hint: str
    validation: Validation | None = None
    key: str = ""
    label: str = ""


@dataclass(frozen=True)
class CellDrawing:
    """Draws the cells of one tab.

    coloured: the cells to which colour rules gave another format.
    """

    tab: Tab
    coloured: Mapping[Place, Cell]
    extent: Area
    styles: Styles

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
        return DrawnCell(
            text=cell.text,
            frame=self.styles.name(cell_css(cell.style)),
            box=self.styles.name(f"{self._size(cell, area)};{text_css(cell.style, cell.value)}"),
            row_span=sum(1 for size in self.tab.row_pixels[area.top : area.bottom] if size),
            column_span=sum(1 for size in self.tab.column_pixels[area.left : area.right] if size),
            hint=" · ".join(words for words in (cell.note, cell.message) if words),
            validation=cell.validation,
            key=f"{self.tab.sheet_id}:{place[0]}:{place[1]}" if cell.validation else "",
            label=self._label(place) if cell.validation else "",
        )

    def _label(self, place: Place) -> str:
        """The nearest text to the left, which says what the value is for."""
        row, column = place
        texts = (self.tab.cell((row, left)).text for left in reversed(range(column)))
        return next(filter(None, texts), "")

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


@dataclass(frozen=True, kw_only=True)
class DrawnRow:
    """One table row."""

    cells: tuple[DrawnCell, ...]


@dataclass(frozen=True, kw_only=True)
class DrawnTab:
    """A tab ready to be written as a table.

    is_long: whether it scrolls by itself, under its header.
    earlier, later: how many rows with contents are left out above and below the shown ones.
    unknown: the tab's colour rules that cannot be shown here.
    """

    key: str
    title: str
    size: str
    gridlines: bool
    column_classes: tuple[str, ...]
    header: tuple[DrawnRow, ...]
    rows: tuple[DrawnRow, ...]
    charts: tuple[DrawnChart, ...]
    is_long: bool
    earlier: int
    later: int
    unknown: tuple[str, ...]


def draw_tab(tab: Tab, tabs: Mapping[int, Tab], styles: Styles, now: float) -> DrawnTab:
    """The tab with its rules applied, cut to what holds something, long tables to their newest.

    now: the present as a serial number of the spreadsheet's time zone.
    """
    charts = tuple(draw_chart(chart, tab, tabs, styles) for chart in tab.charts)
    extent = _extent(tab, charts)
    frozen, body = range(min(tab.frozen_rows, extent.bottom)), _newest(tab, extent)
    surroundings = Surroundings(look_up=lambda place: tab.cell(place).value, now=now)
    coloured, unknown = apply_rules(tab, {*frozen, *body}, surroundings)
    drawing = CellDrawing(tab, coloured, extent, styles)
    header = tuple(DrawnRow(cells=drawing.row(row)) for row in frozen if tab.row_pixels[row])
    rows = tuple(DrawnRow(cells=drawing.row(row)) for row in body if tab.row_pixels[row])
    width = sum(tab.column_pixels[: extent.right])
    below = max((chart.bottom for chart in charts), default=0)
    return DrawnTab(
        key=f"tab-{tab.sheet_id}",
        title=tab.title,
        size=styles.name(f"width:{width}px;min-height:{below}px"),
        gridlines=tab.gridlines,
        column_classes=tuple(
            styles.name(f"width:{pixels}px")
            for pixels in tab.column_pixels[: extent.right]
            if pixels
        ),
        header=header,
        rows=rows,
        charts=charts,
        is_long=bool(header) and len(rows) > _TALL_ROWS,
        earlier=body.start - frozen.stop,
        later=extent.bottom - body.stop,
        unknown=tuple(dict.fromkeys(unknown)),
    )


def _extent(tab: Tab, charts: Sequence[DrawnChart]) -> Area:
    """From the first cell to the last one that holds something, merges and charts included."""
    held = list(tab.cells.filled())
    bottom = max((row + 1 for row, _ in held), default=1)
    right = max((column + 1 for _, column in held), default=1)
    for merge in tab.merges:
        if any(place in merge for place in held):
            bottom, right = max(bottom, merge.bottom), max(right, merge.right)
    farthest = max((chart.right for chart in charts), default=0.0)
    while right < len(tab.column_pixels) and sum(tab.column_pixels[:right]) < farthest:
        right += 1
    return Area(0, 0, bottom, right)


def _newest(tab: Tab, extent: Area) -> range:
    """The body's rows to show: all, or that end of a long table that holds the newest.

    A table has a frozen header and is read by its first column: ascending, the newest rows are the
    last ones. Other tabs are read from above.
    """
    first = min(tab.frozen_rows, extent.bottom)
    if not tab.frozen_rows:
        return range(min(extent.bottom, MOST_PLAIN_ROWS))
    if extent.bottom - first <= MOST_ROWS:
        return range(first, extent.bottom)
    column = [tab.cell((row, 0)).value for row in range(first, extent.bottom)]
    keys = [value for value in column if isinstance(value, float)]
    if keys and keys[0] > keys[-1]:
        return range(first, first + MOST_ROWS)
    return range(extent.bottom - MOST_ROWS, extent.bottom)
