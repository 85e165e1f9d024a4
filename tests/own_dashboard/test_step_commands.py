"""Each step is a command of its own: without Pub/Sub, without a server, without a cloud."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulators.monitoring import MonitoringEmulator
from tests.support.processes import wait_until
from tests.support.repositories import History
from tests.support.sheets import running_sheets
from tests.support.stack import (
    ROOT,
    RunningStack,
    clean_environment,
    command,
    counts_of,
    last_json,
    sheet_cells,
)

CELL = '{"date": "2026-11-01", "repository": "by/hand", "commits": 7}'


def test_the_steps_chained_by_hand_write_the_local_sheet_and_metrics(tmp_path: Path) -> None:
    """What collect prints is what the writers read."""
    history = History()
    history.commit("2026-11-01T12:00:00Z")
    history.commit("2026-11-01T13:00:00Z")
    clone = history.write(tmp_path / "app")
    state = str(tmp_path / "state")
    collected = command("collect", "--since", "2026-10-30", "--until", "2026-11-02",
                          "--repositories", str(clone), "--format", "json")  # fmt: skip
    assert collected.returncode == 0, collected.stderr
    event = collected.stdout
    written = command("write_sheet", event, "--state", state)
    assert written.returncode == 0, written.stderr
    assert command("write_sheet", event, "--state", state).stdout.startswith("unchanged")
    metrics = command("write_metric", event, "--state", state)
    assert metrics.returncode == 0, metrics.stderr
    with running_sheets(tmp_path / "state" / "sheets") as sheets:
        assert sheet_cells(sheets.url, "local-sheet") == counts_of(last_json(event))
    assert counts_of(last_json(event)) == {("2026-11-01", "app"): 2}


def test_a_metric_is_written_without_a_server(tmp_path: Path) -> None:
    """The points of an event of today lie in the local state afterwards."""
    now = datetime.now(UTC)
    cell = f'{{"date": "{now.date()}", "repository": "by/hand", "commits": 7}}'
    done = command("write_metric", cell, "--state", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "written: 1 points to own-dashboard-local\n")
    emulator = MonitoringEmulator(state=tmp_path / "monitoring")
    emulator.start()
    try:
        assert [s.points[-1].value for s in emulator.time_series()] == [7]
    finally:
        emulator.stop()


def test_a_running_stack_is_written_to(tmp_path: Path) -> None:
    """The command and the running function write the same Sheet, without harm to each other."""
    history = History()
    history.commit("2026-11-01T12:00:00Z")
    clone = history.write(tmp_path / "app")
    arguments = ("--repositories", str(clone), "--every", "3600")
    with RunningStack(tmp_path / "s", *arguments, environment=clean_environment()) as stack:
        stack.wait_for_line("sheet written")
        done = command("write_sheet", CELL, "--state", str(stack.state))
        assert done.returncode == 0, done.stderr
        wait_until(lambda: stack.cells().get(("2026-11-01", "by/hand")) == 7, "it is there")


def test_a_broken_event_is_refused_in_one_line(tmp_path: Path) -> None:
    """Field, value and rule, as everywhere."""
    for step in ("write_sheet", "write_metric"):
        done = command(step, CELL.replace("7", "-7"), "--state", str(tmp_path))
        assert done.returncode == 1
        assert done.stderr == (
            f"./dev {step}: commits: must be bigger than or equal to 0, got -7\n"
        )


@pytest.mark.parametrize("command", ["write_sheet", "write_metric"])
def test_a_broken_event_waits_for_no_library(command: str) -> None:
    """It is told before a client or an emulator is imported."""
    code = (
        "import sys; from own_dashboard.cli import main\n"
        f"status = main([{command!r}, '{{}}', '--state', '/nonexistent'])\n"
        "assert status == 1\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=clean_environment(), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert not set(done.stdout.split()) & {"grpc", "gspread", "werkzeug", "rich", "httpx"}


def test_the_line_of_a_broken_event_is_named(tmp_path: Path) -> None:
    """Where many are written, one has to be found."""
    done = subprocess.run(
        [sys.executable, "-m", "own_dashboard", "write_sheet", "-", "--state", str(tmp_path)],
        input=f"{CELL}\n\n{CELL.replace('7', '-7')}\n", env=clean_environment(), cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("./dev write_sheet: line 3: commits: must be bigger")
