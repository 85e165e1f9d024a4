"""Draws collect's time and requests against the number of repositories, as an SVG of its own."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_WIDTH, _HEIGHT = 760, 330
_PLOT_WIDTH, _PLOT_HEIGHT = 270, 210
_TOP, _LEFTS = 52, (62, 422)
# GitHub's own, on a light page and on a dark one.
_COLOURS = (("#1a7f37", "#3fb950"), ("#9a6700", "#d29922"), ("#cf222e", "#f85149"))
_LINE = ".line{number} {{ stroke: {colour} }} text.name{number} {{ fill: {colour} }}"
_LIGHT, _DARK = (
    "\n".join(
        _LINE.format(number=number, colour=pair[which]) for number, pair in enumerate(_COLOURS)
    )
    for which in (0, 1)
)
_STYLE = f"""
text {{ font: 12px system-ui, sans-serif; fill: #57606a }}
.title {{ font-size: 14px; font-weight: 600 }}
.grid {{ stroke: #8c959f; stroke-opacity: .3 }}
polyline {{ fill: none; stroke-width: 2.5 }}
{_LIGHT}
@media (prefers-color-scheme: dark) {{
text {{ fill: #9da7b3 }}
{_DARK}
}}
"""


class Line(NamedTuple):
    """One counter's values, one for each number of repositories; None where it was not measured."""

    name: str
    values: Sequence[float | None]


def draw(
    sizes: Sequence[int], seconds: Sequence[Line], requests: Sequence[Line], *, latency_ms: int
) -> str:
    """Two plots side by side, both axes logarithmic."""
    label = "Time and requests of collect and of two naive counters by number of repositories"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" role="img" aria-label="{label}">',
        f"<style>{_STYLE}</style>",
        *_plot(_LEFTS[0], f"seconds, {latency_ms} ms a request", sizes, seconds),
        *_plot(_LEFTS[1], "requests", sizes, requests),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _plot(left: int, title: str, sizes: Sequence[int], lines: Sequence[Line]) -> Iterator[str]:
    positive = [value for line in lines for value in line.values if value]
    low, high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    high = max(high, low + 1)
    widest = math.log10(max(sizes)) or 1.0
    bottom = _TOP + _PLOT_HEIGHT

    def x(size: int) -> float:
        return round(left + _PLOT_WIDTH * math.log10(size) / widest, 1)

    def y(value: float) -> float:
        share = (math.log10(max(value, 10**low)) - low) / (high - low)
        return round(bottom - _PLOT_HEIGHT * share, 1)

    yield f'<text class="title" x="{left}" y="{_TOP - 30}">{title}</text>'
    for power in range(low, high + 1):
        height = y(10.0**power)
        yield f'<path class="grid" d="M{left} {height}h{_PLOT_WIDTH}"/>'
        yield f'<text x="{left - 8}" y="{height + 4}" text-anchor="end">{10.0**power:,g}</text>'
    for size in sizes:
        yield f'<text x="{x(size)}" y="{bottom + 18}" text-anchor="middle">{size:,}</text>'
    middle = left + _PLOT_WIDTH / 2
    yield f'<text x="{middle}" y="{bottom + 38}" text-anchor="middle">repositories</text>'
    for number, line in enumerate(lines):
        known = [(s, v) for s, v in zip(sizes, line.values, strict=True) if v is not None]
        points = " ".join(f"{x(size)},{y(value)}" for size, value in known)
        yield f'<polyline class="line{number}" points="{points}"/>'
        place = left + number * 84
        yield f'<text class="name{number}" x="{place}" y="{_TOP - 12}">{line.name}</text>'
