"""What a publish request may hold (https://cloud.google.com/pubsub/quotas#resource_limits)."""

from collections.abc import Sequence

from emulators.pubsub.errors import InvalidArgument
from emulators.pubsub.model import Draft

MAX_MESSAGES = 1_000
MAX_BYTES = 10_000_000
MAX_ATTRIBUTES = 100
MAX_KEY_BYTES = 256
MAX_VALUE_BYTES = 1_024
MAX_ORDERING_KEY_BYTES = 1_024


def check_publish(drafts: Sequence[Draft]) -> None:
    """Refuse a request that breaks a limit, as a whole."""
    if not drafts:
        raise InvalidArgument("The publish request holds no message; it needs at least one.")
    if len(drafts) > MAX_MESSAGES:
        raise InvalidArgument(
            f"The value for message_count is too large. You passed {len(drafts)} in the request,"
            f" but the maximum value is {MAX_MESSAGES}."
        )
    size = 0
    for draft in drafts:
        _check_message(draft)
        size += len(draft.data) + sum(len(k) + len(v) for k, v in draft.attributes.items())
    if size > MAX_BYTES:
        raise InvalidArgument(
            f"The value for request_size is too large. You passed {size} in the request, but the"
            f" maximum value is {MAX_BYTES}."
        )


def _check_message(draft: Draft) -> None:
    if not draft.data and not draft.attributes:
        raise InvalidArgument(
            "One or more messages in the publish request is empty. Each message must contain"
            " either non-empty data, or at least one attribute."
        )
    if len(draft.attributes) > MAX_ATTRIBUTES:
        raise InvalidArgument(
            f"The message has {len(draft.attributes)} attributes; the most is {MAX_ATTRIBUTES}."
        )
    for key, value in draft.attributes.items():
        if not 0 < len(key.encode()) <= MAX_KEY_BYTES:
            raise InvalidArgument(f"Attribute key {key!r}: 1 to {MAX_KEY_BYTES} bytes are allowed.")
        if key.startswith("goog"):
            raise InvalidArgument(f"Attribute key {key!r} begins with 'goog', which is reserved.")
        if len(value.encode()) > MAX_VALUE_BYTES:
            raise InvalidArgument(
                f"The value of attribute {key!r} has more than {MAX_VALUE_BYTES} bytes."
            )
    if len(draft.ordering_key.encode()) > MAX_ORDERING_KEY_BYTES:
        raise InvalidArgument(f"The ordering key has more than {MAX_ORDERING_KEY_BYTES} bytes.")
