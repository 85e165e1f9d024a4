"""The environment of a command on this machine: the process's own, over a `.env` file."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import tzlocal
from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent


def variables(folder: Path | None = None) -> dict[str, str]:
    """What the process was given, and what `.env` in `folder` (default: here) adds to it."""
    file = (folder or Path.cwd()) / ".env"
    given = {name: value for name, value in dotenv_values(file).items() if value is not None}
    return {**given, **os.environ}


def laptop_zone(environment: Mapping[str, str]) -> str:
    """The IANA name of the person's zone: TIME_ZONE, or this machine's own."""
    return environment.get("TIME_ZONE", "").strip() or _machine_zone().key


@cache
def _machine_zone() -> ZoneInfo:
    zone = tzlocal.get_localzone()
    return zone if zone.key else ZoneInfo("UTC")
