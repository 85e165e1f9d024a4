"""Tables of Google's message types, as derived from the discovery documents of its APIs.

google-api-python-client brings the documents; with 111 MB it is no dependency. To write the tables
anew, from its newest version:

    uv pip install google-api-python-client
    .venv/bin/python -m tests.support.message_types
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from emulators.sheets.service import METHODS

_ROOT = Path(__file__).parents[2]
SHEETS = _ROOT / "emulators/sheets/message_types.txt"
DASHBOARDS = _ROOT / "tests/terraform/data/dashboard_types.txt"


def tables() -> dict[Path, str]:
    """Each file with what it should hold. ModuleNotFoundError where the documents are missing."""
    sheets = _document("sheets.v4")
    served = [name for method in METHODS.values() for name in (method.body, method.answer) if name]
    return {
        SHEETS: _text([*_types(sheets, served), *_parameters(sheets)]),
        DASHBOARDS: _text(_types(_document("monitoring.v1"), ["Dashboard"])),
    }


def read_table(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Each message type's fields and their types: `Widget`, `string`, `A|B`, with `[]` or `{}`."""
    types: dict[str, dict[str, str]] = {}
    heading = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            name, kind = line.split()
            types[heading][name] = kind
        else:
            heading = line
            types[heading] = {}
    return types


def _document(name: str) -> dict[str, Any]:
    folder = files("googleapiclient.discovery_cache").joinpath("documents")
    document: dict[str, Any] = json.loads(folder.joinpath(f"{name}.json").read_text("utf-8"))
    return document


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _types(document: dict[str, Any], roots: Iterable[str]) -> Iterator[str]:
    """Every message type that one of the roots can hold, by name."""
    schemas = document["schemas"]
    reached: set[str] = set()
    pending = list(roots)
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            held = map(_message, schemas[name].get("properties", {}).values())
            pending += [inner for inner in held if inner]
    for name in sorted(reached):
        yield name
        for field, schema in schemas[name].get("properties", {}).items():
            yield f"  {field} {_type(schema)}"


def _parameters(document: dict[str, Any]) -> Iterator[str]:
    """The query parameters of the methods that the Sheets emulator serves."""
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
    if "enum" in schema:
        return "|".join(schema["enum"])
    return "int64" if schema.get("format") == "int64" else str(schema["type"])


if __name__ == "__main__":
    for path, text in tables().items():
        path.write_text(text, encoding="utf-8")
