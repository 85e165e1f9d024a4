"""`own-dashboard up --once`: one collection, written by both subscribers, and a summary."""

import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from own_dashboard.environment import program
from own_dashboard.stack.collector import Collector, Reach
from own_dashboard.stack.console_reporter import Ticker
from own_dashboard.stack.options import StackOptions
from own_dashboard.stack.stack import Stack
from own_dashboard.stack.state_folder import StateFolder
from write_sheet.sheets_api.client import open_sheet
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.read import read_rows

_SHOWN_DAYS = 10


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What one run did.

    counts: every cell of the Sheet's tab `data`, in the event's form.
    events: published by this run. deliveries: pushes to the subscribers during this run, repeated
    ones included. rows: in the tab `data`. points: metric points added. dead_letters: lying there
    now. settled: whether both subscribers are done with all, written or dead.
    written: whether all was written.
    """

    counts: list[dict[str, Any]]
    events: int
    deliveries: int
    rows: int
    points: int
    dead_letters: int
    settled: bool
    written: bool


def run_once(
    options: StackOptions,
    folder: StateFolder,
    reach: Reach,
    *,
    as_json: bool,
    timeout_seconds: float,
) -> int:
    """Print the summary; 0 only if everything was written."""
    ticker = Ticker(time_zone=options.time_zone, stream=sys.stderr)
    print(f"counting in {options.input.sentence}; days of {options.time_zone}", file=sys.stderr)
    with Stack(options, report=ticker.report) as stack:
        stack.pubsub.on_delivery(ticker.delivered)
        summary = _run(stack, Collector(stack, folder, reach), ticker, timeout_seconds)
    if as_json:
        print(json.dumps(asdict(summary), ensure_ascii=False))
    else:
        _print_table(summary)
    if not summary.written:
        why = (
            f"events became dead letters: {program()} replay --list says why"
            if summary.settled
            else f"not everything was written within {timeout_seconds:g} s"
        )
        print(f"{why}; the functions' logs are in {options.state / 'functions'}", file=sys.stderr)
    return 0 if summary.written else 1


def _run(stack: Stack, collector: Collector, ticker: Ticker, timeout_seconds: float) -> Summary:
    deliveries: list[object] = []
    stack.pubsub.on_delivery(deliveries.append)
    points_before, dead_before = _points(stack), _dead_letters(stack)
    collected = collector.collect()
    ticker.collected(collected)
    names = [stack.subscription(s.name) for s in stack.pipeline.subscriptions]
    settled = stack.pubsub.wait_until_settled(names, timeout_seconds=timeout_seconds)
    counts = _counts(stack)
    return Summary(
        counts=counts,
        events=collected.events,
        deliveries=len(deliveries),
        rows=len(counts),
        points=_points(stack) - points_before,
        dead_letters=_dead_letters(stack),
        settled=settled,
        written=settled and _dead_letters(stack) == dead_before,
    )


def _counts(stack: Stack) -> list[dict[str, Any]]:
    """The tab `data`, read as the function reads it."""
    sheet = open_sheet(stack.sheet_id, emulator_host=stack.sheets_host)
    try:
        found = read_rows(sheet.read().grid(Tab.DATA))
    finally:
        sheet.close()
    return [
        {"date": day.isoformat(), "repository": repository, "commits": stated.commits}
        for day, cells in sorted(found.cells.items())
        for repository, stated in sorted(cells.items())
    ]


def _points(stack: Stack) -> int:
    return sum(len(series.points) for series in stack.monitoring.time_series())


def _dead_letters(stack: Stack) -> int:
    name = stack.pipeline.dead_letters.subscription
    return len(stack.pubsub.backlog(stack.subscription(name)))


def _print_table(summary: Summary) -> None:
    """The last days that have commits, and the run's numbers."""
    console = Console()
    table = Table("date", "repository", "commits", title="on the Sheet", title_justify="left")
    table.columns[2].justify = "right"
    days = sorted({cell["date"] for cell in summary.counts})[-_SHOWN_DAYS:]
    for cell in summary.counts:
        if cell["date"] in days:
            table.add_row(cell["date"], cell["repository"], str(cell["commits"]))
    console.print(table)
    console.print(
        f"{sum(cell['commits'] for cell in summary.counts)} commits in {summary.rows} rows; "
        f"{summary.events} events, {summary.deliveries} deliveries, {summary.points} points, "
        f"{summary.dead_letters} dead letters",
        highlight=False,
    )
