"""What a query costs, worked out before it runs, and the budget of points that it is paid from.

Each connection is one request for every element that holds it, taking each `first` or `last` as
reached; points are the requests divided by 100, rounded, at least 1. Nodes are all elements that
could come back.

The primary rate limit is a budget that fills up anew every hour.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
)
from graphql.execution.values import VariableValues

from emulators.github.errors import GitHubError
from emulators.github.paging import refuse_bounds

MOST_NODES = 500_000
_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one operation may come to.

    requests: connections to fill. nodes: elements possible. batch: repositories whose history is
    walked.
    refusals: bounds that GitHub does not accept; such an operation is not run at all.
    """

    requests: int = 0
    nodes: int = 0
    batch: int = 0
    refusals: tuple[GitHubError, ...] = ()

    @property
    def points(self) -> int:
        """Rate-limit points."""
        return max(1, (self.requests + 50) // 100)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            requests=self.requests + other.requests,
            nodes=self.nodes + other.nodes,
            batch=max(self.batch, other.batch),
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
            if self._is_left_out(node):
                continue
            if isinstance(node, FieldNode):
                total += self._field(node, parent, times)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                total += self._fragment(fragment, parent, times)
            elif isinstance(node, InlineFragmentNode):
                total += self._fragment(node, parent, times)
        return total

    def _is_left_out(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return bool((skip and skip["if"]) or (include and not include["if"]))

    def _names(self, chosen: SelectionSetNode | None) -> Iterator[str]:
        """The fields selected here, also through fragments."""
        for node in chosen.selections if chosen else ():
            if isinstance(node, FieldNode):
                yield node.name.value
            elif isinstance(node, FragmentSpreadNode):
                yield from self._names(self._fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                yield from self._names(node.selection_set)

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
                batch=times if name == "history" else 0,
                refusals=tuple(
                    refuse_bounds(node, set(self._names(node.selection_set)), arguments)
                ),
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


class RateLimit:
    """One budget. Thread-safe."""

    def __init__(self, *, resource: str, limit: int, now: Callable[[], datetime]) -> None:
        self.limit = limit
        self._resource = resource
        self._now = now
        self._lock = threading.Lock()
        self._used = 0
        self._reset = now() + _WINDOW

    def spend(self, points: int) -> bool:
        """Take points; False, and nothing taken, where too few are left."""
        with self._lock:
            if self._now() >= self._reset:
                self._used = 0
                self._reset = self._now() + _WINDOW
            if self._used + points > self.limit:
                return False
            self._used += points
            return True

    @property
    def used(self) -> int:
        """Points taken since the budget was last full."""
        return self._used

    @property
    def remaining(self) -> int:
        """Points left."""
        return max(0, self.limit - self._used)

    @property
    def reset_at(self) -> datetime:
        """When the budget is full again."""
        return self._reset.astimezone(UTC).replace(microsecond=0)

    def headers(self, *, exhausted: bool = False) -> dict[str, str]:
        """The x-ratelimit-* headers of every answer."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": "0" if exhausted else str(self.remaining),
            "x-ratelimit-used": str(self.limit if exhausted else self.used),
            "x-ratelimit-reset": str(int(self.reset_at.timestamp())),
            "x-ratelimit-resource": self._resource,
        }


def in_utc(instant: datetime) -> str:
    """An instant as `DateTime` shows it; one that UTC's calendar does not hold, at its end."""
    try:
        shown = instant.astimezone(UTC)
    except OverflowError:
        end = datetime.min if instant.year == 1 else datetime.max  # noqa: DTZ901 - it is UTC's own
        shown = end.replace(tzinfo=UTC)
    return f"{shown.replace(microsecond=0, tzinfo=None).isoformat()}Z"


def parse_instant(value: object) -> datetime:
    """ISO 8601 with a zone, as `DateTime` and `GitTimestamp` want it."""
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise _not_an_instant(value) from error
    if instant.tzinfo is None:
        raise _not_an_instant(value)
    return instant


def _not_an_instant(value: object) -> GitHubError:
    return GitHubError("argumentLiteralsIncompatible", f"{value!r} is not an ISO 8601 instant")
