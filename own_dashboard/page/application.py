"""The page's web application: GET only, for browsers on this machine only."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response, abort, render_template, request

from own_dashboard.page.sources import PageSources
from own_dashboard.page.view import gather
from own_dashboard.page.words import WORDS, Words

_HOSTS = frozenset({"127.0.0.1", "localhost"})
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


def utc_now() -> datetime:
    """The present, from which the Sheet's rules tell what is stale."""
    return datetime.now(UTC)


def create_app(sources: PageSources, *, clock: Callable[[], datetime] = utc_now) -> Flask:
    """The WSGI application that shows what the sources hold.

    `/` is the whole page (`?tab=` and `?language=` choose what it shows), `/version` the sources'
    version as a text, cheap enough to be asked every second.
    """
    app = Flask(__name__)

    @app.before_request
    def refuse_foreign_hosts() -> None:
        """A name that an attacker's DNS points at this machine must not read the page."""
        if request.host.rpartition(":")[0] not in _HOSTS and request.host not in _HOSTS:
            abort(403, "this page answers to localhost and 127.0.0.1 only")

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

    return app


def _words(sources: PageSources) -> Words:
    asked = request.args.get("language")
    return WORDS["ja" if asked == "ja" else "en" if asked == "en" else sources.facts.language]
