"""run the whole pipeline on this machine

Counts on GitHub where GITHUB_TOKEN is set; otherwise in local git clones, this checkout by default.
Writes a local Sheet and local metrics, or your Google Sheet where SHEET_ID and Google credentials
are given. Everything listens on this machine only (the page also elsewhere, with --host); Ctrl-C
stops it.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from commit_counts.errors import NeverWorks
from commit_counts.retry import utc_now
from commit_counts.settings import Variables
from commit_counts.startup import without_garbage_collection
from emulators.http_guard import LOOPBACK
from own_dashboard.arguments import day
from own_dashboard.environment import default_state, demo_state, laptop_zone, variables
from own_dashboard.stack.pipeline import Pipeline, load_pipeline
from own_dashboard.stack.state import StateFolder

if TYPE_CHECKING:
    from own_dashboard.stack.options import StackOptions

DEFAULT_PORT = 8765
# What sample data must not mix with.
_PERSONAL = (
    "GITHUB_LOGIN", "GITHUB_TOKEN", "GITHUB_EMAILS", "GITHUB_GRAPHQL_URL",
    "GOOGLE_APPLICATION_CREDENTIALS", "REPOSITORIES_INCLUDE", "REPOSITORIES_EXCLUDE", "SHEET_ID",
)  # fmt: skip
_LONGEST_SECONDS = 1e6
_EVERY_SECONDS_GITHUB = 3600.0
_EVERY_SECONDS_CLONES = 60.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("--once", action="store_true", help="one collection, wait until it is written, summarise")
    add("--format", choices=("table", "json"), default="table", help="of the summary of --once")
    add("--repositories", nargs="+", default=[], metavar="DIR", help="count in these git clones")
    add("--author", nargs="+", default=[], metavar="EMAIL", help="whose commits, in clones")
    add("--watch", nargs="+", default=[], metavar="URL", help="request these URLs every minute")
    add("--since", type=day, metavar="DATE", help="first day; default 35 days, at first a year")
    add("--until", type=day, metavar="DATE", help="last day; default today")
    demo = "show two years of sample data, in a state of their own; nothing of yours is read"
    add("--demo", action="store_true", help=demo)
    add("--state", type=Path, metavar="DIR", help="default .local; with --demo .local-demo")
    add("--port", type=_port, default=DEFAULT_PORT, help=f"of the page, default {DEFAULT_PORT}")
    host = "where the page listens, default 127.0.0.1; 0.0.0.0 opens it to a phone in your network"
    add("--host", default=LOOPBACK, metavar="ADDRESS", help=host)
    every = "between collections; default an hour on GitHub, a minute in clones"
    add("--every", type=_positive, metavar="SECONDS", help=every)
    speed = "how many times sooner than in the cloud a delivery is tried again, default 60"
    add("--speed", type=_positive, default=60.0, metavar="N", help=speed)
    timeout = "how long --once waits for the writing, default 120"
    add("--timeout", type=_positive, default=120.0, metavar="SECONDS", help=timeout)


def run(arguments: argparse.Namespace) -> int:
    """Start the stack and keep it running, or collect once."""
    stop = _stop_on_signals()
    _check_demo(arguments)
    environment, zone = _environment(arguments)
    pipeline = load_pipeline().wanted(environment)
    _check(arguments, environment, zone, pipeline)
    with StateFolder(state_of(arguments)) as folder:
        from own_dashboard.stack.console import ConsoleReporter
        from own_dashboard.stack.functions import function_processes

        stream = sys.stderr if arguments.once else sys.stdout
        reporter = ConsoleReporter(time_zone=zone.key, stream=stream)
        # They load while this process reads its input and loads the emulators' libraries.
        with function_processes(
            pipeline,
            state=folder.path / "functions",
            on_end=reporter.report,
        ) as functions:
            with without_garbage_collection():
                from own_dashboard.stack.collector import Reach
                from own_dashboard.stack.once import run_once
                from own_dashboard.stack.stack import Stack
                from own_dashboard.stack.up import run_until_stopped

            options = _options(arguments, environment, pipeline, folder.path)
            reporter.introduce(options)
            stack = Stack(options, pipeline, functions)
            reach = Reach(since=arguments.since, until=arguments.until)
            if arguments.once:
                as_json, seconds = arguments.format == "json", arguments.timeout
                return run_once(
                    stack, folder, reach, reporter, as_json=as_json, timeout_seconds=seconds
                )
            on_github = options.input.graphql_url
            usual = _EVERY_SECONDS_GITHUB if on_github else _EVERY_SECONDS_CLONES
            every_seconds = arguments.every or usual
            return run_until_stopped(
                stack, folder, reach, reporter, every_seconds=every_seconds, stop=stop
            )


def state_of(arguments: argparse.Namespace) -> Path:
    """The state folder: the one named, or the usual one; sample data has its own."""
    usual = demo_state() if arguments.demo else default_state()
    state: Path = arguments.state or usual
    return state.expanduser().resolve()


def _stop_on_signals() -> threading.Event:
    """Let the first Ctrl-C or SIGTERM end what the main thread does; a second one changes nothing.

    The event is set then, in case that the exception is raised where nobody can pass it on.
    """
    stop = threading.Event()

    def interrupt(*_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # what is being stopped must not be cut short
        stop.set()
        raise KeyboardInterrupt

    # A shell that starts a command in the background makes it deaf to SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    return stop


def _check_demo(arguments: argparse.Namespace) -> None:
    named = [name for name in ("repositories", "author", "since", "until") if vars(arguments)[name]]
    if arguments.demo and named:
        raise NeverWorks(f"--demo shows sample data alone: leave out --{' and --'.join(named)}")


def _environment(arguments: argparse.Namespace) -> tuple[Mapping[str, str], ZoneInfo]:
    """The variables of this run, LANGUAGE and TIME_ZONE filled in; and the zone."""
    from write_sheet.settings import language_of

    environment = {**variables(), **_watched(arguments.watch)}
    if arguments.demo:
        for name in _PERSONAL:
            environment.pop(name, None)
    checked = Variables({**environment, "TIME_ZONE": laptop_zone(environment)})
    zone = checked.time_zone()
    checked.check()
    language = language_of(environment.get("LANGUAGE"))
    return {**environment, "LANGUAGE": language, "TIME_ZONE": zone.key}, zone


def _check(
    arguments: argparse.Namespace,
    environment: Mapping[str, str],
    zone: ZoneInfo,
    pipeline: Pipeline,
) -> None:
    """Raise what can be seen to be wrong before anything is started or written."""
    from collect.counting.window import choose_window
    from own_dashboard.stack.options import check_variables

    choose_window(utc_now(), zone, since=arguments.since, until=arguments.until)
    check_variables(environment, pipeline)


def _options(
    arguments: argparse.Namespace, environment: Mapping[str, str], pipeline: Pipeline, state: Path
) -> "StackOptions":
    # Not earlier than needed: help must not wait for the libraries behind these.
    from own_dashboard.stack.inputs import choose_input, sample_input
    from own_dashboard.stack.options import StackOptions, check_settings

    if arguments.demo:
        chosen = sample_input()
    else:
        chosen = choose_input(
            environment, repositories=arguments.repositories, authors=arguments.author
        )
    sheet_id = environment.get("SHEET_ID", "").strip() or None
    if sheet_id:
        _check_google_credentials()
    options = StackOptions(
        state=state,
        input=chosen,
        time_zone=environment["TIME_ZONE"],
        language=environment["LANGUAGE"],
        sheet_id=sheet_id,
        page_host=arguments.host,
        page_port=None if arguments.once else arguments.port,
        speed=arguments.speed,
        environment=environment,
    )
    check_settings(options, pipeline)
    return options


def _watched(urls: Sequence[str]) -> Mapping[str, str]:
    """What `watch` is told: who types an address here may mean one of this machine."""
    return {"WATCH_URLS": " ".join(urls), "WATCH_ALLOW_PRIVATE": "true"} if urls else {}


def _check_google_credentials() -> None:
    import google.auth
    from google.auth.exceptions import DefaultCredentialsError

    try:
        google.auth.default()
    except DefaultCredentialsError as error:
        raise NeverWorks(
            f"SHEET_ID is set, but there are no usable Google credentials ({error}): see `The real "
            "Sheet from a laptop` in docs/deploy/google-cloud.md, or unset SHEET_ID to write the "
            "local Sheet"
        ) from error


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, got {text!r}")
    return int(text)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= _LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(
            f"expected a number above 0, at most {_LONGEST_SECONDS:g}, got {text!r}"
        )
    return number
