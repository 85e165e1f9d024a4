"""Keeps other sites' pages out of the HTTP servers of this machine.

A browser on this machine reaches them too. So a request must name a host of ours (a foreign name
that leads here is DNS rebinding), must not come from another site's page, and brings JSON where it
brings anything: a page may send text/plain or a form to any address, JSON only where it is allowed
to. Standard library only.
"""

import json
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOPBACK = "127.0.0.1"
LOOPBACK_HOSTS = frozenset({LOOPBACK, "localhost", "[::1]"})
_JSON = re.compile(r"application/([\w.+-]+\+)?json")
_STATUS = {
    HTTPStatus.FORBIDDEN: "PERMISSION_DENIED",
    HTTPStatus.METHOD_NOT_ALLOWED: "UNIMPLEMENTED",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "INVALID_ARGUMENT",
}

_Refused = tuple[HTTPStatus, str]


def guarded(
    app: "WSGIApplication",
    *,
    hosts: Iterable[str] = LOOPBACK_HOSTS,
    post_only: bool = False,
    open_paths: Iterable[str] = (),
) -> "WSGIApplication":
    """The application for requests from here; others get 403, 405 or 415 with an error in JSON.

    hosts: the names, without port, under which it is meant to be reached.
    post_only: whether each request does something, so that none may be a GET.
    open_paths: paths that may be read all the same.
    """
    known, readable = frozenset(hosts), frozenset(open_paths)

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        refused = _refusal(environ, known)
        if post_only and not refused and environ["PATH_INFO"] not in readable:
            refused = _method_refusal(environ)
        return _refuse(refused, start_response) if refused else app(environ, start_response)

    return answer


def _refusal(environ: "WSGIEnvironment", hosts: frozenset[str]) -> _Refused | None:
    host = environ.get("HTTP_HOST", "")
    if re.sub(r":\d+$", "", host).lower() not in hosts:
        known = ", ".join(sorted(hosts))
        return HTTPStatus.FORBIDDEN, f"This server answers as {known} only, not as {host!r}."
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and origin != f"{environ['wsgi.url_scheme']}://{host}":
        return HTTPStatus.FORBIDDEN, f"This server answers no page of another site ({origin!r})."
    content_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if _has_body(environ) and not _JSON.fullmatch(content_type):
        return (
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"Expected a body with Content-Type application/json, got {content_type or 'none'!r}.",
        )
    return None


def _method_refusal(environ: "WSGIEnvironment") -> _Refused | None:
    method = environ["REQUEST_METHOD"]
    if method == "POST":
        return None
    return HTTPStatus.METHOD_NOT_ALLOWED, f"Expected POST, got {method}: a call does something."


def _has_body(environ: "WSGIEnvironment") -> bool:
    return environ.get("CONTENT_LENGTH", "") not in ("", "0") or bool(
        environ.get("HTTP_TRANSFER_ENCODING")
    )


def _refuse(refused: _Refused, start_response: "StartResponse") -> list[bytes]:
    status, message = refused
    error = {"code": int(status), "message": message, "status": _STATUS[status]}
    body = json.dumps({"error": error}).encode()
    headers = [("Content-Type", "application/json; charset=UTF-8")]
    headers.append(("Content-Length", str(len(body))))
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append(("Allow", "POST"))
    start_response(f"{int(status)} {status.phrase}", headers)
    return [body]
