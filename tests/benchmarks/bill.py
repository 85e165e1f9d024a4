"""A month's bill: seconds that this run measured, sizes of real events, and Google's list prices.

Prices are inputs: change them here, with the day on which they were read. Everything that is
estimated errs on the dear side: a rare call starts an instance anew, no call is shorter than the
platform's smallest unit, and no image shares a layer with another.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from commit_counts.check import Check, Outcome
from commit_counts.parse import parse_event
from commit_counts.publisher import Event
from own_dashboard.stack.pipeline import Function, load_pipeline
from tests.benchmarks.functions import SHARE, ordinary_hour
from tests.benchmarks.report import Bench, Table
from write_metric.checks import points_of_check
from write_metric.series import Choices, points_of


@dataclass(frozen=True)
class Price:
    """USD for one unit, beyond what each month is free for a billing account."""

    usd: float
    free: float = 0.0

    def of(self, used: float) -> float:
        """What so many units cost."""
        return max(0.0, used - self.free) * self.usd


# List prices of a region of the first tier, as read on 2026-11-26; those of messages that are kept
# and of what is sent to the internet are older.
# https://cloud.google.com/run/pricing: billed by request, that is while one is answered and while
# an instance starts, in units of 0.1 s.
VCPU_SECOND = Price(0.000024, free=180_000)
GIB_SECOND = Price(0.0000025, free=360_000)
CALL = Price(0.40e-6, free=2_000_000)
UNIT_SECONDS = 0.1
# https://cloud.google.com/pubsub/pricing: a message counts when it is published and at each
# delivery, with its attributes, 20 bytes for its time and its id; 1,000 bytes at least.
GIB_OF_MESSAGES = Price(40 / 1024, free=10)
GIB_MONTH_KEPT = Price(0.27)
LEAST_BYTES, TIME_BYTES, ID_BYTES = 1000, 20, 17
# https://cloud.google.com/stackdriver/pricing: a point of an integer is 8 bytes.
MIB_OF_METRICS = Price(0.258, free=150)
POINT_BYTES = 8
# https://cloud.google.com/scheduler/pricing
JOB = Price(0.10, free=3)
# https://cloud.google.com/secret-manager/pricing: an instance reads its secrets when it starts.
SECRET_VERSION = Price(0.06, free=6)
SECRET_READING = Price(0.03 / 10_000, free=10_000)
# https://cloud.google.com/artifact-registry/pricing
GB_OF_IMAGES = Price(0.10, free=0.5)
# https://cloud.google.com/vpc/network-pricing: to the internet; to Google's own services nothing.
GB_SENT = Price(0.12)

MINUTES = 60 * 24 * 365 / 12
# Assumed, as there is no account behind these numbers. An instance that is called again within so
# many minutes is usually still there.
KEPT_MINUTES = 15
# What is waited for over the internet: three queries to GitHub and a publish, a watched URL, two
# requests to Sheets with a token, one to Monitoring.
NETWORK_SECONDS = {"collect": 3.0, "watch": 1.0, "write_sheet": 2.0, "write_metric": 0.5}
# Queries (4.4 kB in all), headers and the beginning of a TLS connection.
SENT_KB = {"collect": 12.0, "watch": 3.0}
# 567 MB after three deployments of one function: https://github.com/firebase/firebase-tools/issues/5935
IMAGE_GB = 0.2


@dataclass(frozen=True, kw_only=True)
class Use:
    """How often somebody lets it run.

    people: each with a deployment of their own, on one billing account. watched: URLs.
    """

    name: str
    japanese: str
    every_minutes: int
    people: int = 1
    watched: int = 0


USES = (
    Use(name="hourly", japanese="1時間ごと", every_minutes=60),
    Use(name="every 15 minutes", japanese="15分ごと", every_minutes=15),
    Use(name="every minute", japanese="1分ごと", every_minutes=1),
    Use(name="hourly, ten people", japanese="1時間ごと、10人", every_minutes=60, people=10),
    Use(
        name="hourly, and a URL every minute",
        japanese="1時間ごと、URLを1分ごと",
        every_minutes=60,
        watched=1,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Made:
    """What one call of a step makes: a message of so many bytes, and points out of it."""

    message_bytes: int
    points: int


@dataclass(frozen=True, kw_only=True)
class Month:
    """calls, vcpu_seconds, gib_seconds: of all functions. costs: USD by what they are for."""

    calls: float
    vcpu_seconds: float
    gib_seconds: float
    costs: Mapping[str, float]

    @property
    def total(self) -> float:
        """USD for all of it."""
        return sum(self.costs.values())


def run(bench: Bench) -> None:
    """A row for each use, and the line of the README."""
    if "collect first seconds" not in bench.facts:
        bench.say("needs the seconds of `functions`, which has not run: left out")
        return
    months = {use: month(use, bench.facts) for use in USES}
    longest = {use: month(use, bench.facts, until_timeout=True) for use in USES}
    made = made_by_step()
    bench.show(
        Table(
            title="A month's bill in USD, at list prices",
            headings=("how often", "calls", "vCPU-seconds", "GiB-seconds", *months[USES[0]].costs,
                      "all", "each call to its timeout"),
            rows=[
                (
                    use.name, f"{each.calls:,.0f}", f"{each.vcpu_seconds:,.0f}",
                    f"{each.gib_seconds:,.0f}", *(f"{cost:.2f}" for cost in each.costs.values()),
                    f"{each.total:.2f}", f"{longest[use].total:.2f}",
                )
                for use, each in months.items()
            ],
            notes=[
                f"Seconds: measured above on {SHARE} vCPU, plus what the network takes "
                "(assumed: " + ", ".join(f"{k} {v:g} s" for k, v in NETWORK_SECONDS.items()) + "). "
                f"Calls {KEPT_MINUTES} minutes apart or more start an instance each. The last "
                "column assumes nothing of the network: every call runs until its timeout ends it.",
                "Sizes: of the event of an ordinary hour, "
                f"{made['collect'].message_bytes:,} bytes as a message and "
                f"{made['collect'].points} points, and of a check, "
                f"{made['watch'].message_bytes:,} bytes and {made['watch'].points} points.",
            ],
        )
    )  # fmt: skip
    totals = [f"{each.total:.2f}" for each in months.values()]
    bench.pages["README.md"] = _line(["", *(use.name for use in USES)], ["USD", *totals])
    bench.pages["README.ja.md"] = _line(["", *(use.japanese for use in USES)], ["USD", *totals])


def month(use: Use, facts: Mapping[str, float], *, until_timeout: bool = False) -> Month:
    """What a month of this use takes and costs.

    facts: seconds of each step, first and next. until_timeout: instead, each call takes all of the
    time that it has.
    """
    pipeline, made = load_pipeline(), made_by_step()
    calls = dict.fromkeys(("collect", "write_sheet", "write_metric"), MINUTES / use.every_minutes)
    if use.watched:
        calls["watch"] = MINUTES
        calls["write_metric"] += MINUTES * use.watched
    functions = {step: pipeline.function(step) for step in calls}
    starting = {step: MINUTES / number >= KEPT_MINUTES for step, number in calls.items()}
    vcpu_seconds = gib_seconds = sent = kept = metrics = outside = readings = 0.0
    for step, number in calls.items():
        function = functions[step]
        if until_timeout:
            seconds = _at_most(function, number)
        else:
            seconds = number * _billed(step, facts, is_start=starting[step])
        vcpu_seconds += seconds * SHARE
        gib_seconds += seconds * function.memory_mb / 1024
        outside += number * SENT_KB.get(step, 0.0) / 1e6
        readings += number * len(function.secrets) * starting[step]
        if function.publishes:
            events = number * (use.watched if step == "watch" else 1)
            topic = pipeline.topic(function.publishes)
            deliveries = sum(
                subscription.topic == topic.name
                for each in functions.values()
                for subscription in each.subscriptions
            )
            size = made[step].message_bytes
            sent += events * (1 + deliveries) * max(LEAST_BYTES, size) / 2**30
            kept += events * size / 2**30 * topic.retention_seconds / (MINUTES * 60)
            metrics += events * made[step].points * POINT_BYTES / 2**20
    people = use.people
    jobs = sum(function.schedule is not None for function in functions.values())
    secrets = sum(len(function.secrets) for function in functions.values())
    total_calls = people * sum(calls.values())
    return Month(
        calls=total_calls,
        vcpu_seconds=people * vcpu_seconds,
        gib_seconds=people * gib_seconds,
        costs={
            "functions": VCPU_SECOND.of(people * vcpu_seconds)
            + GIB_SECOND.of(people * gib_seconds)
            + CALL.of(total_calls),
            "messages": GIB_OF_MESSAGES.of(people * sent) + GIB_MONTH_KEPT.of(people * kept),
            "metrics": MIB_OF_METRICS.of(people * metrics),
            "jobs": JOB.of(people * jobs),
            "secrets": SECRET_VERSION.of(people * secrets) + SECRET_READING.of(people * readings),
            "images": GB_OF_IMAGES.of(people * len(functions) * IMAGE_GB),
            "data out": GB_SENT.of(people * outside),
        },
    )


def made_by_step() -> Mapping[str, Made]:
    """By step that publishes: the event of an ordinary hour, and a check of a URL."""
    now = datetime.now(UTC)
    event = parse_event(json.dumps(ordinary_hour(now, number=1)), published_at=now)
    choices = Choices(time_zone=None, evening_hour=20, named_repositories=50)
    check = Check(
        url="https://example.com/health",
        checked_at=event.collected_at,
        outcome=Outcome.OK,
        status=200,
        first_byte_ms=120,
        total_ms=140,
        certificate_days_left=60,
    )
    return {
        "collect": Made(message_bytes=_size(event), points=len(points_of(event, choices))),
        "watch": Made(message_bytes=_size(check), points=len(points_of_check(check))),
    }


def _size(event: Event) -> int:
    attributes = sum(len(name) + len(value.encode()) for name, value in event.attributes().items())
    return len(event.to_json().encode()) + attributes + TIME_BYTES + ID_BYTES


def _billed(step: str, facts: Mapping[str, float], *, is_start: bool) -> float:
    own = facts[f"{step} first seconds" if is_start else f"{step} next seconds"]
    return math.ceil((own + NETWORK_SECONDS[step]) / UNIT_SECONDS) * UNIT_SECONDS


def _at_most(function: Function, calls: float) -> float:
    """No call is longer than its timeout, and no more instances run than there may be."""
    return min(calls * function.timeout_seconds, function.max_instances * MINUTES * 60)


def _line(headings: list[str], cells: list[str]) -> str:
    ruler = ["---", *["---:"] * (len(headings) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (headings, ruler, cells))
