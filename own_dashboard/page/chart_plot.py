"""The shapes inside a chart's frame: columns, lines and areas, and the words below them."""

from collections.abc import Sequence
from dataclasses import dataclass

from own_dashboard.page.cell_style import Styles
from own_dashboard.page.chart_series import ChartContents, ChartSeries
from own_dashboard.page.scale import every_nth

_LABEL_PIXELS = 44


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
class Plot:
    """The inner rectangle in pixels, its values' scale, and how many labels share its width."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    slots: int

    def y(self, value: float) -> float:
        """Where a value stands, kept inside the frame."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.bottom - share * (self.bottom - self.top), 2)

    @property
    def slot(self) -> float:
        """The width of one label's share."""
        return (self.right - self.left) / max(1, self.slots)

    def middle(self, index: int) -> float:
        """The middle of a label's share."""
        return round(self.left + (index + 0.5) * self.slot, 2)


def bars(contents: ChartContents, plot: Plot, styles: Styles) -> list[Bar]:
    """The columns of all series: beside each other, or heaped where the chart is stacked."""
    columns = [series for series in contents.series if series.kind == "COLUMN"]
    side_by_side = 1 if contents.stacked else max(1, len(columns))
    width = plot.slot * 0.72 / side_by_side
    heaps = [0.0] * plot.slots
    drawn = []
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
            drawn.append(
                Bar(
                    x=round(plot.middle(index) - plot.slot * 0.36 + offset, 2),
                    y=ends[0],
                    width=round(width, 2),
                    height=round(ends[1] - ends[0], 2),
                    paint=paint,
                    words=f"{label}: {value:g}",
                )
            )
    return drawn


def lines(series: ChartSeries, plot: Plot, styles: Styles) -> list[Line]:
    """The line of a series, broken at its gaps, over the area below it where it has one."""
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


def x_labels(labels: Sequence[str], plot: Plot) -> list[Label]:
    """As many labels as fit side by side, the last one among them."""
    longest = max((len(label) for label in labels), default=0)
    room = max(_LABEL_PIXELS, 7 * longest + 8)
    shown = every_nth(len(labels), most=int((plot.right - plot.left) // room))
    farthest = plot.right + 8 - 3.2 * longest
    return [
        Label(x=min(plot.middle(index), farthest), y=plot.bottom + 15, text=labels[index])
        for index in shown
    ]
