"""Field masks: which fields of a resource an answer holds, and which an update changes.

Both notations are read: `sheets(properties(title),data/rowData)` and `sheets.properties.title`.

Source: https://developers.google.com/workspace/sheets/api/guides/field-masks
"""

import re
from typing import Any

from emulators.sheets.errors import invalid
from emulators.sheets.resource import Resource

# A tree of names; an empty one stands for everything below.
Mask = dict[str, "Mask"]

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
