"""Runs collect against the GitHub emulator, over sockets, and reads git's objects for the truth."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from collect.counting import collect as step
from collect.counting.checkpoint import Checkpoint
from collect.counting.result import Summary
from collect.counting.selection import Selection
from collect.counting.source import Source
from collect.counting.window import Span
from collect.github.client import Session
from collect.github.history import BATCH
from collect.github.repositories import RepositoryQuery
from collect.github.responses import Response
from collect.github.source import GitHubSource
from collect.github.transport import GitHub, Interrupted
from commit_counts.event import CommitCounts, Window
from commit_counts.retry import Deadline
from emulators.github import GitHubEmulator, Repository
from tests.support.git_objects import git
from tests.support.processes import wait_until
from tests.support.repositories import ME

TOKEN = "ghp_" + "t" * 36
TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 3, 31, 3, 5, tzinfo=UTC)
# How soon a request is given up that a test knows to get no answer.
SILENCE_SECONDS = 0.3

# Changes the JSON of an answer to a query, in place.
Alter = Callable[[str, Any], None]
Cells = Mapping[tuple[date, str], int]


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    instant: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """What it shows."""
        return self.instant

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.slept.append(seconds)
        self.instant += timedelta(seconds=seconds)

    def deadline(self, seconds: float | None = None) -> Deadline:
        """A deadline by this clock."""
        ends_at = None if seconds is None else self.instant + timedelta(seconds=seconds)
        return Deadline(ends_at=ends_at, now=self.now, sleep=self.sleep)


class ObservedGitHub(GitHub):
    """The real transport, which remembers what it sent.

    silent: the number, from 0 on, of the request that gets no answer, and is given up soon.
    alter: changes an answer's JSON on its way, by the text of the query.
    """

    def __init__(
        self, *, emulator: GitHubEmulator, token: str, silent: int | None, alter: Alter | None
    ) -> None:
        super().__init__(url=emulator.url, token=token)
        self._calls = emulator.calls
        self._before = emulator.calls.count()
        self._silent = silent
        self._alter = alter
        self.sent: list[str] = []

    def send(self, query: str, variables: Mapping[str, object], seconds: float) -> Response:
        """One request."""
        self.sent.append(query)
        if len(self.sent) - 1 != self._silent:
            response = super().send(query, variables, seconds)
            return altered(response, query, self._alter) if self._alter else response
        try:
            return super().send(query, variables, SILENCE_SECONDS)
        except Interrupted:
            # A busy machine may not have received it yet, and the next one must come after it.
            received = self._before + len(self.sent)
            wait_until(lambda: self._calls.count() >= received, "the request came to the emulator")
            raise


def altered(response: Response, query: str, alter: Alter) -> Response:
    """The same answer with another body."""
    body = json.loads(response.body)
    alter(query, body)
    return replace(response, body=json.dumps(body).encode())


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run published and said; sent: the text of every query."""

    events: Sequence[CommitCounts]
    summary: Summary
    sent: Sequence[str] = ()

    @property
    def cells(self) -> Cells:
        """Every cell of every event; the events' windows must not overlap."""
        cells = {(c.date, c.repository): c.commits for e in self.events for c in e.counts}
        assert len(cells) == sum(len(event.counts) for event in self.events)
        return cells


def github_with(*repositories: Repository, **more: Any) -> GitHubEmulator:
    """GitHub with the person octocat and these."""
    return GitHubEmulator(
        authors=[ME], token=TOKEN, repositories=repositories, now=lambda: NOW, **more
    )


@contextmanager
def serving(emulator: GitHubEmulator) -> Iterator[GitHubEmulator]:
    """The emulator, running."""
    emulator.start()
    try:
        yield emulator
    finally:
        emulator.stop()


def window_of(since: str, until: str) -> Window:
    """A window by its days."""
    return Window(since=date.fromisoformat(since), until=date.fromisoformat(until))


def run_step(
    source: Source,
    window: Window,
    *,
    zone: ZoneInfo = TOKYO,
    selection: Selection | None = None,
    now: datetime = NOW,
    checkpoint: Checkpoint | None = None,
    publish: Callable[[CommitCounts], None] = lambda _: None,
) -> Run:
    """The step from discovery to the last event."""
    events: list[CommitCounts] = []

    def take(event: CommitCounts) -> None:
        publish(event)
        events.append(event)

    order = step.CollectRequest(
        now=now, span=Span(window=window, zone=zone), selection=selection or Selection()
    )
    with checkpoint or Checkpoint() as opened:
        summary = step.collect(source, order, checkpoint=opened, publish=take)
    return Run(events=events, summary=summary)


def run_github(
    emulator: GitHubEmulator,
    window: Window,
    *,
    zone: ZoneInfo = TOKYO,
    selection: Selection | None = None,
    login: str | None = None,
    emails: Sequence[str] = (),
    skip_hidden: bool = False,
    clock: Clock | None = None,
    seconds: float | None = 500,
    checkpoint: Checkpoint | None = None,
    token: str = TOKEN,
    batch: int = BATCH,
    silent: int | None = None,
    alter: Alter | None = None,
    publish: Callable[[CommitCounts], None] = lambda _: None,
) -> Run:
    """One whole run against the emulator, which must be serving."""
    clock = clock or Clock()
    selection = selection or Selection()
    query = RepositoryQuery(login=login, forks=selection.forks, skip_hidden=skip_hidden)
    with ObservedGitHub(emulator=emulator, token=token, silent=silent, alter=alter) as transport:
        session = Session(transport, token=token, deadline=clock.deadline(seconds))
        run = run_step(
            GitHubSource(session, query, emails=emails, batch=batch),
            window,
            zone=zone,
            selection=selection,
            now=clock.now(),
            checkpoint=checkpoint,
            publish=publish,
        )
        return replace(run, sent=transport.sent)


def planned_cells(repositories: Sequence[Repository], zone: ZoneInfo, window: Window) -> Cells:
    """The truth about repositories in memory."""
    cells: Counter[tuple[date, str]] = Counter()
    for repository in repositories:
        for commit in repository.commits:
            day = commit.authored_at.astimezone(zone).date()
            if commit.author_email == ME and window.since <= day <= window.until:
                cells[day, repository.name] += 1
    return cells


def assert_never_wrong(run: Run, truth: Cells) -> None:
    """Every cell is exact, or its repository is among the unknown."""
    unknown = run.summary.unknown
    assert run.cells == {cell: n for cell, n in truth.items() if cell[1] not in unknown}
    for event in run.events:
        assert dict(event.unknown_repositories) == unknown


def true_cells(
    repositories: Mapping[str, Path],
    emails: Sequence[str],
    zone: ZoneInfo,
    window: Window,
    *,
    forks: Sequence[str] = (),
) -> Cells:
    """What the commit objects themselves say, without any code of the project.

    repositories: by published name; what HEAD reaches counts, each oid once: in the repository that
    is no fork, then the first by name.
    """
    holders: dict[str, tuple[date, str]] = {}
    for name in sorted(repositories, key=lambda name: (name in forks, name)):
        for oid, seconds in _authored(repositories[name], emails):
            day = datetime.fromtimestamp(seconds, zone).date()
            if window.since <= day <= window.until:
                holders.setdefault(oid, (day, name))
    return Counter(holders.values())


def _authored(path: Path, emails: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Oid and author time of each commit of these addresses that HEAD reaches."""
    if not git(path, "for-each-ref", "refs/heads/main"):
        return
    oids = git(path, "rev-list", "HEAD")
    objects = git(path, "cat-file", "--batch", stdin=(oids + "\n").encode())
    oid = ""
    for line in objects.splitlines():
        words = line.split(" ")
        if len(words) == 3 and words[1] == "commit" and len(words[0]) == 40:
            oid = words[0]
        elif words[0] == "author":
            address = line[line.index("<") + 1 : line.rindex(">")]
            if address.casefold() in {email.casefold() for email in emails}:
                yield oid, int(words[-2])
