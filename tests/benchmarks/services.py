"""The emulators that what is measured talks to, in processes of their own.

So neither their processor time, nor their memory, nor their locks are among what is measured.
"""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

from emulators.github import GitHubEmulator
from emulators.monitoring import MonitoringEmulator
from emulators.pubsub import PubSubEmulator
from emulators.sheets import SheetsEmulator
from tests.support.collect import TOKEN
from tests.support.collect_accounts import account
from tests.support.repositories import ME

PROJECT = "measured"
SHEET = "measured-sheet"


@dataclass(frozen=True, kw_only=True)
class Services:
    """Where each listens."""

    github: str
    monitoring: str
    pubsub: str
    pubsub_rest: str
    sheets: str

    def environment(self, topic: str) -> dict[str, str]:
        """The variables of any function."""
        return {
            "EVENING_HOUR": "20",
            "GITHUB_GRAPHQL_URL": self.github,
            "GITHUB_TOKEN": TOKEN,
            "GOOGLE_CLOUD_PROJECT": PROJECT,
            "LANGUAGE": "en",
            "MONITORING_EMULATOR_HOST": self.monitoring,
            "PUBSUB_EMULATOR_HOST": self.pubsub,
            "SHEETS_EMULATOR_HOST": self.sheets.removeprefix("http://"),
            "SHEET_ID": SHEET,
            "TIME_ZONE": "Etc/UTC",
            "TOPIC": topic,
            "WATCH_ALLOW_PRIVATE": "true",
            "WATCH_URLS": self.sheets,
        }


@dataclass(frozen=True, kw_only=True)
class Account:
    """What the GitHub emulator serves: see `tests.support.collect_accounts`."""

    repositories: int
    active: int
    commits: int = 1
    hours_apart: int = 1


@dataclass(frozen=True, kw_only=True)
class Used:
    """What an emulator has answered and used so far; processor: seconds."""

    requests: int
    processor: float


class GitHubProcess:
    """The GitHub emulator in a process of its own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.url, self.rest_url = connection.recv()

    def serve(self, account: Account) -> None:
        """This account from now on."""
        self._ask(account)

    def delay(self, seconds: float) -> None:
        """Wait so long before each answer from now on."""
        self._ask(seconds)

    def used(self) -> Used:
        """So far."""
        return self._ask(None)

    def _ask(self, message: Account | float | None) -> Used:
        self._connection.send(message)
        used: Used = self._connection.recv()
        return used


@contextmanager
def in_own_process(work: Callable[..., None], *arguments: object) -> Iterator[Connection]:
    """A connection to a process that does `work(connection, *arguments)` until it hears "stop"."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=work, args=(there, *arguments), daemon=True)
    process.start()
    there.close()  # so that its end is noticed here
    try:
        yield here
    finally:
        if process.is_alive():
            here.send("stop")
        process.join(10)
        process.kill()
        here.close()


@contextmanager
def running_services(folder: Path, *, topics: tuple[str, ...]) -> Iterator[Services]:
    """All of them, with these topics and an empty Sheet; ended at the end."""
    with in_own_process(_serve, folder) as connection:
        services: Services = connection.recv()
        for topic in topics:
            path = f"v1/projects/{PROJECT}/topics/{topic}"
            httpx.put(f"{services.pubsub_rest}/{path}", json={}, trust_env=False).raise_for_status()
        yield services


@contextmanager
def running_github(now: datetime) -> Iterator[GitHubProcess]:
    """GitHub without repositories, until told to serve some: as they are at `now`."""
    with in_own_process(_serve_github, now) as connection:
        yield GitHubProcess(connection)


def _serve_github(connection: Connection, now: datetime) -> None:
    emulator = GitHubEmulator(authors=[ME], token=TOKEN, point_limit=10_000_000)
    emulator.start()
    connection.send((emulator.url, emulator.rest_url))
    for asked in iter(connection.recv, "stop"):
        if isinstance(asked, Account):
            emulator.repositories = account(now, **asdict(asked))
        elif asked is not None:
            emulator.calls.latency_seconds = asked
        connection.send(Used(requests=emulator.calls.count(), processor=time.process_time()))
    emulator.stop()


def _serve(connection: Connection, folder: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    github = GitHubEmulator(
        authors=[ME],
        token=TOKEN,
        repositories=account(now, repositories=50, active=5),
        point_limit=10_000_000,
    )
    monitoring = MonitoringEmulator(state=folder / "monitoring")
    pubsub = PubSubEmulator(state=folder / "pubsub")
    sheets = SheetsEmulator(state=folder / "sheets")
    with ExitStack() as exits:
        for emulator in (github, monitoring, pubsub, sheets):
            emulator.start()
            exits.callback(emulator.stop)
        sheets.create_spreadsheet(SHEET, title="Measured")
        connection.send(
            Services(
                github=github.url,
                monitoring=monitoring.address,
                pubsub=pubsub.address,
                pubsub_rest=pubsub.rest_url,
                sheets=sheets.url,
            )
        )
        connection.recv()
