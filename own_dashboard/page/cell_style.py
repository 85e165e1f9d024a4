"""Turns a cell's format into CSS, kept in one style sheet of content-named classes.

A class for each distinct set of declarations: the page's security policy allows no style attribute.
"""

import re
from collections.abc import Mapping
from hashlib import blake2s
from typing import Any

from own_dashboard.page.colours import Colour, read_colour
from own_dashboard.page.spreadsheet import CellValue

_WHITE = Colour(1, 1, 1)
_BLACK = Colour(0, 0, 0)
_SAFE_RULES = re.compile(r"[^<>{}@\\]+")
_SAFE_FONT = re.compile(r"[\w \-]+")
_GENERIC_FONTS = frozenset({"arial", "sans", "sans-serif"})
_BORDERS = {
    "DOTTED": "1px dotted",
    "DASHED": "1px dashed",
    "SOLID": "1px solid",
    "SOLID_MEDIUM": "2px solid",
    "SOLID_THICK": "3px solid",
    "DOUBLE": "3px double",
}
_VERTICAL = {"TOP": "flex-start", "MIDDLE": "center", "BOTTOM": "flex-end"}
_HORIZONTAL = {"LEFT": "left", "CENTER": "center", "RIGHT": "right"}


class Styles:
    """Gathers declarations under class names that depend on nothing but the declarations."""

    def __init__(self) -> None:
        self._rules: dict[str, str] = {}

    def name(self, declarations: str) -> str:
        """The class of these declarations; empty for none."""
        if not declarations:
            return ""
        if not _SAFE_RULES.fullmatch(declarations):
            raise ValueError(f"no plain CSS declarations: {declarations!r}")
        name = "s" + blake2s(declarations.encode(), digest_size=5).hexdigest()
        self._rules[name] = declarations
        return name

    @property
    def css(self) -> str:
        """The style sheet, in an order of its own."""
        return "".join(f".{name}{{{rule}}}" for name, rule in sorted(self._rules.items()))


def cell_css(style: Mapping[str, Any]) -> str:
    """What colours and frames the whole cell."""
    rules = []
    background = read_colour(style, "backgroundColor")
    if background and background != _WHITE:
        rules.append(f"background:{background.css}")
    for side, border in style.get("borders", {}).items():
        line = _BORDERS.get(border.get("style", ""))
        if line and side in ("top", "right", "bottom", "left"):
            colour = read_colour(border, "color") or _BLACK
            rules.append(f"border-{side}:{line} {colour.css}")
    return ";".join(rules)


def text_css(style: Mapping[str, Any], value: CellValue) -> str:
    """What places and shapes the text inside the cell.

    Without an alignment of their own numbers stand right, truth values centred, texts left.
    """
    text = style.get("textFormat", {})
    rules = [f"font-size:{_size(text.get('fontSize', 10))}pt"]
    rules += [rule for on, rule in _switches(text) if on]
    if family := _family(text.get("fontFamily", "")):
        rules.append(family)
    colour = read_colour(text, "foregroundColor") or _BLACK
    paper = read_colour(style, "backgroundColor") or _WHITE
    if (colour, paper) != (_BLACK, _WHITE):
        rules.append(f"color:{colour.css_on(paper)}")
    rules.append(f"text-align:{alignment(style, value)}")
    padding = style.get("padding")
    if padding:
        sides = (int(padding.get(side, 0)) for side in ("top", "right", "bottom", "left"))
        rules.append("padding:" + " ".join(f"{side}px" for side in sides))
    rules.append(f"justify-content:{_VERTICAL.get(style.get('verticalAlignment', ''), 'flex-end')}")
    return ";".join(rules)


def alignment(style: Mapping[str, Any], value: CellValue) -> str:
    """left, center or right."""
    natural = (
        "center" if isinstance(value, bool) else "right" if isinstance(value, float) else "left"
    )
    return _HORIZONTAL.get(style.get("horizontalAlignment", ""), natural)


def wraps(style: Mapping[str, Any]) -> bool:
    """Whether a long text goes on in a next line."""
    return style.get("wrapStrategy") in ("WRAP", "LEGACY_WRAP")


def spills(style: Mapping[str, Any], value: CellValue) -> bool:
    """Whether a long text runs over empty neighbours."""
    overflows = style.get("wrapStrategy", "OVERFLOW_CELL") == "OVERFLOW_CELL"
    return overflows and isinstance(value, str)


def _size(points: object) -> str:
    return f"{min(400.0, max(1.0, float(points))):g}" if isinstance(points, int | float) else "10"


def _switches(text: Mapping[str, Any]) -> list[tuple[bool, str]]:
    lines = [
        name
        for key, name in (("underline", "underline"), ("strikethrough", "line-through"))
        if text.get(key)
    ]
    return [
        (bool(text.get("bold")), "font-weight:700"),
        (bool(text.get("italic")), "font-style:italic"),
        (bool(lines), f"text-decoration:{' '.join(lines)}"),
    ]


def _family(fonts: str) -> str:
    names = [name.strip() for name in fonts.split(",")]
    safe = [name for name in names if _SAFE_FONT.fullmatch(name)]
    if not safe or all(name.lower() in _GENERIC_FONTS for name in safe):
        return ""
    listed = ",".join(f'"{name}"' for name in safe)
    return f"font-family:{listed},var(--sheet-font)"
