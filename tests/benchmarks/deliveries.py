"""From a publish to both sinks written: one event at a time, and many at once, none lost."""

import json
import tempfile
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from google.pubsub_v1 import PublisherClient, PubsubMessage

from emulators.pubsub import Delivery
from own_dashboard.stack.functions import function_processes
from own_dashboard.stack.inputs import EMULATOR_TOKEN, Input
from own_dashboard.stack.options import LOCAL_PROJECT, StackOptions
from own_dashboard.stack.pipeline import load_pipeline
from own_dashboard.stack.stack import Stack
from own_dashboard.topic.clients import topic_clients
from own_dashboard.topic.target import Topic
from tests.benchmarks.report import Bench, Table

ALONE, AT_ONCE = 50, 500
_SINKS = ("write-sheet", "write-metric")
_MOST_SECONDS = 180.0


def run(bench: Bench) -> None:
    """On a whole local stack, with the functions as processes of their own."""
    alone, at_once = (5, 20) if bench.quick else (ALONE, AT_ONCE)
    with tempfile.TemporaryDirectory() as folder:
        options = StackOptions(
            state=Path(folder),
            input=Input(login="octocat", token=EMULATOR_TOKEN, is_sample=True, sentence="measured"),
            time_zone="Etc/UTC",
            environment={},
        )
        bench.say("starting a stack")
        pipeline = load_pipeline().wanted(options.environment)
        state = options.state / "functions"
        with (
            function_processes(pipeline, state=state, on_end=bench.say) as functions,
            Stack(options, functions) as stack,
        ):
            measured = Measured(stack)
            with topic_clients(
                Topic(
                    project=LOCAL_PROJECT,
                    name=stack.pipeline.commit_counts,
                    emulator_host=stack.pubsub.address,
                )
            ) as clients:
                path, client = clients.path, clients.publisher
                measured.publish(client, path, 1)  # tabs and descriptors are made
                bench.say(f"{alone} events, one at a time")
                single = [measured.publish(client, path, 1) for _ in range(alone)]
                bench.say(f"{at_once} events at once")
                started = time.perf_counter()
                many = measured.publish(client, path, at_once)
                whole = time.perf_counter() - started
    bench.show(
        Table(
            title="From a publish to both sinks written, on the local stack",
            headings=("events", "p50", "p95", "written by both", "lost", "events a second"),
            rows=[
                _row(f"{alone}, one at a time", [s for each in single for s in each], alone, None),
                _row(f"{at_once} at once", many, at_once, at_once / whole),
            ],
            notes=[
                "write_sheet runs as one instance and takes one event at a time, as deployed: "
                "of many at once the last waits for all others."
            ],
        )
    )


def _row(name: str, seconds: list[float], events: int, rate: float | None) -> tuple[str, ...]:
    return (
        name,
        f"{median(seconds):.2f} s",
        f"{quantiles(seconds, n=20)[-1]:.2f} s",
        f"{len(seconds):,}",
        f"{events - len(seconds):,}",
        f"{rate:.0f}" if rate else "",
    )


class Measured:
    """A stack whose deliveries are watched."""

    def __init__(self, stack: Stack) -> None:
        self._acknowledged: dict[str, dict[str, float]] = defaultdict(dict)
        self._changed = threading.Condition()
        self._number = 0
        stack.pubsub.on_delivery(self._delivered)

    def publish(self, client: PublisherClient, path: str, number: int) -> list[float]:
        """Publish so many events; seconds from each one's publish to the last sink's writing.

        Those that are not written in three minutes are missing.
        """
        published: dict[str, float] = {}
        for _ in range(number):
            self._number += 1
            cell = {
                "date": datetime.now(UTC).date().isoformat(),
                "repository": f"measured/r{self._number}",
                "commits": 1 + self._number % 9,
            }
            message = PubsubMessage(data=json.dumps(cell).encode())
            started = time.perf_counter()
            (message_id,) = client.publish(topic=path, messages=[message]).message_ids
            published[str(message_id)] = started
        with self._changed:
            self._changed.wait_for(
                lambda: all(len(self._acknowledged[each]) == len(_SINKS) for each in published),
                timeout=_MOST_SECONDS,
            )
            return [
                max(self._acknowledged[each].values()) - started
                for each, started in published.items()
                if len(self._acknowledged[each]) == len(_SINKS)
            ]

    def _delivered(self, delivery: Delivery) -> None:
        sink = delivery.subscription.rpartition("/")[2]
        if delivery.outcome == "acknowledged" and sink in _SINKS:
            with self._changed:
                self._acknowledged[delivery.message_id].setdefault(sink, time.perf_counter())
                self._changed.notify_all()
