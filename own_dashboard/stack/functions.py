"""The functions as processes of their own: real functions-framework on a copy of the archive.

A process that ends is started again on the same port, as the cloud starts a new instance.
"""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import httpx

from commit_counts.errors import NeverWorks
from emulators.http_server import LOOPBACK
from own_dashboard.environment import checkout
from own_dashboard.stack.archive import unpack_archive
from own_dashboard.stack.pipeline import Function

_START_SECONDS = 60.0
_STOP_SECONDS = 2.0
_FIRST_PAUSE_SECONDS = 0.2
# What would make functions-framework and gunicorn behave otherwise than deployed.
_FOREIGN = frozenset({"DEBUG", "GUNICORN_CMD_ARGS", "K_SERVICE", "PORT", "PYTHONPATH", "WORKERS"})
_LONGEST_PAUSE_SECONDS = 5.0


class FunctionProcess:
    """One function, running; its log lines go to `<step>.log` in the state folder."""

    def __init__(
        self,
        function: Function,
        *,
        environment: Mapping[str, str],
        state: Path,
        on_end: Callable[[str], None],
    ) -> None:
        """on_end: told in a sentence when the process has ended by itself, or cannot come back."""
        self.step = function.step
        self.log_file = state / f"{self.step}.log"
        self._archive = state / "archives" / self.step
        self._threads = function.concurrency
        self._environment = {k: v for k, v in environment.items() if k not in _FOREIGN}
        self._on_end = on_end
        self._stopping = threading.Event()
        self._lock = threading.Lock()  # no start after the stop
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        # Only this process holds the writing end; when it is gone, so are the children.
        self._watched, self._held = os.pipe()

    @property
    def url(self) -> str:
        """Where the function answers."""
        return f"http://{LOOPBACK}:{self._port}/"

    @property
    def pid(self) -> int | None:
        """The process's id, which is also its group's; None before the start."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process; it need not be ready yet, but calls to it already wait in line."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self.log_file.write_bytes(b"")
        self._spawn()
        threading.Thread(target=self._supervise, name=f"watch {self.step}", daemon=True).start()

    def wait_ready(self) -> None:
        """Return when it answers; NeverWorks with its last words where it does not come up."""
        try:
            # functions-framework answers this path by itself, without calling the function.
            httpx.get(f"{self.url}robots.txt", timeout=_START_SECONDS, trust_env=False)
        except httpx.HTTPError as error:
            words = self.log_file.read_text(encoding="utf-8", errors="replace").strip()
            raise NeverWorks(
                f"the function {self.step} does not start: "
                f"{words.splitlines()[-1] if words else error}; see {self.log_file}"
            ) from error

    def ask_to_stop(self) -> None:
        """Let it finish what it does and end; several can be asked before any is waited for."""
        with self._lock:
            asked_before = self._stopping.is_set()
            self._stopping.set()
        if self._process and not asked_before:
            self._signal(signal.SIGTERM)

    def stop(self) -> None:
        """End the process and wait for it: politely first, then without asking."""
        self.ask_to_stop()
        if self._process:
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                self._process.wait()
            # A worker may outlive gunicorn's parent process for a moment.
            self._signal(signal.SIGKILL)
        for end in (self._held, self._watched):
            with suppress(OSError):
                os.close(end)

    def _spawn(self) -> None:
        unpack_archive(self.step, self._archive)
        with socket.socket() as listener, self.log_file.open("ab") as log:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((LOOPBACK, self._port))
            listener.listen(128)
            self._port = listener.getsockname()[1]
            self._process = subprocess.Popen(
                self._command(listener.fileno()),
                cwd=self._archive,
                env={**self._environment, "THREADS": str(self._threads)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(listener.fileno(), self._watched),
                start_new_session=True,
            )

    def _command(self, listener: int) -> list[str]:
        child = Path(__file__).with_name("child.py")
        return [
            sys.executable, str(child), str(self._watched), str(listener), _hidden(),
            "--target", self.step, "--source", "main.py",
            "--host", LOOPBACK, "--port", str(self._port),
        ]  # fmt: skip

    def _supervise(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            assert self._process
            status = self._process.wait()
            if self._stopping.is_set():
                return
            self._on_end(f"{self.step} ended by itself (status {status}); see {self.log_file}")
            self._signal(signal.SIGKILL)  # a worker left behind would keep the port
            while not self._came_back(pause):
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            if self._stopping.is_set():
                return
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _came_back(self, pause: float) -> bool:
        """Start again after a pause; True also where it need not come back any more."""
        if self._stopping.wait(pause):
            return True
        with self._lock:
            if self._stopping.is_set():
                return True
            try:
                self._spawn()
            except (OSError, NeverWorks) as error:
                if getattr(error, "errno", None) != errno.EADDRINUSE:  # that passes by itself
                    self._on_end(f"{self.step} cannot be started again: {error}")
                return False
        return True

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        with suppress(ProcessLookupError):  # it has ended already
            os.killpg(self._process.pid, number)


def _hidden() -> str:
    """The folders that a function must not import from: this one, and a checkout's."""
    root = checkout()
    folders = [Path(__file__).parent, *((root, root / "functions") if root else ())]
    return os.pathsep.join(str(folder) for folder in folders)
