"""request URLs once, and print or publish what came of it

Without a URL, those of WATCH_URLS are requested. The status is 1 where one of them is down.
"""

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from commit_counts.errors import NeverWorks
from commit_counts.logs import printable
from commit_counts.settings import Variables
from own_dashboard.arguments import add_state, chosen_state, environment_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from commit_counts.check import Check


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("urls", nargs="*", metavar="URL", help="http:// or https://")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--publish", action="store_true", help="send the events to their topic")
    add_state(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check, publish where that is wanted, and print."""
    from watch.run import run as check_all
    from watch.settings import read_rules
    from watch.target import read_targets

    environment = dict(environment_of(arguments))
    if arguments.urls:  # typed here, so that it may mean one of this machine
        environment.setdefault("WATCH_ALLOW_PRIVATE", "true")
    variables = Variables(environment)
    targets = read_targets(tuple(arguments.urls) or variables.words("WATCH_URLS"))
    rules = read_rules(variables)
    variables.check()
    if not targets:
        raise NeverWorks("found no URL", fix="name one, or set WATCH_URLS")
    with _publisher(arguments, environment) as publish:
        found = check_all(targets, rules, publish)
    for check in found.checks:
        print(check.to_json() if arguments.format == "json" else printable(_line(check)))
    return int(bool(found.down))


_FAILURES = {
    "dns": "name not found",
    "refused": "connection refused",
    "tls": "TLS failed",
    "timeout": "no answer in time",
    "redirects": "too many redirects",
    "forbidden_address": "private address, not asked",
    "connection": "connection broken",
}


def _line(check: "Check") -> str:
    answer = str(check.status) if check.status else _FAILURES[check.outcome.value]
    time = "" if check.total_ms is None else f"{check.total_ms} ms"
    days = check.certificate_days_left
    certificate = "" if days is None else f"certificate for {days} days"
    return f"{check.url}  {answer:<8} {time:>8}  {certificate}".rstrip()


@contextmanager
def _publisher(
    arguments: argparse.Namespace, environment: Mapping[str, str]
) -> "Iterator[Callable[[Check], None]]":
    if not arguments.publish:
        yield lambda _: None
        return
    from commit_counts.publisher import Publisher
    from own_dashboard.stack.pipeline import load_pipeline
    from own_dashboard.topic.target import find_topic

    place = find_topic(environment, chosen_state(arguments))
    topic = load_pipeline().function("watch").publishes
    assert topic
    publisher = Publisher(project=place.project, topic=topic, emulator_host=place.emulator_host)
    try:
        yield publisher.publish
    finally:
        publisher.close()
