"""Colours: from the Sheets API's form to CSS, in a light and a dark variant.

The Sheets app adjusts a spreadsheet's colours in dark mode; how, is not documented. `Colour.dark`
turns the lightness over in the OKLab space, and keeps hue and chroma as far as a screen can show
them. https://bottosson.github.io/posts/oklab/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The default theme of a new spreadsheet.
_THEME = {
    "TEXT": "#000000",
    "BACKGROUND": "#ffffff",
    "ACCENT1": "#4285f4",
    "ACCENT2": "#ea4335",
    "ACCENT3": "#fbbc04",
    "ACCENT4": "#34a853",
    "ACCENT5": "#ff6d01",
    "ACCENT6": "#46bdc6",
    "LINK": "#1155cc",
}
_DARKEST, _LIGHTEST, _CURVE = 0.21, 0.94, 0.7
_GREY_STEPS = 40
_READABLE_STEPS = 10
# https://www.w3.org/TR/WCAG22/#contrast-minimum
READABLE = 4.5


@dataclass(frozen=True)
class Colour:
    """An sRGB colour; each part from 0 to 1."""

    red: float
    green: float
    blue: float

    @classmethod
    def from_hex(cls, text: str) -> "Colour":
        """Of `#rrggbb`."""
        red, green, blue = bytes.fromhex(text.removeprefix("#"))
        return cls(red / 255, green / 255, blue / 255)

    @property
    def hex(self) -> str:
        """As `#rrggbb`."""
        return "#" + bytes(round(part * 255) for part in self._parts()).hex()

    @property
    def css(self) -> str:
        """The CSS colour that follows the reader's light or dark mode."""
        return f"light-dark({self.hex},{self.dark().hex})"

    def mixed(self, other: "Colour", share: float) -> "Colour":
        """This colour with a share (0 to 1) of the other, part by part, as colour scales mix."""
        mine, others = self._parts(), other._parts()
        parts = [own + (their - own) * share for own, their in zip(mine, others, strict=True)]
        return Colour(*parts)

    def dark(self) -> "Colour":
        """The same hue for a dark page: white becomes nearly black, black nearly white."""
        lightness, a, b = _to_oklab(self)
        turned = _DARKEST + (_LIGHTEST - _DARKEST) * max(0.0, 1 - lightness) ** _CURVE
        for step in range(_GREY_STEPS, -1, -1):
            share = step / _GREY_STEPS
            parts = _from_oklab(turned, a * share, b * share)
            if all(-1e-4 <= part <= 1 + 1e-4 for part in parts):
                break
        return Colour(*(min(1.0, max(0.0, part)) for part in parts))

    def css_on(self, paper: "Colour") -> str:
        """As `css`, for a text on that background, on which it is kept readable."""
        light, dark = self.readable_on(paper), self.dark().readable_on(paper.dark())
        return f"light-dark({light.hex},{dark.hex})"

    def readable_on(self, paper: "Colour") -> "Colour":
        """This colour, or as near to it as stands out enough from the background."""
        ends = [Colour(1, 1, 1), Colour(0, 0, 0)]
        if self.luminance < paper.luminance:
            ends.reverse()
        for end in ends:
            for step in range(_READABLE_STEPS + 1):
                colour = self.mixed(end, step / _READABLE_STEPS)
                if contrast(colour, paper) >= READABLE:
                    return colour
        return self

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 to 1. https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
        red, green, blue = (_linear(part) for part in self._parts())
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def _parts(self) -> tuple[float, float, float]:
        return self.red, self.green, self.blue


# What a chart is drawn in without a colour of its own.
ACCENT = Colour.from_hex(_THEME["ACCENT1"])


def contrast(one: Colour, other: Colour) -> float:
    """From 1 to 21. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    high, low = sorted((one.luminance, other.luminance), reverse=True)
    return (high + 0.05) / (low + 0.05)


def read_colour(holder: Mapping[str, Any], name: str) -> Colour | None:
    """The colour `name` of a format: its ColorStyle (`nameStyle`), else its deprecated Color.

    Parts that are left out are 0, as in the API; None where neither form is there.
    """
    style = holder.get(f"{name}Style") or {}
    if theme := style.get("themeColor"):
        return Colour.from_hex(_THEME.get(theme, _THEME["TEXT"]))
    parts = style.get("rgbColor", holder.get(name))
    if parts is None:
        return None
    return Colour(*(_part(parts.get(part, 0)) for part in ("red", "green", "blue")))


def _part(value: object) -> float:
    return min(1.0, max(0.0, float(value))) if isinstance(value, int | float) else 0.0


def _to_oklab(colour: Colour) -> tuple[float, float, float]:
    red, green, blue = (_linear(part) for part in colour._parts())
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
