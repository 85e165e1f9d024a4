"""From a publish to both sinks written: one event at a time, and many at once, none lost."""

import json
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from google.pubsub_v1 import PublisherClient, PubsubMessage

from emulators.pubsub import Delivery
from own_dashboard.stack.inputs import EMULATOR_TOKEN, Input
from own_dashboard.stack.options import LOCAL_PROJECT, StackOptions
from own_dashboard.stack.stack import Stack
from own_dashboard.topic.clients import TopicClients, topic_clients
from own_dashboard.topic.target import Topic
from tests.benchmarks.receiver import receiver
from tests.benchmarks.report import Bench, Samples, Table, ratio
from tests.support.stack_here import stack_here

ALONE, AT_ONCE = 50, 500
_SINKS = ("write-sheet", "write-metric")
_MOST_SECONDS = 180.0
_BOTH, _BARE = "both sinks", "a bare receiver"


def run(bench: Bench) -> None:
    """On a whole local stack, with the functions as processes of their own.

    The baseline is the same emulator, which pushes the same events to a receiver that does nothing.
    """
    alone, at_once = (5, 20) if bench.quick else (ALONE, AT_ONCE)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as exits:
        options = StackOptions(
            state=Path(folder),
            input=Input(login="octocat", token=EMULATOR_TOKEN, is_sample=True, sentence="measured"),
            time_zone="Etc/UTC",
            environment={},
        )
        bench.say("starting a stack")
        stack = exits.enter_context(stack_here(options, on_end=bench.say))
        topic = Topic(
            project=LOCAL_PROJECT,
            name=stack.pipeline.commit_counts,
            emulator_host=stack.pubsub.address,
        )
        clients = exits.enter_context(topic_clients(topic))
        bare = _bare_topic(clients, exits.enter_context(receiver()).url)
        ways = {
            _BARE: Measured(stack, bare, ["bare"]),
            _BOTH: Measured(stack, clients.path, _SINKS),
        }
        rows = []
        for way in ways.values():
            way.publish(clients.publisher, 1)  # connections, tabs and descriptors are made
        for number, name in ((1, f"{alone}, one at a time"), (at_once, f"{at_once} at once")):
            baseline: Samples | None = None
            for receivers, way in ways.items():
                bench.say(f"{name}, to {receivers}")
                started = time.perf_counter()
                repeated = alone if number == 1 else 1
                each = [way.publish(clients.publisher, number) for _ in range(repeated)]
                whole = time.perf_counter() - started
                single = Samples([seconds for part in each for seconds in part])
                compared = single if number == 1 else Samples([whole])
                baseline = baseline or compared  # of the bare receiver, which is first
                lost = repeated * number - len(single.values)
                rate = f"{number / whole:,.0f}" if number > 1 else ""
                times = ratio(compared, baseline)
                rows.append(_row(name, receivers, single, times=times, lost=lost, rate=rate))
    bench.show(
        Table(
            title="From a publish to both sinks written, on the local stack",
            headings=("events", "to", "p50", "p95", "times bare", "written", "lost",
                      "events a second"),
            rows=rows,
            notes=[
                "write_sheet runs as one instance and takes one event at a time, as deployed: "
                "of many at once the last waits for all others. Times bare: of one at a time the "
                "p50, of many at once the time of all."
            ],
        )
    )  # fmt: skip


def _bare_topic(clients: TopicClients, url: str) -> str:
    """A topic whose only subscription pushes to this URL."""
    topic = f"projects/{LOCAL_PROJECT}/topics/bare"
    clients.publisher.create_topic(name=topic)
    name = f"projects/{LOCAL_PROJECT}/subscriptions/bare"
    push = {"push_endpoint": url}
    clients.subscriber.create_subscription(
        request={"name": name, "topic": topic, "push_config": push}
    )
    return topic


def _row(
    name: str, receivers: str, found: Samples, *, times: str, lost: int, rate: str
) -> tuple[str, ...]:
    seconds = found.values
    return (
        name,
        receivers,
        f"{median(seconds):.3f} s",
        f"{quantiles(seconds, n=20)[-1]:.3f} s",
        times,
        f"{len(seconds):,}",
        f"{lost:,}",
        rate,
    )


class Measured:
    """A topic of a stack whose deliveries to these subscriptions are watched."""

    def __init__(self, stack: Stack, topic: str, subscriptions: Sequence[str]) -> None:
        self._topic = topic
        self._subscriptions = frozenset(subscriptions)
        self._acknowledged: dict[str, dict[str, float]] = defaultdict(dict)
        self._changed = threading.Condition()
        self._number = 0
        stack.pubsub.on_delivery(self._delivered)

    def publish(self, client: PublisherClient, number: int) -> list[float]:
        """Publish so many events; seconds from each one's publish to its last acknowledgement.

        Those that are not acknowledged in three minutes are missing.
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
            (message_id,) = client.publish(topic=self._topic, messages=[message]).message_ids
            published[str(message_id)] = started
        with self._changed:
            self._changed.wait_for(
                lambda: all(
                    len(self._acknowledged[each]) == len(self._subscriptions) for each in published
                ),
                timeout=_MOST_SECONDS,
            )
            return [
                max(self._acknowledged[each].values()) - started
                for each, started in published.items()
                if len(self._acknowledged[each]) == len(self._subscriptions)
            ]

    def _delivered(self, delivery: Delivery) -> None:
        sink = delivery.subscription.rpartition("/")[2]
        if delivery.outcome == "acknowledged" and sink in self._subscriptions:
            with self._changed:
                self._acknowledged[delivery.message_id].setdefault(sink, time.perf_counter())
                self._changed.notify_all()
