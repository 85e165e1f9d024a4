"""The step: reads a source, counts, and hands out true statements about windows, newest first.

A window is stated as soon as every repository that may hold commits of it has been read; so a run
over many years states the newest months first, and holds one window in memory.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from collect.counting.checkpoint import Checkpoint
from collect.counting.count import count
from collect.counting.result import Summary
from collect.counting.selection import Selection
from collect.counting.source import Discovery, Page, Repository, Source, Unknown
from collect.counting.split import cut_statement
from collect.counting.window import Span, cut_window
from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.event import CommitCounts, Window


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run is."""

    repositories_read: int
    repositories: int
    windows_stated: int
    windows: int


@dataclass(frozen=True, kw_only=True)
class CollectRequest:
    """What to collect.

    now: the instant at which the statements are true.
    source: under which name they are made; None for the source's own.
    """

    now: datetime
    span: Span
    selection: Selection = field(default_factory=Selection)
    source: str | None = None


def collect(
    source: Source,
    request: CollectRequest,
    *,
    checkpoint: Checkpoint,
    publish: Callable[[CommitCounts], None],
    progress: Callable[[Progress], None] = lambda _: None,
) -> Summary:
    """Read, count, and publish every event of the window; what happened.

    publish: returns when the event is safe, or raises; it is called for newer days first.
    Raises RetryLater or NeverWorks where nothing was learnt, or not all was published.
    """
    found = source.discover(request.span)
    run = _Run(request, found, checkpoint, publish, progress)
    for reading in source.read(run.to_read, request.span):
        run.take(reading)
    run.finish(source.report().retry_at)
    report = source.report()
    if request.selection.include and not run.accepted:
        report = replace(report, notices=(*report.notices, _none_included(request, found)))
    return Summary(
        login=found.login,
        window=request.span.window,
        collected_at=request.now,
        repositories=checkpoint.known(),
        commits=run.commits,
        events=run.events,
        unknown=run.unknown(request.span.start),
        report=report,
    )


class _Run:
    def __init__(
        self,
        request: CollectRequest,
        found: Discovery,
        checkpoint: Checkpoint,
        publish: Callable[[CommitCounts], None],
        progress: Callable[[Progress], None],
    ) -> None:
        self._request = request
        self._found = found
        self._checkpoint = checkpoint
        self._publish = publish
        self._progress = progress
        wanted = _by_activity(r for r in found.repositories if request.selection.accepts(r))
        kept = checkpoint.keep_only(wanted)
        for unknown in found.unknown:
            checkpoint.take(unknown)
        self.to_read = [r for r in wanted if r.key not in kept]
        self._wanted = len(wanted)
        self._keys = {r.key for r in wanted}
        self._waiting = {r.key: r for r in self.to_read}
        windows = list(cut_window(request.span.window))
        self._windows = len(windows)
        self._unstated = checkpoint.unstated(windows)
        self.accepted = bool(wanted)
        self.commits = 0
        self.events = 0

    def take(self, reading: Page | Unknown) -> None:
        repository = reading.repository
        unnamed = isinstance(reading, Unknown) and reading.unnamed
        if repository.key not in self._keys and not unnamed:  # the source came upon it
            if not self._request.selection.accepts(repository):
                return
            self.accepted = True
        self._checkpoint.take(reading)
        if isinstance(reading, Unknown) or reading.last:
            self._waiting.pop(repository.key, None)
            self._tell()
            if self._found.complete and self._checkpoint.known():
                self._state_what_is_whole()

    def finish(self, retry_at: datetime | None) -> None:
        """State the rest, or raise where nothing was learnt."""
        if self._waiting:
            missing = min(repository.name for repository in self._waiting.values())
            raise AssertionError(f"the source ended without a word about {missing}")
        unknown = self._checkpoint.unknown()
        if self._wanted and unknown and not self._checkpoint.known():
            reason = f"no repository could be read; {unknown[0].repository.name}: "
            if all(u.lasting for u in unknown):
                raise NeverWorks(reason + unknown[0].reason)
            passing = next(u for u in unknown if not u.lasting)
            raise RetryLater(
                f"no repository could be read; {passing.repository.name}: {passing.reason}",
                retry_at=retry_at,
            )
        self._state_what_is_whole()

    def unknown(self, start: datetime) -> dict[str, str]:
        """Name to reason of what is unknown from `start` on."""
        return {
            u.repository.name: u.reason
            for u in self._checkpoint.unknown()
            if u.repository.may_reach(start)
        }

    def _state_what_is_whole(self) -> None:
        while self._unstated:
            window = self._unstated[0]
            span = Span(window=window, zone=self._request.span.zone)
            if any(repository.may_reach(span.start) for repository in self._waiting.values()):
                return
            unknown = self.unknown(span.start)
            self._state(window, span, unknown)
            if not unknown:  # else whoever goes on here can say more about it
                self._checkpoint.mark_stated(window)
            del self._unstated[0]
            self._tell()

    def _state(self, window: Window, span: Span, unknown: Mapping[str, str]) -> None:
        found = self._checkpoint.commits(span.start, span.end)
        counts = count(found, zone=span.zone, window=window, unknown=unknown)
        statement = CommitCounts(
            source=self._request.source or self._found.source,
            collected_at=self._request.now,
            counts=counts,
            window=window,
            login=self._found.login,
            time_zone=span.zone,
            unknown_repositories=MappingProxyType(dict(unknown)),
        )
        for event in cut_statement(statement):
            self._publish(event)
            self.events += 1
        self.commits += sum(cell.commits for cell in counts)

    def _tell(self) -> None:
        self._progress(
            Progress(
                repositories_read=self._wanted - len(self._waiting),
                repositories=self._wanted,
                windows_stated=self._windows - len(self._unstated),
                windows=self._windows,
            )
        )


def _by_activity(repositories: Iterable[Repository]) -> list[Repository]:
    """The latest active first, and before them those of which it is not known."""
    dated = [(r.active_until, r) for r in repositories]
    undated = [r for instant, r in dated if instant is None]
    rest = [(instant, r) for instant, r in dated if instant is not None]
    return undated + [r for _, r in sorted(rest, key=lambda pair: pair[0], reverse=True)]


def _none_included(request: CollectRequest, found: Discovery) -> str:
    globs = " ".join(request.selection.include)
    return (
        f"none of the {len(found.repositories)} repositories that may have commits of "
        f"{request.span.window.since} to {request.span.window.until} is one of {globs}: check "
        "REPOSITORIES_INCLUDE (--include)"
    )
