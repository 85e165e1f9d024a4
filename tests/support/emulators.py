"""`python -m emulators NAME` as a process, for tests."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import emulators

ROOT = Path(emulators.__file__).parents[1]
ADDRESSES = {
    "pubsub": ("PUBSUB_EMULATOR_HOST", "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB"),
    "sheets": ("SHEETS_URL",),
    "monitoring": ("MONITORING_EMULATOR_HOST",),
    "github": ("GITHUB_GRAPHQL_URL", "GITHUB_REST_URL"),
}


@contextlib.contextmanager
def running(*arguments: str) -> Iterator["tuple[subprocess.Popen[str], IO[str]]"]:
    """The command as a process, and its output."""
    command = [sys.executable, "-m", "emulators", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        try:
            yield process, process.stdout
        finally:
            process.kill()


def addresses(name: str, output: IO[str]) -> dict[str, str]:
    """What a command prints before it waits."""
    lines = [output.readline().strip() for _ in ADDRESSES[name]]
    return dict(line.split("=", 1) for line in lines)
