"""The functions as processes of their own: real functions-framework on a copy of the archive.

A process that ends is started again on the same port, as the cloud starts a new instance.
Loading takes longest of all when a stack starts, so whoever is called first is started first, and
answers once it is told where its services listen.
"""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from commit_counts.errors import NeverWorks
from emulators.http_guard import LOOPBACK
from own_dashboard.environment import checkout, without_settings
from own_dashboard.stack.archive import unpack_archive
from own_dashboard.stack.pipeline import Function, Pipeline

_START_SECONDS = 60.0
_FIRST_PAUSE_SECONDS = 0.2
_FOREIGN = frozenset({"DEBUG", "GUNICORN_CMD_ARGS", "K_SERVICE", "PORT", "PYTHONPATH", "WORKERS"})
_LONGEST_PAUSE_SECONDS = 5.0


class FunctionProcess:
    """One function, running; its log lines go to `<step>.log` in the state folder."""

    def __init__(self, function: Function, *, state: Path, on_end: Callable[[str], None]) -> None:
        """on_end: told in a sentence when the process has ended by itself, or cannot come back."""
        self.step = function.step
        self.log_file = state / f"{self.step}.log"
        self._archive = state / "archives" / self.step
        self._threads = function.concurrency
        self._environment: Mapping[str, str] | None = None  # until it is told
        self._on_end = on_end
        self._stopping = threading.Event()
        self._lock = threading.Lock()  # no start after the stop, no telling while it ends
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        # First in line: behind events nobody could tell one that is busy from one that is not up.
        self._first_call: HTTPConnection | None = None

    @property
    def url(self) -> str:
        """Where the function answers."""
        return f"http://{LOOPBACK}:{self._port}/"

    @property
    def pid(self) -> int | None:
        """The process's id, which is also its group's; None before the start."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process; it loads, and calls to it already wait in line.

        NeverWorks where its files cannot be laid out, or this machine takes no further process.
        """
        try:
            self.log_file.parent.mkdir(parents=True, exist_ok=True)
            self.log_file.write_bytes(b"")
            self._spawn()
        except OSError as error:
            raise NeverWorks(
                f"the function {self.step} cannot be started: {error}",
                fix="free space or set permissions, or name another folder with --state",
            ) from error
        with suppress(OSError):  # it has ended already: `wait_ready` says why
            self._first_call = self._call()
        threading.Thread(target=self._supervise, name=f"watch {self.step}", daemon=True).start()

    def tell(self, environment: Mapping[str, str]) -> None:
        """Let it answer: its settings, and where its services are. Later processes know it too."""
        with self._lock:
            self._environment = {**_as_deployed(environment), "THREADS": str(self._threads)}
            self._hand_over()

    def wait_ready(self) -> None:
        """Return when it answers; NeverWorks with its last words where it does not come up.

        One that is killed meanwhile comes back, as at any other time, and is waited for.
        """
        ends_at = time.monotonic() + _START_SECONDS
        call, self._first_call = self._first_call, None
        while True:
            process = self._process
            assert process
            try:
                with closing(call or self._call()) as called:
                    called.getresponse().read()
                return
            except (OSError, HTTPException) as error:
                if _was_killed(process) and time.monotonic() < ends_at:
                    call = None
                    self._stopping.wait(_FIRST_PAUSE_SECONDS)  # until it is started again
                    continue
                words = self.log_file.read_text(encoding="utf-8", errors="replace").strip()
                raise NeverWorks(
                    f"the function {self.step} does not start: "
                    f"{words.splitlines()[-1] if words else error}; see {self.log_file}"
                ) from error

    def stop(self) -> None:
        """End the process, whatever it does: its event stays owed, as after any crash."""
        with self._lock:
            if self._stopping.is_set():
                return
            self._stopping.set()
        if self._process:
            self._end_group()
            self._process.wait()
        if self._first_call:
            self._first_call.close()

    def _call(self) -> HTTPConnection:
        """Ask for what functions-framework answers by itself, without calling the function."""
        call = HTTPConnection(LOOPBACK, self._port, timeout=_START_SECONDS)
        call.request("GET", "/robots.txt")
        return call

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
                env=_as_deployed(without_settings()),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(listener.fileno(),),
                start_new_session=True,
            )
        if self._environment is not None:
            self._hand_over()

    def _hand_over(self) -> None:
        """Give the process its environment; where it has just ended, the next one gets it."""
        assert self._process
        assert self._process.stdin
        if self._process.stdin.closed:
            return
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(self._environment).encode() + b"\n")
            self._process.stdin.flush()

    def _command(self, listener: int) -> list[str]:
        child = Path(__file__).with_name("child.py")
        return [
            sys.executable, str(child), str(listener), _hidden(),
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
            with self._lock:
                self._end_group()
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

    def _end_group(self) -> None:
        """End the process, and gunicorn's worker, which would keep the port."""
        self._signal(signal.SIGKILL)
        assert self._process
        assert self._process.stdin
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        with suppress(ProcessLookupError):  # it has ended already
            os.killpg(self._process.pid, number)


@contextmanager
def function_processes(
    pipeline: Pipeline, *, state: Path, on_end: Callable[[str], None]
) -> Iterator[Mapping[str, FunctionProcess]]:
    """Every function of the pipeline, by its step; none is left behind.

    Those that begin something are started at once. The subscribers are left to the stack, as it
    takes a while until there is an event, and starting a stack keeps two processors busy.
    """
    processes = {
        function.step: FunctionProcess(function, state=state, on_end=on_end)
        for function in pipeline.functions
    }
    with ExitStack() as exits:
        for process in processes.values():
            exits.callback(process.stop)
        for function in pipeline.functions:
            if not function.subscriptions:
                processes[function.step].start()
        yield processes


def _as_deployed(environment: Mapping[str, str]) -> dict[str, str]:
    """Without what makes functions-framework and gunicorn behave otherwise than deployed."""
    return {name: value for name, value in environment.items() if name not in _FOREIGN}


def _was_killed(process: subprocess.Popen[bytes]) -> bool:
    """Whether it, or only its worker, ended by a signal, and not by itself."""
    try:
        return process.wait(_FIRST_PAUSE_SECONDS) < 0
    except subprocess.TimeoutExpired:
        return True


def _hidden() -> str:
    """The folders that a function must not import from: this one, and a checkout's."""
    root = checkout()
    folders = [Path(__file__).parent, *((root, root / "functions") if root else ())]
    return os.pathsep.join(str(folder) for folder in folders)
