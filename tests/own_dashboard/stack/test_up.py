"""The command `up` while it waits."""

import threading

from own_dashboard.stack.up import _wait
from tests.support.processes import interrupted


def test_ctrl_c_ends_the_wait_for_the_next_collection() -> None:
    """Also where the signal arrives just before the wait begins, or on another thread."""
    with interrupted():
        _wait(threading.Event(), 60)
