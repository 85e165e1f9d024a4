"""The whole pipeline, started as a person starts it, on state of its own."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from own_dashboard.cli import main
from own_dashboard.stack.state import Endpoints, read_endpoints
from tests.support.processes import MOST_SECONDS, wait_until
from tests.support.repositories import ME, git
from tests.support.sheets import connected_client
from write_sheet.sheets_api.tab import Tab

ROOT = Path(__file__).resolve().parents[2]
# What programs need of a person's shell; nothing else of it reaches a stack under test.
_KEPT = ("HOME", "LANG", "PATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR", "USER")

Cells = dict[tuple[str, str], int]


def clean_environment(**added: str) -> dict[str, str]:
    """What a program needs to run, and `added`; no setting of the person's, nor their `.env`."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    own = {"ENV_FILE": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull, "TIME_ZONE": "Etc/UTC"}
    return {**kept, **own, **added}


def dashboard(
    *arguments: str, environment: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run `own-dashboard` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "own_dashboard", *arguments],
        env={**(environment or clean_environment()), "PYTHONPATH": f"{ROOT}:{ROOT}/functions"},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def command(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What `dashboard` runs, without a new Python that loads everything anew: in this process.

    For what a command says and does; not for how its process starts, is interrupted or ends.
    """
    output, errors = io.StringIO(), io.StringIO()
    with (
        _as_before(),
        chdir(ROOT),
        patch.dict(os.environ, environment or clean_environment(), clear=True),
        redirect_stdout(output),
        redirect_stderr(errors),
    ):
        try:
            status = main(arguments)
        except SystemExit as ended:
            status = int(ended.code or 0)
    return subprocess.CompletedProcess(arguments, status, output.getvalue(), errors.getvalue())


@contextmanager
def _as_before() -> Iterator[None]:
    """What a command sets for its process goes with the block."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    mask = os.umask(0o077)
    os.umask(mask)
    try:
        yield
    finally:
        os.umask(mask)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def copy_checkout(root: Path) -> Path:
    """The program, the functions and the emulators in another folder, to be added to there."""
    left_out = shutil.ignore_patterns("__pycache__")
    for folder in ("emulators", "functions", "own_dashboard"):
        shutil.copytree(ROOT / folder, root / folder, ignore=left_out)
    (root / "terraform").mkdir()
    for file in ("dev", "terraform/pipeline.json"):
        shutil.copy(ROOT / file, root / file)
    return root


class RunningStack:
    """`own-dashboard up`, running until the `with` ends."""

    def __init__(
        self, state: Path, *arguments: str, environment: Mapping[str, str], cwd: Path = ROOT
    ) -> None:
        self.state = state
        self._output = state.with_name(f"{state.name}.out")
        command = [
            sys.executable,
            "-m",
            "own_dashboard",
            "up",
            "--state",
            str(state),
            "--port",
            "0",
        ]
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, *arguments],
                env={"PYTHONPATH": f"{ROOT}:{ROOT}/functions", **environment},
                cwd=cwd,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def __enter__(self) -> "RunningStack":
        wait_until(lambda: self._is_up() or self.process.poll() is not None, "the stack is up")
        assert self.process.poll() is None, self.output()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(MOST_SECONDS)

    def output(self) -> str:
        """Everything that it has printed."""
        return self._output.read_text(encoding="utf-8")

    @property
    def endpoints(self) -> Endpoints:
        """Where it listens."""
        found = read_endpoints(self.state)
        assert found
        return found

    def cells(self) -> Cells:
        """The tab `data`, read with the real gspread."""
        endpoints = self.endpoints
        assert endpoints.sheets
        return sheet_cells(endpoints.sheets, endpoints.sheet_id)

    def wait_for_line(self, text: str) -> None:
        """Return once it has printed `text`."""
        wait_until(lambda: text in self.output(), f"{text!r} is printed, in:\n{self.output()}")

    def _is_up(self) -> bool:
        found = read_endpoints(self.state)
        return bool(found) and str(found and found.page) in self.output()


def sheet_cells(url: str, sheet_id: str) -> Cells:
    """date and repository → commits, as the tab `data` shows them; nothing without the tab."""
    with connected_client(url) as client:
        tabs = {tab.id: tab for tab in client.open_by_key(sheet_id).worksheets()}
        data = tabs.get(Tab.DATA.sheet_id)  # whatever it is called in the person's language
        rows = data.get_all_values()[1:] if data else []
    return {(row[0], row[1]): int(row[2]) for row in rows if row[0]}


def counts_of(summary: Mapping[str, Any]) -> Cells:
    """The `counts` of a summary or an event."""
    return {(c["date"], c["repository"]): c["commits"] for c in summary["counts"]}


def direct_counts(
    clones: Mapping[str, Path], zone: str, since: date, *, emails: Iterable[str] = (ME,)
) -> Cells:
    """The same numbers straight from the commit objects, by another way than the pipeline's.

    clones: published name to folder. Each oid counts once; days are those of `zone`, from `since`.
    """
    seen: set[str] = set()
    cells: Counter[tuple[str, str]] = Counter()
    for name, path in sorted(clones.items()):
        if not git(path, "for-each-ref", "refs/heads/main"):
            continue
        for oid in git(path, "rev-list", "main").split():
            text = git(path, "cat-file", "commit", oid)
            author = next(x for x in text.splitlines() if x.startswith("author "))
            email = author[author.index("<") + 1 : author.index(">")]
            seconds = int(author.rpartition("> ")[2].split()[0])
            day = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone)).date()
            if oid not in seen and email in emails and day >= since:
                seen.add(oid)
                cells[day.isoformat(), name] += 1
    return dict(cells)


def last_json(text: str) -> dict[str, Any]:
    """The JSON object on the only line of standard output."""
    parsed: dict[str, Any] = json.loads(text)
    return parsed
