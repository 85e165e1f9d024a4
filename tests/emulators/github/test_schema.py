"""What the emulator serves is a true part of GitHub's own schema."""

import gzip
import os
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
    value_from_ast_untyped,
)

from emulators.github.graphql_api import SCHEMA_FILE

VARIABLE = "GITHUB_SCHEMA"


@pytest.fixture(scope="module")
def github() -> GraphQLSchema:
    """GitHub's full public schema, from the file (.graphql or .graphql.gz) that is named."""
    if VARIABLE not in os.environ:
        pytest.skip(f"{VARIABLE} names no file with GitHub's full schema")
    content = Path(os.environ[VARIABLE]).read_bytes()
    text = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    return build_schema(text.decode(), assume_valid=True)


def test_every_type_field_and_argument_is_githubs(github: GraphQLSchema) -> None:
    """Same names, same types, same nullability, same defaults; nothing required lacks."""
    differences: list[str] = []
    for name, served in build_schema(SCHEMA_FILE.read_text(encoding="utf-8")).type_map.items():
        if name.startswith("__") or is_specified_scalar_type(served):
            continue
        real = github.type_map.get(name)
        if real is None or type(real).__name__ != type(served).__name__:
            differences.append(f"{name}: {real!r}")
        else:
            differences += _differences(served, real)
    assert differences == []


def _differences(served: GraphQLNamedType, real: GraphQLNamedType) -> list[str]:
    found: list[str] = []
    if isinstance(served, GraphQLEnumType) and isinstance(real, GraphQLEnumType):
        if served.values.keys() != real.values.keys():
            found.append(f"{served.name}: {sorted(served.values)} / {sorted(real.values)}")
    elif isinstance(served, GraphQLInputObjectType) and isinstance(real, GraphQLInputObjectType):
        found += _parts(served.name, served.fields, real.fields, is_required_input_field)
    elif isinstance(served, GraphQLObjectType | GraphQLInterfaceType) and isinstance(
        real, GraphQLObjectType | GraphQLInterfaceType
    ):
        found += _parts(served.name, served.fields, real.fields, lambda _: False)
        if not {i.name for i in served.interfaces} <= {i.name for i in real.interfaces}:
            found.append(f"{served.name} implements what GitHub's does not")
        for name in served.fields.keys() & real.fields.keys():
            place = f"{served.name}.{name}"
            mine, theirs = served.fields[name].args, real.fields[name].args
            found += _parts(place, mine, theirs, is_required_argument)
    return found


def _parts(place: str, served: Any, real: Any, is_required: Any) -> list[str]:
    """Fields or arguments that differ, that GitHub has not, or that it requires and we lack."""
    found = [f"{place}: GitHub requires {n}" for n in real.keys() - served.keys()
             if is_required(real[n])]  # fmt: skip
    for name, part in served.items():
        if name not in real:
            found.append(f"{place}.{name} is not GitHub's")
        elif str(part.type) != str(real[name].type):
            found.append(f"{place}.{name}: {part.type} / {real[name].type}")
        elif _default(part) != _default(real[name]):
            found.append(f"{place}.{name}: default {_default(part)} / {_default(real[name])}")
    return found


def _default(part: Any) -> Any:
    node = getattr(part.ast_node, "default_value", None)
    return value_from_ast_untyped(node) if node else None
