"""The rules of resource names.

`projects/PROJECT/topics/ID`, and so for subscriptions and schemas; an id has 3 to 255 characters
out of letters, digits and `-._~+%`, starts with a letter and not with "goog"
(https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names).
"""

import re

from emulators.pubsub.errors import InvalidArgument

DELETED_TOPIC = "_deleted-topic_"
DELETED_SCHEMA = "_deleted-schema_"

_PROJECT = re.compile(r"projects/[^/\s]+")
_ID = re.compile(r"(?!goog)[A-Za-z][A-Za-z0-9\-._~+%]{2,254}")


def check_name(name: str, collection: str) -> str:
    """The name itself, if it is one of a resource in `collection` (topics, subscriptions, …)."""
    parent, _, rest = name.rpartition(f"/{collection}/")
    if _PROJECT.fullmatch(parent) and _ID.fullmatch(rest):
        return name
    raise InvalidArgument(
        f"Invalid [{collection}] name: (name={name}). It is projects/PROJECT/{collection}/ID, with"
        " an ID of 3 to 255 letters, digits and -._~+% that starts with a letter and not with"
        " 'goog'."
    )


def check_project(name: str) -> str:
    """The name itself, if it is `projects/PROJECT`."""
    if _PROJECT.fullmatch(name):
        return name
    raise InvalidArgument(f"Invalid [projects] name: (name={name}). It is projects/PROJECT.")


def project_of(name: str) -> str:
    """The project's id in a resource's full name."""
    return name.split("/", 2)[1]


def schema_name(project: str, schema_id: str) -> str:
    """The full name of a schema; project is `projects/PROJECT`."""
    return check_name(f"{check_project(project)}/schemas/{schema_id}", "schemas")
