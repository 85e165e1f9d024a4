"""The operations' table served over REST under /v1, for the real `gcloud` and for curl.

Paths and bodies are those of https://cloud.google.com/pubsub/docs/reference/rest; a refusal has
Google's JSON error shape.
"""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request
from google.protobuf import json_format

from emulators.pubsub.errors import DOMAIN, InvalidArgument, NotFound, Refusal, Unimplemented
from emulators.pubsub.operations import Operations

_PROJECT = r"projects/[^/]+"
_TOPIC = rf"{_PROJECT}/topics/[^/:]+"
_SUBSCRIPTION = rf"{_PROJECT}/subscriptions/[^/:]+"
_SCHEMA = rf"{_PROJECT}/schemas/[^/:]+"


@dataclass(frozen=True, kw_only=True)
class _Route:
    """An HTTP call: its name goes into `field`, its body into `body_field` (or the whole)."""

    method: str
    path: re.Pattern[str]
    operation: str
    field: str
    body_field: str = ""


def _route(
    method: str, name: str, suffix: str, operation: str, field: str, body_field: str = ""
) -> _Route:
    return _Route(
        method=method,
        path=re.compile(f"(?P<name>{name}){suffix}"),
        operation=operation,
        field=field,
        body_field=body_field,
    )


_ROUTES = (
    _route("POST", _TOPIC, ":publish", "Publish", "topic"),
    _route("PUT", _TOPIC, "", "CreateTopic", "name"),
    _route("PATCH", _TOPIC, "", "UpdateTopic", "topic.name"),
    _route("GET", _TOPIC, "", "GetTopic", "topic"),
    _route("DELETE", _TOPIC, "", "DeleteTopic", "topic"),
    _route("GET", _PROJECT, "/topics", "ListTopics", "project"),
    _route("GET", _TOPIC, "/subscriptions", "ListTopicSubscriptions", "topic"),
    _route("PUT", _SUBSCRIPTION, "", "CreateSubscription", "name"),
    _route("PATCH", _SUBSCRIPTION, "", "UpdateSubscription", "subscription.name"),
    _route("POST", _SUBSCRIPTION, ":detach", "DetachSubscription", "subscription"),
    _route("GET", _SUBSCRIPTION, "", "GetSubscription", "subscription"),
    _route("DELETE", _SUBSCRIPTION, "", "DeleteSubscription", "subscription"),
    _route("GET", _PROJECT, "/subscriptions", "ListSubscriptions", "project"),
    _route("POST", _SUBSCRIPTION, ":pull", "Pull", "subscription"),
    _route("POST", _SUBSCRIPTION, ":acknowledge", "Acknowledge", "subscription"),
    _route("POST", _SUBSCRIPTION, ":modifyAckDeadline", "ModifyAckDeadline", "subscription"),
    _route("POST", _SUBSCRIPTION, ":modifyPushConfig", "ModifyPushConfig", "subscription"),
    _route("POST", _SUBSCRIPTION, ":seek", "Seek", "subscription"),
    _route("POST", _PROJECT, "/schemas", "CreateSchema", "parent", "schema"),
    _route("GET", _PROJECT, "/schemas", "ListSchemas", "parent"),
    _route("GET", _SCHEMA, "", "GetSchema", "name"),
    _route("DELETE", _SCHEMA, "", "DeleteSchema", "name"),
    _route("POST", _SCHEMA, ":commit", "CommitSchema", "name"),
    _route("POST", _SCHEMA, ":rollback", "RollbackSchema", "name"),
    _route("GET", _SCHEMA, ":listRevisions", "ListSchemaRevisions", "name"),
    _route("DELETE", _SCHEMA, ":deleteRevision", "DeleteSchemaRevision", "name"),
    _route("POST", _PROJECT, "/schemas:validate", "ValidateSchema", "parent"),
    _route("POST", _PROJECT, "/schemas:validateMessage", "ValidateMessage", "parent"),
)


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_LEFT = "this call is not part of this emulator; emulators/pubsub/__init__.py lists what is."


def rest_app(operations: Operations) -> Flask:
    """The WSGI application that answers REST calls out of the operations' table."""
    app = Flask("emulators.pubsub")

    def answer(path: str) -> Response:
        try:
            route, name = _routed(request.method, path)
            body = _body(operations.by_name[route.operation].request_type(), route)
            *outer, field = route.field.split(".")
            setattr(functools.reduce(getattr, outer, body), field, name)
            return _json(json_format.MessageToJson(operations.call(route.operation, body)), 200)
        except Refusal as refusal:
            return _refused(refusal)

    app.add_url_rule(
        "/v1/<path:path>", "v1", answer, methods=_METHODS, provide_automatic_options=False
    )
    app.register_error_handler(405, lambda _: _refused(Unimplemented(f"{request.method}: {_LEFT}")))
    app.register_error_handler(404, lambda _: _refused(NotFound("Not found: /v1 is served here.")))
    return app


def _routed(method: str, path: str) -> tuple[_Route, str]:
    for route in _ROUTES:
        match = route.path.fullmatch(path)
        if match and route.method == method:
            return route, match["name"]
    raise Unimplemented(f"{method} /v1/{path}: {_LEFT}")


def _body(message: Any, route: _Route) -> Any:
    query: Mapping[str, str] = {k: v for k, v in request.args.items() if k not in ("alt", "key")}
    text = request.get_data()
    try:
        json_format.ParseDict(dict(query), message, ignore_unknown_fields=True)
        if text:
            into = getattr(message, route.body_field) if route.body_field else message
            json_format.Parse(text, into)
    except (json_format.ParseError, UnicodeDecodeError) as error:
        raise InvalidArgument(f"Invalid JSON payload received. {error}") from error
    return message


def _refused(refusal: Refusal) -> Response:
    error: dict[str, Any] = {
        "code": refusal.http_status,
        "message": refusal.message,
        "status": refusal.status,
    }
    if refusal.reason:
        error["details"] = [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": refusal.reason,
                "domain": DOMAIN,
                "metadata": refusal.facts,
            }
        ]
    status = refusal.http_status
    if isinstance(refusal, Unimplemented) and "google-cloud-sdk" in request.user_agent.string:
        # gcloud tries a 5xx again, for half a minute; it shows the error's own code as well.
        status = 400
    return _json(json.dumps({"error": error}), status)


def _json(text: str, status: int) -> Response:
    return Response(text, status=status, content_type="application/json; charset=UTF-8")
