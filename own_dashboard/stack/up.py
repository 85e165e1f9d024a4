"""`./dev up`: the stack with its page, a collection every so often, until it is stopped."""

import shutil
import socket
import sys
import threading
import time
from urllib.parse import urlsplit

from commit_counts.errors import DashboardError
from own_dashboard.environment import program
from own_dashboard.stack.collector import Collector, Reach
from own_dashboard.stack.console import ConsoleReporter, gcloud_command, publish_command
from own_dashboard.stack.page_address import WARNING, qr_code
from own_dashboard.stack.scheduler import watching
from own_dashboard.stack.stack import Stack
from own_dashboard.stack.state import StateFolder

_RETRY_SECONDS = 60.0
_WHITE_ON_BLACK, _RESET = "\033[97;40m", "\033[0m"
_LOOK_FOR_SIGNALS_SECONDS = 0.5


def run_until_stopped(
    stack: Stack,
    folder: StateFolder,
    reach: Reach,
    reporter: ConsoleReporter,
    *,
    every_seconds: float,
    stop: threading.Event,
) -> int:
    """Run until interrupted; a collection that fails is told, and tried again.

    stop: set together with the KeyboardInterrupt that ends this.
    """
    stack.pubsub.on_delivery(reporter.delivered)  # before the start: what is owed is pushed in it
    with stack:
        try:
            print(_introduction(stack), flush=True)
            stack.wait_ready(stack.functions)
            collector = Collector(stack, folder, reach)
            with watching(stack, reporter.say):
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
    url = stack.page_url or ""
    lines = [
        f"page       {url}",
        *_on_a_phone(stack, url),
        f"publish    {publish_command(stack)}",
        f"or gcloud  {gcloud_command(stack)}",
        f"addresses  {stack.options.state / 'endpoints.json'}",
    ]
    if stack.github and not stack.options.input.is_sample:
        lines.append(f"sample     {program()} up --demo shows two years of sample data")
        lines.append("GitHub     put GITHUB_TOKEN=… into .env (see .env.example) to count there")
    code = qr_code(url) if stack.page_is_open and sys.stdout.isatty() else []
    if not code or len(code[0]) > shutil.get_terminal_size().columns:
        code = []
    drawn = [f"{_WHITE_ON_BLACK}{line}{_RESET}" for line in code]  # whatever the terminal's colours
    return "\n".join([*drawn, "", *(f"  {line}" for line in lines), "  stop       Ctrl-C", ""])


def _on_a_phone(stack: Stack, url: str) -> list[str]:
    if stack.page_is_open:
        return [f"           {WARNING}"]
    port = urlsplit(url).port
    return [
        f"phone      {program()} up --host 0.0.0.0, or by USB: adb reverse tcp:{port} tcp:{port}",
        f"elsewhere  ssh -L {port}:127.0.0.1:{port} {socket.gethostname()}",
    ]
