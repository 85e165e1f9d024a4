"""The page's web application: to be read by the person's own browsers, and to edit the Sheet."""

import hmac
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, jsonify, render_template, request

from commit_counts.retry import utc_now
from own_dashboard.page.edits import NotAllowed, NotEditable, Outdated, read_edit
from own_dashboard.page.sources import PageSources
from own_dashboard.page.spreadsheet import read_tabs
from own_dashboard.page.view import gather
from own_dashboard.page.words import WORDS, Words

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_POLICY = (
    "default-src 'none'; style-src 'self' 'nonce-{nonce}'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_MOST_BYTES = 10_000


def create_app(
    sources: PageSources,
    *,
    clock: Callable[[], datetime] = utc_now,
    access_code: str = "",
) -> Flask:
    """The WSGI application that shows what the sources hold.

    `/` is the whole page (`?tab=` and `?language=` choose what it shows), `/version` the sources'
    version as a text, cheap enough to be asked every second; `POST /cells` edits one cell.

    access_code: where it is given, everything lies below `/CODE/`, and nothing is told without it.

    Requests under foreign names and from other sites' pages are the server's to refuse
    (`emulators.http_guard`).
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BYTES
    if access_code:
        app.wsgi_app = _BelowCode(app.wsgi_app, access_code)  # type: ignore[method-assign]

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.update(_HEADERS)
        response.headers.setdefault("Content-Security-Policy", _POLICY.format(nonce="none"))
        return response

    @app.get("/", provide_automatic_options=False)
    def page() -> Response:
        nonce = secrets.token_urlsafe(16)
        view = gather(sources, words=_words(sources), tab=request.args.get("tab", ""), now=clock())
        response = Response(render_template("page.html", view=view, nonce=nonce))
        response.headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
        return response

    @app.get("/version", provide_automatic_options=False)
    def version() -> Response:
        return Response(sources.version(), mimetype="text/plain")

    @app.post("/cells", provide_automatic_options=False)
    def edit() -> Response | tuple[Response, int]:
        """Write one cell as the person; only the page itself may ask for it."""
        _refuse_other_pages()
        words, spreadsheet = _words(sources), sources.spreadsheet()
        if spreadsheet is None:
            return jsonify(error=words.no_sheet), 404
        try:
            wanted = read_edit(request.get_json(), read_tabs(spreadsheet))
        except Outdated:
            return jsonify(error=words.outdated), 409
        except NotAllowed as error:
            return jsonify(error=words.not_allowed_of.format(error)), 400
        except NotEditable as error:
            return jsonify(error=str(error)), 400
        sources.enter(wanted)
        return jsonify(saved=words.saved)

    return app


def _refuse_other_pages() -> None:
    """Browsers say where such a request comes from.

    The server's guard lets requests without an origin pass, since other programs send none; here
    the page is the only one to ask.
    """
    origin = request.headers.get("Origin", "")
    if origin != request.host_url.removesuffix("/"):
        abort(403, f"expected Origin: {request.host_url.removesuffix('/')}")


def _words(sources: PageSources) -> Words:
    asked = request.args.get("language")
    return WORDS["ja" if asked == "ja" else "en" if asked == "en" else sources.facts.language]


class _BelowCode:
    """Lets requests below `/CODE/` through, as if `/CODE` were the application's own place."""

    def __init__(self, app: "WSGIApplication", code: str) -> None:
        self._app = app
        self._code = code.encode()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        first, slash, rest = str(environ["PATH_INFO"])[1:].partition("/")
        if not slash or not hmac.compare_digest(first.encode("latin-1", "replace"), self._code):
            return _no_code(start_response)
        environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{first}"
        environ["PATH_INFO"] = f"/{rest}"
        return self._app(environ, start_response)


def _no_code(start_response: "StartResponse") -> Iterable[bytes]:
    text = "\n".join(words.no_code for words in WORDS.values()).encode()
    headers: list[tuple[str, Any]] = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(text))),
        *_HEADERS.items(),
        ("Content-Security-Policy", _POLICY.format(nonce="none")),
    ]
    start_response("404 Not Found", headers)
    return [text]
