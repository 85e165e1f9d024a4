"""Reads a message strictly against a JSON Schema: what breaks a rule is raised, never repaired.

A rule about one field stands in the schema and nowhere else. Every error names field, value and
rule, in the words of the schema's own descriptions.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any

import fastjsonschema

from commit_counts.errors import InvalidEvent

_LONGEST_QUOTE = 80


def read_schema(file: str) -> dict[str, Any]:
    """The JSON Schema in a file of this package."""
    text = resources.files("commit_counts").joinpath(file).read_text("utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def read_object(body: bytes | str) -> dict[str, Any]:
    """The JSON object in a message's body, its fields unchecked. Raises InvalidEvent."""
    try:
        text = body if isinstance(body, str) else body.decode("utf-8")
        parsed = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
        json.dumps(parsed, ensure_ascii=False).encode("utf-8")  # an escape may hide half a pair
    except (ValueError, RecursionError) as error:
        raise InvalidEvent(
            f"the message is not JSON in UTF-8 ({error}): {quote(body)}; send one object, "
            'for example {"date": "2026-11-23", "repository": "me/app", "commits": 3}'
        ) from error
    if not isinstance(parsed, dict):
        raise broken("the message", parsed, "a JSON object")
    return parsed


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidEvent(f"{twice}: is given twice in one object; expected it once")
    return fields


def _no_constant(name: str) -> None:
    raise InvalidEvent(f"the message holds {name}, which JSON does not have; send a number")


@cache
def _validator(file: str, definition: str) -> Callable[[object], object]:
    whole = read_schema(file)
    form = {"$ref": f"#/definitions/{definition}", "definitions": whole["definitions"]}
    compiled: Callable[[object], object] = fastjsonschema.compile(form)
    return compiled


def check(fields: dict[str, Any], file: str, definition: str) -> None:
    """Hold an object against a definition of a schema. Raises InvalidEvent for the first rule."""
    try:
        _validator(file, definition)(fields)
    except fastjsonschema.JsonSchemaValueException as error:
        raise InvalidEvent(_explain(error)) from error


def _explain(error: fastjsonschema.JsonSchemaValueException) -> str:
    path = str(error.name)
    name = path.removeprefix("data").removeprefix(".") or "the event"
    rule = error.message.removeprefix(path).strip()
    if error.rule == "additionalProperties":
        return f"{name}: {rule}; expected only fields that the event schema names"
    if error.rule == "pattern":
        described = str(error.definition["description"]).rstrip(".")
        rule = f"expected {described[0].lower()}{described[1:]}"
    return f"{name}: {rule}, got {quote(error.value)}"


def instant(text: str, field: str) -> datetime:
    """An instant in UTC. Raises InvalidEvent."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise broken(field, text, "an RFC 3339 instant") from error


def broken(field: str, value: object, rule: str) -> InvalidEvent:
    """The error of a field whose value breaks a rule."""
    return InvalidEvent(f"{field}: expected {rule}, got {quote(value)}")


def quote(value: object) -> str:
    """A value as an error shows it: as JSON, and not all of a long one."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"
