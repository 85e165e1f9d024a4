"""The dashboard in Cloud Monitoring is one that the API accepts, and shows what it should."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from own_dashboard.stack.pipeline import load_pipeline
from tests.support.terraform import read, sources
from tests.support.terraform_watching import GOOGLES_METRICS, dashboard, metrics

# The API's JSON writes 64-bit integers as texts, and takes numbers too.
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}


@cache
def schemas() -> Mapping[str, Any]:
    """The types of the Monitoring API: google-api-python-client brings its discovery document."""
    documents = resources.files("googleapiclient.discovery_cache.documents")
    document = json.loads(documents.joinpath("monitoring.v1.json").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = document["schemas"]
    return found


def faults(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    """Where a value is not of the API's type: unknown fields, words and kinds."""
    schema = schemas()[schema["$ref"]] if "$ref" in schema else schema
    integer_as_text = schema.get("format") == "int64" and isinstance(value, int)
    if not isinstance(value, _TYPES[schema["type"]]) and not integer_as_text:
        yield f"{path}: expected {schema['type']}, came {value!r}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{path}: expected one of {schema['enum']}, came {value!r}"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from faults(item, schema["items"], f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in schema.get("properties", {}):
                yield f"{path}: the API has no field {name}"
            else:
                yield from faults(inner, schema["properties"][name], f"{path}.{name}")


def tiles() -> list[Mapping[str, Any]]:
    """The tiles of the dashboard, filled in."""
    found: list[Mapping[str, Any]] = dashboard(read(sources()))["mosaicLayout"]["tiles"]
    return found


def test_the_api_knows_every_field_and_word() -> None:
    """Each field, kind and word of the dashboard stands in the API's discovery document."""
    assert list(faults(dashboard(read(sources())), schemas()["Dashboard"], "dashboard")) == []


def test_a_wrong_field_word_or_kind_would_be_noticed() -> None:
    """The comparison with the discovery document is not blind."""
    wrong = {
        "displayName": 1,
        "mosaicLayout": {
            "columns": 12,
            "tiles": [{"widget": {"xyChart": {"dataSets": [{"plotType": "BARS"}], "y": {}}}}],
        },
    }

    assert len(list(faults(wrong, schemas()["Dashboard"], "dashboard"))) == 3


def test_tiles_fill_the_grid_without_overlapping() -> None:
    """Twelve columns; no cell has two tiles, and no tile stands out."""
    cells = [
        (tile.get("xPos", 0) + x, tile.get("yPos", 0) + y)
        for tile in tiles()
        for x in range(tile["width"])
        for y in range(tile["height"])
    ]

    assert len(cells) == len(set(cells))
    assert {x for x, _ in cells} == set(range(12))
    assert len(cells) == 12 * (max(y for _, y in cells) + 1)


def test_a_position_of_zero_is_left_out() -> None:
    """The API answers without zeros, and terraform would see a change at every plan."""
    assert 0 not in [tile.get(name) for tile in tiles() for name in ("xPos", "yPos")]


def test_everything_that_is_measured_is_shown() -> None:
    """Each metric but the evening's, which is for its alert alone, has a place on the dashboard."""
    shown = json.dumps(tiles())
    topics = {topic.name for topic in load_pipeline().topics}
    written = {n: m for n, m in metrics().items() if m["topic"] in topics and n[:7] != "evening"}
    expected = {metric["type"] for metric in written.values()}

    assert [name for name in expected | GOOGLES_METRICS if name not in shown] == []
    assert all(f"/own_dashboard/github_{name}" in shown for name in ("requests", "points_left"))
    assert any("incidentList" in tile["widget"] for tile in tiles())
