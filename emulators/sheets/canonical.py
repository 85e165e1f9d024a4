"""The form in which the service keeps what it is sent, as seen in its recorded answers.

- null and empty lists are the same as absent;
- colours have eight bits a channel, and a channel of zero is absent;
- a colour and its style are two names of one thing: whichever is set, both are answered.

Recordings: https://github.com/burnash/gspread/tree/master/tests/cassettes
"""

from typing import Any

from emulators.sheets.masks import Mask
from emulators.sheets.resource import Resource

_CHANNELS = frozenset({"red", "green", "blue", "alpha"})
_COLORS = ("backgroundColor", "foregroundColor")


def canonical(value: Any) -> Any:
    """A copy of a resource in the service's own form."""
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value and value.keys() <= _CHANNELS:
        return _color(value)
    return {name: canonical(item) for name, item in value.items() if item not in (None, [])}


def with_color_pairs(format_: Resource) -> Resource:
    """A CellFormat (canonical) with both names of each of its colours."""
    paired = _paired(format_)
    if paired.get("textFormat"):
        paired["textFormat"] = _paired(paired["textFormat"])
    return paired


def mask_with_color_pairs(mask: Mask) -> Mask:
    """A mask of CellFormat that names a colour under both names where it names one."""
    paired = {name: mask_with_color_pairs(rest) for name, rest in mask.items()}
    for name in _COLORS:
        if name in mask or f"{name}Style" in mask:
            paired |= {name: {}, f"{name}Style": {}}
    return paired


def _color(color: Resource) -> Resource:
    # A little more than an 8-bit step's rounding error, so that 127/255 stays 127/255.
    bits = {name: int((share or 0) * 255 + 1e-4) for name, share in color.items()}
    return {name: round(value / 255, 8) for name, value in bits.items() if value}


def _paired(format_: Resource) -> Resource:
    paired = dict(format_)
    for name in _COLORS:
        style = paired.get(f"{name}Style")
        if style and "rgbColor" in style:
            paired[name] = style["rgbColor"]
        elif name in paired and not style:
            paired[f"{name}Style"] = {"rgbColor": paired[name]}
    return paired
