"""Schemas: a .proto definition compiled once, messages held against it, and the SchemaService.

Only PROTOCOL_BUFFER: one top-level message, no imports
(https://cloud.google.com/pubsub/docs/schemas#schema_types). The compiler is a process of its own,
started only when a schema is met.
"""

import functools
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    empty_pb2,
    json_format,
    message,
    message_factory,
)
from google.pubsub_v1.types import schema

from emulators.pubsub.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    Unimplemented,
)
from emulators.pubsub.live import Live
from emulators.pubsub.model import Draft
from emulators.pubsub.operations import Operation, Request, page_of
from emulators.pubsub.rules import check_name, check_project, schema_name
from emulators.pubsub.store import copy_of

JSON = int(schema.Encoding.JSON)
BINARY = int(schema.Encoding.BINARY)

_FILE_NAME = "schema.proto"
_REASONS = {JSON: "INVALID_JSON_PROTO_MESSAGE", BINARY: "INVALID_BINARY_PROTO_MESSAGE"}


def check_schema(definition: Any) -> None:
    """Refuse a google.pubsub.v1.Schema that does not compile."""
    if definition.type_ == schema.Schema.Type.AVRO:
        raise Unimplemented("Avro schemas are not part of this emulator.")
    if definition.type_ != schema.Schema.Type.PROTOCOL_BUFFER:
        raise InvalidArgument("The schema's type must be PROTOCOL_BUFFER or AVRO.")
    _message_class(definition.definition)


def allowed_revisions(revisions: Sequence[Any], settings: Any) -> list[Any]:
    """Those of a schema that a topic's settings allow, newest first: so they are tried."""
    ids = [revision.revision_id for revision in revisions]
    first = ids.index(settings.first_revision_id) if settings.first_revision_id in ids else 0
    last = ids.index(settings.last_revision_id) if settings.last_revision_id in ids else len(ids)
    return list(reversed(revisions[first : last + 1]))


def checked_draft(draft: Draft, allowed: Sequence[Any], settings: Any) -> Draft:
    """The message with the attributes that say which revision it fits; InvalidArgument for none.

    https://cloud.google.com/pubsub/docs/schemas#receive_messages
    """
    for revision in allowed:
        try:
            check_message(revision, settings.encoding, draft.data)
        except InvalidArgument:
            if revision is allowed[-1]:
                raise
        else:
            attributes = {
                "googclient_schemaencoding": schema.Encoding(settings.encoding).name,
                "googclient_schemaname": settings.schema,
                "googclient_schemarevisionid": revision.revision_id,
            }
            return replace(draft, attributes={**draft.attributes, **attributes})
    raise AssertionError("unreachable: the last revision's refusal is raised")


def check_successor(before: Any, after: Any) -> None:
    """Refuse a revision that changes a field, or takes or adds one that is not optional.

    https://cloud.google.com/pubsub/docs/commit-schema-revision
    """
    if before.type_ != after.type_:
        raise InvalidArgument("A schema's type cannot change between its revisions.")
    fields_before, fields_after = (_fields(each.definition) for each in (before, after))
    for number in sorted(fields_before.keys() | fields_after.keys()):
        old, new = fields_before.get(number), fields_after.get(number)
        changed = old is not None and new is not None and old != new
        is_optional = all(each is None or each.endswith(_OPTIONAL) for each in (old, new))
        if changed or (old != new and not is_optional):
            raise InvalidArgument(
                "The schema definition is incompatible with the revision before it: field"
                f" {'.'.join(map(str, number))} was {old or 'absent'} and would be"
                f" {new or 'absent'}. Optional fields can be added or removed, nothing else.",
                reason="INCOMPATIBLE_SCHEMA_REVISION",
            )


_OPTIONAL = "optional"


def _fields(definition: str) -> dict[tuple[int, ...], str]:
    """By the numbers that lead to it, each field's name, type and label."""
    return dict(_fields_of(_message_class(definition).DESCRIPTOR, ()))


def _fields_of(
    message_type: Any, path: tuple[int, ...], above: frozenset[str] = frozenset()
) -> Iterator[tuple[tuple[int, ...], str]]:
    for field in message_type.fields:
        label = {True: "repeated", False: _OPTIONAL}[field.is_repeated]
        label = "required" if field.is_required else label
        kind = field.message_type.name if field.message_type else field.type
        yield (*path, field.number), f"{field.name} {kind} {label}"
        if field.message_type and field.message_type.full_name not in above:
            inner = above | {field.message_type.full_name}
            yield from _fields_of(field.message_type, (*path, field.number), inner)


def check_message(definition: Any, encoding: int, data: bytes) -> None:
    """Refuse a message's data that is not one of the schema, with the service's words and why."""
    try:
        parsed = _message_class(definition.definition)()
        if encoding == BINARY:
            parsed.ParseFromString(data)
        else:
            # The parser takes an empty array, null or "" for a message without fields.
            if not data.lstrip().startswith(b"{"):
                raise json_format.ParseError("The data is not a JSON object.")
            json_format.Parse(data, parsed, ignore_unknown_fields=False)
    except (json_format.ParseError, message.DecodeError, UnicodeDecodeError) as error:
        raise _refusal(definition, encoding, str(error)) from error
    except RecursionError as error:
        raise _refusal(definition, encoding, "The message is nested too deeply.") from error


def _refusal(definition: Any, encoding: int, why: str) -> InvalidArgument:
    return InvalidArgument(
        f"Invalid data in message: Message failed schema validation. {why}",
        reason=_REASONS[encoding],
        facts={
            "message": "Message failed schema validation",
            "revisionInfo": (
                "Could not validate message with any schema revision for schema:"
                f" {definition.name}, last checked revision: revision_id="
                f"{definition.revision_id} failed with status: {why}"
            ),
        },
    )


@functools.lru_cache(maxsize=32)
def _message_class(text: str) -> Any:
    file = _compile(text)
    if len(file.message_type) != 1:
        raise _invalid_definition(
            f"it has {len(file.message_type)} top-level messages, and one is wanted"
        )
    if file.dependency:
        raise _invalid_definition("it imports other files")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    name = ".".join(filter(None, (file.package, file.message_type[0].name)))
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def _compile(text: str) -> descriptor_pb2.FileDescriptorProto:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / _FILE_NAME).write_text(text, encoding="utf-8")
        # Its own process: the compiler writes what is wrong straight to the process's stderr.
        run = subprocess.run(
            [
                sys.executable,
                "-m",
                "grpc_tools.protoc",
                "-I.",
                "--descriptor_set_out=out",
                _FILE_NAME,
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise _invalid_definition(run.stderr.strip())
        compiled = descriptor_pb2.FileDescriptorSet()
        compiled.ParseFromString((Path(folder) / "out").read_bytes())
    return compiled.file[0]


def _invalid_definition(why: str) -> InvalidArgument:
    return InvalidArgument(
        f"The schema definition is invalid: {why}.", reason="INVALID_SCHEMA_DEFINITION"
    )


_FULL = int(schema.SchemaView.FULL)
MAX_REVISIONS = 20


class SchemaService:
    """Answers the calls of google.pubsub.v1.SchemaService."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def operations(self) -> Iterator[Operation]:
        """Every call of the service that is answered here."""
        answers: Mapping[str, tuple[Any, Any]] = {
            "CreateSchema": (schema.CreateSchemaRequest, self._create),
            "GetSchema": (schema.GetSchemaRequest, self._get),
            "ListSchemas": (schema.ListSchemasRequest, self._list),
            "DeleteSchema": (schema.DeleteSchemaRequest, self._delete),
            "CommitSchema": (schema.CommitSchemaRequest, self._commit),
            "RollbackSchema": (schema.RollbackSchemaRequest, self._roll_back),
            "ListSchemaRevisions": (schema.ListSchemaRevisionsRequest, self._list_revisions),
            "DeleteSchemaRevision": (schema.DeleteSchemaRevisionRequest, self._delete_revision),
            "ValidateSchema": (schema.ValidateSchemaRequest, self._validate_schema),
            "ValidateMessage": (schema.ValidateMessageRequest, self._validate_message),
        }
        for name, (request_type, answer) in answers.items():
            yield Operation(
                service="SchemaService", name=name, request_type=request_type.pb(), answer=answer
            )

    def _create(self, request: Request) -> Any:
        made = copy_of(request.body.schema)
        made.name = schema_name(request.body.parent, request.body.schema_id)
        # First, as compiling takes longer than all else that a start of the local stack asks for.
        self._check_free(made.name)
        check_schema(made)
        _number(made)
        with self._live.broker() as broker:
            self._check_free(made.name)
            broker.store("schemas", made)
        return made

    def _check_free(self, name: str) -> None:
        with self._live.broker() as broker:
            if name in broker.state.schemas:
                raise AlreadyExists.of(name)

    def _get(self, request: Request) -> Any:
        check_name(request.body.name.partition("@")[0], "schemas")
        with self._live.broker() as broker:
            found = broker.state.resource("schemas", request.body.name)
            # GetSchema shows the definition unless it is asked for less; a listing does not.
            return _viewed(found, request.body.view or _FULL)

    def _list(self, request: Request) -> Any:
        body = request.body
        prefix = check_project(body.parent) + "/"
        with self._live.broker() as broker:
            held = sorted(broker.state.resources("schemas").items())
        found = [_viewed(each, body.view) for name, each in held if name.startswith(prefix)]
        page, token = page_of(found, page_size=body.page_size, page_token=body.page_token)
        return schema.ListSchemasResponse.pb()(schemas=page, next_page_token=token)

    def _delete(self, request: Request) -> Any:
        with self._live.broker() as broker:
            broker.delete("schemas", request.body.name)
        return empty_pb2.Empty()

    def _commit(self, request: Request) -> Any:
        name = check_name(request.body.name, "schemas")
        made = copy_of(request.body.schema)
        made.name = name
        with self._live.broker() as broker:
            before = copy_of(broker.state.schema(name))
        check_schema(made)
        check_successor(before, made)
        return self._add_revision(made)

    def _roll_back(self, request: Request) -> Any:
        name = check_name(request.body.name, "schemas")
        with self._live.broker() as broker:
            made = copy_of(broker.state.schema(f"{name}@{request.body.revision_id}"))
        return self._add_revision(made)

    def _add_revision(self, made: Any) -> Any:
        _number(made)
        with self._live.broker() as broker:
            if len(broker.state.schemas.get(made.name, ())) >= MAX_REVISIONS:
                raise FailedPrecondition(
                    f"The schema has {MAX_REVISIONS} revisions, the most there can be: delete one."
                )
            broker.state.schema(made.name)
            broker.store("schemas", made)
        return made

    def _list_revisions(self, request: Request) -> Any:
        body = request.body
        with self._live.broker() as broker:
            broker.state.schema(check_name(body.name, "schemas"))
            held = list(reversed(broker.state.schemas[body.name]))
        found = [_viewed(each, body.view) for each in held]
        page, token = page_of(found, page_size=body.page_size, page_token=body.page_token)
        return schema.ListSchemaRevisionsResponse.pb()(schemas=page, next_page_token=token)

    def _delete_revision(self, request: Request) -> Any:
        base, _, revision_id = request.body.name.partition("@")
        check_name(base, "schemas")
        if not revision_id:
            raise InvalidArgument("The name of a revision is projects/P/schemas/ID@REVISION.")
        with self._live.broker() as broker:
            broker.state.schema(request.body.name)
            if len(broker.state.schemas[base]) == 1:
                raise FailedPrecondition("The only revision of a schema cannot be deleted.")
            broker.delete("schemas", request.body.name)
            return copy_of(broker.state.schema(base))

    def _validate_schema(self, request: Request) -> Any:
        check_project(request.body.parent)
        check_schema(request.body.schema)
        return schema.ValidateSchemaResponse.pb()()

    def _validate_message(self, request: Request) -> Any:
        body = request.body
        if body.encoding not in (JSON, BINARY):
            raise InvalidArgument("The encoding must be JSON or BINARY.")
        definition = body.schema
        if body.name:
            with self._live.broker() as broker:
                definition = broker.state.resource("schemas", body.name)
        check_schema(definition)
        check_message(definition, body.encoding, body.message)
        return schema.ValidateMessageResponse.pb()()


def _number(revision: Any) -> None:
    revision.revision_id = uuid.uuid4().hex[:8]
    revision.revision_create_time.FromDatetime(datetime.now(UTC))


def _viewed(found: Any, view: int) -> Any:
    shown = copy_of(found)
    if view != _FULL:
        shown.ClearField("definition")
    return shown
