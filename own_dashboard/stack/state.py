"""What the local stack keeps: its folder, which one stack at a time uses, and its addresses.

`endpoints.json` there says where everything of the running stack listens, for any real client.
"""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from commit_counts.errors import NeverWorks
from emulators.files import open_private, private_folder, replace_file

FILE_NAME = "endpoints.json"


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """The addresses of one running stack.

    pubsub, monitoring: gRPC, `host:port` (`pubsub` is what PUBSUB_EMULATOR_HOST takes).
    pubsub_rest, sheets, collect, page: base URLs. github: the GraphQL URL.
    page is None in a run that has no page; sheets is None where a real Google Sheet is written.
    """

    project: str
    topic: str
    sheet_id: str
    pubsub: str
    pubsub_rest: str
    monitoring: str
    github: str
    collect: str
    sheets: str | None = None
    page: str | None = None


def write_endpoints(endpoints: Endpoints, state: Path) -> None:
    """Tell the world; the file appears whole or not at all."""
    content = json.dumps(asdict(endpoints), indent=2) + "\n"
    replace_file(state / FILE_NAME, content.encode())


def remove_endpoints(state: Path) -> None:
    """Nothing listens any more."""
    (state / FILE_NAME).unlink(missing_ok=True)


def read_endpoints(state: Path) -> Endpoints | None:
    """What the last stack on this state said; None where none runs or ran to a clean end."""
    file = state / FILE_NAME
    try:
        return Endpoints(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise NeverWorks(
            f"{file} cannot be read ({error}); stop `./dev up`, delete the file, start it again"
        ) from error


def service_variables(running: Endpoints) -> dict[str, str]:
    """The environment variables that lead a function, or its inspection, to a running stack."""
    variables = {
        "GOOGLE_CLOUD_PROJECT": running.project,
        "MONITORING_EMULATOR_HOST": running.monitoring,
        "PUBSUB_EMULATOR_HOST": running.pubsub,
        "SHEET_ID": running.sheet_id,
    }
    if running.sheets:
        variables["SHEETS_EMULATOR_HOST"] = running.sheets.removeprefix("http://")
    return variables


_LOCK = "lock"


class StateFolder:
    """An open state folder; `with` it, and no other stack can open it meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    def __enter__(self) -> "StateFolder":
        """Make the folder if it is missing and lock it. NeverWorks where either cannot be."""
        try:
            if not self.path.exists() or (self.path / _LOCK).exists():
                private_folder(self.path)  # any other one may be shared on purpose
            self._lock = open(self.path / _LOCK, "a+", encoding="utf-8", opener=open_private)
        except OSError as error:
            raise NeverWorks(
                f"cannot write into {self.path} ({error.strerror}); "
                "name a folder for the state with --state DIR"
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise NeverWorks(
                f"another stack is running on {self.path}{self._where()}",
                fix="stop it, or name another --state DIR",
            ) from error
        except OSError as error:
            self._lock.close()
            raise NeverWorks(
                f"{self.path} cannot be locked ({error.strerror}); name a folder on a local disk "
                "with --state DIR"
            ) from error
        self._lock.truncate(0)
        self._lock.write(f"{os.getpid()}\n")
        self._lock.flush()
        return self

    def _where(self) -> str:
        """What is known of the stack that holds the lock: its process, and its page."""
        try:
            pid = (self.path / _LOCK).read_text(encoding="utf-8").strip()
            running = read_endpoints(self.path)
        except (OSError, NeverWorks):  # it is starting or stopping just now
            return ""
        page = f", page {running.page}" if running and running.page else ""
        return f" (process {pid}{page})" if pid else ""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let the next stack in."""
        if self._lock:
            self._lock.close()
