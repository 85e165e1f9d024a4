"""Runs functions-framework, as production does, in a process that dies with its parent.

Usage: child.py PIPE ROOT [functions-framework's own arguments]

PIPE is the reading end of a pipe whose writing end only the parent holds: however the parent
ends, the pipe closes, and this process kills its group, gunicorn's workers included. ROOT is the
folder of this program's source, which is taken off the import path: a function sees its archive
and the installed packages only. Standard library only, until functions-framework starts.
"""

import os
import signal
import sys
import threading


def main() -> None:
    """Watch the parent, clean the import path, become functions-framework."""
    pipe, root = int(sys.argv[1]), sys.argv[2]
    threading.Thread(target=_die_with_parent, args=(pipe,), daemon=True).start()
    source = {root, os.path.join(root, "functions"), os.path.join(root, "local")}
    sys.path[:] = [entry for entry in sys.path if entry not in source]
    sys.argv = ["functions-framework", *sys.argv[3:]]

    from functions_framework._cli import _cli

    _cli()


def _die_with_parent(pipe: int) -> None:
    while os.read(pipe, 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
