"""Faults inside an otherwise good GraphQL answer, HTTP 200: a strike hits the first place it fits.

null_node            a repository of `nodes` or `repositories` is null, error NOT_FOUND
saml                 the same with FORBIDDEN and `extensions.saml_failure`
null_branch          a repository's defaultBranchRef is null, and no error says so
history_unavailable  a history fails: its `target` is null, error SERVICE_UNAVAILABLE
resource_limits      RESOURCE_LIMITS_EXCEEDED: the first history is there, all others are null
empty_page           a connection has no elements and says `hasNextPage: true`
short_page           a connection's page lacks its last element and says there is no more;
                     only `totalCount` tells
null_element         a connection's first element is null, and no error says so
null_rate_limit      `rateLimit` is null, as on GitHub Enterprise Server without limits
"""

from dataclasses import replace
from typing import TypeVar

from emulators.github.errors import GitHubError, not_found, resource_limits, saml_wall, unavailable
from emulators.github.paging import Connection

T = TypeVar("T")

KINDS = (
    "null_node",
    "saml",
    "null_branch",
    "history_unavailable",
    "resource_limits",
    "empty_page",
    "short_page",
    "null_element",
    "null_rate_limit",
)


class Strike:
    """The one fault, if any, that one request suffers."""

    def __init__(self, kind: str | None, *, keep_first_history: bool) -> None:
        self._kind = kind
        self._spared = 1 if keep_first_history else 0

    def take(self, kind: str) -> bool:
        """Whether this is the first place where a fault of that kind fits."""
        if self._kind != kind:
            return False
        self._kind = None
        return True

    def node_error(self, node_id: str) -> GitHubError | None:
        """What a repository is replaced by."""
        if self.take("null_node"):
            return not_found(node_id)
        return saml_wall() if self.take("saml") else None

    def raise_if_exhausted(self) -> None:
        """The end of what one query may cost, at each field that is heavy work."""
        if self._kind != "resource_limits":
            return
        if not self._spared:
            raise resource_limits()
        self._spared -= 1

    def raise_if_unavailable(self) -> None:
        """A history that cannot be worked out this time."""
        if self.take("history_unavailable"):
            raise unavailable("SERVICE_UNAVAILABLE")

    def page(self, connection: Connection[T]) -> Connection[T]:
        """The page as it goes out: cut or holed if that is this request's fault."""
        if not connection.edges:
            return connection
        if self.take("empty_page"):
            cut = replace(
                connection.page_info, has_next_page=True, end_cursor=None, start_cursor=None
            )
            return replace(connection, edges=(), page_info=cut)
        if self.take("short_page"):
            end = replace(connection.page_info, has_next_page=False)
            return replace(connection, edges=connection.edges[:-1], page_info=end)
        if self.take("null_element"):
            hole = replace(connection.edges[0], node=None)
            return replace(connection, edges=[hole, *connection.edges[1:]])
        return connection
