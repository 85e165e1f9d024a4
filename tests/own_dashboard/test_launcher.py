"""`./dev` installs what the lock file pins, once, and repairs what is half done.

uv is played by a script that notes its calls and makes an environment out of this Python, so that
the launcher's own decisions are what is tested, without an index.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import python_program

ROOT = Path(__file__).resolve().parents[2]

FAKE_UV = python_program(f"""
import os, sys
from pathlib import Path
here = Path(__file__).parent
with open(here / "calls", "a") as calls:
    print(*sys.argv[1:3], file=calls)
with open(here / "caches", "a") as caches:
    print(os.environ.get("UV_CACHE_DIR"), file=caches)
if "UV_CACHE_DIR" in os.environ:
    Path(os.environ["UV_CACHE_DIR"]).mkdir(exist_ok=True)
if sys.argv[1] == "--version":
    print("uv 0.9.1 (played)")
if sys.argv[1:3] == ["pip", "sync"] and (here / "broken").exists():
    sys.exit((here / "broken").read_text() or "error: Failed to fetch: `example`")
if sys.argv[1] == "venv":
    folder = Path(sys.argv[-1]) / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to({sys.executable!r})
if sys.argv[1:3] == ["pip", "install"]:
    program = Path(sys.argv[-1]) / ".venv" / "bin" / "own-dashboard"
    program.write_text("#!/bin/sh\\necho started $*\\n")
    program.chmod(0o755)
""")


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
        environment = {name: x for name, x in os.environ.items() if name != "UV_CACHE_DIR"}
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )

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


def test_a_certificate_that_is_not_trusted_is_named(checkout: Checkout) -> None:
    """Behind a company's proxy uv trusts its own list of certificates, unless it is told."""
    (checkout.uv / "broken").write_text(
        "error: Failed to fetch: `example`\n  cause: error sending request\n"
        "  cause: client error (Connect)\n  cause: invalid peer certificate: UnknownIssuer\n\n"
        "hint: Consider enabling use of system TLS certificates\n"
    )
    failed = checkout.run()
    assert failed.returncode == 1
    assert "invalid peer certificate: UnknownIssuer" in failed.stderr
    assert "UV_NATIVE_TLS=true ./dev" in failed.stderr


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


def test_nothing_is_written_outside_the_checkout(checkout: Checkout) -> None:
    """uv's cache lies beside the environment, and is gone when all is installed."""
    checkout.run()
    said = set((checkout.uv / "caches").read_text().split())
    assert said <= {"None", str(checkout.root / ".uv-cache")}  # `uv --version` caches nothing
    assert str(checkout.root / ".uv-cache") in said
    assert not (checkout.root / ".uv-cache").exists()


@pytest.mark.parametrize("home", [None, "/nonexistent"])
def test_no_home_is_needed(checkout: Checkout, home: str | None) -> None:
    """A service account or a container may have none."""
    environment = {name: value for name, value in os.environ.items() if name != "HOME"}
    if home:
        environment["HOME"] = home
    command = [sys.executable, str(checkout.root / "dev"), "up"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "started up\n"), done.stderr


def interrupted(checkout: Checkout) -> subprocess.CompletedProcess[str]:
    """Run ./dev with a Ctrl-C that came before its first line."""
    code = (
        "import os, signal, sys\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})\n"
        f"os.kill(os.getpid(), {int(signal.SIGINT)})\n"
        "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    command = [sys.executable, "-c", code, str(checkout.root / "dev")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_interrupted_start_says_so_without_a_traceback(checkout: Checkout) -> None:
    """While something is installed it is ./dev that answers Ctrl-C."""
    done = interrupted(checkout)
    assert done.returncode == 130
    assert done.stderr == "dev: interrupted; the next ./dev goes on from here\n"


def test_an_interruption_is_left_to_the_command(checkout: Checkout) -> None:
    """Where nothing is to be installed, Ctrl-C reaches the program, which answers it."""
    checkout.run()
    program = checkout.root / ".venv" / "bin" / "own-dashboard"
    text = "import signal\nprint(signal.sigpending() == {signal.SIGINT})\n"
    program.write_text(python_program(text))
    done = interrupted(checkout)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_the_program_is_told_how_it_was_typed(checkout: Checkout) -> None:
    """What it prints to copy can then be copied."""
    checkout.run()
    program = checkout.root / ".venv" / "bin" / "own-dashboard"
    program.write_text("#!/bin/sh\necho $OWN_DASHBOARD_STARTED_AS\n")
    assert checkout.run().stdout == f"{checkout.root / 'dev'}\n"


def test_windows_is_told_what_is_supported() -> None:
    """In one sentence, before anything that Windows lacks is imported."""
    code = "import os, runpy; os.name = 'nt'; runpy.run_path('dev', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("dev: needs Linux or macOS; on Windows, use WSL")
    assert len(done.stderr.splitlines()) == 1
