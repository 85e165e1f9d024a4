"""The API over HTTP: finds the method, checks the request, spends quota, injects ordered faults.

Source: https://developers.google.com/workspace/sheets/api/reference/rest
Quota: https://developers.google.com/workspace/sheets/api/limits
"""

import json
import logging
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from emulators.faults import FaultInjector
from emulators.sheets import methods, rules
from emulators.sheets.errors import ApiError, bad_field, permission_denied
from emulators.sheets.methods import Call, Method
from emulators.sheets.resource import Resource, select
from emulators.sheets.store import Library, NotWrittenError, held_back


@dataclass(frozen=True, kw_only=True)
class Served:
    """One method.

    rule: its path below `/v4/spreadsheets`, in the router's notation.
    body, answer: the schemas of its body (empty for none) and of its answer.
    root: what the service calls the body in the paths of its errors.
    """

    verb: str
    rule: str
    serve: Method
    answer: str
    body: str = ""
    root: str = ""

    @property
    def kind(self) -> str:
        """Whose quota it spends."""
        reading = self.verb == "GET" or self.rule.endswith(("ByDataFilter", ":search"))
        return "Read" if reading else "Write"


_ONE = "/<spreadsheet_id>"
_RANGE = "/<spreadsheet_id>/values/<path:range_text>"

# By the names that faults and counts use; `spreadsheets.` is left out before `values`.
METHODS: dict[str, Served] = {
    "spreadsheets.create": Served(
        verb="POST", rule="", serve=methods.create, body="Spreadsheet", answer="Spreadsheet"
    ),
    "spreadsheets.get": Served(
        verb="GET", rule=_ONE, serve=methods.get_spreadsheet, answer="Spreadsheet"
    ),
    "spreadsheets.getByDataFilter": Served(
        verb="POST",
        rule=f"{_ONE}:getByDataFilter",
        serve=methods.get_spreadsheet_by_data_filter,
        body="GetSpreadsheetByDataFilterRequest",
        answer="Spreadsheet",
    ),
    "spreadsheets.batchUpdate": Served(
        verb="POST",
        rule=f"{_ONE}:batchUpdate",
        serve=methods.batch_update,
        body="BatchUpdateSpreadsheetRequest",
        answer="BatchUpdateSpreadsheetResponse",
    ),
    "sheets.copyTo": Served(
        verb="POST",
        rule=f"{_ONE}/sheets/<int:number>:copyTo",
        serve=methods.copy_to,
        body="CopySheetToAnotherSpreadsheetRequest",
        answer="SheetProperties",
    ),
    "developerMetadata.get": Served(
        verb="GET",
        rule=f"{_ONE}/developerMetadata/<int:number>",
        serve=methods.get_metadata,
        answer="DeveloperMetadata",
    ),
    "developerMetadata.search": Served(
        verb="POST",
        rule=f"{_ONE}/developerMetadata:search",
        serve=methods.search_metadata,
        body="SearchDeveloperMetadataRequest",
        answer="SearchDeveloperMetadataResponse",
    ),
    "values.get": Served(verb="GET", rule=_RANGE, serve=methods.get_values, answer="ValueRange"),
    "values.batchGet": Served(
        verb="GET",
        rule=f"{_ONE}/values:batchGet",
        serve=methods.batch_get_values,
        answer="BatchGetValuesResponse",
    ),
    "values.update": Served(
        verb="PUT",
        rule=_RANGE,
        serve=methods.update_values,
        body="ValueRange",
        root="data",
        answer="UpdateValuesResponse",
    ),
    "values.batchUpdate": Served(
        verb="POST",
        rule=f"{_ONE}/values:batchUpdate",
        serve=methods.batch_update_values,
        body="BatchUpdateValuesRequest",
        answer="BatchUpdateValuesResponse",
    ),
    "values.append": Served(
        verb="POST",
        rule=f"{_RANGE}:append",
        serve=methods.append_values,
        body="ValueRange",
        root="data",
        answer="AppendValuesResponse",
    ),
    "values.clear": Served(
        verb="POST",
        rule=f"{_RANGE}:clear",
        serve=methods.clear_values,
        body="ClearValuesRequest",
        answer="ClearValuesResponse",
    ),
    "values.batchClear": Served(
        verb="POST",
        rule=f"{_ONE}/values:batchClear",
        serve=methods.batch_clear_values,
        body="BatchClearValuesRequest",
        answer="BatchClearValuesResponse",
    ),
}


_WINDOW_SECONDS = 60.0


class Quota:
    """Counts calls in the last minute, reads and writes apart. Thread-safe.

    per_minute: how many of each; None for no limit.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute: int | None = None
        self._clock = clock
        self._lock = threading.Lock()
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)

    def spend(self, kind: str) -> None:
        """Count one call of `Read` or `Write`; ApiError 429 when the minute's are used up."""
        if self.per_minute is None:
            return
        with self._lock:
            now, times = self._clock(), self._times[kind]
            while times and now - times[0] >= _WINDOW_SECONDS:
                times.popleft()
            if len(times) >= self.per_minute:
                raise quota_exceeded(kind)
            times.append(now)


def quota_exceeded(kind: str) -> ApiError:
    """429 in the service's words."""
    limit = f"{kind} requests per minute per user"
    metadata = {
        "quota_limit": f"{kind}RequestsPerMinutePerUser",
        "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
        "service": "sheets.googleapis.com",
    }
    return ApiError(
        429,
        f"Quota exceeded for quota metric '{kind} requests' and limit '{limit}' of service "
        "'sheets.googleapis.com' for consumer 'project_number:0'.",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": metadata,
            }
        ],
    )


_LOG = logging.getLogger("emulators.sheets")
ROOT = "/v4/spreadsheets"
# The injected faults. `stale` and `torn` make a read lag behind the last write (see Library);
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

    def __init__(self, library: Library, calls: FaultInjector, quota: Quota) -> None:
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
        self.wsgi.register_error_handler(ApiError, _refusal)
        self.wsgi.register_error_handler(NotWrittenError, _not_written)
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
    rules.check_query(name, arguments)
    fields = arguments.get("fields", [""])[-1]
    mask = rules.check_response_mask(served.answer, fields) if fields else None
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
        rules.validate(served.body, body, root=served.root)
    return body or {}


def _refusal(error: ApiError) -> Response:
    return _answer(error.resource(), error.code)


def _answer(resource: Any, code: int = 200) -> Response:
    text = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=code, content_type="application/json; charset=UTF-8")


def _not_written(error: NotWrittenError) -> Response:
    """A disk that is full for a moment: nothing was accepted, and the same call may work later."""
    _LOG.warning("%s; the write was refused", error.strerror)
    return _refusal(ApiError(503, f"The service is currently unavailable: {error.strerror}."))


def _no_such_path(error: HTTPException) -> Response:
    """What Google's front end answers to a path or verb that no method has."""
    code = error.code or 500
    return Response(
        f"<!DOCTYPE html><html><title>Error {code}</title></html>",
        status=code,
        content_type="text/html; charset=UTF-8",
    )
