"""Random accounts on the GitHub emulator, read by collect and recounted by other means.

    python -m tests.support.random_accounts FIRST COUNT

reads so many accounts from a seed on, and says how many were exact, partly unknown, or loud. A
number that is wrong raises, with the seed.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from collect.counting.selection import Selection
from collect.github.client import Session
from collect.github.repositories import RepositoryQuery
from collect.github.source import GitHubSource
from collect.github.transport import GitHub
from commit_counts.errors import DashboardError
from commit_counts.event import Window
from emulators.faults import Fault
from emulators.github import Commit, GitHubEmulator, Repository
from tests.support.collect import TOKEN, Cells, Clock, Run, run_step
from tests.support.repositories import ME

WORK = "me@work.example"
OTHER = "other@example.com"
# A zone, and a day at which its clock did something odd.
PLACES = (
    ("America/St_Johns", date(2010, 11, 7)),
    ("America/Goose_Bay", date(2010, 11, 7)),
    ("America/Moncton", date(2006, 10, 29)),
    ("Antarctica/Casey", date(2010, 3, 5)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kiritimati", date(1995, 1, 1)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Los_Angeles", date(2025, 11, 2)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Asia/Tokyo", date(2026, 3, 1)),
)
FAULTS = (
    *("502", "429", "truncated", "resource_limits", "null_node", "null_branch", "short_page"),
    *("history_unavailable", "empty_page", "null_element", "not_json", "closed"),
)
ENDS_OF_TIME = (
    datetime(1, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=-8))),
    datetime(9999, 12, 31, 23, tzinfo=UTC),
)
CLOCKS = timedelta(days=6)
AROUND = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Account:
    """One person's repositories, and what happens while they are read.

    pushes: after so many answers somebody pushes, without commits, to the repository of this name.
    """

    now: datetime
    zone: ZoneInfo
    window: Window
    repositories: Sequence[Repository]
    selection: Selection
    late_by: timedelta
    page: int
    batch: int
    pushes: Sequence[tuple[int, str]]
    fault: Fault | None


def make_account(seed: int) -> Account:
    """The account of a seed."""
    chance = random.Random(seed)
    name, odd_day = chance.choice(PLACES)
    zone = ZoneInfo(name)
    now = datetime(odd_day.year, odd_day.month, odd_day.day, tzinfo=UTC) + timedelta(
        minutes=chance.randrange(-1440, 30 * 1440)
    )
    today = now.astimezone(zone).date()
    until = today - timedelta(days=chance.choice((0, 0, 0, chance.randrange(30))))
    since = until - timedelta(days=chance.choice((0, 2, 34, chance.randrange(200))))
    many = chance.random() < 0.04
    count = chance.randrange(101, 125) if many else chance.randrange(12)
    late_by = timedelta(hours=chance.choice((0, 0, 1, 24)))
    # What GitHub has counted is told from authors' clocks: a late one and a wrong one are too much.
    ahead = timedelta() if late_by else CLOCKS
    made: list[Repository] = []
    for number in range(count):
        made.append(_repository(chance, number, now, made, few=many, ahead=ahead))
    names = [repository.name for repository in made]
    pushes = [
        (chance.randrange(1, 6), chance.choice(names)) for _ in range(chance.randrange(5)) if names
    ]
    is_faulty = chance.random() < 0.3
    return Account(
        now=now,
        zone=zone,
        window=Window(since=since, until=until),
        repositories=made,
        selection=Selection(forks=chance.random() < 0.3),
        late_by=late_by,
        page=chance.choice((2, 3, 5, 100)),
        batch=chance.choice((1, 3, 50)),
        pushes=pushes,
        fault=Fault(kind=chance.choice(FAULTS), skip=chance.randrange(6)) if is_faulty else None,
    )


def _repository(
    chance: random.Random,
    number: int,
    now: datetime,
    others: Sequence[Repository],
    *,
    few: bool,
    ahead: timedelta,
) -> Repository:
    relation = chance.choice(("OWNER", "OWNER", "COLLABORATOR", "ORGANIZATION_MEMBER", "NONE"))
    stranger = relation == "NONE"
    commits = [
        _commit(chance, f"{number}-{n}", now, ahead, linked=stranger)
        for n in range(chance.choice((0, 1, 1, 2) if few else (0, 1, 3, 8)))
    ]
    if others and chance.random() < 0.2:  # a copy, or history that was carried over
        shared = chance.choice(others).commits
        kept = [c for c in shared if c.author_email == ME] if stranger else list(shared)
        commits.extend(kept)
    commits.sort(key=lambda commit: commit.committed_at, reverse=True)
    newest = max((commit.committed_at for commit in commits), default=None)
    late_push = timedelta(minutes=chance.randrange(3000))
    odd = chance.random()  # one of GitHub's contradictions at most
    return Repository(
        name=f"{chance.choice(('aaa', 'octocat', 'zzz'))}/r{number}",
        commits=commits,
        relation=relation,  # type: ignore[arg-type]
        is_fork=chance.random() < 0.15,
        pushed_at=newest and min(now, newest + late_push),
        in_contributions_list=odd > 0.03,
        claims_empty=odd > 0.98,
    )


def _commit(
    chance: random.Random, oid: str, now: datetime, ahead: timedelta, *, linked: bool
) -> Commit:
    committed = now - timedelta(minutes=chance.randrange(chance.choice((2000, 50000, 200000))))
    delay = timedelta(minutes=chance.randrange(-int(ahead / timedelta(minutes=1)), 30000))
    offset = timezone(timedelta(minutes=15 * chance.randrange(-48, 57)))
    authored = (committed - delay).astimezone(offset)
    if chance.random() < 0.01:
        authored = chance.choice(ENDS_OF_TIME)
        committed = max(committed, now - timedelta(minutes=chance.randrange(2000)))
    return Commit(
        oid=f"{oid:0>40}".replace("-", "a"),
        author_email=ME if linked else chance.choice((ME, ME, ME, WORK, OTHER)),
        author_name="Me",
        authored_at=authored,
        committed_at=committed,
        parents=(),
    )


def true_cells(account: Account, unknown: frozenset[str] = frozenset()) -> Cells:
    """The truth, as far as GitHub leads to it; repositories of these names are left out."""
    holders: dict[str, tuple[bool, bool, str, date]] = {}
    for repository in account.repositories:
        stranger = repository.relation == "NONE"
        if repository.name in unknown or (repository.is_fork and not account.selection.forks):
            continue
        # Nothing leads to the one, and nothing contradicts that the other is empty.
        if (stranger or repository.claims_empty) and not _is_counted(account, repository):
            continue
        for commit in repository.commits:
            if commit.author_email == OTHER or commit.authored_at.year in (1, 9999):
                continue
            day = commit.authored_at.astimezone(account.zone).date()
            if account.window.since <= day <= account.window.until:
                holder = (repository.is_fork, stranger, repository.name, day)
                holders[commit.oid] = min(holder, holders.get(commit.oid, holder))
    return Counter((day, name) for *_, name, day in holders.values())


def _is_counted(account: Account, repository: Repository) -> bool:
    """Whether GitHub has counted the person's commits in it around the window."""
    first, last = account.window.since - AROUND, account.window.until + AROUND
    return not repository.is_fork and any(
        first <= commit.authored_at.date() <= last
        and (not account.late_by or commit.committed_at <= account.now - account.late_by)
        for commit in repository.commits
        if commit.author_email == ME and commit.authored_at.year not in (1, 9999)
    )


@dataclass
class World:
    """An emulator that serves one account after another, and a connection to it."""

    emulator: GitHubEmulator
    transport: GitHub
    clock: Clock = field(default_factory=Clock)
    outcomes: Counter[str] = field(default_factory=Counter)

    def check(self, account: Account) -> None:
        """Read the account; AssertionError where a number is wrong and not said to be unknown."""
        self.clock.instant = account.now
        self.emulator.repositories[:] = account.repositories
        self.emulator.contributions_late_by = account.late_by
        before = self.emulator.calls.count()

        def push(requests: int) -> None:
            for answers, name in account.pushes:
                if requests - before == answers:
                    self.emulator.push(name, at=account.now)

        self.emulator.after_answer = push
        self.emulator.calls.clear_faults()
        if account.fault:
            self.emulator.calls.inject(account.fault)
        try:
            run = self._run(account)
        except DashboardError:
            contradicted = any(r.claims_empty for r in account.repositories)
            if not (account.fault or account.pushes or contradicted):
                raise
            self.outcomes["loud"] += 1
            return
        unknown = frozenset(run.summary.unknown)
        expected = true_cells(account, unknown)
        if any(name.startswith("(") for name in unknown):
            strangers = {r.name for r in account.repositories if r.relation == "NONE"}
            wrong = {c for c in expected.keys() | run.cells.keys() if c[1] not in strangers}
            assert {c: run.cells.get(c) for c in wrong} == {c: expected.get(c) for c in wrong}
        else:
            assert run.cells == expected
        if not account.fault and not any(
            r.claims_empty or not r.in_contributions_list for r in account.repositories
        ):
            assert unknown == frozenset(), unknown
        self.outcomes["unknown" if unknown else "exact"] += 1

    def _run(self, account: Account) -> Run:
        session = Session(self.transport, token=TOKEN, deadline=self.clock.deadline(4000))
        query = RepositoryQuery(
            login=None, forks=account.selection.forks, skip_hidden=False, page=account.page
        )
        source = GitHubSource(session, query, emails=[WORK], batch=account.batch)
        return run_step(
            source,
            account.window,
            zone=account.zone,
            selection=account.selection,
            now=account.now,
        )


@contextmanager
def world() -> Iterator[World]:
    """One that runs."""
    clock = Clock()
    emulator = GitHubEmulator(authors=[ME], token=TOKEN, point_limit=10**9, now=clock.now)
    emulator.start()
    try:
        with GitHub(url=emulator.url, token=TOKEN) as transport:
            yield World(emulator, transport, clock)
    finally:
        emulator.stop()


def main(first: int, count: int) -> None:
    """Check so many seeds from one on."""
    with world() as checked:
        for seed in range(first, first + count):
            try:
                checked.check(make_account(seed))
            except Exception as error:
                raise AssertionError(f"seed {seed}") from error
    sys.stdout.write(f"seeds {first} to {first + count - 1}: {dict(checked.outcomes)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
