"""Connections: `first`, `last`, `after`, cursors and totals, and which page sizes are accepted.

https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api
"""

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from graphql import FieldNode

from emulators.github.errors import GitHubError

T = TypeVar("T")
MOST_PER_PAGE = 100
# What a list is sorted by, and the id that decides between equals.
SortKey = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class PageInfo:
    """Where a page lies in its connection."""

    start_cursor: str | None
    end_cursor: str | None
    has_next_page: bool
    has_previous_page: bool


@dataclass(frozen=True, kw_only=True)
class Edge(Generic[T]):
    """An element with its cursor."""

    cursor: str
    node: T | None


@dataclass(frozen=True, kw_only=True)
class Connection(Generic[T]):
    """One page of a list, and the whole list's length."""

    edges: Sequence[Edge[T]]
    page_info: PageInfo
    total_count: int

    @property
    def nodes(self) -> Sequence[T | None]:
        """The page's elements."""
        return [edge.node for edge in self.edges]


@dataclass(frozen=True, kw_only=True)
class Cursors:
    """How a connection spells places.

    write: the cursor of the element at a position, counted from 0. behind: the position of the
    first element behind a cursor.
    """

    write: Callable[[int], str]
    behind: Callable[[str], int]


POSITIONS = Cursors(
    write=lambda position: _opaque("cursor:", str(position)),
    behind=lambda cursor: int(_read_opaque("cursor:", cursor)) + 1,
)


def sort_cursors(keys: Sequence[SortKey], *, descending: bool) -> Cursors:
    """Cursors that are the sort keys of a list's elements, as those of repositories are.

    What moves in front of a cursor while the list is paged is on no further page.
    """

    def behind(cursor: str) -> int:
        value, number = json.loads(_read_opaque("cursor:v2:", cursor))
        place = (str(value), int(number))
        for position, key in enumerate(keys):
            if key < place if descending else key > place:
                return position
        return len(keys)

    return Cursors(
        write=lambda position: _opaque("cursor:v2:", json.dumps(keys[position])), behind=behind
    )


def commit_cursors(tip: str) -> Cursors:
    """History's own kind: the oid that the walk began at, and a position."""
    return Cursors(
        write=lambda position: f"{tip} {position}",
        behind=lambda cursor: int(cursor.split(" ")[1]) + 1,
    )


def page(
    items: Sequence[Any],
    *,
    first: int | None,
    last: int | None = None,
    after: str | None = None,
    make: Callable[[Any], T | None],
    cursors: Cursors = POSITIONS,
) -> Connection[T]:
    """One page of `items`, each turned into a node by `make`; no element without a bound."""
    start = 0 if after is None else _behind(after, cursors)
    stop = len(items) if last is not None else start
    if first is not None:
        stop = min(len(items), start + first)
    if last is not None:
        start = max(start, stop - last)
    edges = [
        Edge(cursor=cursors.write(position), node=make(items[position]))
        for position in range(start, stop)
    ]
    return Connection(
        edges=edges,
        total_count=len(items),
        page_info=PageInfo(
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
            has_next_page=stop < len(items),
            has_previous_page=start > 0,
        ),
    )


def _behind(cursor: str, cursors: Cursors) -> int:
    try:
        return cursors.behind(cursor)
    except (ValueError, IndexError, TypeError, binascii.Error) as error:
        raise GitHubError(
            "INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor."
        ) from error


def _opaque(kind: str, text: str) -> str:
    return b64encode(f"{kind}{text}".encode()).decode()


def _read_opaque(kind: str, cursor: str) -> str:
    text = b64decode(cursor, validate=True).decode()
    if not text.startswith(kind):
        raise ValueError(text)
    return text.removeprefix(kind)


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
