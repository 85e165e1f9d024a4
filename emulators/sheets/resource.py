"""The API's own resources in their JSON form, as they cross the wire and lie in the state.

An emulator stores and echoes what it is sent; it gives these shapes no second, typed life. Here are
the defaults of new ones, the form in which the service keeps what it is sent (as seen in its
recorded answers), and field masks: which fields an answer holds and which an update changes.

- null and empty lists are the same as absent;
- colours have eight bits a channel, and a channel of zero is absent;
- a colour and its style are two names of one thing: whichever is set, both are answered;
- masks are read in both notations: `sheets(properties(title),data/rowData)`, `sheets.properties`.

Recordings: https://github.com/burnash/gspread/tree/master/tests/cassettes
Masks: https://developers.google.com/workspace/sheets/api/guides/field-masks
"""

import re
import struct
from functools import cache
from typing import Any

from emulators.sheets.errors import invalid

Resource = dict[str, Any]
# A tree of names; an empty one stands for everything below.
Mask = dict[str, "Mask"]

DEFAULT_ROWS = 1000
DEFAULT_COLUMNS = 26
DEFAULT_ROW_PIXELS = 21
DEFAULT_COLUMN_PIXELS = 100

_WHITE = {"red": 1, "green": 1, "blue": 1}

DEFAULT_FORMAT: Resource = {
    "backgroundColor": _WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": _WHITE},
}


# The standard theme of a new spreadsheet.
_THEME = {
    "TEXT": "000000",
    "BACKGROUND": "ffffff",
    "ACCENT1": "4285f4",
    "ACCENT2": "ea4335",
    "ACCENT3": "fbbc04",
    "ACCENT4": "34a853",
    "ACCENT5": "ff6d01",
    "ACCENT6": "46bdc6",
    "LINK": "1155cc",
}


def new_spreadsheet_properties(*, title: str, time_zone: str, locale: str) -> Resource:
    """The properties that the service gives a new spreadsheet."""
    return {
        "title": title,
        "locale": locale,
        "autoRecalc": "ON_CHANGE",
        "timeZone": time_zone,
        "defaultFormat": DEFAULT_FORMAT,
        "spreadsheetTheme": {
            "primaryFontFamily": "Arial",
            "themeColors": [
                {"colorType": kind, "color": {"rgbColor": _color_of(hex_)}}
                for kind, hex_ in _THEME.items()
            ],
        },
    }


def new_sheet_properties(*, sheet_id: int, title: str, index: int) -> Resource:
    """The properties that the service gives a new tab."""
    return {
        "sheetId": sheet_id,
        "title": title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": DEFAULT_ROWS, "columnCount": DEFAULT_COLUMNS},
    }


_RGB = ("red", "green", "blue")
_CHANNELS = frozenset({*_RGB, "alpha"})
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


def copied(value: Any) -> Any:
    """A copy of a resource, as it is, that shares no object and no list with it."""
    if isinstance(value, dict):
        return {name: copied(item) for name, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


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


def _color_of(hex_: str) -> Resource:
    return _color(dict(zip(_RGB, (part / 255 for part in bytes.fromhex(hex_)), strict=True)))


def _color(color: Resource) -> Resource:
    # A little more than an 8-bit step's rounding error, so that 127/255 stays 127/255.
    bits = {name: int((share or 0) * 255 + 1e-4) for name, share in color.items()}
    return {name: _channel(value) for name, value in bits.items() if value}


@cache
def _channel(bits: int) -> float:
    """A channel's share as the service writes it: as few digits as tell a 32-bit float."""
    exact = struct.pack("f", bits / 255)
    (share,) = struct.unpack("f", exact)
    texts = (f"{share:.{digits}g}" for digits in range(1, 10))
    return next(float(text) for text in texts if struct.pack("f", float(text)) == exact)


def _paired(format_: Resource) -> Resource:
    paired = dict(format_)
    for name in _COLORS:
        style = paired.get(f"{name}Style")
        if style and "rgbColor" in style:
            paired[name] = style["rgbColor"]
        elif name in paired and not style:
            paired[f"{name}Style"] = {"rgbColor": paired[name]}
    return paired


_TOKEN = re.compile(r"\s*([A-Za-z0-9_]+|[*(),./])")


def parse_mask(text: str) -> Mask:
    """The mask as a tree; `*` is the empty tree, everything. ApiError 400 for bad syntax."""
    tokens = _tokens(text)
    mask, rest = _alternatives(text, tokens)
    if rest or not tokens:
        raise _syntax_error(text)
    return {} if "*" in mask else mask


def covers(mask: Mask, *path: str) -> Mask | None:
    """What the mask asks for below `path`: None for nothing, an empty mask for everything."""
    for name in path:
        if not mask:
            return mask
        if name not in mask:
            return None
        mask = mask[name]
    return mask


def select(value: Any, mask: Mask) -> Any:
    """The masked part of a resource; a list is masked item by item."""
    if not mask:
        return value
    if isinstance(value, list):
        return [select(item, mask) for item in value]
    return {name: select(value[name], mask[name]) for name in value if name in mask}


def merge(target: Resource, source: Resource, mask: Mask) -> Resource:
    """A copy of `target` with the masked fields as in `source`; what is absent there is removed."""
    if not mask:
        return without_nulls(source)
    merged = dict(target)
    for name, rest in mask.items():
        value = source.get(name)
        if rest and (value is None or isinstance(value, dict)):
            value = merge(target.get(name) or {}, value or {}, rest) or None
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value
    return merged


def without_nulls(source: Resource) -> Resource:
    """A copy without the fields that are null, which the API takes as absent."""
    return {name: value for name, value in source.items() if value is not None}


def _tokens(text: str) -> list[str]:
    tokens, place, text = [], 0, text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _syntax_error(text)
        tokens.append(match[1])
        place = match.end()
    return tokens


def _alternatives(text: str, tokens: list[str]) -> tuple[Mask, list[str]]:
    """Comma-separated paths up to the end or a closing parenthesis."""
    mask: Mask = {}
    while True:
        tokens = _path(text, tokens, mask)
        if not tokens or tokens[0] != ",":
            return mask, tokens
        tokens = tokens[1:]


def _path(text: str, tokens: list[str], mask: Mask) -> list[str]:
    """One path, put into `mask`; where the same name came before, the wider one wins."""
    if not tokens or tokens[0] in "(),./":
        raise _syntax_error(text)
    name, tokens = tokens[0], tokens[1:]
    below: Mask = {}
    if tokens and tokens[0] in "./":
        tokens = _path(text, tokens[1:], below)
    elif tokens and tokens[0] == "(":
        below, tokens = _alternatives(text, tokens[1:])
        if not tokens or tokens[0] != ")":
            raise _syntax_error(text)
        tokens = tokens[1:]
    below = {} if "*" in below else below
    mask[name] = _union(mask[name], below) if name in mask else below
    return tokens


def _union(one: Mask, other: Mask) -> Mask:
    if not one or not other:
        return {}
    return {
        name: _union(one[name], other[name])
        if name in one and name in other
        else one.get(name, other.get(name, {}))
        for name in one.keys() | other.keys()
    }


def _syntax_error(text: str) -> Exception:
    return invalid(f"Invalid field mask: {text!r}")
