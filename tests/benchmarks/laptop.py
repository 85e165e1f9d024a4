"""What a person at a terminal waits for: `./dev up`, `--once` and `--help`, once installed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.benchmarks.report import Bench, Samples, Table, ratio
from tests.support.stack import ROOT, clean_environment

ROUNDS, QUICK_ROUNDS = 3, 9
_BARE, _HELP, _READY, _ONCE = (
    "bare Python process", "./dev --help", "./dev up, until the page answers", "./dev up --once"
)  # fmt: skip


def run(bench: Bench) -> None:
    """All in turn; on the sample data, so that no history decides the numbers."""
    ways: dict[str, Callable[[Path], float]] = {
        _BARE: lambda _: _ended([sys.executable, "-c", "pass"]),
        _HELP: lambda _: _ended(["./dev", "--help"]),
    }
    samples = {name: Samples() for name in (*ways, _READY, _ONCE)}
    for _ in bench.rounds(QUICK_ROUNDS, of="--help,"):
        for name, way in ways.items():
            samples[name].add(way(ROOT))
    for _ in bench.rounds(ROUNDS, of="up and --once,"):
        with tempfile.TemporaryDirectory() as folder:
            common = ["./dev", "up", "--demo", "--state"]
            samples[_READY].add(_ready([*common, f"{folder}/up", "--port", "0"]))
            samples[_ONCE].add(_ended([*common, f"{folder}/once", "--once"]))
    bench.show(
        Table(
            title="At a terminal, once installed",
            headings=("command", "time", "times bare"),
            rows=[
                (name, each.shown("s"), ratio(each, samples[_BARE]))
                for name, each in samples.items()
            ],
            notes=["`up` on the sample data of two years and an empty state."],
        )
    )


def _environment() -> dict[str, str]:
    """Of a person, whose Python keeps what it has compiled."""
    environment = clean_environment(PYTHONUNBUFFERED="1")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _ended(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=_environment(), check=True, capture_output=True)
    return time.perf_counter() - started


def _ready(command: list[str]) -> float:
    """Seconds until it says where the page is; the stack answers then."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    try:
        for line in process.stdout:
            if line.strip().startswith("page "):
                return time.perf_counter() - started
        raise RuntimeError("up ended before it was ready")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        process.communicate()
