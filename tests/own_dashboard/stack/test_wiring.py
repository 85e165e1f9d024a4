"""The local wiring brings what an older version left up to date, and never stops for good."""

from collections.abc import Callable
from pathlib import Path

import pytest
from google.pubsub_v1 import types

from emulators.pubsub import PubSubEmulator
from own_dashboard.stack.pipeline import load_pipeline
from own_dashboard.stack.wiring import schema_file, wire
from tests.support.pubsub import Clients, connected, running

PIPELINE = load_pipeline()
PROJECT = "projects/local"
TOPIC = PIPELINE.topics[0]
SCHEMA = f"{PROJECT}/schemas/{TOPIC.schema}"
DEFINITION = schema_file(TOPIC).read_text(encoding="utf-8")
EVENT = b'{"date": "2026-11-23", "repository": "me/app", "commits": 3}'


def replace_schema(clients: Clients, definition: str) -> None:
    """Leave what an older version made: its schema under the topic."""
    clients.schemas.delete_schema(name=SCHEMA)
    schema = types.Schema(type_=types.Schema.Type.PROTOCOL_BUFFER, definition=definition)
    clients.schemas.create_schema(parent=PROJECT, schema_id=TOPIC.schema, schema=schema)


OLDER: dict[str, tuple[Callable[[Clients], None], int]] = {
    "a comment more": (lambda clients: replace_schema(clients, f"{DEFINITION}// older"), 2),
    "a field less": (
        lambda clients: replace_schema(clients, DEFINITION.replace("string source = 13;", "")), 2
    ),
    "a field of another type": (
        lambda clients: replace_schema(clients, DEFINITION.replace("string login", "int32 login")),
        1,
    ),
    "no schema any more": (lambda clients: clients.schemas.delete_schema(name=SCHEMA), 1),
}  # fmt: skip


@pytest.mark.parametrize(("make_older", "revisions"), OLDER.values(), ids=OLDER)
def test_a_changed_schema_becomes_a_revision_and_events_go_on(
    tmp_path: Path, make_older: Callable[[Clients], None], revisions: int
) -> None:
    """Where the older one cannot be revised, it is made anew, and the topic is told."""
    with running(tmp_path) as emulator, connected(emulator.address) as clients:
        wire_here(emulator)
        make_older(clients)
        wire_here(emulator)
        topic = f"{PROJECT}/topics/{TOPIC.name}"
        assert clients.publisher.get_topic(topic=topic).schema_settings.schema == SCHEMA
        held = list(clients.schemas.list_schema_revisions(name=SCHEMA))
        assert len(held) == revisions
        assert clients.schemas.get_schema(name=SCHEMA).definition == DEFINITION
        assert clients.publisher.publish(topic, EVENT).result()
        wire_here(emulator)
        assert len(list(clients.schemas.list_schema_revisions(name=SCHEMA))) == revisions


def wire_here(emulator: PubSubEmulator) -> None:
    urls = {function.step: "http://127.0.0.1:9/" for function in PIPELINE.functions}
    wire(PIPELINE, "local", emulator.address, urls)
