"""Queries that do not fit the schema, refused in GitHub's words: a path and a code."""

import re
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

from emulators.github.errors import as_github_shows

_UNKNOWN_FIELD = re.compile(r"Cannot query field '(?P<field>\w+)' on type '(?P<type>\w+)'")
_UNKNOWN_ARGUMENT = re.compile(r"Unknown argument '(?P<name>\w+)' on field '\w+\.(?P<field>\w+)'")


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
