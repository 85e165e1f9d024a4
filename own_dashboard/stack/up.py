"""`./dev up`: the stack with its page, a collection every so often, until it is stopped."""

import signal
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
    options: StackOptions, folder: StateFolder, reach: Reach, *, every_seconds: float
) -> int:
    """Run until interrupted; a collection that fails is told, and tried again."""
    reporter = ConsoleReporter(time_zone=options.time_zone)
    reporter.introduce(options)
    with Stack(options, report=reporter.report) as stack:
        stack.pubsub.on_delivery(reporter.delivered)
        print(_introduction(stack), flush=True)
        collector = Collector(stack, folder, reach)
        try:
            while True:
                went_well = _collect(collector, reporter)
                pause = every_seconds if went_well else min(every_seconds, _RETRY_SECONDS)
                _wait(pause)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would cut the stop short
            reporter.say("stopping")
    return 0


def _wait(seconds: float) -> None:
    """In short waits: a signal that arrives just before one does not end it."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        threading.Event().wait(min(left, _LOOK_FOR_SIGNALS_SECONDS))


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
