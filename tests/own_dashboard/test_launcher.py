"""`./dev` installs what the lock file pins, once, and repairs what is half done.

uv is played by a script that notes its calls and makes an environment out of this Python, so that
the launcher's own decisions are what is tested, without an index.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FAKE_UV = f"""#!{sys.executable}
import os, sys
from pathlib import Path
here = Path(__file__).parent
with open(here / "calls", "a") as calls:
    print(*sys.argv[1:3], file=calls)
if sys.argv[1] == "--version":
    print("uv 0.9.1 (played)")
if sys.argv[1:3] == ["pip", "sync"] and (here / "broken").exists():
    sys.exit("error: Failed to fetch: `example`")
if sys.argv[1] == "venv":
    folder = Path(sys.argv[-1]) / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to({sys.executable!r})
if sys.argv[1:3] == ["pip", "install"]:
    program = Path(sys.argv[-1]) / ".venv" / "bin" / "own-dashboard"
    program.write_text("#!/bin/sh\\necho started $*\\n")
    program.chmod(0o755)
"""


class Checkout:
    """A checkout whose program only tells that it was started."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copy(ROOT / "dev", root / "dev")
        (root / "requirements.lock").write_text("a==1\n")
        (root / "pyproject.toml").write_text("[project]\n")
        self.uv = root / ".uv" / "bin"
        self.uv.mkdir(parents=True)
        (self.uv / "uv").write_text(FAKE_UV)
        (self.uv / "uv").chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ./dev here, as a person would."""
        command = [sys.executable, str(self.root / "dev"), *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)

    def calls(self) -> list[str]:
        """What uv was asked to do since the last question."""
        file = self.uv / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return [line for line in lines if line != "--version"]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_command_installs_and_the_second_starts_at_once(checkout: Checkout) -> None:
    """The arguments reach the command, and nothing is installed twice."""
    first = checkout.run("up", "--once")
    assert (first.returncode, first.stdout) == (0, "started up --once\n")
    assert "dev: installing into .venv" in first.stderr
    assert [call.split(" /")[0] for call in checkout.calls()] == [
        "venv --quiet", "pip sync", "pip install",
    ]  # fmt: skip
    second = checkout.run("test")
    assert (second.returncode, second.stdout, second.stderr) == (0, "started test\n", "")
    assert checkout.calls() == []


def test_a_changed_lock_file_is_installed_into_the_same_environment(checkout: Checkout) -> None:
    """New pins need no new environment."""
    checkout.run()
    checkout.calls()
    (checkout.root / "requirements.lock").write_text("a==2\n")
    done = checkout.run()
    assert done.returncode == 0
    assert "bringing .venv up to date" in done.stderr
    assert checkout.calls() == ["pip sync", "pip install"]


def test_an_interrupted_installation_is_made_anew(checkout: Checkout) -> None:
    """Without the stamp that comes last, nothing of the environment is trusted."""
    (checkout.uv / "broken").touch()
    failed = checkout.run()
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert "could not install the packages of requirements.lock" in failed.stderr
    assert "Failed to fetch" in failed.stderr
    (checkout.uv / "broken").unlink()
    checkout.calls()
    repaired = checkout.run()
    assert (repaired.returncode, repaired.stdout) == (0, "started\n")
    assert checkout.calls()[0].startswith("venv")


def test_a_failed_update_is_made_anew_as_well(checkout: Checkout) -> None:
    """The stamp goes before the first change, not after it."""
    checkout.run()
    (checkout.root / "requirements.lock").write_text("a==2\n")
    (checkout.uv / "broken").touch()
    assert checkout.run().returncode == 1
    (checkout.uv / "broken").unlink()
    (checkout.root / "requirements.lock").write_text("a==1\n")
    checkout.calls()
    assert checkout.run().returncode == 0
    assert checkout.calls()[0].startswith("venv")


def test_a_moved_checkout_is_installed_anew(checkout: Checkout, tmp_path: Path) -> None:
    """An environment holds absolute paths, and dies when it is moved."""
    checkout.run()
    checkout.calls()
    moved = tmp_path.with_name(tmp_path.name + "-moved")
    os.rename(tmp_path, moved)
    command = [sys.executable, str(moved / "dev")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr
    assert (moved / ".uv" / "bin" / "calls").read_text().startswith("--version\nvenv")
    os.rename(moved, tmp_path)


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    """The interpreter that it was made from may be uninstalled under it."""
    checkout.run()
    checkout.calls()
    (checkout.root / ".venv" / "bin" / "python").unlink()
    assert checkout.run().stdout == "started\n"
    assert checkout.calls()[0].startswith("venv")


def test_an_old_uv_is_not_used(checkout: Checkout) -> None:
    """One that lacks what is asked of it would fail in words that help nobody."""
    old = (checkout.uv / "uv").read_text().replace("uv 0.9.1", "uv 0.4.30")
    (checkout.uv / "uv").write_text(old)
    environment = {**os.environ, "PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1"}
    command = [sys.executable, str(checkout.root / "dev")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "could not fetch uv with pip" in done.stderr


def test_a_checkout_without_its_lock_file_is_told_in_one_line(checkout: Checkout) -> None:
    """No traceback where something is missing that a person can bring back."""
    (checkout.root / "requirements.lock").unlink()
    done = checkout.run()
    assert done.returncode == 1
    assert done.stderr.startswith("dev: requirements.lock cannot be read")
    assert len(done.stderr.splitlines()) == 1


def test_the_launcher_needs_the_standard_library_only() -> None:
    """It runs before anything is installed, without site-packages."""
    code = "import runpy; runpy.run_path('dev', run_name='dev')"
    subprocess.run([sys.executable, "-S", "-I", "-c", code], cwd=ROOT, check=True)
