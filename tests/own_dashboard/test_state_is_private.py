"""State holds names of private repositories: nobody else on this machine reads it."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from own_dashboard.stack.state import StateFolder
from tests.support.repositories import History
from tests.support.stack import command

CELL = f'{{"date": "{datetime.now(UTC).date()}", "repository": "by/hand", "commits": 7}}'


def open_to_others(folder: Path) -> Iterator[str]:
    """Every file and folder in it, itself included, that is not its owner's alone."""
    for path in (folder, *folder.rglob("*")):
        if stat.S_IMODE(path.lstat().st_mode) & 0o077 and not path.is_symlink():
            yield f"{path.relative_to(folder.parent)} {stat.filemode(path.lstat().st_mode)}"


def test_a_run_of_the_stack(tmp_path: Path) -> None:
    """Journal, Sheet, points, addresses, the functions' logs and archives."""
    history = History()
    history.commit(datetime.now(UTC))
    clone = history.write(tmp_path / "app")
    state = tmp_path / "state"
    done = command("up", "--once", "--state", str(state), "--repositories", str(clone))
    assert done.returncode == 0, done.stderr
    assert list(open_to_others(state)) == []


@pytest.mark.parametrize("step", ["write_sheet", "write_metric"])
def test_a_step_by_itself(tmp_path: Path, step: str) -> None:
    """Where no stack runs, its command makes the same state."""
    done = command(step, CELL, "--state", str(tmp_path / "state"))
    assert done.returncode == 0, done.stderr
    assert list(open_to_others(tmp_path / "state")) == []


def test_a_state_folder_of_an_older_version(tmp_path: Path) -> None:
    """It is closed to others when it is opened again."""
    tmp_path.chmod(0o755)
    (tmp_path / "lock").touch()
    with StateFolder(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_folder_that_is_there_for_others_too(tmp_path: Path) -> None:
    """Whoever names /tmp does not want it closed; the lock in it is private."""
    tmp_path.chmod(0o1777)
    with StateFolder(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777
        assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600
