"""Looks at Pub/Sub: the topic, every subscription, and the dead letters."""

from collections.abc import Iterator

import httpx
from google.api_core.exceptions import NotFound
from google.pubsub_v1 import types

from commit_counts.errors import DashboardError
from commit_counts.inspection import Finding, fault, fault_of, good, note
from own_dashboard.stack.pipeline import Pipeline, Subscription
from own_dashboard.topic.clients import SECONDS, TopicClients, topic_clients
from own_dashboard.topic.dead_letters import DeadLetters
from own_dashboard.topic.target import Topic

_START_AGAIN = "look into its log in the state folder, or stop `./dev up` and start it again"
_APPLY = "run `terraform apply` in terraform/ (docs/deploy/google-cloud.md)"


def examine_pubsub(topic: Topic, pipeline: Pipeline) -> Iterator[Finding]:
    """Everything that an event passes on its way."""
    try:
        with topic_clients(topic) as clients:
            yield from _topic(clients)
            for subscription in pipeline.subscriptions:
                yield from _subscription(clients, subscription)
            yield from _dead_letters(clients, pipeline)
    except DashboardError as error:
        yield fault_of("topic", error)


def _topic(clients: TopicClients) -> Iterator[Finding]:
    try:
        found = clients.publisher.get_topic(
            request={"topic": clients.path}, timeout=SECONDS, retry=None
        )
    except NotFound:
        yield fault("topic", f"{clients.path} is not there", _APPLY)
        return
    if not found.schema_settings.schema:
        yield fault("topic", "has no schema: malformed events are not refused at once", _APPLY)
    else:
        yield good("topic", f"{clients.path}, with its schema")


def _subscription(clients: TopicClients, wanted: Subscription) -> Iterator[Finding]:
    subject = f"subscription {wanted.name}"
    try:
        found = clients.subscriber.get_subscription(
            request={"subscription": clients.subscription_path(wanted.name)},
            timeout=SECONDS,
            retry=None,
        )
    except NotFound:
        yield fault(subject, "is not there", _APPLY)
        return
    missing = [what for what, there in _parts(found).items() if not there]
    if missing:
        yield fault(subject, f"has no {' and no '.join(missing)}", _APPLY)
        return
    address = found.push_config.push_endpoint
    if clients.topic.emulator_host is None:
        yield good(subject, f"pushes to {address}")
    elif _answers(address):
        yield good(subject, f"pushes to {address}, which answers")
    else:
        yield fault(subject, f"pushes to {address}, which does not answer", _START_AGAIN)


def _answers(address: str) -> bool:
    """Whether a function on this machine is there; its event handler is not called."""
    try:
        httpx.get(f"{address}robots.txt", timeout=SECONDS, trust_env=False)
    except httpx.HTTPError:
        return False
    return True


def _parts(found: types.Subscription) -> dict[str, bool]:
    return {
        "push address": bool(found.push_config.push_endpoint),
        "retry policy": "retry_policy" in found,
        "dead-letter policy": bool(found.dead_letter_policy.dead_letter_topic),
    }


def _dead_letters(clients: TopicClients, pipeline: Pipeline) -> Iterator[Finding]:
    letters = DeadLetters(clients, pipeline.dead_letters.subscription)
    try:
        found = list(letters.read())
    except NotFound:
        name = pipeline.dead_letters.subscription
        yield fault("dead letters", f"subscription {name} is not there: they are lost", _APPLY)
        return
    letters.put_back(found)
    if found:
        text = f"{len(found)} events could not be written"
        yield note("dead letters", text, "`./dev replay --list` says why")
    else:
        yield good("dead letters", "none")
