"""Looking at processes: who is alive, and waiting for what they do."""

import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# Of any wait for what happens for sure: long, since a machine may have much else to do meanwhile.
MOST_SECONDS = 180.0


def wait_until(
    condition: Callable[[], object], what: str, *, seconds: float = MOST_SECONDS
) -> None:
    """Return once the condition holds; fail, naming it, where it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain until {what}")
        time.sleep(0.02)


def python_program(text: str) -> str:
    """A program for this Python, which may lie where no `#!` line can name it.

    Such a line takes no path that is long or has a space; these are read by sh, and by Python as a
    string.
    """
    lines = ("#!/bin/sh", f"""'''exec' '{sys.executable}' "$0" "$@" """, "' '''", text)
    return "\n".join(lines)


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


def group_memory_mb(group: int) -> float:
    """What the processes of a group hold; what they share counts once."""
    kilobytes = 0
    for pid in group_members(group):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
        kilobytes += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1])  # type: ignore[index]
    return kilobytes / 1000


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def interrupted() -> Iterator[None]:
    """A SIGINT ends the block, though another thread receives it, which wakes nobody."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    caller = threading.current_thread()
    begun, ended, failures = [False], [False], []

    def interrupt() -> None:
        try:
            wait_until(lambda: begun[0] and _is_waiting(caller), "the block waits")
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            wait_until(lambda: ended[0], "the block has ended")
        except AssertionError as error:
            failures.append(error)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        begun[0] = True
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        ended[0] = True
        thread.join()
        signal.signal(signal.SIGINT, before)
    assert failures == []


def _is_waiting(thread: threading.Thread) -> bool:
    frame = sys._current_frames().get(thread.ident or 0)
    return frame is not None and frame.f_code.co_filename == threading.__file__
