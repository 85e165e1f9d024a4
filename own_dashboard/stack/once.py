"""`./dev up --once`: one collection, written by every subscriber, and a summary."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from emulators.pubsub.model import Delivery
from own_dashboard.environment import program
from own_dashboard.stack.collector import Collector, Reach
from own_dashboard.stack.console import ConsoleReporter
from own_dashboard.stack.scheduler import check_urls
from own_dashboard.stack.stack import Stack
from own_dashboard.stack.state import StateFolder
from own_dashboard.terminal import console, counted, printable
from write_sheet.sheets_api.client import open_sheet
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.rows import read_rows

_SHOWN_DAYS = 10
# Below this, frames would take the room of names.
_NARROW = 60
# Date, commits, and the padding and frames of three columns.
_FIXED_WIDTH = len("2026-11-23") + len("commits") + 6 + 4


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What one run did.

    counts: every cell of the Sheet's tab `data`, in the event's form.
    events: published by this run. deliveries: pushes to the subscribers during this run, repeated
    ones included. acknowledged: subscription to how many of them it wrote. rows: in the tab
    `data`. points: metric points added. dead_letters: lying there now. settled: whether every
    subscriber is done with all, written or dead. written: whether all was written.
    """

    counts: list[dict[str, Any]]
    events: int
    deliveries: int
    acknowledged: dict[str, int]
    rows: int
    points: int
    dead_letters: int
    settled: bool
    written: bool


def run_once(
    stack: Stack,
    folder: StateFolder,
    reach: Reach,
    reporter: ConsoleReporter,
    *,
    as_json: bool,
    timeout_seconds: float,
) -> int:
    """Print the summary; 0 only if everything was written."""
    stack.pubsub.on_delivery(reporter.delivered)  # before the start: what is owed is pushed in it
    with stack:
        summary = _run(stack, Collector(stack, folder, reach), reporter, timeout_seconds)
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
        print(f"{why}; the functions' logs are in {folder.path / 'functions'}", file=sys.stderr)
    return 0 if summary.written else 1


def _run(
    stack: Stack, collector: Collector, reporter: ConsoleReporter, timeout_seconds: float
) -> Summary:
    deliveries: list[Delivery] = []
    stack.pubsub.on_delivery(deliveries.append)
    points_before, dead_before = _points(stack), _dead_letters(stack)
    stack.wait_ready(["collect"])
    collected = collector.collect()
    stack.wait_ready(stack.functions.keys() - {"collect"})
    reporter.collected(collected)
    check_urls(stack, reporter.say)
    names = [stack.subscription(s.name) for s in stack.pipeline.subscriptions]
    settled = stack.pubsub.wait_until_settled(names, timeout_seconds=timeout_seconds)
    counts = _counts(stack)
    return Summary(
        counts=counts,
        events=collected.events,
        deliveries=len(deliveries),
        acknowledged=_acknowledged(stack, deliveries),
        rows=len(counts),
        points=_points(stack) - points_before,
        dead_letters=_dead_letters(stack),
        settled=settled,
        written=settled and _dead_letters(stack) == dead_before,
    )


def _acknowledged(stack: Stack, deliveries: Sequence[Delivery]) -> dict[str, int]:
    done = Counter(d.subscription for d in deliveries if d.outcome == "acknowledged")
    names = [subscription.name for subscription in stack.pipeline.subscriptions]
    return {name: done[stack.subscription(name)] for name in names}


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
    out = console()
    days = sorted({cell["date"] for cell in summary.counts})[-_SHOWN_DAYS:]
    shown = [cell for cell in summary.counts if cell["date"] in days]
    title = "on the Sheet"
    if len(shown) < summary.rows:
        title += f": the last {len(shown)} of {counted(summary.rows, 'row')}"
    out.print(title, style="italic", soft_wrap=True)
    table = Table(box=None) if out.width < _NARROW else Table()
    table.add_column("date", no_wrap=True)
    table.add_column("repository", no_wrap=True, max_width=max(1, out.width - _FIXED_WIDTH))
    table.add_column("commits", no_wrap=True, justify="right")
    for cell in shown:
        table.add_row(cell["date"], printable(cell["repository"]), f"{cell['commits']:,}")
    out.print(table)
    written = ", ".join(f"{name} {number}" for name, number in summary.acknowledged.items())
    commits = sum(cell["commits"] for cell in summary.counts)
    numbers = [
        f"{counted(commits, 'commit')} in {counted(summary.rows, 'row')}",
        counted(summary.events, "event"),
        f"{counted(summary.deliveries, 'delivery', 'deliveries')} ({written})",
        counted(summary.points, "point"),
        counted(summary.dead_letters, "dead letter"),
    ]
    out.print("; ".join(numbers), soft_wrap=True)
