"""Checks requests and field masks against Google's published discovery document of Sheets v4.

google-api-python-client ships the document; nothing of it is copied here. A field, an enum value
or a mask that the document does not know is refused in the words of Google's own parser. Stricter
than the service in two points: names must be in the document's camelCase (the service also takes
snake_case), and integers must be JSON integers (the service also takes `"3"` and `3.0`).

Source: https://sheets.googleapis.com/$discovery/rest?version=v4
"""

import json
import math
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from local.sheets.errors import bad_field
from local.sheets.masks import Mask, parse_mask
from local.sheets.resource import Resource

Check = Callable[[Any], None]

_PACKAGE = "type.googleapis.com/google.apps.sheets.v4."
_LIST_VALUE = "type.googleapis.com/google.protobuf.ListValue"
_INT32 = 2**31
_HUMP = re.compile(r"(?<!^)([A-Z])")


class _ViolationError(Exception):
    """Where and why a value breaks its schema; the path grows as it passes outwards."""

    def __init__(self, *, unknown: str | None = None, expected: str = "", value: Any = None):
        super().__init__(unknown or expected)
        self.unknown = unknown
        self.expected = expected
        self.value = value
        self.path = ""

    def within(self, step: str) -> "_ViolationError":
        joint = "." if self.path and not self.path.startswith("[") else ""
        self.path = step + joint + self.path
        return self


def validate(schema: str, body: Any, *, root: str = "") -> None:
    """Raise ApiError 400, naming the JSON path, where `body` breaks `schema`.

    schema: a name in the document, such as `BatchUpdateSpreadsheetRequest`.
    root: the name that the service gives the body itself in its paths (`data` for ValueRange).
    """
    try:
        _check(schema)(body)
    except _ViolationError as violation:
        if root:
            violation.within(root)
        raise _error(violation) from None


def check_field_mask(schema: str, mask: str) -> Mask:
    """The parsed mask of an update of `schema`; ApiError 400 where it names an unknown field."""
    tree = parse_mask(mask)
    unknown = unknown_path(schema, tree)
    if unknown:
        raise bad_field(f"Invalid field: {unknown}", field="fields")
    return tree


def check_query(method: str, arguments: dict[str, list[str]]) -> None:
    """Raise ApiError 400 for query parameters that the method does not have, or their values.

    method: its name below `sheets.spreadsheets`, such as `values.get`.
    """
    known = {**_document()["parameters"], **_methods()[f"sheets.spreadsheets.{method}"]}
    for name, values in arguments.items():
        if name not in known:
            raise bad_field(
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
                f"parameter. Field '{name}' could not be found in request message.",
                field="",
            )
        allowed = known[name].get("enum")
        wrong = [value for value in values if allowed and value not in allowed]
        if known[name]["type"] == "boolean":
            wrong = [value for value in values if value.lower() not in ("true", "false")]
        if wrong:
            raise bad_field(f"Invalid value at '{name}', \"{wrong[0]}\"", field=name)


def check_response_mask(schema: str, fields: str) -> Mask:
    """The parsed `fields` parameter; ApiError 400 where the answer has no such field."""
    mask = parse_mask(fields)
    unknown = unknown_path(schema, mask)
    if unknown:
        raise bad_field(
            "Error expanding 'fields' parameter. Cannot find matching fields for path "
            f"'{unknown}'.",
            field=unknown,
            headline="Request contains an invalid argument.",
        )
    return mask


def unknown_path(schema: str, mask: Mask) -> str | None:
    """The first path of the mask that the document does not know, or None."""
    for name, rest in mask.items():
        prop = _schemas()[schema].get("properties", {}).get(name)
        if prop is None:
            return name
        if rest:
            inner = (prop.get("items") or prop.get("additionalProperties") or prop).get("$ref")
            if inner is None:
                return f"{name}.{next(iter(rest))}"
            deeper = unknown_path(inner, rest)
            if deeper:
                return f"{name}.{deeper}"
    return None


def _error(violation: _ViolationError) -> Exception:
    where = f" at '{violation.path}'" if violation.path else ""
    if violation.unknown is not None:
        text = f'Unknown name "{violation.unknown}"{where}: Cannot find field.'
        return bad_field(f"Invalid JSON payload received. {text}", field=violation.path)
    shown = json.dumps(violation.value, ensure_ascii=False)
    text = f"Invalid value{where} ({violation.expected}), {shown}"
    return bad_field(text, field=violation.path)


@cache
def _document() -> Resource:
    folder = files("googleapiclient.discovery_cache").joinpath("documents")
    text = folder.joinpath("sheets.v4.json").read_text(encoding="utf-8")
    document: Resource = json.loads(text)
    return document


def _schemas() -> dict[str, Resource]:
    schemas: dict[str, Resource] = _document()["schemas"]
    return schemas


@cache
def _methods() -> dict[str, Resource]:
    """Every method's query and path parameters, by the method's id."""
    found: dict[str, Resource] = {}
    pending = list(_document()["resources"].values())
    while pending:
        resource = pending.pop()
        pending += resource.get("resources", {}).values()
        for method in resource.get("methods", {}).values():
            found[method["id"]] = method.get("parameters", {})
    return found


@cache
def _check(schema: str) -> Check:
    """The check of one message type; its fields' checks are made when first needed."""
    properties: dict[str, Resource] = _schemas()[schema].get("properties", {})
    checks: dict[str, Check] = {}

    def check(value: Any) -> None:
        if type(value) is not dict:
            if value is None:
                return
            raise _ViolationError(expected=_PACKAGE + schema, value=value)
        for name, item in value.items():
            known = checks.get(name)
            if known is None:
                if name not in properties:
                    raise _ViolationError(unknown=name)
                known = checks[name] = _field_check(schema, name, properties[name])
            try:
                known(item)
            except _ViolationError as violation:
                raise violation.within(_HUMP.sub(r"_\1", name).lower()) from None

    return check


def _field_check(schema: str, name: str, prop: Resource) -> Check:
    if "$ref" in prop:
        return _check(prop["$ref"])
    if prop["type"] == "array":
        return _list_check(_field_check(schema, name, prop["items"]))
    if prop["type"] == "object":
        return _map_check(_check(prop["additionalProperties"]["$ref"]))
    if "enum" in prop:
        enum_type = f"{_PACKAGE}{schema}.{name[0].upper()}{name[1:]}"
        return _scalar_check(enum_type, frozenset(prop["enum"]).__contains__, str)
    return _SCALARS[prop["type"]]


def _list_check(item_check: Check) -> Check:
    def check(value: Any) -> None:
        if value is None:
            return
        if type(value) is not list:
            raise _ViolationError(
                expected="type.googleapis.com/google.protobuf.ListValue", value=value
            )
        for index, item in enumerate(value):
            try:
                item_check(item)
            except _ViolationError as violation:
                raise violation.within(f"[{index}]") from None

    return check


def _map_check(item_check: Check) -> Check:
    def check(value: Any) -> None:
        for name, item in (value or {}).items():
            try:
                item_check(item)
            except _ViolationError as violation:
                raise violation.within(name) from None

    return check


def _scalar_check(expected: str, accepts: Callable[[Any], bool], *types: type) -> Check:
    def check(value: Any) -> None:
        if value is None or (type(value) in types and accepts(value)):
            return
        raise _ViolationError(expected=expected, value=value)

    return check


_SCALARS: dict[str, Check] = {
    "string": _scalar_check("TYPE_STRING", lambda _: True, str),
    "boolean": _scalar_check("TYPE_BOOL", lambda _: True, bool),
    "integer": _scalar_check("TYPE_INT32", lambda value: -_INT32 <= value < _INT32, int),
    "number": _scalar_check("TYPE_DOUBLE", math.isfinite, int, float),
    "any": _scalar_check("TYPE_VALUE", lambda _: True, str, bool, int, float),
}
