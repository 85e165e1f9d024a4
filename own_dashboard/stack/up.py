"""`./dev up`: the stack with its page, a collection every so often, until it is stopped."""

import threading
import time

from commit_counts.errors import DashboardError
from own_dashboard.stack.collector import Collector, Reach
from own_dashboard.stack.console_reporter import ConsoleReporter
from own_dashboard.stack.hints import gcloud_command, publish_command
from own_dashboard.stack.options import StackOptions
from own_dashboard.stack.stack import Stack
from own_dashboard.stack.state_folder import StateFolder

_RETRY_SECONDS = 60.0
_LOOK_FOR_SIGNALS_SECONDS = 0.5


def run_until_stopped(
    options: StackOptions,
    folder: StateFolder,
    reach: Reach,
    *,
    every_seconds: float,
    stop: threading.Event,
) -> int:
    """Run until interrupted; a collection that fails is told, and tried again.

    stop: set together with the KeyboardInterrupt that ends this.
    """
    reporter = ConsoleReporter(time_zone=options.time_zone)
    reporter.introduce(options)
    stack = Stack(options, report=reporter.report)
    stack.pubsub.on_delivery(reporter.delivered)  # before the start: what is owed is pushed in it
    with stack:
        try:
            print(_introduction(stack), flush=True)
            collector = Collector(stack, folder, reach)
            while not stop.is_set():
                went_well = _collect(collector, reporter)
                _wait(stop, every_seconds if went_well else min(every_seconds, _RETRY_SECONDS))
        except KeyboardInterrupt:
            pass
        reporter.say("stopping")
    return 0


def _wait(stop: threading.Event, seconds: float) -> None:
    """In short waits: a signal that arrives just before one does not end it."""
    end = time.monotonic() + seconds
    while not stop.is_set() and (left := end - time.monotonic()) > 0:
        stop.wait(min(left, _LOOK_FOR_SIGNALS_SECONDS))


def _collect(collector: Collector, reporter: ConsoleReporter) -> bool:
    try:
        reporter.collected(collector.collect())
    except DashboardError as error:
        reporter.say("not collected", str(error))
        return False
    return True


def _introduction(stack: Stack) -> str:
    """Where to look, what to try, how to use one's own account."""
    lines = [
        f"page       {stack.page_url}",
        f"publish    {publish_command(stack)}",
        f"or gcloud  {gcloud_command(stack)}",
        f"addresses  {stack.options.state / 'endpoints.json'}",
    ]
    if stack.github:
        lines.append("GitHub     put GITHUB_TOKEN=… into .env (see .env.example) to count there")
    return "\n".join(["", *(f"  {line}" for line in lines), "  stop       Ctrl-C", ""])
