"""The functions behind one port, for anything that runs a container.

Each function answers below its own name (`/collect`, `/write_sheet`, …). STEPS names those that are
served, with commas between; without it all are. One alone answers at `/` as well, as a platform
calls it that knows no paths. `/healthz` says that the server is up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import functions_framework
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HERE = Path(__file__).resolve().parent


def chosen_steps(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The steps that are served. SystemExit names one that there is not."""
    known = tuple(json.loads((HERE / "pipeline.json").read_text(encoding="utf-8"))["functions"])
    steps = tuple(environment.get("STEPS", "").replace(",", " ").split()) or known
    for step in steps:
        if step not in known:
            raise SystemExit(f"STEPS: expected some of {', '.join(known)}, got {step!r}")
    return steps


def serve(steps: Iterable[str]) -> DispatcherMiddleware:
    """The WSGI application of these steps."""
    apps = {f"/{step}": _application(step) for step in steps}
    root = next(iter(apps.values())) if len(apps) == 1 else NotFound()
    return DispatcherMiddleware(root, {**apps, "/healthz": Response("ok\n")})


def _application(step: str) -> WSGIApplication:
    main = HERE / "functions" / step / "main.py"
    app: WSGIApplication = functions_framework.create_app(step, main)  # type: ignore[no-untyped-call]

    def at_root(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Flask would answer `/collect` with a redirect to `/collect/`, which no push follows.
        return app({**environ, "PATH_INFO": environ.get("PATH_INFO") or "/"}, start_response)

    return at_root


application = serve(chosen_steps(os.environ))
