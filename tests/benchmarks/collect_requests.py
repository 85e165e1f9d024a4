"""Requests and time of collect, beside a naive counter on the same emulator with the same latency.

The naive counter is how such dashboards usually begin: `GET /users/{login}/repos`, then one
`GET /repos/{owner}/{name}/commits?since&until` after the other. It makes 1 + N requests and sees
public repositories only, 30 of them, and 30 commits of each: the first page of everything.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
from rich.console import Console
from rich.table import Table

from commit_counts.event import Window
from emulators.github import GitHubEmulator, Repository
from tests.support.collect import TOKEN, Clock, run_github, serving
from tests.support.collect_accounts import account
from tests.support.repositories import ME

ZONE = ZoneInfo("Asia/Tokyo")
LATENCIES_MS = (0, 20, 100)
REPOSITORIES = 1000
YEARS = 5


@dataclass(frozen=True, kw_only=True)
class Row:
    """One counter on one account: what it cost, and how many of the commits it saw."""

    account: str
    counter: str
    requests: int
    commits: int
    expected: int
    seconds: dict[int, float]


def run(console: Console) -> None:
    """Print the table."""
    table = Table(title=f"{REPOSITORIES:,} repositories; seconds by latency of a request")
    for heading in ("account", "counter", "requests", "commits seen"):
        justify = "left" if heading in ("account", "counter") else "right"
        table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for latency in LATENCIES_MS:
        table.add_column(f"{latency} ms", justify="right")
    for row in rows():
        table.add_row(
            row.account,
            row.counter,
            f"{row.requests:,}",
            f"{row.commits:,}/{row.expected:,}",
            *(f"{row.seconds[latency]:.2f}" for latency in LATENCIES_MS),
        )
    console.print(table)


def rows() -> Iterator[Row]:
    """Each account, counted by both."""
    now = datetime.now(UTC).replace(microsecond=0)
    today = now.astimezone(ZONE).date()
    hourly = Window(since=today - timedelta(days=34), until=today)
    years = Window(since=today - timedelta(days=365 * YEARS), until=today)
    for active in (0, 1, 50, 51, REPOSITORIES):
        repositories = account(now, repositories=REPOSITORIES, active=active)
        yield from _both(f"{active:,} active", repositories, hourly, active)
    # 100 commits each, 18 days apart: the first and the last are five years apart.
    full = account(
        now, repositories=REPOSITORIES, active=REPOSITORIES, commits=100, hours_apart=432
    )
    yield from _both(f"{YEARS} years back", full, years, REPOSITORIES * 100)


def _both(
    name: str, repositories: Sequence[Repository], window: Window, expected: int
) -> Iterator[Row]:
    emulator = GitHubEmulator(
        authors=[ME], token=TOKEN, repositories=repositories, point_limit=1_000_000
    )
    with serving(emulator):
        counters: Sequence[tuple[str, Callable[[GitHubEmulator, Window], int]]] = (
            ("collect", _collect),
            ("naive", _naive),
        )
        for counter, count in counters:
            seconds = {}
            for latency in LATENCIES_MS:
                emulator.calls.latency_seconds = latency / 1000
                before = emulator.calls.count()
                started = time.perf_counter()
                commits = count(emulator, window)
                seconds[latency] = time.perf_counter() - started
                requests = emulator.calls.count() - before
            yield Row(
                account=name,
                counter=counter,
                requests=requests,
                commits=commits,
                expected=expected,
                seconds=seconds,
            )


def _collect(emulator: GitHubEmulator, window: Window) -> int:
    clock = Clock(instant=datetime.now(UTC))
    run = run_github(emulator, window, zone=ZONE, clock=clock, seconds=None)
    return run.summary.commits


def _naive(emulator: GitHubEmulator, window: Window) -> int:
    since, until = (_midnight(day) for day in (window.since, window.until + timedelta(days=1)))
    found = 0
    with httpx.Client(
        base_url=emulator.rest_url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60
    ) as client:
        for repository in client.get("/users/octocat/repos").raise_for_status().json():
            answer = client.get(
                f"/repos/{repository['full_name']}/commits",
                params={"author": "octocat", "since": since, "until": until},
            )
            found += len(answer.raise_for_status().json())
    return found


def _midnight(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC).isoformat()
