"""One hourly event on a long history: write_sheet beside the usual way with gspread.

The usual way opens the spreadsheet, reads `get_all_records`, and updates one row a call. It is run
for a part of the rows, and its calls, CPU time and bytes are scaled up to all of them. The emulator
runs in a process of its own, so that the CPU time is the client's alone.
"""

import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import gspread
import requests

from commit_counts.event import CommitCounts
from emulators.sheets import SheetsEmulator
from tests.benchmarks.report import Bench, Samples, Table, ratio
from tests.benchmarks.services import in_own_process
from tests.support.sheets import connected_client
from tests.support.write_sheet import TODAY, at, window_event
from write_sheet.sheets_api.client import open_sheet
from write_sheet.step import write

WINDOW_DAYS = 35
# So many times the rows that the usual way is run for are all that the event has.
BASELINE_PART = 7


@dataclass(frozen=True)
class Past:
    """What lies on the Sheet before the event."""

    years: int
    repositories: int
    rounds: int

    @property
    def days(self) -> int:
        """How many days it covers."""
        return 365 * self.years + self.years // 4

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.days * self.repositories


PASTS = (Past(1, 3, 9), Past(5, 3, 9), Past(20, 3, 9), Past(20, 30, 3))


@dataclass
class Cost:
    """What bringing one event onto the Sheet takes. CPU in seconds, sizes in bytes."""

    requests: float = 0
    cpu: Samples = field(default_factory=Samples)
    memory: int = 0
    sent: float = 0
    received: float = 0

    def add(self, other: "Cost") -> None:
        """Measure it once more: each round has the same requests, and CPU time of its own."""
        self.requests, self.sent, self.received = other.requests, other.sent, other.received
        self.cpu.values += other.cpu.values

    def scaled(self, fixed: "Cost", factor: float) -> "Cost":
        """This cost beyond `fixed`, `factor` times, and `fixed` once; of one round each."""
        (cpu,), (fixed_cpu,) = self.cpu.values, fixed.cpu.values
        return Cost(
            requests=fixed.requests + (self.requests - fixed.requests) * factor,
            cpu=Samples([fixed_cpu + max(0.0, cpu - fixed_cpu) * factor]),
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
        for past in PASTS[:1] if bench.quick else PASTS:
            bench.say(f"a history of {past.years} years, {past.repositories} rows a day")
            ours, usual = _compare(bench, url, past)
            cpu = statistics.median(ours.cpu.values)
            rows_of_table += [
                (
                    f"{past.years} y",
                    f"{past.rows:,}",
                    "write_sheet",
                    *_shown(ours),
                    f"{1e6 * cpu / past.rows:.1f} µs",
                    f"{ours.memory / past.rows / 1e3:.2f} kB",
                ),
                ("", "", "row by row", *_shown(usual), "", ""),
                (
                    "",
                    "",
                    "times write_sheet",
                    f"{usual.requests / ours.requests:.0f} ×",
                    ratio(usual.cpu, ours.cpu),
                    f"{usual.memory / ours.memory:.2f} ×",
                    "",
                    "",
                    "",
                    "",
                ),
            ]
    bench.show(
        Table(
            title=f"One event of {WINDOW_DAYS} days, as many rows a day as the history has",
            headings=("history", "rows", "writer", "requests", "CPU", "peak memory", "sent", "read",
                      "CPU a row", "memory a row"),
            rows=rows_of_table,
            notes=[
                f"CPU: medians of {PASTS[0].rounds} events of each in turn, of the largest history "
                f"{PASTS[-1].rounds}, and between what the middle half lies. Row by row was run "
                f"for one of {BASELINE_PART} rows and scaled up to all; it computes no "
                "dashboard, and is not safe against a second writer. The service allows one user "
                "60 writing requests a minute."
            ],
        )
    )  # fmt: skip


def _compare(bench: Bench, url: str, past: Past) -> tuple[Cost, Cost]:
    """What write_sheet costs on a history, and what the usual way does; in turn."""
    spreadsheet_id = _new_spreadsheet(url)
    opened = open_sheet(
        spreadsheet_id,
        emulator_host=url.removeprefix("http://"),
        timeout_seconds=(5.0, 900.0),  # for the making of the longest history at once
    )
    write(_event(past, days=past.days, number=0), opened)
    ours, usual, number = Cost(), Cost(), 0
    with connected_client(url) as client:
        ours_session, session = opened._client.session, client.http_client.session
        by_row = partial(_row_by_row, client, spreadsheet_id, past)
        for number in bench.rounds(past.rounds):
            event = _event(past, days=WINDOW_DAYS, number=number)
            ours.add(_measured(ours_session, lambda: write(event, opened)))  # noqa: B023
            reading = _measured(session, lambda: by_row(rows=0))
            part = _measured(
                session, lambda: by_row(rows=WINDOW_DAYS * past.repositories // BASELINE_PART)
            )
            usual.add(part.scaled(reading, BASELINE_PART))
        last = _event(past, days=WINDOW_DAYS, number=number + 1)
        ours.memory = _peak(lambda: write(last, opened))
        usual.memory = _peak(lambda: by_row(rows=0))
    opened.close()
    return ours, usual


def _event(past: Past, *, days: int, number: int) -> CommitCounts:
    """The event of one hour, whose counts are others than those of the hour before."""
    since = TODAY - timedelta(days=days - 1)
    counts = {
        (since + timedelta(days=day), f"me/repository-{name}"): 1 + (day + number) % 7
        for day in range(days)
        for name in range(past.repositories)
    }
    return window_event(counts, since=since, collected_at=at(number))


def _row_by_row(client: gspread.Client, spreadsheet_id: str, past: Past, *, rows: int) -> None:
    """What most programs do: read everything, then one call for each row that is to be there."""
    tab = client.open_by_key(spreadsheet_id).worksheet("data")
    records = tab.get_all_records(expected_headers=["date", "repository", "commits"])
    places = {(str(r["date"]), str(r["repository"])): n for n, r in enumerate(records, 2)}
    event = _event(past, days=WINDOW_DAYS, number=0)
    for count in event.counts[:rows]:
        day, name = count.date.isoformat(), count.repository
        place = places[day, name]
        tab.update([[day, name, count.commits]], f"A{place}:C{place}", raw=False)


def _measured(session: requests.Session, work: Callable[[], object]) -> Cost:
    cost = Cost()

    def count(response: requests.Response, *_: object, **__: object) -> None:
        cost.requests += 1
        cost.sent += len(response.request.body or b"")
        cost.received += len(response.content)

    session.hooks["response"].append(count)
    start = time.process_time()
    work()
    cost.cpu.add(time.process_time() - start)
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
        cost.cpu.shown("s", digits=3),
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
