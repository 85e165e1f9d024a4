"""The rules of names, of publish requests and of subscriptions, as the service documents them.

Names: https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names; limits:
https://cloud.google.com/pubsub/quotas#resource_limits; fields and their ranges:
https://cloud.google.com/pubsub/docs/reference/rpc/google.pubsub.v1 (Subscription, RetryPolicy,
DeadLetterPolicy, ExpirationPolicy). Pure: a request in, a Refusal or nothing out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from emulators.pubsub.errors import InvalidArgument, Unimplemented
from emulators.pubsub.model import Draft

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


DEFAULT_ACK_DEADLINE_SECONDS = 10
DEFAULT_MINIMUM_BACKOFF_SECONDS = 10.0
DEFAULT_MAXIMUM_BACKOFF_SECONDS = 600.0
DEFAULT_DELIVERY_ATTEMPTS = 5
DEFAULT_RETENTION_SECONDS = 7 * 86_400
DEFAULT_EXPIRATION_SECONDS = 31 * 86_400
# Where no retry policy is set, a push endpoint that refuses is given breath between these.
PUSH_BACKOFF_SECONDS = (0.1, 60.0)

_LOOPBACK_HOSTS = ("127.0.0.1", "localhost")
_LEFT_OUT = (
    ("bigquery_config", "BigQuery subscriptions"),
    ("cloud_storage_config", "Cloud Storage subscriptions"),
    ("bigtable_config", "Bigtable subscriptions"),
)


@dataclass(frozen=True, kw_only=True)
class DeliveryRules:
    """How one subscription's messages are delivered, tried again and given up.

    dead_letter_topic and max_delivery_attempts: where a message goes after that many deliveries
        failed; None where it is tried for ever.
    push_endpoint: empty for a subscription that is pulled.
    """

    ack_deadline_seconds: int = DEFAULT_ACK_DEADLINE_SECONDS
    minimum_backoff_seconds: float = 0.0
    maximum_backoff_seconds: float = 0.0
    dead_letter_topic: str | None = None
    max_delivery_attempts: int | None = None
    push_endpoint: str = ""

    def backoff_seconds(self, failures: int) -> float:
        """The wait before the next delivery after so many failed ones, doubling with each."""
        doublings = min(failures - 1, 40)
        return min(self.minimum_backoff_seconds * 2.0**doublings, self.maximum_backoff_seconds)


def rules_of(subscription: Any) -> DeliveryRules:
    """The delivery rules in a (valid) google.pubsub.v1.Subscription."""
    push_endpoint = subscription.push_config.push_endpoint
    backoff = PUSH_BACKOFF_SECONDS if push_endpoint else (0.0, 0.0)
    if subscription.HasField("retry_policy"):
        backoff = _backoff(subscription.retry_policy)
    letters = subscription.dead_letter_policy
    has_letters = bool(letters.dead_letter_topic)
    return DeliveryRules(
        ack_deadline_seconds=subscription.ack_deadline_seconds or DEFAULT_ACK_DEADLINE_SECONDS,
        minimum_backoff_seconds=backoff[0],
        maximum_backoff_seconds=backoff[1],
        dead_letter_topic=letters.dead_letter_topic if has_letters else None,
        max_delivery_attempts=(
            letters.max_delivery_attempts or DEFAULT_DELIVERY_ATTEMPTS if has_letters else None
        ),
        push_endpoint=push_endpoint,
    )


def complete(subscription: Any) -> None:
    """Fill in the service's defaults, in place, as it answers them."""
    if not subscription.ack_deadline_seconds:
        subscription.ack_deadline_seconds = DEFAULT_ACK_DEADLINE_SECONDS
    if not subscription.HasField("message_retention_duration"):
        subscription.message_retention_duration.seconds = DEFAULT_RETENTION_SECONDS
    if not subscription.HasField("expiration_policy"):
        subscription.expiration_policy.ttl.seconds = DEFAULT_EXPIRATION_SECONDS
    if subscription.HasField("retry_policy"):
        minimum, maximum = _backoff(subscription.retry_policy)
        subscription.retry_policy.minimum_backoff.FromNanoseconds(round(minimum * 1e9))
        subscription.retry_policy.maximum_backoff.FromNanoseconds(round(maximum * 1e9))
    letters = subscription.dead_letter_policy
    if letters.dead_letter_topic and not letters.max_delivery_attempts:
        letters.max_delivery_attempts = DEFAULT_DELIVERY_ATTEMPTS
    subscription.state = type(subscription).State.Value("ACTIVE")


def check_subscription(subscription: Any) -> None:
    """Refuse what breaks a rule (InvalidArgument) or is left out here (Unimplemented)."""
    check_name(subscription.name, "subscriptions")
    for field, what in _LEFT_OUT:
        if subscription.HasField(field):
            raise Unimplemented(f"{what} are not part of this emulator.")
    if subscription.message_transforms:
        raise Unimplemented("Message transforms are not part of this emulator.")
    if subscription.enable_exactly_once_delivery:
        raise Unimplemented("Exactly-once delivery is not part of this emulator.")
    _check_range("ack_deadline_seconds", subscription.ack_deadline_seconds, 10, 600)
    retention = subscription.message_retention_duration.ToTimedelta().total_seconds()
    _check_range("message_retention_duration", retention, 600, 31 * 86_400)
    if subscription.expiration_policy.HasField("ttl"):
        ttl = subscription.expiration_policy.ttl.ToTimedelta().total_seconds()
        _check_range("expiration_policy.ttl", ttl, 86_400, 315_576_000_000)
    if subscription.HasField("retry_policy"):
        _check_retry_policy(subscription.retry_policy)
    if subscription.HasField("dead_letter_policy"):
        _check_dead_letter_policy(subscription.dead_letter_policy)
    check_push_config(subscription.push_config)


def check_push_config(push_config: Any) -> None:
    """Refuse an endpoint that is not plain HTTP on this machine, or an unwrapped payload."""
    if push_config.HasField("no_wrapper"):
        raise Unimplemented("Payload unwrapping is not part of this emulator.")
    endpoint = push_config.push_endpoint
    if not endpoint:
        return
    try:
        url = urlsplit(endpoint)
        usable = url.scheme == "http" and url.hostname in _LOOPBACK_HOSTS and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InvalidArgument(
            f"Invalid push endpoint given (endpoint={endpoint}). This emulator delivers to http on"
            f" {' or '.join(_LOOPBACK_HOSTS)} only; the service wants https."
        )


def _check_range(field: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise InvalidArgument(
            f"Invalid {field}: {value:g}. It must be between {least:g} and {most:g} seconds."
        )


def _check_retry_policy(policy: Any) -> None:
    minimum, maximum = _backoff(policy)
    _check_range("retry_policy.minimum_backoff", minimum, 0, 600)
    _check_range("retry_policy.maximum_backoff", maximum, 0, 600)
    if minimum > maximum:
        raise InvalidArgument(
            f"Invalid retry_policy: minimum_backoff ({minimum:g} s) is more than maximum_backoff"
            f" ({maximum:g} s)."
        )


def _check_dead_letter_policy(policy: Any) -> None:
    check_name(policy.dead_letter_topic, "topics")
    if not 5 <= policy.max_delivery_attempts <= 100:
        raise InvalidArgument(
            f"Invalid dead_letter_policy.max_delivery_attempts: {policy.max_delivery_attempts}."
            " It must be between 5 and 100."
        )


def _backoff(policy: Any) -> tuple[float, float]:
    minimum = (
        policy.minimum_backoff.ToTimedelta().total_seconds()
        if policy.HasField("minimum_backoff")
        else DEFAULT_MINIMUM_BACKOFF_SECONDS
    )
    maximum = (
        policy.maximum_backoff.ToTimedelta().total_seconds()
        if policy.HasField("maximum_backoff")
        else DEFAULT_MAXIMUM_BACKOFF_SECONDS
    )
    return minimum, maximum
