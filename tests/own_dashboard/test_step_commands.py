"""Each step is a command of its own: without Pub/Sub, without a server, without a cloud."""

from datetime import UTC, datetime
from pathlib import Path

from emulators.monitoring import MonitoringEmulator
from tests.support.processes import wait_until
from tests.support.repositories import History
from tests.support.sheets import running_sheets
from tests.support.stack import (
    RunningStack,
    clean_environment,
    counts_of,
    dashboard,
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
    collected = dashboard("collect", "--since", "2026-10-30", "--until", "2026-11-02",
                          "--repositories", str(clone), "--format", "json")  # fmt: skip
    assert collected.returncode == 0, collected.stderr
    event = collected.stdout
    written = dashboard("write_sheet", event, "--state", state)
    assert written.returncode == 0, written.stderr
    assert dashboard("write_sheet", event, "--state", state).stdout.startswith("unchanged")
    metrics = dashboard("write_metric", event, "--state", state)
    assert metrics.returncode == 0, metrics.stderr
    with running_sheets(tmp_path / "state" / "sheets") as sheets:
        assert sheet_cells(sheets.url, "local-sheet") == counts_of(last_json(event))
    assert counts_of(last_json(event)) == {("2026-11-01", "app"): 2}


def test_a_metric_is_written_without_a_server(tmp_path: Path) -> None:
    """The points of an event of today lie in the local state afterwards."""
    now = datetime.now(UTC)
    cell = f'{{"date": "{now.date()}", "repository": "by/hand", "commits": 7}}'
    done = dashboard("write_metric", cell, "--state", str(tmp_path))
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
        done = dashboard("write_sheet", CELL, "--state", str(stack.state))
        assert done.returncode == 0, done.stderr
        wait_until(lambda: stack.cells().get(("2026-11-01", "by/hand")) == 7, "it is there")


def test_a_broken_event_is_refused_in_one_line(tmp_path: Path) -> None:
    """Field, value and rule, as everywhere."""
    for command in ("write_sheet", "write_metric"):
        done = dashboard(command, CELL.replace("7", "-7"), "--state", str(tmp_path))
        assert done.returncode == 1
        assert done.stderr == (
            f"./dev {command}: commits: must be bigger than or equal to 0, got -7\n"
        )
