"""Functions as processes, installed as deployed: their archive, and the packages of their pins.

The packages are those of this environment, linked into another that has nothing else: no library
finds a neighbour here that it would not find in the cloud.
"""

import base64
import http.client
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path

from own_dashboard.stack.archive import package_folder, unpack_archive
from own_dashboard.stack.pipeline import load_pipeline
from tests.support.ports import unused_port
from tests.support.processes import group_members, group_memory_mb

BARE = "bare"
_BARE_SOURCE = """
import functions_framework

@functions_framework.http
def bare(request):
    return "ok"
"""
_START_SECONDS = 60.0
# Of this process alone: two runs at once would share one share.
_CGROUP = Path(f"/sys/fs/cgroup/cpu/own_dashboard_bench_{os.getpid()}")
_PERIOD_MICROSECONDS = 100_000


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where the functions and their Python lie."""

    python: Path
    folder: Path

    def archive(self, step: str) -> Path:
        """The folder of one function's archive."""
        return self.folder / "archives" / step


def install(folder: Path) -> Installation:
    """Lay out the archives, the bare function beside them, and one environment for all."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", folder / "environment"], check=True
    )
    site = next((folder / "environment" / "lib").glob("python3*")) / "site-packages"
    steps = [function.step for function in load_pipeline().functions]
    for step in steps:
        unpack_archive(step, folder / "archives" / step)
    bare = folder / "archives" / BARE
    bare.mkdir()
    (bare / "main.py").write_text(_BARE_SOURCE, encoding="utf-8")
    for name in {name for step in steps for name in _pinned(step)}:
        _link_distribution(name, site)
    python = folder / "environment" / "bin" / "python"
    # As the buildpack does, which checks the syntax in this way.
    compiling = [str(python), "-m", "compileall", "-q", str(folder / "archives")]
    subprocess.run(compiling, check=True, env={"PATH": os.environ["PATH"]})
    return Installation(python=python, folder=folder)


def _pinned(step: str) -> Sequence[str]:
    text = (package_folder(step) / "requirements.txt").read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z0-9_.-]+)==", text, re.MULTILINE)


def _link_distribution(name: str, site: Path) -> None:
    found = distribution(name)
    for file in found.files or ():
        source = Path(str(found.locate_file(file)))
        if file.parts[0] == ".." or not source.is_file():
            continue
        _link(source, site / file)
        if source.suffix == ".py":
            compiled = Path(importlib.util.cache_from_source(str(source)))
            if compiled.is_file():
                _link(compiled, site / file.parent / "__pycache__" / compiled.name)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        try:
            os.link(source, target)
        except OSError:  # another disk
            shutil.copy2(source, target)


class Instance:
    """One running instance of a function."""

    def __init__(
        self,
        installation: Installation,
        step: str,
        environment: Mapping[str, str],
        *,
        prefix: Sequence[str] = (),
    ) -> None:
        """prefix: a command that runs the rest, for example with less processor time."""
        self.port = unused_port()
        self.step = step
        self._log = installation.folder / f"{step}.log"
        command = [
            *prefix, str(installation.python), "-m", "functions_framework", "--target", step,
            "--host", "127.0.0.1", "--port", str(self.port),
        ]  # fmt: skip
        with self._log.open("wb") as log:
            self.started = time.perf_counter()
            self._process = subprocess.Popen(
                command,
                cwd=installation.archive(step),
                env={"PATH": os.environ["PATH"], "K_SERVICE": step, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def group(self) -> int:
        """The process group in which it all runs."""
        return self._process.pid

    def wait_until_it_answers(self) -> float:
        """Seconds from its start to its first answer, which needs no call of the function."""
        self._exchange("GET", "/robots.txt", b"")
        return time.perf_counter() - self.started

    def call(self, body: bytes) -> float:
        """Seconds from its start to the answer to this call."""
        status = self._exchange("POST", "/", body)
        if status != 200:
            log = self._log.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"{self.step} answered {status}: {log[-2000:]}")
        return time.perf_counter() - self.started

    def memory_mb(self) -> float:
        """What its processes hold; what they share counts once."""
        return group_memory_mb(self.group)

    def processor_seconds(self) -> float:
        """What its processes have used so far."""
        ticks = 0
        for pid in group_members(self.group):
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
            ticks += sum(int(each) for each in fields.split()[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """Kill it."""
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)
        self._process.wait()

    def _exchange(self, method: str, path: str, body: bytes) -> int:
        deadline = time.monotonic() + _START_SECONDS
        headers = {"Content-Type": "application/json"}
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_START_SECONDS)
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                answer.read()
            except (ConnectionError, http.client.HTTPException):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = self._log.read_text(encoding="utf-8", errors="replace")
                    raise RuntimeError(f"{self.step} does not start: {log[-2000:]}") from None
                time.sleep(0.001)
            else:
                return answer.status
            finally:
                connection.close()


@contextmanager
def instance(
    installation: Installation,
    step: str,
    environment: Mapping[str, str],
    *,
    prefix: Sequence[str] = (),
) -> Iterator[Instance]:
    """One instance, ended at the end."""
    started = Instance(installation, step, environment, prefix=prefix)
    try:
        yield started
    finally:
        started.end()


def delivery(event: Mapping[str, object], subscription: str, number: int) -> bytes:
    """The body of a push of an event."""
    data = base64.b64encode(json.dumps(event).encode()).decode()
    message = {
        "data": data, "messageId": str(number), "publishTime": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    return json.dumps({"message": message, "subscription": subscription}).encode()


class CpuShare:
    """A part of one processor, for a group of processes.

    By a cgroup where this user may make one; otherwise the processes are stopped and continued in
    turn, which comes to the same on average and is coarser.
    """

    def __init__(self, size: float) -> None:
        self.size = size
        self.how = self._make_cgroup()

    @property
    def prefix(self) -> Sequence[str]:
        """What starts a command inside the group."""
        if self.how != "cgroup":
            return ()
        return ("sh", "-c", f'echo $$ > {_CGROUP}/cgroup.procs && exec "$0" "$@"')

    @contextmanager
    def limiting(self, started: Instance) -> Iterator[None]:
        """Hold this instance to its share."""
        if self.how == "cgroup":
            yield
            return
        over = threading.Event()
        thread = threading.Thread(target=self._alternate, args=(started.group, over))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def close(self) -> None:
        """Remove the cgroup."""
        if self.how == "cgroup":
            with suppress(OSError):
                _CGROUP.rmdir()

    def _make_cgroup(self) -> str:
        try:
            _CGROUP.mkdir(exist_ok=True)
            quota = round(self.size * _PERIOD_MICROSECONDS)
            (_CGROUP / "cpu.cfs_period_us").write_text(str(_PERIOD_MICROSECONDS))
            (_CGROUP / "cpu.cfs_quota_us").write_text(str(quota))
        except OSError:
            return "stopped and continued"
        return "cgroup"

    def _alternate(self, group: int, over: threading.Event) -> None:
        period = _PERIOD_MICROSECONDS / 1e6
        with suppress(ProcessLookupError):
            while not over.wait(period * self.size):
                os.killpg(group, signal.SIGSTOP)
                time.sleep(period * (1 - self.size))
                os.killpg(group, signal.SIGCONT)
