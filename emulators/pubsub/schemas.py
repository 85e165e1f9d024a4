"""Schemas: a .proto definition compiled once, and messages held against it.

Only PROTOCOL_BUFFER: one top-level message, no imports
(https://cloud.google.com/pubsub/docs/schemas#schema_types). The compiler is imported only when a
schema is met, since that takes longer than starting the emulator.
"""

import functools
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message, message_factory
from google.pubsub_v1.types import schema

from emulators.pubsub.errors import InvalidArgument, Unimplemented

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
