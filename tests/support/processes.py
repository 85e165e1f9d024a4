"""Looking at processes: who is alive, and waiting for what they do."""

import os
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_SECONDS = 30.0


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Return once the condition holds; fail, naming it, where it never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE_SECONDS:g} s in vain until {what}")
        time.sleep(0.02)


def group_members(group: int) -> set[int]:
    """The living processes of one process group; zombies do not count."""
    members = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # ended while we looked
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            members.add(int(entry.parent.name))
    return members


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
