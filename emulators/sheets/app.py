"""The API over HTTP: finds the method, checks the request, strikes it with ordered faults.

Source: https://developers.google.com/workspace/sheets/api/reference/rest
"""

import json
import socket
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from emulators.calls import Calls
from emulators.sheets import discovery
from emulators.sheets.call import Call
from emulators.sheets.collection import held_back
from emulators.sheets.errors import ApiError, bad_field, permission_denied
from emulators.sheets.library import Library
from emulators.sheets.masks import select
from emulators.sheets.methods import METHODS, Served, method_id
from emulators.sheets.quota import Quota, quota_exceeded
from emulators.sheets.resource import Resource

ROOT = "/v4/spreadsheets"
# What `Calls` can order. `stale` and `torn` make a read lag behind the last write (see Library);
# the two `…_after_write` let the call through first.
FAULTS = (
    "403",
    "404",
    "409",
    "429",
    "500",
    "503",
    "html",
    "timeout_before_write",
    "slow",
    "stale",
    "torn",
    "timeout_after_write",
    "error_after_write",
)
_HTML = "<!DOCTYPE html><html><title>Error 502 (Server Error)!!1</title></html>"


class SheetsApp:
    """The Flask application.

    slow_seconds: how long the fault `slow` holds a call up; `closing` ends such waits.
    """

    def __init__(self, library: Library, calls: Calls, quota: Quota) -> None:
        self.slow_seconds = 1.0
        self.closing = threading.Event()
        self._library = library
        self._calls = calls
        self._quota = quota
        self.wsgi = Flask(__name__)
        self.wsgi.config["PROPAGATE_EXCEPTIONS"] = True
        for name, served in METHODS.items():
            self.wsgi.add_url_rule(
                ROOT + served.rule,
                endpoint=name,
                view_func=self._view(name, served),
                methods=[served.verb],
            )
        self.wsgi.register_error_handler(
            ApiError, lambda error: _answer(error.resource(), error.code)
        )
        self.wsgi.register_error_handler(HTTPException, _no_such_path)

    def _view(self, name: str, served: Served) -> Callable[..., Response]:
        def view(**parts: Any) -> Response:
            fault = self._calls.begin(name)
            self._strike_before(fault, served)
            if fault == "html":
                return Response(_HTML, status=502, content_type="text/html; charset=UTF-8")
            self._quota.spend(served.kind)
            with held_back():
                call = _checked_call(name, served, parts, fault)
                answer = served.serve(self._library, call)
                _strike_after(fault)
                # A spreadsheet is masked while it is made, part by part.
                mask = {} if served.answer == "Spreadsheet" else call.mask or {}
                return _answer(select(answer, mask))

        return view

    def _strike_before(self, fault: str | None, served: Served) -> None:
        if fault == "timeout_before_write":
            _hang_up()
        if fault == "slow":
            self.closing.wait(self.slow_seconds)
        error = _error_of(fault, served)
        if error is not None:
            raise error


def _strike_after(fault: str | None) -> None:
    if fault == "timeout_after_write":
        _hang_up()
    if fault == "error_after_write":
        raise ApiError(503, "The service is currently unavailable.")


def _error_of(fault: str | None, served: Served) -> ApiError | None:
    if fault == "429":
        return quota_exceeded(served.kind)
    if fault == "403":
        return permission_denied()
    messages = {
        "404": "Requested entity was not found.",
        "409": "The operation was aborted.",
        "500": "Internal error encountered.",
        "503": "The service is currently unavailable.",
    }
    return ApiError(int(fault), messages[fault]) if fault in messages else None


def _hang_up() -> None:
    """Close the connection without a word, as seen by a caller whose answer is lost."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("ordered by a fault")


def _checked_call(name: str, served: Served, parts: dict[str, Any], fault: str | None) -> Call:
    arguments = {key: request.args.getlist(key) for key in request.args}
    discovery.check_query(method_id(name), arguments)
    fields = arguments.get("fields", [""])[-1]
    mask = discovery.check_response_mask(served.answer, fields) if fields else None
    reading = fault if fault in ("stale", "torn") else None
    return Call(arguments=arguments, body=_body(served), mask=mask, reading=reading, **parts)


def _body(served: Served) -> Resource:
    payload = request.get_data()
    if not payload:
        return {}
    try:
        body: Any = json.loads(payload)
    except ValueError as error:
        text = f"Invalid JSON payload received. {error}"
        raise bad_field(text, field="") from error
    if not served.body and body:
        raise bad_field("Invalid JSON payload received. This method takes no body.", field="")
    if served.body:
        discovery.validate(served.body, body, root=served.root)
    return body or {}


def _refusal(error: ApiError) -> Response:
    return _answer(error.resource(), error.code)


def _answer(resource: Any, code: int = 200) -> Response:
    text = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=code, content_type="application/json; charset=UTF-8")


def _no_such_path(error: HTTPException) -> Response:
    """What Google's front end answers to a path or verb that no method has."""
    code = error.code or 500
    return Response(
        f"<!DOCTYPE html><html><title>Error {code}</title></html>",
        status=code,
        content_type="text/html; charset=UTF-8",
    )
