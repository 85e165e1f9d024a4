"""One collection from a command line: shows progress, prints or publishes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from collect.counting import collect as step
from collect.counting.checkpoint import Checkpoint
from collect.counting.result import Summary
from collect.counting.window import STATEMENT_DAYS, Span, choose_window
from collect.run import LatePublisher
from collect.settings import read_source
from commit_counts.event import CommitCounts
from commit_counts.retry import utc_now
from commit_counts.settings import Variables
from own_dashboard.collection.backfill import Backfill, find_backfill
from own_dashboard.collection.output import print_events, print_summary
from own_dashboard.collection.sources import OpenedSource
from own_dashboard.terminal import printable
from own_dashboard.topic.target import Topic, find_topic

_LONG = timedelta(days=STATEMENT_DAYS)


@dataclass(frozen=True, kw_only=True)
class CollectOptions:
    """What the command line asks for. open_source: of a module of `collection.sources`."""

    zone: ZoneInfo
    environment: Mapping[str, str]
    since: date | None
    until: date | None
    publish: bool
    state: Path
    open_source: Callable[[ExitStack, Callable[[str], None]], OpenedSource]


def collect_once(options: CollectOptions, shown: str, *, out: Console, side: Console) -> Summary:
    """Collect; shown: the form of what goes to `out`; progress and remarks go to `side`."""

    def say(sentence: str) -> None:
        side.print(printable(sentence), soft_wrap=True)

    now = utc_now()
    window = choose_window(now, options.zone, since=options.since, until=options.until)
    order_span = Span(window=window, zone=options.zone)
    with ExitStack() as stack:
        # Asked for first, so that a missing topic is told before any reading.
        topic = find_topic(options.environment, options.state) if options.publish else None
        variables = Variables(options.environment)
        source = read_source(variables)
        variables.check()
        publish = _publisher(topic, stack)
        opened = options.open_source(stack, say)
        backfill = None
        if topic and window.until - window.since >= _LONG:
            identity = {
                **opened.identity, "source": source, "zone": options.zone.key,
                "since": str(window.since), "until": str(options.until),
                "project": topic.project, "topic": topic.name,
                "emulator": bool(topic.emulator_host),
            }  # fmt: skip
            backfill = find_backfill(options.state, identity, window)
            order_span = replace(order_span, window=backfill.window)
        checkpoint = stack.enter_context(backfill.checkpoint() if backfill else Checkpoint())
        _tell_resumed(backfill, checkpoint, side)
        events: list[CommitCounts] = []
        keep = shown != "none"
        progress = stack.enter_context(_progress(side))

        def take(event: CommitCounts) -> None:
            publish(event)
            if keep:
                events.append(event)

        order = step.CollectRequest(
            now=now, span=order_span, selection=opened.selection, source=source
        )
        summary = step.collect(
            opened.source, order, checkpoint=checkpoint, publish=take, progress=progress
        )
    if backfill and not summary.unknown:
        backfill.finish()
    print_events(events, shown, out, today=now.astimezone(options.zone).date())
    print_summary(summary, options.zone, out if shown == "table" else side, options.publish)
    if backfill and summary.unknown:
        side.print("the same command reads what is unknown again, and nothing else", soft_wrap=True)
    return summary


def _publisher(topic: Topic | None, stack: ExitStack) -> Callable[[CommitCounts], None]:
    """What sends an event; without a topic nothing does."""
    if topic is None:
        return lambda _: None
    publisher = LatePublisher(
        project=topic.project, topic=topic.name, emulator_host=topic.emulator_host
    )
    return stack.enter_context(publisher).publish


def _tell_resumed(backfill: Backfill | None, checkpoint: Checkpoint, side: Console) -> None:
    if backfill and backfill.resumed:
        window = backfill.window
        side.print(
            f"going on with {window.since} to {window.until}: {checkpoint.known()} repositories "
            f"were read before (begin anew by removing {backfill.folder})",
            soft_wrap=True,
        )


@contextmanager
def _progress(side: Console) -> Iterator[Callable[[step.Progress], None]]:
    """A bar at a terminal; nothing elsewhere."""
    if not side.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description:14}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=side, transient=True) as bars:
        read = bars.add_task("repositories", total=None)
        stated = bars.add_task("windows stated", total=None)

        def show(now: step.Progress) -> None:
            bars.update(read, completed=now.repositories_read, total=now.repositories)
            bars.update(stated, completed=now.windows_stated, total=now.windows)

        yield show
