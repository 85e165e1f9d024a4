"""The schema, and how its fields are read from the emulator's objects."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
)

from emulators.github.commits import parse_instant

_TAKEN = ("from", "id")
SCHEMA_FILE = Path(__file__).parent / "schema.graphql"


@cache
def served_schema() -> GraphQLSchema:
    """The schema that is served; arguments reach the resolvers in Python's spelling."""
    schema = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))
    for named in schema.type_map.values():
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            for field in named.fields.values():
                for name, argument in field.args.items():
                    argument.out_name = in_python(name) + ("_" if name in _TAKEN else "")
        elif isinstance(named, GraphQLInputObjectType):
            for name, part in named.fields.items():
                part.out_name = in_python(name)
    _read_instants(schema)
    return schema


def read_field(source: Any, info: "GraphQLResolveInfo[Any]", **arguments: Any) -> Any:
    """A field is the attribute of its name in Python's spelling; a method takes its arguments."""
    value = getattr(source, in_python(info.field_name))
    return value(**arguments) if callable(value) else value


def type_of(source: Any, *_: Any) -> str:
    """Which type of an interface an object is."""
    name: str = source.typename
    return name


@cache
def in_python(name: str) -> str:
    """`nameWithOwner` as `name_with_owner`."""
    return re.sub(r"(?<=[a-z])[A-Z]", lambda match: f"_{match[0].lower()}", name)


def _read_instants(schema: GraphQLSchema) -> None:
    for name, write in (("DateTime", _in_utc), ("GitTimestamp", _with_offset)):
        scalar = schema.type_map[name]
        if isinstance(scalar, GraphQLScalarType):
            scalar.coerce_output_value = write
            scalar.coerce_input_value = parse_instant


def _in_utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _with_offset(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")
