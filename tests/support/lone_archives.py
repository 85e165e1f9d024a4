"""A function as the cloud starts it: its archive, its own requirements.txt, and nothing else.

An empty virtual environment for each, so that a package which a requirements.txt forgets is missing
here too, however well the checkout's own environment is furnished.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from own_dashboard.stack.archive import unpack_archive
from tests.support.ports import unused_port
from tests.support.processes import MOST_SECONDS, group_members, wait_until

ROOT = Path(__file__).resolve().parents[2]
# What uv says where it is the network, or the lack of one, that keeps a package away.
_OUT_OF_REACH = re.compile(
    r"dns error|error sending request|failed to fetch|connection refused|timed out", re.I
)


@dataclass(frozen=True, kw_only=True)
class LoneFunction:
    """One running function. group: the process group in which it all runs."""

    url: str
    group: int
    log_file: Path

    @property
    def log(self) -> str:
        """What it has said so far."""
        return self.log_file.read_text(encoding="utf-8")

    def resident_mb(self) -> float:
        """The memory of all its processes, in MB; what they share counts once for each."""
        pages = sum(
            int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            for pid in group_members(self.group)
        )
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def running_alone(
    step: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[LoneFunction]:
    """The function of a step, installed and started in `folder`, answering; ended at the end."""
    unpack_archive(step, folder / "archive")
    programs = _install(folder / "archive" / "requirements.txt", folder / "environment")
    port = str(unused_port())
    command = ["functions-framework", "--target", step, "--host", "127.0.0.1", "--port", port]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / command[0], *command[1:]],
            cwd=folder / "archive",
            env={"PATH": os.environ["PATH"], "K_SERVICE": step, **environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    function = LoneFunction(
        url=f"http://127.0.0.1:{port}/", group=process.pid, log_file=folder / "log"
    )
    try:
        wait_until(lambda: _answers(function.url) or process.poll() is not None, f"{step} answers")
        assert process.poll() is None, function.log
        yield function
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(url: str) -> bool:
    """functions-framework answers this path by itself, without calling the function."""
    try:
        return httpx.get(f"{url}robots.txt", trust_env=False, timeout=MOST_SECONDS).is_client_error
    except httpx.HTTPError:
        return False


def _install(requirements: Path, environment: Path) -> Path:
    """Where the programs of a new environment lie. Skips where packages are out of reach."""
    own = ROOT / ".uv" / "bin" / "uv"
    uv = str(own) if own.is_file() else shutil.which("uv")
    if not uv:
        pytest.skip("there is no uv to make an environment with; ./dev brings one")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    python = str(environment / "bin" / "python")
    command = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "--requirements",
        str(requirements),
    ]
    # What is in uv's cache needs no network.
    if subprocess.run([*command, "--offline"], capture_output=True, check=False).returncode != 0:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if _OUT_OF_REACH.search(done.stderr):
            pytest.skip(f"packages are out of reach: {done.stderr.strip().splitlines()[-1]}")
        assert done.returncode == 0, done.stderr
    return environment / "bin"
