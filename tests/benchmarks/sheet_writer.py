"""One hourly event on a long history: write_sheet beside the usual way with gspread.

The usual way opens the spreadsheet, reads `get_all_records`, and updates one row a call. It is run
for a part of the rows, and its calls, CPU time and bytes are scaled up to all of them. The emulator
runs in a process of its own, so that the CPU time is the client's alone.
"""

import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import gspread
import requests

from commit_counts.event import CommitCounts
from emulators.sheets import SheetsEmulator
from tests.benchmarks.report import Bench, Table
from tests.benchmarks.services import in_own_process
from tests.support.sheets import connected_client
from tests.support.write_sheet import TODAY, at, window_event
from write_sheet.sheets_api.client import open_sheet
from write_sheet.step import write

YEARS = (1, 5, 20)
REPOSITORIES = ("me/app", "me/lib", "acme/site")
WINDOW_DAYS = 35
BASELINE_ROWS = 15


@dataclass
class Cost:
    """What bringing one event onto the Sheet takes. CPU in seconds, sizes in bytes."""

    requests: float = 0
    cpu: float = 0.0
    memory: int = 0
    sent: float = 0
    received: float = 0

    def scaled(self, fixed: "Cost", factor: float) -> "Cost":
        """This cost beyond `fixed`, `factor` times, and `fixed` once."""
        return Cost(
            requests=fixed.requests + (self.requests - fixed.requests) * factor,
            cpu=fixed.cpu + max(0.0, self.cpu - fixed.cpu) * factor,
            memory=self.memory,
            sent=fixed.sent + (self.sent - fixed.sent) * factor,
            received=fixed.received + (self.received - fixed.received) * factor,
        )


def run(bench: Bench) -> None:
    """Measure both ways for each length of history."""
    rows_of_table: list[tuple[str, ...]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        in_own_process(_serve, Path(folder)) as connection,
    ):
        url: str = connection.recv()
        for years in YEARS[:1] if bench.quick else YEARS:
            bench.say(f"a history of {years} years")
            rows, ours, usual = _compare(url, years)
            times = f"{usual.requests / ours.requests:.0f} ×", f"{usual.cpu / ours.cpu:.1f} ×"
            per_row = f"{1e6 * ours.cpu / rows:.0f} µs", f"{ours.memory / rows / 1e3:.1f} kB"
            rows_of_table += [
                (f"{years} y", f"{rows:,}", "write_sheet", *_shown(ours), *per_row),
                ("", "", "row by row", *_shown(usual), "", ""),
                ("", "", "times write_sheet", times[0], times[1], "", "", "", "", ""),
            ]
    bench.show(
        Table(
            title=f"One event of {WINDOW_DAYS} days, {len(REPOSITORIES)} rows a day",
            headings=("history", "rows", "writer", "requests", "CPU", "peak memory", "sent", "read",
                      "CPU a row", "memory a row"),
            rows=rows_of_table,
            notes=[
                f"Row by row was run for {BASELINE_ROWS} of its {WINDOW_DAYS * len(REPOSITORIES)} "
                "rows and scaled up; it computes no dashboard, and is not safe against a second "
                "writer. The service allows one user 60 writing requests a minute."
            ],
        )
    )  # fmt: skip


def _compare(url: str, years: int) -> tuple[int, Cost, Cost]:
    """The rows of the history, what write_sheet costs on it, and what the usual way does."""
    spreadsheet_id = _new_spreadsheet(url)
    days = 365 * years + years // 4
    opened = open_sheet(spreadsheet_id, emulator_host=url.removeprefix("http://"))
    session = opened._client.session
    write(_event(days, hour=0), opened)
    ours = _measured(session, lambda: write(_event(WINDOW_DAYS, hour=1), opened))
    ours.memory = _peak(lambda: write(_event(WINDOW_DAYS, hour=2), opened))
    opened.close()
    with connected_client(url) as client:
        session = client.http_client.session
        reading = _measured(session, lambda: _row_by_row(client, spreadsheet_id, rows=0))
        part = _measured(session, lambda: _row_by_row(client, spreadsheet_id, rows=BASELINE_ROWS))
        part.memory = _peak(lambda: _row_by_row(client, spreadsheet_id, rows=0))
    usual = part.scaled(reading, WINDOW_DAYS * len(REPOSITORIES) / BASELINE_ROWS)
    return days * len(REPOSITORIES), ours, usual


def _event(days: int, *, hour: int) -> CommitCounts:
    since = TODAY - timedelta(days=days - 1)
    counts = {
        (since + timedelta(days=day), name): 1 + (day + hour) % 7
        for day in range(days)
        for name in REPOSITORIES
    }
    return window_event(counts, since=since, collected_at=at(hour))


def _row_by_row(client: gspread.Client, spreadsheet_id: str, *, rows: int) -> None:
    """What most programs do: read everything, then one call for each row that is to be there."""
    tab = client.open_by_key(spreadsheet_id).worksheet("data")
    records = tab.get_all_records(expected_headers=["date", "repository", "commits"])
    places = {(str(r["date"]), str(r["repository"])): n for n, r in enumerate(records, 2)}
    wanted = _window_rows()[:rows]
    for day, name, commits in wanted:
        place = places[day.isoformat(), name]
        tab.update([[day.isoformat(), name, commits]], f"A{place}:C{place}", raw=False)


def _window_rows() -> list[tuple[date, str, int]]:
    event = _event(WINDOW_DAYS, hour=3)
    return [(count.date, count.repository, count.commits) for count in event.counts]


def _measured(session: requests.Session, work: Callable[[], object]) -> Cost:
    cost = Cost()

    def count(response: requests.Response, *_: object, **__: object) -> None:
        cost.requests += 1
        cost.sent += len(response.request.body or b"")
        cost.received += len(response.content)

    session.hooks["response"].append(count)
    start = time.process_time()
    work()
    cost.cpu = time.process_time() - start
    session.hooks["response"].remove(count)
    return cost


def _peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def _shown(cost: Cost) -> tuple[str, ...]:
    return (
        f"{cost.requests:.0f}",
        f"{cost.cpu:.2f} s",
        f"{cost.memory / 1e6:.1f} MB",
        f"{cost.sent / 1e3:,.0f} kB",
        f"{cost.received / 1e3:,.0f} kB",
    )


def _new_spreadsheet(url: str) -> str:
    with connected_client(url) as client:
        made = client.http_client.request(
            "post",
            "https://sheets.googleapis.com/v4/spreadsheets",
            json={"properties": {"title": "benchmark"}},
        )
        return str(made.json()["spreadsheetId"])


def _serve(connection: Connection, folder: Path) -> None:
    emulator = SheetsEmulator(state=folder)
    emulator.start()
    connection.send(emulator.url)
    connection.recv()
    emulator.stop()
