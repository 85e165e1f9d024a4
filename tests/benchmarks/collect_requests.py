"""Requests, time and memory of collect, beside two naive counters on the same emulator and latency.

The naive counter is how such dashboards usually begin: `GET /users/{login}/repos`, then one
`GET /repos/{owner}/{name}/commits?since&until` after the other. It sees public repositories only,
30 of them, and 30 commits of each: the first page of everything. The exact naive counter reads all
pages of all repositories in the same way.

The emulator and the counter run in a process of their own each.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from operator import itemgetter
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
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
from commit_counts.event import Window
from commit_counts.retry import Deadline
from tests.benchmarks.graph import Line, draw
from tests.benchmarks.report import Bench, Samples, Table, ratio
from tests.benchmarks.services import Account, GitHubProcess, in_own_process, running_github
from tests.support.collect import TOKEN

ZONE = ZoneInfo("Asia/Tokyo")
LATENCIES_MS = (0, 20, 100)
ROUNDS = 3
HOUR_DAYS = 34
YEARS = 5
COMMITS = 100
_REPOSITORIES, _QUICK_REPOSITORIES = 1000, 12
_GRAPH_LATENCY_MS = 100
_COUNTERS = ("collect", "naive", "exact naive")
# The exact naive counter needs minutes: once shows it well enough.
_ONCE = ("exact naive", 100)
_STATUS = Path("/proc/self/status")


@dataclass(kw_only=True)
class Cost:
    """What one count took.

    waited: the part of the seconds in which an answer was waited for and received.
    processor: the seconds of processor time of the counter alone, reading the answers included.
    served: those of the emulator.
    memory: how many bytes the counter's process had at most, beyond what it had when it began; None
        where the machine does not tell.
    """

    commits: int = 0
    requests: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    processor: float = 0.0
    served: float = 0.0
    memory: int | None = None


class Task(NamedTuple):
    """One count, as it is told to a counter's process."""

    counter: str
    url: str
    rest_url: str
    window: Window


class Counter:
    """A process that counts, and the emulator that it asks."""

    def __init__(self, connection: Connection, github: GitHubProcess) -> None:
        self._connection = connection
        self._github = github

    def count(self, counter: str, window: Window, *, latency_ms: int = 0) -> Cost:
        """Count once, at this latency of a request."""
        self._github.delay(latency_ms / 1000)
        before = self._github.used()
        self._connection.send(Task(counter, self._github.url, self._github.rest_url, window))
        cost: Cost = self._connection.recv()
        after = self._github.used()
        cost.requests = after.requests - before.requests
        cost.served = after.processor - before.processor
        return cost


@contextmanager
def _counting(github: GitHubProcess, window: Window) -> Iterator[Counter]:
    """A counter that has loaded what it loads on first use, by counts of this window."""
    with in_own_process(_work) as connection:
        counter = Counter(connection, github)
        for each in _COUNTERS[:2]:
            counter.count(each, window)
        yield counter


def _work(connection: Connection) -> None:
    for task in iter(connection.recv, "stop"):
        connection.send(_measured(task))


def _measured(task: Task) -> Cost:
    cost = Cost()
    held = _begin_peak()
    started, used = time.perf_counter(), time.process_time()
    _WAYS[task.counter](task, cost)
    cost.processor = time.process_time() - used
    cost.seconds = time.perf_counter() - started
    if held is not None:
        cost.memory = max(0, _kilobytes("VmHWM") * 1024 - held)
    return cost


def _begin_peak() -> int | None:
    """The bytes held now, from which on the peak is kept anew; None where there is no such thing.

    https://www.kernel.org/doc/html/latest/filesystems/proc.html#process-specific-subdirectories
    """
    if not _STATUS.exists():
        return None
    _STATUS.with_name("clear_refs").write_text("5")
    return _kilobytes("VmRSS") * 1024


def _kilobytes(name: str) -> int:
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def run(bench: Bench) -> None:
    """An ordinary hour at three latencies, years back, memory, and the graph."""
    repositories = _QUICK_REPOSITORIES if bench.quick else _REPOSITORIES
    now = datetime.now(UTC).replace(microsecond=0)
    with running_github(now) as github:
        hours = _hour(bench, github, now, repositories)
        whole = _years(bench, github, now, repositories)
        _memory(bench, github, now, whole, repositories)
        _graph(bench, github, now, hours, repositories)


Hours = Mapping[tuple[int, str], list[Cost]]


def _hour(bench: Bench, github: GitHubProcess, now: datetime, repositories: int) -> Hours:
    """Every counter at every latency: what each round took."""
    active = 10
    window = _days(now, HOUR_DAYS)
    github.serve(Account(repositories=repositories, active=active))
    latencies = LATENCIES_MS[:1] if bench.quick else LATENCIES_MS
    found: dict[tuple[int, str], list[Cost]] = {
        (latency, counter): [] for latency in latencies for counter in _COUNTERS
    }
    with _counting(github, window) as process:
        for latency in latencies:
            for number in bench.rounds(ROUNDS):
                for counter in _COUNTERS:
                    if number > 1 and (counter, latency) == _ONCE:
                        continue
                    bench.say(f"an hour, {counter}, {latency} ms a request")
                    cost = process.count(counter, window, latency_ms=latency)
                    found[latency, counter].append(cost)
    seconds = {place: Samples([cost.seconds for cost in costs]) for place, costs in found.items()}
    bench.show(
        Table(
            title=f"An ordinary hour: {repositories:,} repositories, {active} pushed to lately",
            headings=("latency of a request", "counter", "requests", "commits seen", "time",
                      "exact naive takes", "own processor time", "the emulator's"),
            rows=[
                (
                    f"{latency} ms",
                    counter,
                    f"{costs[-1].requests:,}",
                    f"{costs[-1].commits:,} of {active:,}",
                    seconds[latency, counter].shown("s"),
                    ratio(seconds[latency, "exact naive"], seconds[latency, counter]),
                    f"{median(cost.processor for cost in costs):.2f} s",
                    f"{median(cost.served for cost in costs):.2f} s",
                )
                for (latency, counter), costs in found.items()
            ],
            notes=[
                f"Rounds in turn: {len(found[0, 'collect'])}; medians, and between what all lie. "
                f"{_ONCE[0]} at {_ONCE[1]} ms: once."
            ],
        )
    )  # fmt: skip
    return found


def _years(bench: Bench, github: GitHubProcess, now: datetime, repositories: int) -> Cost:
    """All three counters; what collect took."""
    github.serve(_full_account(repositories))
    expected = repositories * COMMITS
    costs = {}
    for counter in _COUNTERS:
        bench.say(f"{YEARS} years, {counter}")
        costs[counter] = _count_years(github, now, counter, YEARS)
    bench.show(
        Table(
            title=f"{YEARS} years back, {repositories:,} repositories, {expected:,} commits, 0 ms",
            headings=("counter", "requests", "commits seen", "time", "waiting for answers",
                      "own processor time", "the emulator's", "own peak memory"),
            rows=[
                (
                    counter,
                    f"{cost.requests:,}",
                    f"{cost.commits:,} of {expected:,}",
                    f"{cost.seconds:.1f} s",
                    f"{cost.waited:.1f} s",
                    f"{cost.processor:.2f} s",
                    f"{cost.served:.2f} s",
                    _megabytes(cost),
                )
                for counter, cost in costs.items()
            ],
            notes=["Once each. Memory: beyond what the process had before."],
        )
    )  # fmt: skip
    return costs["collect"]


def _memory(
    bench: Bench, github: GitHubProcess, now: datetime, whole: Cost, repositories: int
) -> None:
    """whole: the cost of most repositories and years, which is known already."""
    most = (repositories, YEARS)
    costs = {most: whole}
    for size, years in () if bench.quick else ((most[0], 1), (most[0] // 10, YEARS)):
        bench.say(f"memory, {size} repositories, {years} years")
        github.serve(_full_account(size))
        costs[size, years] = _count_years(github, now, "collect", years)
    bench.show(
        Table(
            title="Memory of collect",
            headings=("repositories", "years back", "commits", "peak memory"),
            rows=[
                (f"{size:,}", f"{years}", f"{cost.commits:,}", _megabytes(cost))
                for (size, years), cost in sorted(costs.items(), key=itemgetter(0))
            ],
            notes=["Once each, each in a new process; beyond what it had before."],
        )
    )


def _count_years(github: GitHubProcess, now: datetime, counter: str, years: int) -> Cost:
    with _counting(github, _days(now, 1)) as process:
        return process.count(counter, _days(now, 365 * years))


def _full_account(repositories: int) -> Account:
    """Every repository has commits so far apart that the first and the last are years apart."""
    hours_apart = YEARS * 365 * 24 // COMMITS
    return Account(
        repositories=repositories, active=repositories, commits=COMMITS, hours_apart=hours_apart
    )


def _megabytes(cost: Cost) -> str:
    return "-" if cost.memory is None else f"{cost.memory / 1e6:.0f} MB"


def _graph(bench: Bench, github: GitHubProcess, now: datetime, hours: Hours, most: int) -> None:
    """hours: the ordinary hour with most repositories, which is known already."""
    sizes = [size for size in (1, 10, 30, 100, 300) if size < most] + [most]
    latency = 0 if bench.quick else _GRAPH_LATENCY_MS
    costs: dict[str, list[Cost | None]] = {counter: [] for counter in _COUNTERS}
    window = _days(now, HOUR_DAYS)
    with _counting(github, window) as process:
        for size in sizes[:-1]:
            github.serve(Account(repositories=size, active=min(10, size)))
            for counter in _COUNTERS:
                if counter == "exact naive" and size > 100:  # each adds as much: a straight line
                    costs[counter].append(None)
                    continue
                bench.say(f"graph, {size} repositories, {counter}")
                costs[counter].append(process.count(counter, window, latency_ms=latency))
    for counter in _COUNTERS:
        costs[counter].append(hours[latency, counter][-1])
    bench.graph = draw(
        sizes,
        [
            Line(name, [one.seconds if one else None for one in found])
            for name, found in costs.items()
        ],
        [
            Line(name, [one.requests if one else None for one in found])
            for name, found in costs.items()
        ],
        latency_ms=latency,
    )


def _days(now: datetime, back: int) -> Window:
    today = now.astimezone(ZONE).date()
    return Window(since=today - timedelta(days=back), until=today)


class TimedGitHub(GitHub):
    """The transport of collect, which adds up how long it waits for answers."""

    def __init__(self, task: Task, cost: Cost) -> None:
        super().__init__(url=task.url, token=TOKEN)
        self._cost = cost

    def send(self, query: str, variables: Mapping[str, object], seconds: float) -> Response:
        """One request."""
        started = time.perf_counter()
        try:
            return super().send(query, variables, seconds)
        finally:
            self._cost.waited += time.perf_counter() - started


def _collect(task: Task, cost: Cost) -> None:
    request = CollectRequest(
        now=datetime.now(UTC), span=Span(window=task.window, zone=ZONE), selection=Selection()
    )
    query = RepositoryQuery(login=None, forks=False, skip_hidden=False)
    with TimedGitHub(task, cost) as transport, Checkpoint() as checkpoint:
        session = Session(transport, token=TOKEN, deadline=Deadline())
        source = GitHubSource(session, query)
        cost.commits = collect(
            source, request, checkpoint=checkpoint, publish=lambda _: None
        ).commits


def _naive(task: Task, cost: Cost) -> None:
    with TimedClient(task, cost) as client:
        for repository in client.get("/users/octocat/repos").raise_for_status().json():
            path = f"/repos/{repository['full_name']}/commits"
            answer = client.get(path, params=_period(task.window))
            cost.commits += len(answer.raise_for_status().json())


def _exact_naive(task: Task, cost: Cost) -> None:
    with TimedClient(task, cost) as client:
        for repository in _pages(client, "/users/octocat/repos", {}):
            path = f"/repos/{repository['full_name']}/commits"
            cost.commits += sum(1 for _ in _pages(client, path, _period(task.window)))


def _pages(client: httpx.Client, path: str, parameters: Mapping[str, str]):  # type: ignore[no-untyped-def]
    page = 1
    while True:
        asked = {**parameters, "per_page": "100", "page": str(page)}
        found = client.get(path, params=asked).raise_for_status().json()
        yield from found
        if len(found) < 100:
            return
        page += 1


class TimedClient(httpx.Client):
    """The client of the naive counters, which adds up how long it waits for answers."""

    def __init__(self, task: Task, cost: Cost) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        super().__init__(base_url=task.rest_url, headers=headers, timeout=120, trust_env=False)
        self._cost = cost

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """One request."""
        started = time.perf_counter()
        try:
            return super().send(request, **options)
        finally:
            self._cost.waited += time.perf_counter() - started


def _period(window: Window) -> dict[str, str]:
    since, until = (_midnight(day) for day in (window.since, window.until + timedelta(days=1)))
    return {"author": "octocat", "since": since, "until": until}


def _midnight(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC).isoformat()


_WAYS: Mapping[str, Callable[[Task, Cost], None]] = {
    "collect": _collect,
    "naive": _naive,
    "exact naive": _exact_naive,
}
