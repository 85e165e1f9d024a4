"""Where a command on this machine gets its settings: the process's environment, over a `.env`."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import tzlocal
from dotenv import dotenv_values

from commit_counts.errors import NeverWorks

_SOURCE_ROOT = Path(__file__).resolve().parent.parent
_CREDENTIALS = "GOOGLE_APPLICATION_CREDENTIALS"
_HERE = "127.0.0.1,localhost"


def checkout() -> Path | None:
    """The checkout that this program runs from; None for an installed package."""
    return _SOURCE_ROOT if (_SOURCE_ROOT / "dev").is_file() else None


def require_checkout(purpose: str) -> Path:
    """The checkout, for what only a developer does. NeverWorks for an installed package."""
    root = checkout()
    if root is None:
        raise NeverWorks(f"{purpose} needs a checkout of the project: clone it and use ./dev")
    return root


def home() -> Path:
    """The checkout; for an installed package, the current folder.

    `.env` and the local state lie here, and its git history is the default input.
    """
    return checkout() or Path.cwd()


def program() -> str:
    """How the person starts this program."""
    return "./dev" if checkout() else "own-dashboard"


def default_state() -> Path:
    """Where the local stack keeps its state, unless `--state` says otherwise."""
    return home() / ".local"


def load() -> None:
    """Bring `.env` (or the file of ENV_FILE) into the environment, where it says nothing yet.

    The libraries that read credentials and proxies look there and nowhere else. Connections on
    this machine go past any proxy. NeverWorks where the file cannot be read.
    """
    file = Path(os.environ.get("ENV_FILE") or home() / ".env")
    try:
        given = dotenv_values(file)
    except (OSError, UnicodeDecodeError) as error:
        raise NeverWorks(f"{file} cannot be read ({error}); expected NAME=value lines") from error
    for name, value in given.items():
        if value is not None:
            os.environ.setdefault(name, value)
    if os.environ.get(_CREDENTIALS):  # the functions run in folders of their own
        os.environ[_CREDENTIALS] = str(Path(os.environ[_CREDENTIALS]).expanduser().resolve())
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), _HERE)))


def variables() -> dict[str, str]:
    """The environment as it is now, `.env` included."""
    return dict(os.environ)


def laptop_zone(environment: Mapping[str, str]) -> str:
    """The IANA name of the person's zone: TIME_ZONE, or this machine's own."""
    return environment.get("TIME_ZONE", "").strip() or _machine_zone()


@cache
def _machine_zone() -> str:
    return tzlocal.get_localzone_name() or "UTC"
