"""Where a command on this machine gets its settings: the process's environment, over a `.env`."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import tzlocal
from dotenv import dotenv_values

_SOURCE_ROOT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The checkout that this program runs from; for an installed package, the current folder.

    `.env` and the local state lie here, and its git history is the default input.
    """
    return _SOURCE_ROOT if (_SOURCE_ROOT / "dev").is_file() else Path.cwd()


def default_state() -> Path:
    """Where the local stack keeps its state, unless `--state` says otherwise."""
    return home() / ".local"


def variables() -> dict[str, str]:
    """What the process was given, and what `.env` adds to it."""
    given = {k: v for k, v in dotenv_values(home() / ".env").items() if v is not None}
    return {**given, **os.environ}


def laptop_zone(environment: Mapping[str, str]) -> str:
    """The IANA name of the person's zone: TIME_ZONE, or this machine's own."""
    return environment.get("TIME_ZONE", "").strip() or _machine_zone()


@cache
def _machine_zone() -> str:
    return tzlocal.get_localzone_name() or "UTC"
