"""Reads fields out of untyped JSON, each by its type; what is not as promised raises. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any


class Malformed(Exception):
    """A part of an answer that is missing or has another shape than asked for."""


def get(node: object, name: str) -> object:
    """Any value, also null; the field itself must be there."""
    if not isinstance(node, Mapping) or name not in node:
        raise Malformed(f"{name} is missing")
    return node[name]


def object_at(node: object, name: str) -> Mapping[str, Any]:
    """A JSON object."""
    value = get(node, name)
    if not isinstance(value, Mapping):
        raise _wrong(name, value)
    return value


def list_at(node: object, name: str) -> Sequence[Any]:
    """A JSON array."""
    value = get(node, name)
    if not isinstance(value, list):
        raise _wrong(name, value)
    return value


def text_at(node: object, name: str) -> str:
    """A text that is not empty."""
    value = get(node, name)
    if not isinstance(value, str) or not value:
        raise _wrong(name, value)
    return value


def number_at(node: object, name: str) -> int:
    """A whole number from zero on."""
    value = get(node, name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _wrong(name, value)
    return value


def flag_at(node: object, name: str) -> bool:
    """True or false."""
    value = get(node, name)
    if not isinstance(value, bool):
        raise _wrong(name, value)
    return value


def instant_at(node: object, name: str) -> datetime:
    """An ISO 8601 instant with an offset; aware."""
    text = text_at(node, name)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed(f"{name} is no instant: {text[:40]!r}") from error
    if instant.tzinfo is None:
        raise Malformed(f"{name} has no offset: {text[:40]!r}")
    return instant


def _wrong(name: str, value: object) -> Malformed:
    return Malformed(f"{name} is {'null' if value is None else f'a {type(value).__name__}'}")
