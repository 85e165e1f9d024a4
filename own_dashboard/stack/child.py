"""Runs functions-framework, as production does, in a process that dies with its parent.

Usage: child.py PIPE SOCKET HIDDEN [functions-framework's own arguments]

PIPE is the reading end of a pipe whose writing end only the parent holds: however the parent
ends, the pipe closes, and this process kills its group, gunicorn's workers included. SOCKET listens
already: gunicorn takes it over as from a service manager, so that nobody races for the port.
HIDDEN are folders, parted by colons, that are taken off the import path: a function sees its
archive and the installed packages, and no checkout. Standard library only, until
functions-framework starts.
"""

import fcntl
import importlib
import os
import signal
import sys
import threading

_FIRST_PASSED_SOCKET = 3  # sd_listen_fds(3): where a service manager leaves its sockets


def main() -> None:
    """Watch the parent, clean the import path, become functions-framework."""
    listener, hidden = int(sys.argv[2]), sys.argv[3].split(os.pathsep)
    # Clear of the number that the socket must have.
    pipe = fcntl.fcntl(int(sys.argv[1]), fcntl.F_DUPFD, _FIRST_PASSED_SOCKET + 1)
    threading.Thread(target=_die_with_parent, args=(pipe,), daemon=True).start()
    os.dup2(listener, _FIRST_PASSED_SOCKET)
    os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
    sys.path[:] = [entry for entry in sys.path if entry not in hidden]
    sys.argv = ["functions-framework", *sys.argv[4:]]

    from functions_framework._cli import _cli

    # Its socket for remote control would lie in the person's home, one for all functions.
    settings = importlib.import_module("gunicorn.config")
    control = getattr(settings, "ControlSocketDisable", None)
    if control is not None:
        control.default = True
    _cli()


def _die_with_parent(pipe: int) -> None:
    while os.read(pipe, 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
