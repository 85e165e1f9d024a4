"""What an emulator's command hands to `python -m emulators`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Running:
    """An emulator that answers.

    addresses: by a name that says where they go: an environment variable that clients know
        (PUBSUB_EMULATOR_HOST), or else a word in capitals.
    """

    addresses: Mapping[str, str]
    stop: Callable[[], None]
