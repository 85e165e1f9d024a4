"""The table of the Sheets API's message types, as derived from Google's discovery document.

google-api-python-client brings the document. After it was upgraded and the test of the table fails:

    .venv/bin/python -m tests.support.sheets_message_types
"""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from emulators.sheets.service import METHODS

TABLE = Path(__file__).parents[2] / "emulators/sheets/message_types.txt"


def table() -> str:
    """The whole table: message types by name, then the query parameters of the served methods."""
    folder = files("googleapiclient.discovery_cache").joinpath("documents")
    document = json.loads(folder.joinpath("sheets.v4.json").read_text(encoding="utf-8"))
    return "\n".join([*_types(document), *_parameters(document)]) + "\n"


def _types(document: dict[str, Any]) -> Iterator[str]:
    """Every message type that a body or an answer of a served method can hold."""
    schemas = document["schemas"]
    reached: set[str] = set()
    pending = [name for served in METHODS.values() for name in (served.body, served.answer) if name]
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            pending += [_message(field) for field in schemas[name].get("properties", {}).values()]
            pending = [name for name in pending if name]
    for name in sorted(reached):
        yield name
        for field, schema in schemas[name].get("properties", {}).items():
            yield f"  {field} {_type(schema)}"


def _parameters(document: dict[str, Any]) -> Iterator[str]:
    known = dict(_methods(document["resources"]))
    for name in ("*", *sorted(METHODS)):
        yield f"? {name}"
        given = document["parameters"] if name == "*" else known[name.removeprefix("spreadsheets.")]
        for field, schema in sorted(given.items()):
            if schema["location"] == "query":
                yield f"  {field} {_type(schema)}"


def _methods(resources: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in resources.values():
        for method in resource.get("methods", {}).values():
            yield method["id"].removeprefix("sheets.spreadsheets."), method.get("parameters", {})
        yield from _methods(resource.get("resources", {}))


def _message(schema: dict[str, Any]) -> str:
    inner = schema.get("items") or schema.get("additionalProperties") or schema
    return inner.get("$ref") or (_message(inner) if inner is not schema else "")


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"])
    if schema["type"] == "array":
        return f"{_type(schema['items'])}[]"
    if schema["type"] == "object":
        return f"{_type(schema['additionalProperties'])}{{}}"
    return "|".join(schema["enum"]) if "enum" in schema else str(schema["type"])


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
