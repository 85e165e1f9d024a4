"""The SchemaService: schemas, each with the one revision that it was made with."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from google.protobuf import empty_pb2
from google.pubsub_v1.types import schema

from emulators.pubsub.errors import AlreadyExists, InvalidArgument
from emulators.pubsub.live import Live
from emulators.pubsub.names import check_name, check_project, schema_name
from emulators.pubsub.operations import Operation, Request, page_of
from emulators.pubsub.resources import copy_of
from emulators.pubsub.schemas import BINARY, JSON, check_message, check_schema

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
