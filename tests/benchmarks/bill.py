"""A month's bill, computed from the seconds that this run measured and from Google's list prices.

Prices are inputs: change them here, with the day on which they were read. Everything that is
estimated errs on the dear side: a rare call starts an instance anew, and no call is shorter than
the platform's smallest unit.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.functions import SHARE
from tests.benchmarks.report import Bench, Table

# List prices in USD of a first-tier region, and what is free each month.
# https://cloud.google.com/run/pricing
VCPU_SECOND, FREE_VCPU_SECONDS = 0.000024, 180_000
GIB_SECOND, FREE_GIB_SECONDS = 0.0000025, 360_000
MILLION_CALLS, FREE_CALLS = 0.40, 2_000_000
# https://cloud.google.com/pubsub/pricing: a message counts 1 kB at least, each way.
TIB_OF_MESSAGES, FREE_GIB_OF_MESSAGES = 40.0, 10.0
# https://cloud.google.com/stackdriver/pricing: a point of an integer is 8 bytes.
MIB_OF_METRICS, FREE_MIB_OF_METRICS = 0.258, 150.0
# https://cloud.google.com/scheduler/pricing
SCHEDULER_JOB, FREE_JOBS = 0.10, 3
# https://cloud.google.com/artifact-registry/pricing: three images, as the clean-up policy leaves.
GB_OF_IMAGES, FREE_GB_OF_IMAGES, IMAGES_GB = 0.10, 0.5, 0.7

MEMORY_GIB = 0.25
UNIT_SECONDS = 0.1
MINUTES = 60 * 24 * 365 / 12
# An instance that is called again within so many minutes is usually still there.
KEPT_MINUTES = 15
# What is waited for over the internet and not on this machine: three queries to GitHub, two
# requests to Sheets with a token, one to Monitoring, one publish, one watched URL.
NETWORK_SECONDS = {"collect": 3.0, "watch": 1.0, "write_sheet": 2.0, "write_metric": 0.5}
EVENT_KB, POINTS = 8.0, 12


@dataclass(frozen=True, kw_only=True)
class Use:
    """How often somebody lets it run. people: each with a deployment's worth of calls."""

    name: str
    every_minutes: int
    people: int = 1
    watched: int = 0


USES = (
    Use(name="hourly", every_minutes=60),
    Use(name="every 15 minutes", every_minutes=15),
    Use(name="every minute", every_minutes=1),
    Use(name="hourly, ten people in one project", every_minutes=60, people=10),
    Use(name="hourly, and a URL watched every minute", every_minutes=60, watched=1),
)


def run(bench: Bench) -> None:
    """A row for each use."""
    if "collect first seconds" not in bench.facts:
        bench.say("needs the seconds of `functions`, which has not run: left out")
        return
    rows = [_row(use, bench.facts) for use in USES]
    bench.show(
        Table(
            title="A month's bill in USD, at list prices",
            headings=("how often", "calls", "vCPU-seconds", "functions", "messages", "metrics",
                      "scheduler", "images", "all"),
            rows=rows,
            notes=[
                f"Seconds: measured above on {SHARE} vCPU, plus what the network takes "
                "(assumed: " + ", ".join(f"{k} {v:g} s" for k, v in NETWORK_SECONDS.items()) + "). "
                f"Calls more than {KEPT_MINUTES} minutes apart start an instance each.",
            ],
        )
    )  # fmt: skip


def _row(use: Use, facts: Mapping[str, float]) -> tuple[str, ...]:
    calls = dict.fromkeys(("collect", "write_sheet", "write_metric"), MINUTES / use.every_minutes)
    if use.watched:
        calls["watch"] = MINUTES
        calls["write_metric"] += MINUTES * use.watched
    warm = {step: MINUTES / number < KEPT_MINUTES for step, number in calls.items()}
    seconds = sum(
        use.people * number * _billed(step, facts, warm=warm[step])
        for step, number in calls.items()
    )
    total_calls = use.people * sum(calls.values())
    events = use.people * (calls["collect"] + calls.get("watch", 0.0) * use.watched)
    gib = events * EVENT_KB * 3 / 1e6  # published once, delivered twice
    points = use.people * (calls["collect"] * POINTS + calls.get("watch", 0.0) * 3 * use.watched)
    jobs = use.people * (2 if use.watched else 1)
    costs = (
        _beyond(seconds * SHARE, FREE_VCPU_SECONDS) * VCPU_SECOND
        + _beyond(seconds * MEMORY_GIB, FREE_GIB_SECONDS) * GIB_SECOND
        + _beyond(total_calls, FREE_CALLS) * MILLION_CALLS / 1e6,
        _beyond(gib, FREE_GIB_OF_MESSAGES) * TIB_OF_MESSAGES / 1024,
        _beyond(points * 8 / 2**20, FREE_MIB_OF_METRICS) * MIB_OF_METRICS,
        _beyond(jobs, FREE_JOBS) * SCHEDULER_JOB,
        _beyond(IMAGES_GB, FREE_GB_OF_IMAGES) * GB_OF_IMAGES,
    )
    return (
        use.name, f"{total_calls:,.0f}", f"{seconds * SHARE:,.0f}",
        *(f"{each:.2f}" for each in costs), f"{sum(costs):.2f}",
    )  # fmt: skip


def _billed(step: str, facts: Mapping[str, float], *, warm: bool) -> float:
    own = facts[f"{step} next seconds" if warm else f"{step} first seconds"]
    return math.ceil((own + NETWORK_SECONDS[step]) / UNIT_SECONDS) * UNIT_SECONDS


def _beyond(used: float, free: float) -> float:
    return max(0.0, used - free)
