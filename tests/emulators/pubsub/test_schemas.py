"""Schemas of protocol buffers, which Google's emulator does not have, by the documented rules."""

from typing import Any

import pytest
from google.api_core import exceptions
from google.pubsub_v1 import types

from tests.support.pubsub import (
    PROJECT,
    Clients,
    pull,
    subscribe,
    topic_name,
)

PROTO = 'syntax = "proto3"; message Count { string date = 1; int64 commits = 2; }'


@pytest.fixture
def clients(emulator_clients: Clients) -> Clients:
    """The emulator's clients only."""
    return emulator_clients


@pytest.fixture
def schema(clients: Clients) -> str:
    """A schema of the test's own."""
    made = clients.schemas.create_schema(
        parent=PROJECT,
        schema=types.Schema(type_=types.Schema.Type.PROTOCOL_BUFFER, definition=PROTO),
        schema_id=topic_name("schema").rsplit("/", 1)[-1],
    )
    return str(made.name)


@pytest.fixture
def topic_with_schema(clients: Clients, schema: str) -> str:
    """A topic whose messages are JSON of the schema."""
    name = topic_name()
    settings = {"schema": schema, "encoding": types.Encoding.JSON}
    clients.publisher.create_topic(request={"name": name, "schema_settings": settings})
    return name


@pytest.mark.parametrize(
    "data",
    [
        b'{"date": 1}',
        b'{"date": "2026-11-23", "comits": 3}',
        b'{"commits": "many"}',
        b"not json",
        b"[]",
        b"null",
        b'""',
        b"\xff",
        b"[" * 100_000,
    ],
    ids=lambda data: repr(data[:40]),
)
def test_a_message_that_breaks_the_schema_is_refused_at_once(
    clients: Clients, topic_with_schema: str, data: bytes
) -> None:
    """INVALID_ARGUMENT with the service's words, and ErrorInfo that says why; nothing is stored."""
    subscription = subscribe(clients, topic_with_schema)
    with pytest.raises(exceptions.InvalidArgument, match="Message failed schema validation") as bad:
        clients.raw_publisher.publish(
            topic=topic_with_schema, messages=[types.PubsubMessage(data=data)]
        )
    assert bad.value.reason == "INVALID_JSON_PROTO_MESSAGE"
    assert bad.value.domain == "pubsub.googleapis.com"
    clients.publisher.publish(topic_with_schema, b'{"commits": 3}').result()
    assert pull(clients, subscription)[0].message.data == b'{"commits": 3}'


def test_the_reason_names_the_field(clients: Clients, topic_with_schema: str) -> None:
    """Who publishes by hand reads which field is wrong."""
    with pytest.raises(exceptions.InvalidArgument, match="comits"):
        clients.publisher.publish(topic_with_schema, b'{"comits": 3}').result()


def test_one_bad_message_refuses_the_whole_request(
    clients: Clients, topic_with_schema: str
) -> None:
    """A publish request is accepted as a whole or not at all."""
    subscription = subscribe(clients, topic_with_schema)
    messages = [types.PubsubMessage(data=data) for data in (b'{"commits": 1}', b"{")]
    with pytest.raises(exceptions.InvalidArgument):
        clients.raw_publisher.publish(topic=topic_with_schema, messages=messages)
    clients.publisher.publish(topic_with_schema, b'{"commits": 2}').result()
    assert pull(clients, subscription)[0].message.data == b'{"commits": 2}'


def test_validate_message_answers_like_publish(clients: Clients, schema: str) -> None:
    """ValidateMessage takes a schema by name or as it is, JSON or binary."""
    wanted = types.Schema(type_=types.Schema.Type.PROTOCOL_BUFFER, definition=PROTO)
    for one in ({"name": schema}, {"schema": wanted}):
        for encoding, data in ((types.Encoding.JSON, b"{}"), (types.Encoding.BINARY, b"\x10\x03")):
            clients.schemas.validate_message(
                request={"parent": PROJECT, "encoding": encoding, "message": data, **one}
            )
        with pytest.raises(exceptions.InvalidArgument):
            clients.schemas.validate_message(
                request={
                    "parent": PROJECT,
                    "encoding": types.Encoding.BINARY,
                    "message": b"\x10",
                    **one,
                }
            )


def test_a_topic_needs_a_schema_that_exists(clients: Clients, schema: str) -> None:
    """Schema settings name a schema and an encoding; a deleted schema refuses what is published."""
    settings: dict[str, Any] = {
        "schema": f"{PROJECT}/schemas/none",
        "encoding": types.Encoding.JSON,
    }
    with pytest.raises(exceptions.NotFound):
        clients.publisher.create_topic(request={"name": topic_name(), "schema_settings": settings})
    with pytest.raises(exceptions.InvalidArgument):
        clients.publisher.create_topic(
            request={"name": topic_name(), "schema_settings": {"schema": schema}}
        )
    name = topic_name()
    settings["schema"] = schema
    clients.publisher.create_topic(request={"name": name, "schema_settings": settings})
    clients.schemas.delete_schema(name=schema)
    assert clients.publisher.get_topic(topic=name).schema_settings.schema == "_deleted-schema_"
    with pytest.raises(exceptions.FailedPrecondition):
        clients.publisher.publish(name, b"{}").result()


def test_a_schema_lives_from_create_to_delete(clients: Clients) -> None:
    """A schema is found by get and list once made, taken once, and NOT_FOUND after deletion."""
    schema_id = topic_name("schema").rsplit("/", 1)[-1]
    wanted = types.Schema(type_=types.Schema.Type.PROTOCOL_BUFFER, definition=PROTO)
    request = {"parent": PROJECT, "schema": wanted, "schema_id": schema_id}
    made = clients.schemas.create_schema(request=request)
    assert made.name == f"{PROJECT}/schemas/{schema_id}"
    assert clients.schemas.get_schema(name=made.name).definition == PROTO
    assert made.name in [each.name for each in clients.schemas.list_schemas(parent=PROJECT)]
    with pytest.raises(exceptions.AlreadyExists):
        clients.schemas.create_schema(request=request)
    clients.schemas.delete_schema(name=made.name)
    with pytest.raises(exceptions.NotFound):
        clients.schemas.get_schema(name=made.name)


def test_a_definition_that_does_not_compile_is_refused(clients: Clients) -> None:
    """A PROTOCOL_BUFFER schema is one proto file with a message in it."""
    for definition in ("", "message", 'syntax = "proto3"; message A { nothing x = 1; }'):
        wanted = types.Schema(type_=types.Schema.Type.PROTOCOL_BUFFER, definition=definition)
        with pytest.raises(exceptions.InvalidArgument):
            clients.schemas.validate_schema(parent=PROJECT, schema=wanted)


WIDER = PROTO.replace("int64 commits = 2;", "int64 commits = 2; string repository = 3;")


def commit(clients: Clients, name: str, definition: str) -> str:
    """The id of a new revision."""
    revision = types.Schema(type_=types.Schema.Type.PROTOCOL_BUFFER, definition=definition)
    made = clients.schemas.commit_schema(request={"name": name, "schema": revision})
    return str(made.revision_id)


def test_a_new_revision_is_in_force_at_once_beside_the_old_ones(
    clients: Clients, schema: str, topic_with_schema: str
) -> None:
    """And each message says which revision it fits: the newest that it does."""
    subscription = subscribe(clients, topic_with_schema)
    first = clients.schemas.get_schema(name=schema).revision_id
    wide = b'{"repository": "me/app"}'
    with pytest.raises(exceptions.InvalidArgument):
        clients.publisher.publish(topic_with_schema, wide).result()
    second = commit(clients, schema, WIDER)
    third = commit(clients, schema, PROTO)
    for data in (b'{"commits": 1}', wide):
        clients.publisher.publish(topic_with_schema, data, login="octo").result()
    received = pull(clients, subscription, 2)
    assert [dict(each.message.attributes) for each in received] == [
        {
            "login": "octo",
            "googclient_schemaencoding": "JSON",
            "googclient_schemaname": schema,
            "googclient_schemarevisionid": revision_id,
        }
        for revision_id in (third, second)
    ]
    listed = clients.schemas.list_schema_revisions(name=schema)
    assert [each.revision_id for each in listed] == [third, second, first]
    assert clients.schemas.get_schema(name=f"{schema}@{second}").definition == WIDER


def test_a_topic_may_bound_the_revisions(
    clients: Clients, schema: str, topic_with_schema: str
) -> None:
    first = clients.schemas.get_schema(name=schema).revision_id
    second = commit(clients, schema, WIDER)
    wide, settings = b'{"repository": "me/app"}', {"schema": schema, "encoding": "JSON"}
    for bound, fits in (("first_revision_id", [second, first]), ("last_revision_id", [])):
        topic = {
            "name": topic_with_schema,
            "schema_settings": {**settings, bound: second if fits else first},
        }
        mask = {"paths": ["schema_settings"]}
        clients.raw_publisher.update_topic(request={"topic": topic, "update_mask": mask})
        if fits:
            clients.publisher.publish(topic_with_schema, wide).result()
        else:
            with pytest.raises(exceptions.InvalidArgument):
                clients.publisher.publish(topic_with_schema, wide).result()
    unknown = {**settings, "last_revision_id": "00000000"}
    topic = {"name": topic_with_schema, "schema_settings": unknown}
    with pytest.raises(exceptions.NotFound):
        clients.raw_publisher.update_topic(request={"topic": topic, "update_mask": mask})


@pytest.mark.parametrize(
    "definition",
    [
        PROTO.replace("int64 commits", "string commits"),
        PROTO.replace("commits", "count"),
        PROTO.replace("int64 commits", "repeated int64 commits"),
        PROTO.replace("int64 commits = 2;", "int64 commits = 2; repeated string tags = 3;"),
    ],
)
def test_a_revision_adds_and_removes_optional_fields_only(
    clients: Clients, schema: str, definition: str
) -> None:
    with pytest.raises(exceptions.InvalidArgument, match="incompatible"):
        commit(clients, schema, definition)
    assert clients.schemas.get_schema(name=schema).definition == PROTO


def test_revisions_are_rolled_back_and_deleted_but_not_the_last(
    clients: Clients, schema: str
) -> None:
    first = clients.schemas.get_schema(name=schema).revision_id
    second = commit(clients, schema, WIDER)
    third = clients.schemas.rollback_schema(name=schema, revision_id=first)
    assert third.definition == PROTO
    for revision_id in (first, second):
        clients.schemas.delete_schema_revision(name=f"{schema}@{revision_id}")
    with pytest.raises(exceptions.NotFound):
        clients.schemas.get_schema(name=f"{schema}@{second}")
    with pytest.raises(exceptions.FailedPrecondition):
        clients.schemas.delete_schema_revision(name=f"{schema}@{third.revision_id}")
    for _ in range(19):
        commit(clients, schema, PROTO)
    with pytest.raises(exceptions.FailedPrecondition, match="20 revisions"):
        commit(clients, schema, PROTO)
