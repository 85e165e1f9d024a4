"""What a query costs: points and possible nodes, worked out before it runs, as GitHub documents.

Each connection is one request for every element that holds it, taking each `first` or `last` as
reached; points are the requests divided by 100, rounded, at least 1. Nodes are all elements that
could come back.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
)
from graphql.execution.values import VariableValues

from local.github.errors import GitHubError

MOST_NODES = 500_000
MOST_PER_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one operation may come to.

    requests: connections to fill. nodes: elements possible. histories: commit walks asked for.
    refusals: bounds that GitHub does not accept; such an operation is not run at all.
    """

    requests: int = 0
    nodes: int = 0
    histories: int = 0
    refusals: tuple[GitHubError, ...] = ()

    @property
    def points(self) -> int:
        """Rate-limit points."""
        return max(1, (self.requests + 50) // 100)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            requests=self.requests + other.requests,
            nodes=self.nodes + other.nodes,
            histories=self.histories + other.histories,
            refusals=self.refusals + other.refusals,
        )


def cost_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: VariableValues,
) -> Cost:
    """The cost of one validated operation with its coerced variables."""
    fragments = {
        part.name.value: part
        for part in document.definitions
        if isinstance(part, FragmentDefinitionNode)
    }
    walk = _Walk(schema, fragments, variables)
    root = schema.get_root_type(operation.operation)
    return walk.selections(operation.selection_set, root, 1) if root else Cost()


class _Walk:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def selections(
        self, chosen: SelectionSetNode | None, parent: GraphQLNamedType, times: int
    ) -> Cost:
        total = Cost()
        for node in chosen.selections if chosen else ():
            if isinstance(node, FieldNode):
                total += self._field(node, parent, times)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                total += self._fragment(fragment, parent, times)
            elif isinstance(node, InlineFragmentNode):
                total += self._fragment(node, parent, times)
        return total

    def _fragment(
        self,
        fragment: FragmentDefinitionNode | InlineFragmentNode,
        parent: GraphQLNamedType,
        times: int,
    ) -> Cost:
        condition = fragment.type_condition
        within = self._schema.type_map[condition.name.value] if condition else parent
        return self.selections(fragment.selection_set, within, times)

    def _field(self, node: FieldNode, parent: GraphQLNamedType, times: int) -> Cost:
        definition = getattr(parent, "fields", {}).get(node.name.value)
        if definition is None:
            return Cost()
        arguments = get_argument_values(definition, node, self._variables)
        returned = get_named_type(definition.type)
        name = node.name.value
        if returned.name.endswith("Connection"):
            size = arguments.get("first") or arguments.get("last") or 0
            own = Cost(
                requests=times,
                nodes=times * size,
                histories=times * (name == "history"),
                refusals=tuple(_refuse_bounds(node, arguments)),
            )
            return own + self.selections(node.selection_set, returned, times * size)
        if name == "nodes" and "ids" in arguments:
            size = len(arguments["ids"])
            return Cost(nodes=size) + self.selections(node.selection_set, returned, times * size)
        if "max_repositories" in arguments:
            size = arguments["max_repositories"] or 0
            own = Cost(requests=times, nodes=times * size)
            return own + self.selections(node.selection_set, returned, times * size)
        return self.selections(node.selection_set, returned, times)


def _refuse_bounds(node: FieldNode, arguments: Mapping[str, Any]) -> Iterator[GitHubError]:
    """A list needs `first` or `last`, 0 to 100; a count alone does not."""
    name = node.name.value
    bounds = {
        word: arguments[word] for word in ("first", "last") if arguments.get(word) is not None
    }
    chosen = node.selection_set.selections if node.selection_set else ()
    fields = {part.name.value for part in chosen if isinstance(part, FieldNode)}
    if not bounds and fields & {"nodes", "edges"}:
        yield GitHubError(
            "MISSING_PAGINATION_BOUNDARIES",
            "You must provide a `first` or `last` value to properly paginate the "
            f"`{name}` connection.",
            node=node,
        )
    for word, value in bounds.items():
        if value > MOST_PER_PAGE:
            yield GitHubError(
                "EXCESSIVE_PAGINATION",
                f"Requesting {value} records on the `{name}` connection exceeds the `{word}` "
                f"limit of {MOST_PER_PAGE} records.",
                node=node,
            )
        if value < 0:
            yield GitHubError(
                "INVALID_PAGINATION_BOUNDARIES",
                f"`{word}` on the `{name}` connection cannot be less than zero.",
                node=node,
            )
