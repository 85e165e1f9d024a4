"""Topics, subscriptions and schemas as protocol buffers, and their plain JSON for the journal.

The form on disk is that of the service's REST API
(https://cloud.google.com/pubsub/docs/reference/rest). google.pubsub_v1 is not typed down to its
raw messages, hence `Any` for them here and in the shells.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict
from google.pubsub_v1.types import pubsub, schema

from emulators.pubsub.records import Collection

_TYPES: Mapping[Collection, Any] = {
    "topics": pubsub.Topic.pb(),
    "subscriptions": pubsub.Subscription.pb(),
    "schemas": schema.Schema.pb(),
}


def to_plain(resource: Any) -> dict[str, Any]:
    """The JSON form of a resource."""
    plain: dict[str, Any] = MessageToDict(resource)
    return plain


def parse_resource(collection: Collection, plain: Mapping[str, Any]) -> Any:
    """The resource of a JSON form; fields of a later version are passed over."""
    return ParseDict(dict(plain), _TYPES[collection](), ignore_unknown_fields=True)


def copy_of(resource: Any) -> Any:
    """A copy that may be changed."""
    copy = type(resource)()
    copy.CopyFrom(resource)
    return copy
