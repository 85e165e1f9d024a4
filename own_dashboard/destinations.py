"""Where the commands of the subscribers write to: Google, the stack running here, or its files."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from emulators.monitoring import MonitoringEmulator
from emulators.sheets import SheetsEmulator
from own_dashboard.stack.options import LOCAL_PROJECT, LOCAL_SHEET
from own_dashboard.stack.state import StateFolder
from own_dashboard.topic.target import running_stack


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A service and a resource in it; host (`host:port`) is None for Google's own."""

    name: str
    host: str | None


@contextmanager
def sheet_destination(
    environment: Mapping[str, str], state: Path, time_zone: str
) -> Iterator[Destination]:
    """The Google Sheet of SHEET_ID; else that of the stack running here; else the stack's file."""
    sheet_id = environment.get("SHEET_ID", "").strip()
    if sheet_id:
        yield Destination(name=sheet_id, host=environment.get("SHEETS_EMULATOR_HOST") or None)
        return
    running = running_stack(state)
    if running and running.sheets:
        yield Destination(name=running.sheet_id, host=running.sheets.removeprefix("http://"))
        return
    with StateFolder(state) as folder:
        emulator = SheetsEmulator(state=folder.path / "sheets")
        emulator.create_spreadsheet(LOCAL_SHEET, title="own_dashboard", time_zone=time_zone)
        emulator.start()
        try:
            yield Destination(name=LOCAL_SHEET, host=emulator.url.removeprefix("http://"))
        finally:
            emulator.stop()


@contextmanager
def metric_destination(environment: Mapping[str, str], state: Path) -> Iterator[Destination]:
    """The project of GOOGLE_CLOUD_PROJECT; else the stack running here; else the stack's file."""
    project = environment.get("GOOGLE_CLOUD_PROJECT", "").strip()
    if project:
        yield Destination(name=project, host=environment.get("MONITORING_EMULATOR_HOST") or None)
        return
    running = running_stack(state)
    if running:
        yield Destination(name=running.project, host=running.monitoring)
        return
    with StateFolder(state) as folder:
        emulator = MonitoringEmulator(state=folder.path / "monitoring")
        emulator.start()
        try:
            yield Destination(name=LOCAL_PROJECT, host=emulator.address)
        finally:
            emulator.stop()
