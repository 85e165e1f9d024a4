"""One collection from a command line: chooses the source, shows progress, prints or publishes."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from collect.counting import collect as step
from collect.counting.checkpoint import Checkpoint
from collect.counting.result import Summary
from collect.counting.selection import Selection
from collect.counting.source import Source
from collect.counting.window import STATEMENT_DAYS, Span, choose_window
from collect.github.client import Session
from collect.github.transport import GitHub
from collect.run import LatePublisher, github_source
from collect.settings import check_github, read_github, read_source
from commit_counts.event import CommitCounts
from commit_counts.retry import Deadline
from commit_counts.settings import Variables
from own_dashboard.clones.choose import choose_authors, expand_clones
from own_dashboard.clones.source import CloneSource
from own_dashboard.collection.backfill import Backfill, find_backfill
from own_dashboard.collection.output import print_events, print_summary
from own_dashboard.terminal import printable
from own_dashboard.topic.target import Topic, find_topic

_LONG = timedelta(days=STATEMENT_DAYS)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the command line asks for."""

    zone: ZoneInfo
    environment: Mapping[str, str]
    since: date | None
    until: date | None
    repositories: Sequence[str]
    authors: Sequence[str]
    all_branches: bool
    publish: bool
    state: Path


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A source; identity: what makes it another collection."""

    source: Source
    selection: Selection
    identity: Mapping[str, object]


def collect_once(wanted: Wanted, shown: str, *, out: Console, side: Console) -> Summary:
    """Collect; shown: the form of what goes to `out`; progress and remarks go to `side`."""
    now = datetime.now(UTC)
    window = choose_window(now, wanted.zone, since=wanted.since, until=wanted.until)
    order_span = Span(window=window, zone=wanted.zone)
    with ExitStack() as stack:
        # Asked for first, so that a missing topic is told before any reading.
        topic = find_topic(wanted.environment, wanted.state) if wanted.publish else None
        publish = _publisher(topic, stack)
        chosen = _source(wanted, stack, side)
        variables = Variables(wanted.environment)
        source = read_source(variables)
        variables.check()
        backfill = None
        if topic and window.until - window.since >= _LONG:
            identity = {
                **chosen.identity, "source": source, "zone": wanted.zone.key,
                "since": str(window.since), "until": str(wanted.until),
                "project": topic.project, "topic": topic.name,
                "emulator": bool(topic.emulator_host),
            }  # fmt: skip
            backfill = find_backfill(wanted.state, identity, window)
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
            now=now, span=order_span, selection=chosen.selection, source=source
        )
        summary = step.collect(
            chosen.source, order, checkpoint=checkpoint, publish=take, progress=progress
        )
    if backfill and not summary.unknown:
        backfill.finish()
    print_events(events, shown, out, today=now.astimezone(wanted.zone).date())
    print_summary(summary, wanted.zone, out if shown == "table" else side, wanted.publish)
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


def _source(wanted: Wanted, stack: ExitStack, side: Console) -> Chosen:
    variables = Variables({"GITHUB_TOKEN": "none", **wanted.environment})
    github = read_github(variables)
    variables.check()
    if wanted.repositories:
        clones = expand_clones(wanted.repositories)
        authors = choose_authors(clones, wanted.authors)
        who = ", ".join(authors.emails)
        side.print(printable(f"commits by {who} ({authors.reason})"), soft_wrap=True)
        source: Source = CloneSource(
            clones,
            login=github.login or authors.emails[0],
            emails=authors.emails,
            all_branches=wanted.all_branches,
        )
        places = sorted(clone.key for clone in clones)
        return Chosen(
            source=source,
            selection=github.selection,
            identity={
                "clones": places, "authors": authors.emails, "login": github.login,
                "all_branches": wanted.all_branches, "selection": repr(github.selection),
            },
        )  # fmt: skip
    check_github(github)
    transport = stack.enter_context(GitHub(url=github.url, token=github.token))
    session = Session(transport, token=github.token, deadline=Deadline(sleep=_telling_sleep(side)))
    return Chosen(
        source=github_source(session, github),
        selection=github.selection,
        identity={
            "github": github.url, "login": github.login, "emails": github.emails,
            "selection": repr(github.selection),
        },
    )  # fmt: skip


def _telling_sleep(side: Console) -> Callable[[float], None]:
    """Nobody should wonder why nothing moves for an hour."""

    def sleep(seconds: float) -> None:
        if seconds > 5:
            end = datetime.now().astimezone() + timedelta(seconds=seconds)
            side.print(f"GitHub asks to wait until {end:%H:%M:%S}")
        time.sleep(seconds)

    return sleep


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
