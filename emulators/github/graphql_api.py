"""Runs GraphQL requests: parses, checks, prices and executes them, and shapes what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    execute_sync,
    get_operation_ast,
    get_variable_values,
    parse,
    validate,
)

from emulators.github.errors import GitHubError, as_github_shows
from emulators.github.refusals import refusal
from emulators.github.root import Root
from emulators.github.rules import MOST_NODES, Cost, cost_of
from emulators.github.schema import read_field, served_schema, type_of
from emulators.github.view import View


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
