"""Errors in GitHub's shapes: `type` beside `message`, `path` and `locations`, inside HTTP 200.

Queries that do not fit the schema are refused in GitHub's words too: with a path and a code.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

import re
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
)

_UNKNOWN_FIELD = re.compile(r"Cannot query field '(?P<field>\w+)' on type '(?P<type>\w+)'")
_UNKNOWN_ARGUMENT = re.compile(r"Unknown argument '(?P<name>\w+)' on field '\w+\.(?P<field>\w+)'")


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


def ip_wall(organization: str) -> GitHubError:
    """The organisation does not let this network in; no token changes that."""
    return GitHubError(
        "FORBIDDEN",
        "Although you appear to have the correct authorization credentials, the "
        f"`{organization}` organization has an IP allow list enabled, and your IP address is not "
        "permitted to access this resource.",
        {"saml_failure": False},
    )


def resource_limits() -> GitHubError:
    """The query as a whole was too much work; what was reached before stays in `data`."""
    return GitHubError("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")


def unavailable(kind: str) -> GitHubError:
    """One field could not be worked out this time."""
    return GitHubError(kind, "Something went wrong while executing this field. Please try again.")


def refusal(document: DocumentNode, error: GraphQLError) -> dict[str, Any]:
    """One entry of `errors[]` for a document that did not validate."""
    shown = as_github_shows(error)
    path = _path_to(error.nodes[0], document) if error.nodes else None
    if path:
        shown["path"] = path
    if unknown := _UNKNOWN_FIELD.match(error.message):
        shown["extensions"] = {
            "code": "undefinedField",
            "typeName": unknown["type"],
            "fieldName": unknown["field"],
        }
        shown["message"] = f"Field '{unknown['field']}' doesn't exist on type '{unknown['type']}'"
    elif unknown := _UNKNOWN_ARGUMENT.match(error.message):
        shown["extensions"] = {
            "code": "argumentNotAccepted",
            "name": unknown["field"],
            "typeName": "Field",
            "argumentName": unknown["name"],
        }
        shown["message"] = f"Field '{unknown['field']}' doesn't accept argument '{unknown['name']}'"
    return shown


def _path_to(wanted: Node, within: Node) -> list[str] | None:
    """The names of the definition and the fields that lead to a place in the document."""
    for key in within.keys:
        value = getattr(within, key, None)
        for child in value if isinstance(value, tuple | list) else (value,):
            if not isinstance(child, Node):
                continue
            rest = [] if child is wanted else _path_to(wanted, child)
            if rest is not None:
                return [*_names(child), *rest]
    return None


def _names(node: Node) -> list[str]:
    if isinstance(node, OperationDefinitionNode):
        return [f"{node.operation.value} {node.name.value}" if node.name else node.operation.value]
    if isinstance(node, FragmentDefinitionNode):
        return [f"fragment {node.name.value}"]
    if isinstance(node, FieldNode):
        return [node.alias.value if node.alias else node.name.value]
    if isinstance(node, InlineFragmentNode) and node.type_condition:
        return [f"... on {node.type_condition.name.value}"]
    return []
