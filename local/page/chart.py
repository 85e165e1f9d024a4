"""Lays out a Sheet's chart in pixels; the template only writes down what is found here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.page.cell_style import Styles
from local.page.chart_series import ChartContents, ChartSeries, read_chart
from local.page.resource import Tab
from local.page.scale import every_nth, nice_ticks, tick_label

_LABEL_PIXELS = 44
_DEFAULT_SIZE = (600, 371)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A column of the chart, with the words of its tool tip."""

    x: float
    y: float
    width: float
    height: float
    paint: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line, or with `filled` the area below it. path: SVG path commands."""

    path: str
    paint: str
    filled: bool = False


@dataclass(frozen=True, kw_only=True)
class Label:
    """A word at a place."""

    x: float
    y: float
    text: str


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


@dataclass(frozen=True, kw_only=True)
class _Plot:
    """The inner rectangle and the scale of its values."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    slots: int

    def y(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.bottom - share * (self.bottom - self.top), 2)

    @property
    def slot(self) -> float:
        return (self.right - self.left) / max(1, self.slots)

    def middle(self, index: int) -> float:
        return round(self.left + (index + 0.5) * self.slot, 2)


def draw_chart(
    chart: Mapping[str, Any], tab: Tab, tabs: Mapping[int, Tab], styles: Styles
) -> DrawnChart:
    """One `EmbeddedChart` of a tab, placed over the tab's cells."""
    contents = read_chart(chart.get("spec", {}), tabs)
    overlay = chart.get("position", {}).get("overlayPosition", {})
    anchor = overlay.get("anchorCell", {})
    left = sum(tab.column_pixels[: anchor.get("columnIndex", 0)]) + overlay.get("offsetXPixels", 0)
    top = sum(tab.row_pixels[: anchor.get("rowIndex", 0)]) + overlay.get("offsetYPixels", 0)
    width = overlay.get("widthPixels", _DEFAULT_SIZE[0])
    height = overlay.get("heightPixels", _DEFAULT_SIZE[1])
    ticks = _ticks(contents, height)
    legend = tuple(
        (series.name, styles.name(f"background:{series.colour.css}"))
        for series in contents.series
        if contents.legend and series.name
    )
    plot = _Plot(
        left=12.0 + 7 * max(len(tick_label(tick)) for tick in ticks),
        right=width - 10.0,
        top=(30.0 if contents.title else 12.0) + (18 if legend else 0),
        bottom=height - 24.0,
        low=ticks[0],
        high=ticks[-1],
        slots=max([len(contents.labels), *(len(series.values) for series in contents.series)]),
    )
    return DrawnChart(
        place=styles.name(f"left:{left}px;top:{top}px;width:{width}px;height:{height}px"),
        width=width,
        height=height,
        right=left + width,
        bottom=top + height,
        title=contents.title,
        alt=contents.alt,
        known=contents.known,
        plot_left=plot.left,
        plot_right=plot.right,
        base=plot.y(0),
        bars=tuple(_bars(contents, plot, styles)),
        lines=tuple(line for series in contents.series for line in _lines(series, plot, styles)),
        y_labels=tuple(Label(x=plot.left - 6, y=plot.y(t), text=tick_label(t)) for t in ticks),
        x_labels=tuple(_x_labels(contents.labels, plot)),
        legend=legend,
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


def _bars(contents: ChartContents, plot: _Plot, styles: Styles) -> list[Bar]:
    columns = [series for series in contents.series if series.kind == "COLUMN"]
    side_by_side = 1 if contents.stacked else max(1, len(columns))
    width = plot.slot * 0.72 / side_by_side
    heaps = [0.0] * plot.slots
    bars = []
    for number, series in enumerate(columns):
        paint = styles.name(f"fill:{series.colour.css}")
        for index, value in enumerate(series.values):
            if not value:
                continue
            foot = heaps[index] if contents.stacked else 0.0
            heaps[index] += value
            ends = sorted((plot.y(foot), plot.y(foot + value)))
            offset = 0 if contents.stacked else number * width
            label = contents.labels[index] if index < len(contents.labels) else ""
            bars.append(
                Bar(
                    x=round(plot.middle(index) - plot.slot * 0.36 + offset, 2),
                    y=ends[0],
                    width=round(width, 2),
                    height=round(ends[1] - ends[0], 2),
                    paint=paint,
                    words=f"{label}: {value:g}",
                )
            )
    return bars


def _lines(series: ChartSeries, plot: _Plot, styles: Styles) -> list[Line]:
    if series.kind not in ("LINE", "AREA", "STEPPED_AREA"):
        return []
    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(series.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((plot.middle(index), plot.y(value)))
    paths = [_path(run) for run in runs if run]
    drawn = [Line(path=" ".join(paths), paint=styles.name(f"stroke:{series.colour.css}"))]
    if series.kind != "LINE":
        paint = styles.name(f"fill:{series.colour.css};fill-opacity:.25")
        closed = [
            f"{_path(run)} L{run[-1][0]} {plot.y(0)} L{run[0][0]} {plot.y(0)} Z"
            for run in runs
            if run
        ]
        drawn.insert(0, Line(path=" ".join(closed), paint=paint, filled=True))
    return drawn


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x} {y}" for x, y in points)


def _x_labels(labels: Sequence[str], plot: _Plot) -> list[Label]:
    longest = max((len(label) for label in labels), default=0)
    room = max(_LABEL_PIXELS, 7 * longest + 8)
    shown = every_nth(len(labels), most=int((plot.right - plot.left) // room))
    farthest = plot.right + 8 - 3.2 * longest
    return [
        Label(x=min(plot.middle(index), farthest), y=plot.bottom + 15, text=labels[index])
        for index in shown
    ]
