"""Draws the cells whose formula is SPARKLINE: bars, columns or a line inside the cell.

https://support.google.com/docs/answer/3093289
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from own_dashboard.page.cell_style import Styles
from own_dashboard.page.colours import ACCENTS, Colour
from own_dashboard.page.formula import arguments
from own_dashboard.page.formula_values import (
    CannotEvaluate,
    Surroundings,
    Value,
    number,
    numbers,
    text,
)

_NAMED = {
    "black": "#000000",
    "blue": "#0000ff",
    "gray": "#808080",
    "grey": "#808080",
    "green": "#008000",
    "orange": "#ffa500",
    "purple": "#800080",
    "red": "#ff0000",
    "white": "#ffffff",
    "yellow": "#ffff00",
}


@dataclass(frozen=True, kw_only=True)
class Stripe:
    """A filled rectangle; all measures in hundredths of the cell."""

    x: float
    y: float
    width: float
    height: float
    paint: str


@dataclass(frozen=True, kw_only=True)
class Sparkline:
    """Stripes, or one line as SVG path commands in a box of 100 by 100."""

    stripes: tuple[Stripe, ...] = ()
    path: str = ""
    paint: str = ""


def is_sparkline(formula: str) -> bool:
    """Whether the cell's formula is one whole call of SPARKLINE."""
    return formula.upper().startswith("=SPARKLINE(")


def draw_sparkline(formula: str, surroundings: Surroundings, styles: Styles) -> Sparkline:
    """The drawing of a formula such as `=SPARKLINE(B7;{"charttype"\\"bar";"max"\\10})`.

    Raises CannotEvaluate where the formula holds what is not known here.
    """
    given = arguments(formula, "SPARKLINE", surroundings)
    values = numbers(given[:1])
    options = _options(given[1] if len(given) > 1 else [])
    kind = text(options.get("charttype", "line")).lower()
    if kind == "bar":
        return Sparkline(stripes=tuple(_bar(values, options, styles)))
    if kind == "column":
        return Sparkline(stripes=tuple(_columns(values, options, styles)))
    if kind == "line":
        return _line(values, options, styles)
    raise CannotEvaluate(f"SPARKLINE's charttype {kind[:20]!r} is not known here")


def _options(table: Value) -> Mapping[str, Value]:
    if not isinstance(table, list):
        raise CannotEvaluate("SPARKLINE's options are an array of names and values")
    return {text(row[0]).lower(): row[1] for row in table if len(row) == 2}


def _colour(options: Mapping[str, Value], name: str, default: str) -> Colour:
    words = text(options.get(name, default)).strip().lower()
    try:
        return Colour.from_hex(_NAMED.get(words, words))
    except ValueError as error:
        raise CannotEvaluate(f"SPARKLINE's {name} {words[:20]!r} is no colour here") from error


def _bar(values: Sequence[float], options: Mapping[str, Value], styles: Styles) -> list[Stripe]:
    most = number(options["max"]) if "max" in options else sum(values)
    stripes, at = [], 0.0
    for index, value in enumerate(values if most > 0 else []):
        name = f"color{index % 2 + 1}"
        colour = _colour(options, name, ACCENTS[2 + index % 2])
        width = max(0.0, min(100 - at, 100 * value / most))
        stripes.append(
            Stripe(
                x=round(at, 2), y=0, width=round(width, 2), height=100, paint=_fill(colour, styles)
            )
        )
        at += width
    return stripes


def _columns(values: Sequence[float], options: Mapping[str, Value], styles: Styles) -> list[Stripe]:
    low = number(options.get("ymin", min([0.0, *values])))
    high = number(options.get("ymax", max(values, default=0.0)))
    paint = _fill(_colour(options, "color", "#4285f4"), styles)
    slot = 100 / max(1, len(values))
    stripes = []
    for index, value in enumerate(values if high > low else []):
        height = round(100 * min(1.0, max(0.0, (value - low) / (high - low))), 2)
        stripes.append(
            Stripe(
                x=round(index * slot, 2),
                y=round(100 - height, 2),
                width=round(slot * 0.85, 2),
                height=height,
                paint=paint,
            )
        )
    return stripes


def _line(values: Sequence[float], options: Mapping[str, Value], styles: Styles) -> Sparkline:
    low, high = min(values, default=0.0), max(values, default=0.0)
    step = 100 / max(1, len(values) - 1)
    points = [
        f"{round(index * step, 2)} {round(96 - 92 * (value - low) / ((high - low) or 1), 2)}"
        for index, value in enumerate(values)
    ]
    colour = _colour(options, "color", "#000000")
    path = "M" + " L".join(points) if points else ""
    return Sparkline(path=path, paint=styles.name(f"stroke:{colour.css}"))


def _fill(colour: Colour, styles: Styles) -> str:
    return styles.name(f"fill:{colour.css}")
