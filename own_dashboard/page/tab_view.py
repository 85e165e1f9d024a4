"""Lays a tab out as a phone shows it: which rows and columns, how large, with which styles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from own_dashboard.page.cell_style import Styles
from own_dashboard.page.cell_view import CellDrawing, DrawnCell
from own_dashboard.page.chart import DrawnChart, draw_chart
from own_dashboard.page.conditional import apply_rules
from own_dashboard.page.formula_values import Surroundings
from own_dashboard.page.resource import Area, Tab

MOST_ROWS = 60
MOST_PLAIN_ROWS = 200
_TALL_ROWS = 30


@dataclass(frozen=True, kw_only=True)
class DrawnRow:
    """One table row."""

    cells: tuple[DrawnCell, ...]


@dataclass(frozen=True, kw_only=True)
class DrawnTab:
    """A tab ready to be written as a table.

    is_long: whether it scrolls by itself, under its header.
    earlier, later: how many rows with contents are left out above and below the shown ones.
    unknown: in words, what of the tab's formats cannot be shown here.
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


def draw_tab(
    tab: Tab, tabs: Mapping[int, Tab], styles: Styles, surroundings: Surroundings
) -> DrawnTab:
    """The tab with its rules applied, cut to what holds something, long tables to their newest."""
    charts = tuple(draw_chart(chart, tab, tabs, styles) for chart in tab.charts)
    extent = _extent(tab, charts)
    frozen, body = range(min(tab.frozen_rows, extent.bottom)), _newest(tab, extent)
    coloured, unknown = apply_rules(tab, {*frozen, *body}, surroundings)
    drawing = CellDrawing(tab, coloured, extent, styles, surroundings, unknown)
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
