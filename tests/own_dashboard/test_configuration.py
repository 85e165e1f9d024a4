"""Where settings come from, and which of two places a command speaks to."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import wait_until
from tests.support.repositories import History
from tests.support.stack import ROOT, RunningStack, clean_environment, command

CELL = '{"date": "2026-11-01", "repository": "by/hand", "commits": 7}'


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    history = History()
    history.commit("2026-11-01T23:30:00Z")
    return history.write(tmp_path_factory.mktemp("clones") / "猫 と app")


@pytest.fixture(scope="module")
def stack(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack beside a project in the cloud that its environment names."""
    state = tmp_path_factory.mktemp("beside") / "state"
    environment = clean_environment(GOOGLE_CLOUD_PROJECT="my-production")
    arguments = ("--repositories", str(clone), "--every", "3600")
    with RunningStack(state, *arguments, environment=environment) as running:
        running.wait_for_line("sheet written")
        yield running


def test_a_named_state_goes_before_a_project(stack: RunningStack) -> None:
    """The command that the stack prints means the stack, also beside a project in the cloud."""
    assert f"--state {stack.state}" in stack.output()
    environment = clean_environment(GOOGLE_CLOUD_PROJECT="my-production")
    done = command("publish", CELL, "--state", str(stack.state), environment=environment)
    assert done.returncode == 0, done.stderr
    assert "of own-dashboard-local" in done.stdout
    wait_until(lambda: stack.cells().get(("2026-11-01", "by/hand")) == 7, "it is on the Sheet")


def test_a_project_is_spoken_to_without_a_named_state(tmp_path: Path) -> None:
    """Without credentials for it, the command says so and sends nothing anywhere."""
    key = tmp_path / "key.json"
    key.write_text("{}")
    environment = clean_environment(
        GOOGLE_CLOUD_PROJECT="my-production", GOOGLE_APPLICATION_CREDENTIALS=str(key)
    )
    done = command("publish", CELL, environment=environment)
    assert done.returncode == 1
    assert done.stderr.startswith("./dev publish: no usable Google credentials")
    assert len(done.stderr.splitlines()) == 1


def test_an_environment_file_is_read_and_the_environment_wins(clone: Path, tmp_path: Path) -> None:
    """`.env` sets the zone whose days count; what the process was given goes before it."""
    (tmp_path / "env").write_text("TIME_ZONE=Asia/Tokyo\n")
    arguments = ("collect", "--repositories", str(clone), "--format", "json", "--since",
                 "2026-11-01", "--until", "2026-11-03")  # fmt: skip
    environment = clean_environment(ENV_FILE=str(tmp_path / "env"))
    assert json.loads(command(*arguments, environment=environment).stdout)["counts"] == [
        {"date": "2026-11-01", "repository": "猫 と app", "commits": 1}
    ]
    del environment["TIME_ZONE"]
    assert json.loads(command(*arguments, environment=environment).stdout)["counts"] == [
        {"date": "2026-11-02", "repository": "猫 と app", "commits": 1}
    ]


def test_the_credentials_of_an_environment_file_reach_google(tmp_path: Path, clone: Path) -> None:
    """What is wrong with the key file is told, not that there is none."""
    (tmp_path / "key.json").write_text("{}")
    lines = f"SHEET_ID=abc\nGOOGLE_APPLICATION_CREDENTIALS={tmp_path / 'key.json'}\n"
    (tmp_path / "env").write_text(lines)
    environment = clean_environment(ENV_FILE=str(tmp_path / "env"))
    done = command("up", "--repositories", str(clone), environment=environment)
    assert done.returncode == 1
    assert str(tmp_path / "key.json") in done.stderr


def test_the_installed_package_runs_the_pipeline(tmp_path: Path, clone: Path) -> None:
    """Unpacked from its wheel, without a checkout, it has the same command."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    # Only what was unpacked, and the installed packages: the editable checkout is shut out.
    hide = "import sys; sys.path[:] = [p for p in sys.path if not p.startswith(sys.argv[1])"
    hide += (
        " or '.venv' in p]; del sys.argv[1]; from own_dashboard.cli import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", hide, str(ROOT), "up", "--once", "--format", "json",
         "--repositories", str(clone), "--since", "2026-11-01"],
        env=clean_environment(PYTHONPATH=str(tmp_path / "site")),
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 1
    assert (tmp_path / ".local" / "sheets").is_dir()
    assert os.listdir(tmp_path / ".local" / "functions" / "archives")
