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
from collections.abc import Iterator, Mapping
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

from emulators.pubsub.errors import AlreadyExists, InvalidArgument, Unimplemented
from emulators.pubsub.live import Live
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


class SchemaService:
    """Answers the calls of google.pubsub.v1.SchemaService, except those on revisions."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def operations(self) -> Iterator[Operation]:
        """Every call of the service that is answered here."""
        answers: Mapping[str, tuple[Any, Any]] = {
            "CreateSchema": (schema.CreateSchemaRequest, self._create),
            "GetSchema": (schema.GetSchemaRequest, self._get),
            "ListSchemas": (schema.ListSchemasRequest, self._list),
            "DeleteSchema": (schema.DeleteSchemaRequest, self._delete),
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
        check_schema(made)
        made.revision_id = uuid.uuid4().hex[:8]
        made.revision_create_time.FromDatetime(datetime.now(UTC))
        with self._live.broker() as broker:
            if made.name in broker.state.schemas:
                raise AlreadyExists.of(made.name)
            broker.store("schemas", made)
        return made

    def _get(self, request: Request) -> Any:
        check_name(request.body.name, "schemas")
        with self._live.broker() as broker:
            found = broker.state.resource("schemas", request.body.name)
            # GetSchema shows the definition unless it is asked for less; a listing does not.
            return _viewed(found, request.body.view or _FULL)

    def _list(self, request: Request) -> Any:
        body = request.body
        prefix = check_project(body.parent) + "/"
        with self._live.broker() as broker:
            held = sorted(broker.state.schemas.items())
        found = [_viewed(each, body.view) for name, each in held if name.startswith(prefix)]
        page, token = page_of(found, page_size=body.page_size, page_token=body.page_token)
        return schema.ListSchemasResponse.pb()(schemas=page, next_page_token=token)

    def _delete(self, request: Request) -> Any:
        with self._live.broker() as broker:
            broker.delete("schemas", request.body.name)
        return empty_pb2.Empty()

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


def _viewed(found: Any, view: int) -> Any:
    shown = copy_of(found)
    if view != _FULL:
        shown.ClearField("definition")
    return shown
