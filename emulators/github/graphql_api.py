"""The schema, and how a request runs against it: parsed, checked, priced, executed, shaped."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    get_operation_ast,
    get_variable_values,
    parse,
    validate,
)

from emulators.github.errors import GitHubError, as_github_shows, refusal
from emulators.github.nodes import Root
from emulators.github.rules import MOST_NODES, Cost, cost_of, in_utc, parse_instant
from emulators.github.store import View

SCHEMA_FILE = Path(__file__).parent / "schema.graphql"
_PYTHON_NAMES = ("from", "id")  # taken as names of arguments in Python


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A checked operation, ready to run."""

    document: DocumentNode
    name: str | None
    variables: Mapping[str, Any]
    cost: Cost


class Refused(Exception):
    """A request that is not run; `errors` is what GitHub answers, with HTTP 200 and no data."""

    def __init__(self, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("; ".join(str(error["message"]) for error in errors))
        self.errors = list(errors)


def prepare(body: Any) -> Operation:
    """The operation that a request's JSON body asks for. Refused where GitHub would refuse it."""
    query = body.get("query") if isinstance(body, dict) else None
    if not isinstance(query, str):
        raise _refused(GraphQLError("A query attribute must be specified and must be a string."))
    document, problems = _checked(query)
    if problems:
        raise Refused(problems)
    name = body.get("operationName")
    operation = get_operation_ast(document, name)
    if not isinstance(operation, OperationDefinitionNode):
        raise _refused(GraphQLError(f"No operation named {name!r}"))
    given = body.get("variables") or {}
    coerced = get_variable_values(served_schema(), operation.variable_definitions or (), given)
    if isinstance(coerced, list):
        raise _refused(*coerced)
    cost = cost_of(served_schema(), document, operation, coerced)
    if cost.refusals:
        raise _refused(*cost.refusals)
    if cost.nodes > MOST_NODES:
        raise _refused(_too_many_nodes(cost.nodes))
    return Operation(document=document, name=name, variables=given, cost=cost)


def run(operation: Operation, view: View) -> dict[str, Any]:
    """The answer's JSON: `data`, and `errors` beside it where fields failed."""
    result = execute_sync(
        served_schema(),
        operation.document,
        root_value=Root(view),
        variable_values=dict(operation.variables),
        operation_name=operation.name,
        field_resolver=read_field,
        type_resolver=type_of,
    )
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        for error in result.errors:
            if error.original_error and not isinstance(error.original_error, GraphQLError):
                raise error.original_error
        answer["errors"] = [as_github_shows(error) for error in result.errors]
    return answer


@lru_cache(maxsize=256)
def _checked(query: str) -> tuple[DocumentNode, list[dict[str, Any]]]:
    try:
        document = parse(query)
    except GraphQLError as error:
        return DocumentNode(definitions=()), [as_github_shows(error)]
    problems = validate(served_schema(), document)
    return document, [refusal(document, problem) for problem in problems]


def _refused(*errors: GraphQLError) -> Refused:
    return Refused([as_github_shows(error) for error in errors])


def _too_many_nodes(nodes: int) -> GitHubError:
    return GitHubError(
        "MAX_NODE_LIMIT_EXCEEDED",
        f"This query requests up to {nodes:,} possible nodes which exceeds the maximum limit of "
        f"{MOST_NODES:,}.",
    )


@cache
def served_schema() -> GraphQLSchema:
    """The schema that is served; arguments reach the resolvers in Python's spelling."""
    schema = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))
    for named in schema.type_map.values():
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            for field in named.fields.values():
                for name, argument in field.args.items():
                    argument.out_name = in_python(name) + ("_" if name in _PYTHON_NAMES else "")
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
    for name, write in (("DateTime", in_utc), ("GitTimestamp", _with_offset)):
        scalar = schema.type_map[name]
        if isinstance(scalar, GraphQLScalarType):
            scalar.coerce_output_value = write
            scalar.coerce_input_value = parse_instant


def _with_offset(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")
