"""Each function as an instance: how soon it answers and writes, on how much processor and memory.

The baseline is a function that answers "ok" and does nothing else, on the same framework.
"""

import itertools
import platform
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.benchmarks.deployed import (
    BARE,
    CpuShare,
    Installation,
    delivery,
    install,
    instance,
)
from tests.benchmarks.report import Bench, Samples, Table, ratio
from tests.benchmarks.services import Services, running_services

# What a function of 256 MB gets. https://cloud.google.com/run/docs/configuring/services/cpu
SHARE = 0.167
# Where only is shown that it works: a sixth would be waited for.
QUICK_SHARE = 0.5
STEPS = ("collect", "watch", "write_sheet", "write_metric")
TOPICS = {"collect": "commit-counts", "watch": "checks"}
REPOSITORIES = ("me/app", "me/lib", "acme/site")
EVENTS = (1, 100, 1000)
START_ROUNDS, SLOW_ROUNDS = 7, 3


def run(bench: Bench) -> None:
    """Measure starts at full speed and as deployed, then the memory of one long life."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as exits:
        folder = Path(name)
        installation = install(folder)
        topics = tuple(TOPICS.values())
        services = exits.enter_context(running_services(folder / "state", topics=topics))
        functions = Functions(installation, services)
        if not bench.quick:
            functions.warm_up(bench)
        _starts(bench, functions)
        share = CpuShare(QUICK_SHARE if bench.quick else SHARE)
        exits.callback(share.close)
        _slow_starts(bench, functions, share)
        _memory(bench, functions)


class Functions:
    """The functions, and a stream of events for each."""

    def __init__(self, installation: Installation, services: Services) -> None:
        self.installation = installation
        self._services = services
        self._events = _events()

    def environment(self, step: str) -> Mapping[str, str]:
        """Its variables."""
        return self._services.environment(TOPICS.get(step, ""))

    def call(self, step: str) -> bytes:
        """The body of its next call."""
        if step not in ("write_sheet", "write_metric"):
            return b"{}"
        number, event = next(self._events)
        if step == "write_metric":  # a series of its own: the service wants 5 s between points
            event = {**event, "source": f"measured/{number}"}
        return delivery(event, "projects/measured/subscriptions/any", number)

    def warm_up(self, bench: Bench) -> None:
        """Let each compile its archive, and write_sheet make its tabs."""
        for step in (BARE, *STEPS):
            bench.say(f"first start of {step}, not counted")
            with instance(self.installation, step, self.environment(step)) as started:
                started.call(self.call(step))


def _events() -> Iterator[tuple[int, dict[str, object]]]:
    """An ordinary hour's events, one after the other."""
    for number in itertools.count(1):
        yield number, ordinary_hour(datetime.now(UTC), number=number)


def ordinary_hour(now: datetime, *, number: int) -> dict[str, object]:
    """The event of an hour whose counts are others than those of the hour before."""
    days = [now.date() - timedelta(days=day) for day in range(35)]
    counts = [
        {"date": day.isoformat(), "repository": name, "commits": 1 + (index + number) % 7}
        for index, day in enumerate(days)
        for name in REPOSITORIES
    ]
    return {
        "schema_version": 1, "source": "github/me", "login": "me", "time_zone": "Etc/UTC",
        "since": days[-1].isoformat(), "until": days[0].isoformat(),
        "collected_at": now.isoformat(), "counts": counts, "unknown_repositories": [],
    }  # fmt: skip


def _starts(bench: Bench, functions: Functions) -> None:
    answers = {step: Samples() for step in (BARE, *STEPS)}
    events = {step: Samples() for step in (BARE, *STEPS)}
    processor = {step: Samples() for step in (BARE, *STEPS)}
    memory = {step: Samples() for step in (BARE, *STEPS)}
    for _ in bench.rounds(START_ROUNDS):
        for step in (BARE, *STEPS):
            body = functions.call(step)
            with instance(functions.installation, step, functions.environment(step)) as started:
                answers[step].add(started.wait_until_it_answers())
                events[step].add(started.call(body))
                processor[step].add(started.processor_seconds())
                memory[step].add(started.memory_mb())
    bench.show(
        Table(
            title="Start of an instance, from its archive",
            headings=("function", "first answer", "first event done", "times bare",
                      "processor time", "times bare", "memory"),
            rows=[
                (
                    step,
                    answers[step].shown("s"),
                    events[step].shown("s"),
                    ratio(events[step], events[BARE]),
                    processor[step].shown("s"),
                    ratio(processor[step], processor[BARE]),
                    memory[step].shown("MB", digits=0),
                )
                for step in (BARE, *STEPS)
            ],
            notes=[
                f"{len(answers[BARE].values)} starts of each in turn; from the start of the "
                "process to its answer; medians, and between what the middle half lies. "
                f"On Python {platform.python_version()}."
            ],
        )
    )  # fmt: skip


def _slow_starts(bench: Bench, functions: Functions, share: CpuShare) -> None:
    first = {step: Samples() for step in (BARE, *STEPS)}
    second = {step: Samples() for step in (BARE, *STEPS)}
    for _ in bench.rounds(SLOW_ROUNDS):
        for step in (BARE, *STEPS):
            bodies = [functions.call(step) for _ in range(2)]
            with (
                instance(
                    functions.installation, step, functions.environment(step), prefix=share.prefix
                ) as started,
                share.limiting(started),
            ):
                first[step].add(started.call(bodies[0]))
                second[step].add(started.call(bodies[1]) - first[step].values[-1])
    for step in STEPS:
        bench.facts[f"{step} first seconds"] = first[step].median
        bench.facts[f"{step} next seconds"] = second[step].median
    bench.show(
        Table(
            title=f"The same on {share.size} of a processor"
            + ("" if bench.quick else ", which 256 MB get in the cloud"),
            headings=("function", "first event done", "times bare", "next event"),
            rows=[
                (
                    step,
                    first[step].shown("s", digits=1),
                    ratio(first[step], first[BARE]),
                    second[step].shown("s"),
                )
                for step in (BARE, *STEPS)
            ],
            notes=[f"The share is kept by: {share.how}."],
        )
    )


def _memory(bench: Bench, functions: Functions) -> None:
    most = 2 if bench.quick else EVENTS[-1]
    points = (1, most) if bench.quick else EVENTS
    held: dict[str, list[float]] = {}
    for step in (BARE, *STEPS):
        bench.say(f"memory of {step}, {most:,} events")
        held[step] = []
        with instance(functions.installation, step, functions.environment(step)) as started:
            for number in range(1, most + 1):
                started.call(functions.call(step))
                if number in points:
                    held[step].append(started.memory_mb())
    bench.show(
        Table(
            title="Memory of one instance, in MB",
            headings=("function", *(f"after {number:,} events" for number in points), "times bare"),
            rows=[
                (
                    step,
                    *(f"{megabytes:.0f}" for megabytes in each),
                    f"{each[-1] / held[BARE][-1]:.2f} ×",
                )
                for step, each in held.items()
            ],
            notes=["Proportional set size of all its processes: what two share counts once."],
        )
    )
