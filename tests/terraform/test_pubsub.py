"""Topics, schemas, subscriptions and dead letters are those of pipeline.json, and lose nothing."""

import pytest

from own_dashboard.stack.pipeline import Function, Subscription, Topic, load_pipeline
from tests.support.terraform import ROOT
from tests.support.terraform_run import GIVEN, Deployment

PIPELINE = load_pipeline().wanted(GIVEN)
WEEK = 7 * 86400
SUBSCRIPTIONS = [(f, s) for f in PIPELINE.functions for s in f.subscriptions]
each_subscription = pytest.mark.parametrize(
    ("function", "wanted"), SUBSCRIPTIONS, ids=[wanted.name for _, wanted in SUBSCRIPTIONS]
)


@pytest.mark.parametrize("topic", PIPELINE.topics, ids=lambda topic: topic.name)
def test_a_topic_refuses_what_breaks_its_schema(topic: Topic, chosen: Deployment) -> None:
    """Its own schema, in JSON, as people publish; it keeps a week for whoever was away."""
    made = chosen[f'google_pubsub_topic.events["{topic.name}"]']
    schema = chosen[f'google_pubsub_schema.events["{topic.name}"]']
    definition = ROOT / "functions" / topic.definition

    assert made["name"] == topic.name
    assert made["message_retention_duration"] == f"{topic.retention_seconds}s"
    (settings,) = made["schema_settings"]
    assert (settings["schema"], settings["encoding"]) == (schema["id"], "JSON")
    assert schema["name"] == topic.schema
    assert schema["type"] == "PROTOCOL_BUFFER"
    assert schema["definition"] == definition.read_text(encoding="utf-8")
    assert WEEK <= topic.retention_seconds <= 31 * 86400


def test_there_is_nothing_else(chosen: Deployment) -> None:
    """A topic an entry and one for dead letters; a subscription an entry and one for those."""
    topics = chosen.of_type("google_pubsub_topic.").values()
    subscriptions = chosen.of_type("google_pubsub_subscription.").values()

    assert {t["name"] for t in topics} == {
        *(topic.name for topic in PIPELINE.topics),
        PIPELINE.dead_letters.topic,
    }
    assert {s["name"] for s in subscriptions} == {
        *(wanted.name for _, wanted in SUBSCRIPTIONS),
        PIPELINE.dead_letters.subscription,
    }
    assert len(topics) == len(PIPELINE.topics) + 1


@each_subscription
def test_a_push_calls_its_function_as_its_caller(
    function: Function, wanted: Subscription, chosen: Deployment
) -> None:
    """At the run.app address, which internal ingress lets in, with a token made for it."""
    made = chosen[f'google_pubsub_subscription.events["{wanted.name}"]']
    called = chosen[f'google_cloudfunctions2_function.step["{function.step}"]']
    (push,) = made["push_config"]
    (token,) = push["oidc_token"]

    assert made["topic"] == chosen[f'google_pubsub_topic.events["{wanted.topic}"]']["id"]
    assert push["push_endpoint"] == called["service_config"][0]["uri"]
    assert push["push_endpoint"] == f"https://{function.step}.a.run.app"
    assert token["audience"] == push["push_endpoint"]
    assert (
        token["service_account_email"]
        == (chosen[f'google_service_account.caller["{function.step}"]']["email"])
    )
    # The function's handler reads Pub/Sub's own envelope.
    assert push["no_wrapper"] == []
    assert not push["attributes"]


@pytest.mark.parametrize("wanted", PIPELINE.subscriptions, ids=lambda wanted: wanted.name)
def test_a_delivery_is_tried_again_as_long_as_it_is_stated(
    wanted: Subscription, chosen: Deployment
) -> None:
    """Deadline, back-off, attempts and retention; what fails too often is set aside, not lost."""
    made = chosen[f'google_pubsub_subscription.events["{wanted.name}"]']
    dead_letters = chosen["google_pubsub_topic.dead_letters"]

    assert made["name"] == wanted.name
    assert made["ack_deadline_seconds"] == wanted.ack_deadline_seconds
    assert made["message_retention_duration"] == (
        f"{PIPELINE.topic(wanted.topic).retention_seconds}s"
    )
    assert made["retry_policy"] == [
        {
            "minimum_backoff": f"{wanted.minimum_backoff_seconds}s",
            "maximum_backoff": f"{wanted.maximum_backoff_seconds}s",
        }
    ]
    assert made["dead_letter_policy"] == [
        {
            "dead_letter_topic": dead_letters["id"],
            "max_delivery_attempts": wanted.max_delivery_attempts,
        }
    ]
    assert made["expiration_policy"] == [{"ttl": ""}]
    assert (made["filter"] or "") == wanted.filter
    for unwanted in ("enable_message_ordering", "retain_acked_messages", "message_transforms"):
        assert not made[unwanted]


@each_subscription
def test_its_limits_fit_each_other(function: Function, wanted: Subscription) -> None:
    """No delivery beside one that is still at work; a busy instance does not use up attempts."""
    assert wanted.ack_deadline_seconds > function.timeout_seconds
    assert 10 <= wanted.minimum_backoff_seconds < wanted.maximum_backoff_seconds <= 600
    assert 10 <= wanted.max_delivery_attempts <= 100


def test_dead_letters_wait_for_a_person(chosen: Deployment) -> None:
    """A topic without a schema, so that anything finds room, and a subscription that keeps it."""
    wanted = PIPELINE.dead_letters
    topic = chosen["google_pubsub_topic.dead_letters"]
    kept = chosen["google_pubsub_subscription.dead_letters"]

    assert topic["name"] == wanted.topic
    assert topic["schema_settings"] == []
    assert kept["name"] == wanted.subscription
    assert kept["topic"] == topic["id"]
    assert kept["message_retention_duration"] == f"{wanted.retention_seconds}s"
    assert 2 * WEEK < wanted.retention_seconds <= 31 * 86400
    assert kept["expiration_policy"] == [{"ttl": ""}]
    # Whoever looks at them reads the reasons first.
    assert 60 <= kept["ack_deadline_seconds"] <= 600
    assert kept["push_config"] == []
    assert kept["dead_letter_policy"] == []
    assert not kept["filter"]
