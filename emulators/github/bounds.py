"""Which page sizes GitHub accepts, told before a query runs.

https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import FieldNode

from emulators.github.errors import GitHubError

MOST_PER_PAGE = 100


def refuse_bounds(
    node: FieldNode, chosen: set[str], arguments: Mapping[str, Any]
) -> Iterator[GitHubError]:
    """What GitHub refuses of one connection: a list needs `first` or `last`, a count does not.

    chosen: the fields selected on the connection.
    """
    name = node.name.value
    bounds = {
        word: arguments[word] for word in ("first", "last") if arguments.get(word) is not None
    }
    if not bounds and chosen & {"nodes", "edges"}:
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
