"""A sink is one folder under `functions/` and one entry in terraform/pipeline.json.

The checkout is copied, `tests/fixtures/append_ndjson` is put beside the other functions, its entry
into the file, and not a line of anything else is changed.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.stack import ROOT, RunningStack, clean_environment, copy_checkout

STEP = "append_ndjson"
FIXTURE = ROOT / "tests" / "fixtures" / STEP
CELL = '{"date": "2026-11-01", "repository": "by/hand", "commits": 7}'


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = copy_checkout(tmp_path_factory.mktemp("third") / "checkout")
    left_out = shutil.ignore_patterns("__pycache__", "entry.json")
    shutil.copytree(FIXTURE, root / "functions" / STEP, ignore=left_out)
    file = root / "terraform" / "pipeline.json"
    pipeline = json.loads(file.read_text())
    pipeline["functions"][STEP] = json.loads((FIXTURE / "entry.json").read_text())
    file.write_text(json.dumps(pipeline))
    return root


@pytest.mark.parametrize(("step", "arguments"), [(STEP, ["--once"]), ("collect", [])])
def test_a_function_that_does_not_start_is_named(
    checkout: Path, clone: Path, tmp_path: Path, step: str, arguments: list[str]
) -> None:
    """With its last words, at once: nobody waits for what it will not do."""
    broken = shutil.copytree(checkout, tmp_path / "checkout", symlinks=True)
    (broken / "functions" / step / "main.py").write_text("raise ValueError('a typo')\n")
    state = ("--repositories", str(clone), "--state", str(tmp_path / "state"), "--port", "0")
    done = run(broken, "up", *state, *arguments, file=tmp_path / "events")
    assert done.returncode == 1
    words = f"up: the function {step} does not start: ValueError: a typo; see {tmp_path}"
    assert words in done.stderr


def run(checkout: Path, *arguments: str, file: Path) -> subprocess.CompletedProcess[str]:
    """A command of the copied checkout."""
    return subprocess.run(
        [sys.executable, "-m", "own_dashboard", *arguments],
        env=environment(checkout, file), cwd=checkout, capture_output=True, text=True, check=False,
    )  # fmt: skip


def environment(checkout: Path, file: Path) -> dict[str, str]:
    paths = os.pathsep.join((str(checkout), str(checkout / "functions")))
    return clean_environment(NDJSON_FILE=str(file), PYTHONPATH=paths)


def events(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture(scope="module")
def stack(
    checkout: Path, clone: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningStack]:
    folder = tmp_path_factory.mktemp("running")
    arguments = ("--repositories", str(clone), "--every", "3600")
    variables = environment(checkout, folder / "events.ndjson")
    with RunningStack(folder / "state", *arguments, environment=variables, cwd=checkout) as running:
        for name in ("append-ndjson", "sheet", "metric"):
            running.wait_for_line(f"{name} written")
        yield running


def test_the_stack_runs_it_and_the_file_has_the_event(
    checkout: Path, clone: Path, tmp_path: Path
) -> None:
    """`up --once` starts it from its archive, waits for it, and counts what it acknowledged."""
    file = tmp_path / "events.ndjson"
    done = run(
        checkout, "up", "--once", "--format", "json", "--state", str(tmp_path / "state"),
        "--repositories", str(clone), file=file,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    written = events(file)
    assert len(written) == summary["events"] == summary["acknowledged"]["append-ndjson"]
    counts = [count for event in written for count in event["counts"]]
    assert counts == summary["counts"] != []
    assert (tmp_path / "state" / "functions" / "archives" / STEP / "main.py").exists()


def test_what_it_cannot_write_is_told_as_a_dead_letter(
    checkout: Path, clone: Path, tmp_path: Path
) -> None:
    """The run fails, and the letter names the subscription; the other sinks have written."""
    done = run(
        checkout, "up", "--once", "--format", "json", "--state", str(tmp_path / "state"),
        "--repositories", str(clone), "--speed", "3000", file=tmp_path / "none" / "events.ndjson",
    )  # fmt: skip
    assert done.returncode == 1
    summary = json.loads(done.stdout)
    assert summary["dead_letters"] == summary["events"]
    assert summary["acknowledged"]["append-ndjson"] == 0
    assert summary["acknowledged"]["write-sheet"] == summary["events"]
    assert "append-ndjson: message" in done.stderr


def test_the_page_shows_its_deliveries(stack: RunningStack) -> None:
    """Beside those of the other subscriptions."""
    html = httpx.get(str(stack.endpoints.page), timeout=30, trust_env=False).text
    assert "append-ndjson" in html


def test_doctor_looks_at_its_subscription(checkout: Path, stack: RunningStack) -> None:
    """It needs no look of its own."""
    done = run(checkout, "doctor", "--state", str(stack.state), file=Path("/unused"))
    (line,) = [x for x in done.stdout.splitlines() if "subscription append-ndjson" in x]
    assert line.startswith("ok")
    assert "which answers" in line


def test_it_has_a_command(checkout: Path, tmp_path: Path) -> None:
    """An event goes to it without Pub/Sub; what it refuses is its own reason and status 1."""
    file = tmp_path / "events.ndjson"
    done = run(checkout, STEP, CELL, "--state", str(tmp_path), file=file)
    assert (done.returncode, done.stdout) == (0, f"written by {STEP}\n"), done.stderr
    assert [event["repository"] for event in events(file)] == ["by/hand"]
    assert STEP in run(checkout, "help", file=file).stdout

    nowhere = tmp_path / "none" / "events.ndjson"
    failed = run(checkout, STEP, CELL, "--state", str(tmp_path), file=nowhere)
    assert failed.returncode == 1
    assert f"{nowhere} cannot be written: No such file or directory" in failed.stderr
