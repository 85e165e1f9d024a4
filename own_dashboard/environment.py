"""Where a command on this machine gets its settings: the process's environment, over a `.env`.

Every mistake that can be seen without asking anybody is raised here, before anything starts.
"""

import difflib
import os
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

from commit_counts.errors import InvalidSettings, NeverWorks
from own_dashboard.stack.pipeline import load_pipeline

# What the commands read beyond the variables and secrets of terraform/pipeline.json.
_OWN_VARIABLES = (
    "ENV_FILE",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "MONITORING_EMULATOR_HOST",
    "PUBSUB_EMULATOR_HOST",
    "SHEETS_EMULATOR_HOST",
    "SOURCE",
    "TOPIC",
)
# How close to a known name counts as misspelt: TIMEZONE does, GITHUB_ACTOR does not.
_CLOSE = 0.85
_SOURCE_ROOT = Path(__file__).resolve().parent.parent
_CREDENTIALS = "GOOGLE_APPLICATION_CREDENTIALS"
_HERE = "127.0.0.1,localhost"
# Systems set it themselves, to a list of locales such as `ja_JP.UTF-8:en`, or C.
_LANGUAGE = re.compile(r"(.*:)?(en|ja|C|POSIX)\b|(.*:)?(en|ja)_", re.IGNORECASE)
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


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
    """How the person started this program: `./dev` as they typed it, or `own-dashboard`."""
    typed = os.environ.get("OWN_DASHBOARD_STARTED_AS")  # ./dev says so
    if typed:
        return typed
    return "./dev" if checkout() and Path(sys.argv[0]).name != "own-dashboard" else "own-dashboard"


def default_state() -> Path:
    """Where the local stack keeps its state, unless `--state` says otherwise."""
    return home() / ".local"


def demo_state() -> Path:
    """Where sample data lies, apart from what is real."""
    return home() / ".local-demo"


def load() -> list[str]:
    """Bring `.env` (or the file of ENV_FILE) into the environment, where it says nothing yet.

    The libraries that read credentials and proxies look there and nowhere else. Returns what the
    person should know about the environment. NeverWorks or InvalidSettings, with file and line,
    where the file cannot be read or says what nobody understands.
    """
    notes = list(_unclear_variables())
    chosen = os.environ.get("ENV_FILE")
    file = Path(chosen or home() / ".env")
    if file.exists():
        for name, value in _read_file(file).items():
            os.environ.setdefault(name, value)
    elif chosen:
        raise NeverWorks(f"ENV_FILE names {file}, which is not there: correct it, or unset it")
    if os.environ.get(_CREDENTIALS):  # the functions run in folders of their own
        os.environ[_CREDENTIALS] = str(Path(os.environ[_CREDENTIALS]).expanduser().resolve())
    return notes


def bypass_proxies() -> None:
    """Connections on this machine go past any proxy."""
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), _HERE)))


def variables() -> dict[str, str]:
    """The environment as it is now, `.env` included."""
    return dict(os.environ)


def without_settings() -> dict[str, str]:
    """The environment of a program that is told its settings in another way."""
    known = _known_variables()
    return {name: value for name, value in os.environ.items() if name not in known}


def laptop_zone(environment: Mapping[str, str]) -> str:
    """The IANA name of the person's zone: TIME_ZONE, or this machine's own."""
    return environment.get("TIME_ZONE", "").strip() or _machine_zone()


@cache
def _machine_zone() -> str:
    import tzlocal

    return tzlocal.get_localzone_name() or "UTC"


def _read_file(file: Path) -> dict[str, str]:
    """The file's variables. InvalidSettings names every line that is wrong."""
    import io

    from dotenv import dotenv_values
    from dotenv.parser import parse_stream

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NeverWorks(f"{file} cannot be read ({error}); expected NAME=value lines") from error
    problems = []
    for line in parse_stream(io.StringIO(text)):
        place = f"{file}, line {line.original.line}"
        if line.error or (line.key and line.value is None):
            problems.append(f"{place}: expected NAME=value")
        elif line.key:
            problems += [f"{place}: {x}" for x in _problems(line.key, line.value or "")]
    if problems:
        raise InvalidSettings("; ".join(problems))
    found = dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in found.items() if value is not None}


def _unclear_variables() -> Iterator[str]:
    """What looks wrong in the process's environment, which other programs use too."""
    for name, value in os.environ.items():
        yield from _problems(name, value, also_set=os.environ)


def _problems(name: str, value: str, *, also_set: Collection[str] = ()) -> Iterator[str]:
    """also_set: variables whose likeness is chance, since they are there themselves."""
    known = _known_variables()
    if name not in known:
        close = difflib.get_close_matches(name.upper(), known, n=1, cutoff=_CLOSE)
        if close and close[0] not in also_set:
            yield f"{name} is not read; did you mean {close[0]}?"
    elif name == "LANGUAGE" and value and not _LANGUAGE.match(value):
        yield f"LANGUAGE: expected en or ja, got {value!r}; English is used"
    elif name == "LOG_LEVEL" and value and value.strip().upper() not in _LEVELS:
        yield f"LOG_LEVEL: expected one of {', '.join(_LEVELS)}, got {value!r}; INFO is used"


@cache
def _known_variables() -> frozenset[str]:
    functions = load_pipeline().functions
    return frozenset(_OWN_VARIABLES).union(*(f.environment.keys() | f.secrets for f in functions))
