"""Holds Python's cyclic garbage collector back while one request is served.

What a request allocates either stays (cells) or goes at its end; looking for garbage amid it
rescans every cell again and again, and makes a batch of 20,000 rows take twice as long.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
# For each request being served, whether it found the collector at work; only the first can.
_holders: list[bool] = []


@contextmanager
def held_back() -> Iterator[None]:
    """Collect nothing inside; the last of overlapping holders puts back what the first found."""
    with _lock:
        _holders.append(gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            if len(_holders) == 1 and _holders[0]:
                gc.enable()
            del _holders[-1]
