"""Lays out a Sheet's column chart in pixels; the template only writes down what is found here.

Drawn is what write_sheet makes: columns of one series. Another chart says that it is not drawn.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from own_dashboard.page.cell_style import Styles
from own_dashboard.page.colours import ACCENT, Colour, read_colour
from own_dashboard.page.spreadsheet import Cell, Tab

_DEFAULT_SIZE = (600, 371)
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
    y_labels: tuple[Label, ...] = ()
    x_labels: tuple[Label, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Contents:
    """What the chart's specification refers to. values: one for each label; None is a gap."""

    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    colour: Colour
    known: bool


@dataclass(frozen=True, kw_only=True)
class _Plot:
    """The inner rectangle in pixels, its values' scale, and how many labels share its width."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    slots: int

    def y(self, value: float) -> float:
        """Where a value stands."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.bottom - share * (self.bottom - self.top), 2)

    @property
    def slot(self) -> float:
        """The width of one label's share."""
        return (self.right - self.left) / max(1, self.slots)

    def middle(self, index: int) -> float:
        """The middle of a label's share."""
        return round(self.left + (index + 0.5) * self.slot, 2)


def draw_chart(
    chart: Mapping[str, Any], tab: Tab, tabs: Mapping[int, Tab], styles: Styles
) -> DrawnChart:
    """One `EmbeddedChart` of a tab, placed over the tab's cells."""
    spec = chart.get("spec", {})
    contents = _contents(spec.get("basicChart", {}), tabs)
    overlay = chart.get("position", {}).get("overlayPosition", {})
    anchor = overlay.get("anchorCell", {})
    left = sum(tab.column_pixels[: anchor.get("columnIndex", 0)])
    left += int(overlay.get("offsetXPixels", 0))
    top = sum(tab.row_pixels[: anchor.get("rowIndex", 0)]) + int(overlay.get("offsetYPixels", 0))
    width = int(overlay.get("widthPixels", _DEFAULT_SIZE[0]))
    height = int(overlay.get("heightPixels", _DEFAULT_SIZE[1]))
    values = [value for value in contents.values if value is not None]
    whole = all(value == int(value) for value in values)
    most = max(2, min(5, height // 50))
    ticks = nice_ticks(min([0.0, *values]), max([0.0, *values]), most=most, whole=whole)
    title = spec.get("title", "")
    plot = _Plot(
        left=12.0 + 7 * max(len(tick_label(tick)) for tick in ticks),
        right=width - 10.0,
        top=30.0 if title else 12.0,
        bottom=height - 24.0,
        low=ticks[0],
        high=ticks[-1],
        slots=max(len(contents.labels), len(contents.values)),
    )
    return DrawnChart(
        place=styles.name(f"left:{left}px;top:{top}px;width:{width}px;height:{height}px"),
        width=width,
        height=height,
        right=left + width,
        bottom=top + height,
        title=title,
        alt=spec.get("altText", ""),
        known=contents.known,
        plot_left=plot.left,
        plot_right=plot.right,
        base=plot.y(0),
        bars=tuple(_bars(contents, plot, styles)),
        y_labels=tuple(Label(x=plot.left - 6, y=plot.y(t), text=tick_label(t)) for t in ticks),
        x_labels=tuple(_x_labels(contents.labels, plot)),
    )


def _contents(basic: Mapping[str, Any], tabs: Mapping[int, Tab]) -> _Contents:
    domains, series = basic.get("domains", ()), basic.get("series", ())
    known = basic.get("chartType") == "COLUMN" and len(series) == 1
    if not known:
        return _Contents(labels=(), values=(), colour=ACCENT, known=False)
    cells = _cells(series[0].get("series", {}), tabs)
    labels = _cells(domains[0].get("domain", {}), tabs) if domains else []
    # Without a count, a text above the numbers is taken for a header, as in the service.
    guessed = int(bool(cells) and isinstance(cells[0].value, str))
    headers = basic.get("headerCount", guessed)
    return _Contents(
        labels=tuple(cell.text for cell in labels[headers:]),
        values=tuple(
            cell.value if isinstance(cell.value, float) else None for cell in cells[headers:]
        ),
        colour=read_colour(series[0], "color") or ACCENT,
        known=True,
    )


def _cells(reference: Mapping[str, Any], tabs: Mapping[int, Tab]) -> list[Cell]:
    found: list[Cell] = []
    for source in reference.get("sourceRange", {}).get("sources", ()):
        tab = tabs.get(source.get("sheetId", 0))
        if tab:
            found += [tab.cell(place) for place in tab.area(source).places()]
    return found


def _bars(contents: _Contents, plot: _Plot, styles: Styles) -> list[Bar]:
    paint = styles.name(f"fill:{contents.colour.css}")
    bars = []
    for index, value in enumerate(contents.values):
        if not value:
            continue
        ends = sorted((plot.y(0), plot.y(value)))
        label = contents.labels[index] if index < len(contents.labels) else ""
        bars.append(
            Bar(
                x=round(plot.middle(index) - plot.slot * 0.36, 2),
                y=ends[0],
                width=round(plot.slot * 0.72, 2),
                height=round(ends[1] - ends[0], 2),
                paint=paint,
                words=f"{label}: {value:g}",
            )
        )
    return bars


def _x_labels(labels: Sequence[str], plot: _Plot) -> list[Label]:
    """As many labels as fit side by side, the last one among them."""
    longest = max((len(label) for label in labels), default=0)
    room = max(_LABEL_PIXELS, 7 * longest + 8)
    shown = every_nth(len(labels), most=int((plot.right - plot.left) // room))
    farthest = plot.right + 8 - 3.2 * longest
    return [
        Label(x=min(plot.middle(index), farthest), y=plot.bottom + 15, text=labels[index])
        for index in shown
    ]


def nice_ticks(low: float, high: float, *, most: int, whole: bool = False) -> list[float]:
    """At most `most` + 1 round values, evenly spaced, that enclose low and high.

    whole: only whole numbers, for what is counted.
    """
    if high - low < max(abs(low), abs(high), 1e-6) * 1e-6:
        high = low + 1
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    if whole:
        step = max(1.0, step)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 10) for index in range(first, last + 1)]


def tick_label(value: float) -> str:
    """The shortest way to write it: 1500 as 1.5k."""
    if abs(value) >= 1000:
        return f"{value / 1000:.4g}k"
    return f"{value:.4g}"


def every_nth(count: int, *, most: int) -> Sequence[int]:
    """Indexes of at most `most` labels out of `count`, evenly spaced, the last one included."""
    if count <= 0 or most <= 0:
        return []
    step = max(1, math.ceil(count / most))
    return range((count - 1) % step, count, step)
