"""Requests and time of collect, beside two naive counters on the same emulator and latency.

The naive counter is how such dashboards usually begin: `GET /users/{login}/repos`, then one
`GET /repos/{owner}/{name}/commits?since&until` after the other. It sees public repositories only,
30 of them, and 30 commits of each: the first page of everything. The exact naive counter reads all
pages of all repositories in the same way.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx

from collect.counting.checkpoint import Checkpoint
from collect.counting.collect import CollectRequest, collect
from collect.counting.selection import Selection
from collect.counting.window import Span
from collect.github.client import Session
from collect.github.repositories import RepositoryQuery
from collect.github.responses import Response
from collect.github.source import GitHubSource
from collect.github.transport import GitHub
from commit_counts.event import CommitCounts, Window
from commit_counts.retry import Deadline
from emulators.github import GitHubEmulator, Repository
from tests.benchmarks.graph import Line, draw
from tests.benchmarks.report import Bench, Table
from tests.support.collect import TOKEN, serving
from tests.support.collect_accounts import account
from tests.support.repositories import ME

ZONE = ZoneInfo("Asia/Tokyo")
LATENCIES_MS = (0, 20, 100)
YEARS = 5
_REPOSITORIES, _QUICK_REPOSITORIES = 1000, 12
_GRAPH_LATENCY_MS = 100
_COUNTERS = ("collect", "naive", "exact naive")


@dataclass(kw_only=True)
class Cost:
    """What one count took.

    waited: the part of the seconds in which an answer was waited for. processor: the seconds of
    processor time of the counter alone, reading the answers included.
    """

    commits: int = 0
    requests: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    processor: float = 0.0


@dataclass
class TimedGitHub(GitHub):
    """The real transport, which adds up how long it waits for answers."""

    waited: float = field(default=0.0, init=False)

    def __init__(self, *, url: str, token: str) -> None:
        super().__init__(url=url, token=token)
        self.waited = 0.0

    def send(self, query: str, variables: Mapping[str, object], seconds: float) -> Response:
        """One request."""
        started = time.perf_counter()
        try:
            return super().send(query, variables, seconds)
        finally:
            self.waited += time.perf_counter() - started


def run(bench: Bench) -> None:
    """An ordinary hour at three latencies, years back, and the graph."""
    repositories = _QUICK_REPOSITORIES if bench.quick else _REPOSITORIES
    now = datetime.now(UTC).replace(microsecond=0)
    _hour(bench, now, repositories)
    _years(bench, now, repositories)
    _graph(bench, now, repositories)


def _hour(bench: Bench, now: datetime, repositories: int) -> None:
    rows = []
    active = 10
    with _emulator(account(now, repositories=repositories, active=active)) as emulator:
        costs: dict[tuple[str, int], Cost] = {}
        for counter in _COUNTERS[:2]:  # what is loaded on first use is not counted
            _count(emulator, counter, _days(now, 34), 0)
        for latency in LATENCIES_MS[:1] if bench.quick else LATENCIES_MS:
            for counter in _COUNTERS:
                bench.say(f"an hour, {counter}, {latency} ms a request")
                costs[counter, latency] = _count(emulator, counter, _days(now, 34), latency)
    for (counter, latency), cost in costs.items():
        exact = costs["exact naive", latency]
        rows.append(
            (
                f"{latency} ms",
                counter,
                f"{cost.requests:,}",
                f"{cost.commits:,} of {active:,}",
                f"{cost.seconds:.2f} s",
                f"{exact.seconds / cost.seconds:.3g} ×",
            )
        )
    bench.show(
        Table(
            title=f"An ordinary hour: {repositories:,} repositories, {active} pushed to lately",
            headings=("latency of a request", "counter", "requests", "commits seen", "time",
                      "exact naive takes"),
            rows=rows,
            notes=["Times include the emulator's own, in the same process, for all three alike."],
        )
    )  # fmt: skip


def _years(bench: Bench, now: datetime, repositories: int) -> None:
    commits, expected = 100, repositories * 100
    # 18 days apart: the first and the last are five years apart.
    full = account(
        now, repositories=repositories, active=repositories, commits=commits, hours_apart=432
    )
    rows = []
    with _emulator(full) as emulator:
        _count(emulator, "collect", _days(now, 1), 0)
        for counter in _COUNTERS:
            bench.say(f"{YEARS} years, {counter}")
            cost = _count(emulator, counter, _days(now, 365 * YEARS), 0)
            rows.append(
                (
                    counter,
                    f"{cost.requests:,}",
                    f"{cost.commits:,} of {expected:,}",
                    f"{cost.seconds:.1f} s",
                    f"{cost.waited:.1f} s" if cost.waited else "-",
                    f"{cost.processor:.1f} s",
                )
            )
    bench.show(
        Table(
            title=f"{YEARS} years back, {repositories:,} repositories, {expected:,} commits, 0 ms",
            headings=("counter", "requests", "commits seen", "time", "waiting for the emulator",
                      "own processor time"),
            rows=rows,
        )
    )  # fmt: skip


def _graph(bench: Bench, now: datetime, most: int) -> None:
    sizes = [size for size in (1, 10, 30, 100, 300, 1000) if size <= most]
    costs: dict[str, list[Cost]] = {counter: [] for counter in _COUNTERS}
    latency = 0 if bench.quick else _GRAPH_LATENCY_MS
    for size in sizes:
        with _emulator(account(now, repositories=size, active=min(10, size))) as emulator:
            for counter in _COUNTERS:
                if counter == "exact naive" and size > 100:  # is a straight line: each adds one
                    costs[counter].append(_extrapolated(sizes, costs[counter], size))
                    continue
                bench.say(f"graph, {size} repositories, {counter}")
                costs[counter].append(_count(emulator, counter, _days(now, 34), latency))
    bench.graph = draw(
        sizes,
        [Line(counter, [cost.seconds for cost in costs[counter]]) for counter in _COUNTERS],
        [Line(counter, [float(cost.requests) for cost in costs[counter]]) for counter in _COUNTERS],
        latency_ms=latency,
    )


def _extrapolated(sizes: Sequence[int], known: Sequence[Cost], size: int) -> Cost:
    """By the last measured size, of which each repository took its part of the time."""
    number = max(index for index, each in enumerate(sizes) if each <= 100)
    factor = size / sizes[number]
    last = known[number]
    pages = max(1, -(-size // 100))
    return Cost(requests=size + pages, seconds=last.seconds * factor)


def _emulator(repositories: Sequence[Repository]):  # type: ignore[no-untyped-def]
    return serving(
        GitHubEmulator(authors=[ME], token=TOKEN, repositories=repositories, point_limit=10_000_000)
    )


def _days(now: datetime, back: int) -> Window:
    today = now.astimezone(ZONE).date()
    return Window(since=today - timedelta(days=back), until=today)


def _count(emulator: GitHubEmulator, counter: str, window: Window, latency_ms: int) -> Cost:
    emulator.calls.latency_seconds = latency_ms / 1000
    before = emulator.calls.count()
    cost = Cost()
    started, used = time.perf_counter(), time.thread_time()
    _WAYS[counter](emulator, window, cost)
    cost.processor = time.thread_time() - used
    cost.seconds = time.perf_counter() - started
    cost.requests = emulator.calls.count() - before
    emulator.calls.latency_seconds = 0.0
    return cost


def _collect(emulator: GitHubEmulator, window: Window, cost: Cost) -> None:
    events: list[CommitCounts] = []
    request = CollectRequest(
        now=datetime.now(UTC), span=Span(window=window, zone=ZONE), selection=Selection()
    )
    query = RepositoryQuery(login=None, forks=False, skip_hidden=False)
    with TimedGitHub(url=emulator.url, token=TOKEN) as transport, Checkpoint() as checkpoint:
        session = Session(transport, token=TOKEN, deadline=Deadline())
        source = GitHubSource(session, query)
        summary = collect(source, request, checkpoint=checkpoint, publish=events.append)
        cost.commits, cost.waited = summary.commits, transport.waited


def _naive(emulator: GitHubEmulator, window: Window, cost: Cost) -> None:
    with _client(emulator) as client:
        for repository in client.get("/users/octocat/repos").raise_for_status().json():
            path = f"/repos/{repository['full_name']}/commits"
            answer = client.get(path, params=_period(window))
            cost.commits += len(answer.raise_for_status().json())


def _exact_naive(emulator: GitHubEmulator, window: Window, cost: Cost) -> None:
    with _client(emulator) as client:
        for repository in _pages(client, "/users/octocat/repos", {}):
            path = f"/repos/{repository['full_name']}/commits"
            cost.commits += sum(1 for _ in _pages(client, path, _period(window)))


def _pages(client: httpx.Client, path: str, parameters: Mapping[str, str]):  # type: ignore[no-untyped-def]
    page = 1
    while True:
        asked = {**parameters, "per_page": "100", "page": str(page)}
        found = client.get(path, params=asked).raise_for_status().json()
        yield from found
        if len(found) < 100:
            return
        page += 1


def _client(emulator: GitHubEmulator) -> httpx.Client:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx.Client(base_url=emulator.rest_url, headers=headers, timeout=120, trust_env=False)


def _period(window: Window) -> dict[str, str]:
    since, until = (_midnight(day) for day in (window.since, window.until + timedelta(days=1)))
    return {"author": "octocat", "since": since, "until": until}


def _midnight(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC).isoformat()


_WAYS: Mapping[str, Callable[[GitHubEmulator, Window, Cost], None]] = {
    "collect": _collect,
    "naive": _naive,
    "exact naive": _exact_naive,
}
