"""The dead letters that are read here: all of them, also where the machine is busy."""

from pathlib import Path

from own_dashboard.topic.clients import topic_clients
from own_dashboard.topic.dead_letters import DeadLetters
from own_dashboard.topic.target import Topic
from tests.support.pubsub import connected, running


def test_an_emulator_that_answers_late_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    """Not by how long the answer takes, but by the answer it is seen that there are no more."""
    names = {"project": "here", "name": "letters"}
    with running(tmp_path) as emulator, connected(emulator.address) as clients:
        topic = "projects/here/topics/letters"
        clients.publisher.create_topic(name=topic)
        box = "projects/here/subscriptions/box"
        clients.subscriber.create_subscription(request={"name": box, "topic": topic})
        clients.publisher.publish(topic, b"refused").result()
        emulator.calls.latency_seconds = 0.5
        with topic_clients(Topic(**names, emulator_host=emulator.address)) as here:
            letters = DeadLetters(here, "box")
            [letter] = letters.read()
            assert letter.body == b"refused"
            letters.finish([letter])
            assert list(letters.read()) == []
