"""The emulators that functions under measurement talk to, in a process of their own.

So neither their processor time nor their locks are among what is measured.
"""

import multiprocessing
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
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


@contextmanager
def running_services(folder: Path, *, topics: tuple[str, ...]) -> Iterator[Services]:
    """All of them, with these topics and an empty Sheet; ended at the end."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(folder, there), daemon=True)
    process.start()
    try:
        services: Services = here.recv()
        for topic in topics:
            path = f"v1/projects/{PROJECT}/topics/{topic}"
            httpx.put(f"{services.pubsub_rest}/{path}", json={}, trust_env=False).raise_for_status()
        yield services
    finally:
        here.send("stop")
        process.join(10)
        process.kill()
        here.close()


def _serve(folder: Path, connection: Connection) -> None:
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
