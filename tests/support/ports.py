"""Ports for processes that must be told theirs."""

import random
import socket

# Below those that Linux, macOS and Windows give to whoever asks for any port or connects somewhere:
# between the choice here and the start of the process nobody is given it.
_CHOICE = range(20_000, 32_000)
_TRIES = 100


def unused_port() -> int:
    """A port of 127.0.0.1 on which no one listens."""
    for port in random.sample(_CHOICE, _TRIES):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:  # taken
                continue
            return port
    raise RuntimeError(f"{_TRIES} ports between {_CHOICE.start} and {_CHOICE.stop} are all taken")
