"""Lays out a Sheet's chart in pixels; the template only writes down what is found here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from own_dashboard.page.cell_style import Styles
from own_dashboard.page.chart_plot import Bar, Label, Line, Plot, bars, lines, x_labels
from own_dashboard.page.chart_series import ChartContents, read_chart
from own_dashboard.page.resource import Tab
from own_dashboard.page.scale import nice_ticks, tick_label

_DEFAULT_SIZE = (600, 371)


@dataclass(frozen=True, kw_only=True)
class DrawnChart:
    """A chart ready to be written as SVG; x to right, y down, from the chart's own corner."""

    place: str
    width: int
    height: int
    right: int
    bottom: int
    title: str
    alt: str
    known: bool
    plot_left: float
    plot_right: float
    base: float
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    y_labels: tuple[Label, ...] = ()
    x_labels: tuple[Label, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Box:
    """Where a chart lies over its tab, in pixels."""

    left: int
    top: int
    width: int
    height: int


def draw_chart(
    chart: Mapping[str, Any], tab: Tab, tabs: Mapping[int, Tab], styles: Styles
) -> DrawnChart:
    """One `EmbeddedChart` of a tab, placed over the tab's cells."""
    contents = read_chart(chart.get("spec", {}), tabs)
    box = _box(chart.get("position", {}).get("overlayPosition", {}), tab)
    ticks = _ticks(contents, box.height)
    legend = tuple(
        (series.name, styles.name(f"background:{series.colour.css}"))
        for series in contents.series
        if contents.legend and series.name
    )
    plot = _plot(contents, box, ticks, has_legend=bool(legend))
    size = f"left:{box.left}px;top:{box.top}px;width:{box.width}px;height:{box.height}px"
    return DrawnChart(
        place=styles.name(size),
        width=box.width,
        height=box.height,
        right=box.left + box.width,
        bottom=box.top + box.height,
        title=contents.title,
        alt=contents.alt,
        known=contents.known,
        plot_left=plot.left,
        plot_right=plot.right,
        base=plot.y(0),
        bars=tuple(bars(contents, plot, styles)),
        lines=tuple(line for series in contents.series for line in lines(series, plot, styles)),
        y_labels=tuple(Label(x=plot.left - 6, y=plot.y(t), text=tick_label(t)) for t in ticks),
        x_labels=tuple(x_labels(contents.labels, plot)),
        legend=legend,
    )


def _box(overlay: Mapping[str, Any], tab: Tab) -> _Box:
    anchor = overlay.get("anchorCell", {})
    columns, rows = anchor.get("columnIndex", 0), anchor.get("rowIndex", 0)
    return _Box(
        left=sum(tab.column_pixels[:columns]) + int(overlay.get("offsetXPixels", 0)),
        top=sum(tab.row_pixels[:rows]) + int(overlay.get("offsetYPixels", 0)),
        width=int(overlay.get("widthPixels", _DEFAULT_SIZE[0])),
        height=int(overlay.get("heightPixels", _DEFAULT_SIZE[1])),
    )


def _plot(contents: ChartContents, box: _Box, ticks: list[float], *, has_legend: bool) -> Plot:
    return Plot(
        left=12.0 + 7 * max(len(tick_label(tick)) for tick in ticks),
        right=box.width - 10.0,
        top=(30.0 if contents.title else 12.0) + (18 if has_legend else 0),
        bottom=box.height - 24.0,
        low=ticks[0],
        high=ticks[-1],
        slots=max([len(contents.labels), *(len(series.values) for series in contents.series)]),
    )


def _ticks(contents: ChartContents, height: int) -> list[float]:
    columns = [series.values for series in contents.series]
    if contents.stacked:
        columns = [tuple(sum(v or 0 for v in row) for row in zip(*columns, strict=False))]
    values = [value for column in columns for value in column if value is not None]
    low, high = contents.view
    lowest = min([0.0, *values]) if low is None else low
    highest = max([0.0, *values]) if high is None else high
    whole = all(value == int(value) for value in values)
    return nice_ticks(lowest, highest, most=max(2, min(5, height // 50)), whole=whole)
