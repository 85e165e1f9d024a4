"""Errors in GitHub's shapes: `type` beside `message`, `path` and `locations`, inside HTTP 200.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, Node

DOCUMENTATION = "https://docs.github.com/graphql"


class GitHubError(GraphQLError):
    """An error that a resolver raises.

    kind: GitHub's `type`, such as NOT_FOUND.
    details: what stands under `extensions`.
    node: the place in the query, for `locations`; a resolver's own place is known without it.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        details: Mapping[str, Any] | None = None,
        *,
        node: Node | None = None,
    ) -> None:
        super().__init__(message, node, extensions={"type": kind, **(details or {})})


def as_github_shows(error: GraphQLError) -> dict[str, Any]:
    """One entry of `errors[]`."""
    shown: dict[str, Any] = {**error.formatted}
    extensions = dict(shown.pop("extensions", None) or {})
    kind = extensions.pop("type", None)
    if extensions:
        shown["extensions"] = extensions
    return {"type": kind, **shown} if kind else shown


def not_found(node_id: str) -> GitHubError:
    """No node of that id, or none that the token may see: GitHub does not tell the two apart."""
    return GitHubError(
        "NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'."
    )


def saml_wall() -> GitHubError:
    """The organisation wants the token to be authorised for its single sign-on."""
    return GitHubError(
        "FORBIDDEN",
        "Resource protected by organization SAML enforcement. You must grant your OAuth token "
        "access to this organization.",
        {"saml_failure": True},
    )


def resource_limits() -> GitHubError:
    """The query as a whole was too much work; what was reached before stays in `data`."""
    return GitHubError("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")


def unavailable(kind: str) -> GitHubError:
    """One field could not be worked out this time."""
    return GitHubError(kind, "Something went wrong while executing this field. Please try again.")
