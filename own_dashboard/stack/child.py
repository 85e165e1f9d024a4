"""Runs functions-framework, as production does, in a process that dies with its parent.

Usage: child.py SOCKET HIDDEN [functions-framework's own arguments]

Standard input is a pipe whose writing end only the parent holds. Its one line is the function's
environment, a JSON object, which is waited for when the function is loaded: loading needs none, and
may so begin before it is known where the services listen. However the parent ends, the pipe closes,
and this process kills its group, gunicorn's workers included.
SOCKET listens already: gunicorn takes it over as from a service manager, so that nobody races for
the port. HIDDEN are folders, parted by colons, that are taken off the import path: a function sees
its archive and the installed packages, and no checkout. Standard library only, until
functions-framework starts.
"""

import importlib
import importlib.util
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

_FIRST_PASSED_SOCKET = 3  # sd_listen_fds(3): where a service manager leaves its sockets


def main() -> None:
    """Listen to the parent, clean the import path, become functions-framework."""
    listener, hidden = int(sys.argv[1]), sys.argv[2].split(os.pathsep)
    told: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()
    threading.Thread(target=_listen_to_parent, args=(told,), daemon=True).start()
    os.dup2(listener, _FIRST_PASSED_SOCKET)
    guard = _guard()
    sys.path[:] = [entry for entry in sys.path if entry not in hidden]
    sys.argv = ["functions-framework", *sys.argv[3:]]

    import functions_framework
    from functions_framework import _cli

    # Its socket for remote control would lie in the person's home, one for all functions.
    settings = importlib.import_module("gunicorn.config")
    control = getattr(settings, "ControlSocketDisable", None)
    if control is not None:
        control.default = True
    create: Any = functions_framework.create_app

    def create_app(*arguments: Any) -> Any:
        app = create(*arguments)
        environment = told.get()
        os.environ.clear()
        os.environ |= {**environment, "LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
        app.wsgi_app = guard(app.wsgi_app)
        return app

    vars(_cli)["create_app"] = create_app
    _cli._cli()


def _guard() -> Callable[[Any], Any]:
    """Wraps a function's application so that no other site's page can call it.

    Loaded as a file: an import would make the emulators' package visible to the function.
    """
    path = Path(__file__).parents[2] / "emulators" / "http_guard.py"
    spec = importlib.util.spec_from_file_location("own_dashboard_http_guard", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # functions-framework answers these two itself, without calling the function.
    paths = ("/robots.txt", "/favicon.ico")
    return lambda app: module.guarded(app, post_only=True, open_paths=paths)


def _listen_to_parent(told: "queue.SimpleQueue[dict[str, str]]") -> None:
    line = b""
    # Not by sys.stdin, whose lock this thread would hold for as long as the process lives.
    while read := os.read(0, 65_536):
        line += read
        if line.endswith(b"\n"):
            told.put(json.loads(line))
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
