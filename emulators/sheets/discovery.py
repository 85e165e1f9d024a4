"""Checks requests and field masks against Google's published discovery document of Sheets v4.

google-api-python-client ships the document; nothing of it is copied here. A field, an enum value
or a mask that the document does not know is refused in the words of Google's own parser. Stricter
than the service in two points: names must be in the document's camelCase (the service also takes
snake_case), and integers must be JSON integers (the service also takes `"3"` and `3.0`).

Source: https://sheets.googleapis.com/$discovery/rest?version=v4
"""

import json
from typing import Any

from emulators.sheets.errors import bad_field
from emulators.sheets.masks import Mask, parse_mask
from emulators.sheets.schema_checks import ViolationError, check_of, document, methods, schemas


def validate(schema: str, body: Any, *, root: str = "") -> None:
    """Raise ApiError 400, naming the JSON path, where `body` breaks `schema`.

    schema: a name in the document, such as `BatchUpdateSpreadsheetRequest`.
    root: the name that the service gives the body itself in its paths (`data` for ValueRange).
    """
    try:
        check_of(schema)(body)
    except ViolationError as violation:
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
    known = {**document()["parameters"], **methods()[f"sheets.spreadsheets.{method}"]}
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
        prop = schemas()[schema].get("properties", {}).get(name)
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


def _error(violation: ViolationError) -> Exception:
    where = f" at '{violation.path}'" if violation.path else ""
    if violation.unknown is not None:
        text = f'Unknown name "{violation.unknown}"{where}: Cannot find field.'
        return bad_field(f"Invalid JSON payload received. {text}", field=violation.path)
    shown = json.dumps(violation.value, ensure_ascii=False)
    text = f"Invalid value{where} ({violation.expected}), {shown}"
    return bad_field(text, field=violation.path)
