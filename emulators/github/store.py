"""What is served: people, repositories and where their histories come from; and a request's view.

A history comes from a `HistorySource`: git clones (`clones.CloneHistory`), or anything else that
has a default branch with commits.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Literal, Protocol

from emulators.files import private_folder, replace_file
from emulators.github.faults import AnswerFault
from emulators.github.paging import POSITIONS, Cursors, SortKey, sort_cursors
from emulators.github.rules import in_utc

Relation = Literal["OWNER", "COLLABORATOR", "ORGANIZATION_MEMBER", "NONE"]
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """One commit. Both instants are aware and carry the offset that was recorded."""

    oid: str
    author_email: str
    author_name: str
    authored_at: datetime
    committed_at: datetime
    parents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class History:
    """A repository's default branch at one moment.

    commits: newest committed first. tip: the oid that the branch points to; None where it has no
    commits. pushed_at: when it last changed, None where it never did.
    problem: why it could not be read; then the rest says nothing.
    """

    branch: str
    tip: str | None
    commits: tuple[Commit, ...]
    pushed_at: datetime | None
    problem: str | None = None

    @cached_property
    def days_by_author(self) -> Mapping[str, Mapping[date, int]]:
        """How many commits each address in lower case has on the days of the commits' offsets."""
        days: dict[str, Counter[date]] = {}
        for commit in self.commits:
            authored = days.setdefault(ascii_lower(commit.author_email), Counter())
            authored[commit.authored_at.date()] += 1
        return days


class UnreadableHistory(ValueError):
    """A history that cannot be read whole; its text says why, for a person."""


class HistorySource(Protocol):
    """Where one repository's history comes from."""

    def read(self) -> History:
        """The history as it is now, from any thread. Raises UnreadableHistory."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """An account and the e-mail addresses linked to it."""

    login: str
    emails: tuple[str, ...] = ()
    name: str | None = None

    @property
    def node_id(self) -> str:
        """The account's global id."""
        return node_id("U", self.login)


@dataclass(frozen=True, kw_only=True)
class Repository:
    """One repository on the emulator.

    name: `owner/name` as it is now; a name without an owner is the viewer's.
    source: where its history comes from; without one, `branch` holds `commits`, newest first.
    relation: how the viewer has access; NONE shows up through contributions only.
    visible: whether the token may see it at all.
    saml_protected: reading it ends in FORBIDDEN with `saml_failure`.
    ip_protected: in FORBIDDEN without it, as where an organisation has an IP allow list.
    created_at: for the order by that time.
    pushed_at: the push time to state; else the history's own. An empty repository has none.
    in_contributions: False leaves it out of contributionsCollection, as GitHub does for a while
        after a push, or without an association with the repository.
    in_contributions_list: False leaves it out of the list, while the totals have it.
    claims_empty: it says that it is empty and has no branch, whatever its commits.
    history_error: an error type (SERVICE_UNAVAILABLE, …) that its history always ends in.
    node_id: its global id, which a rename does not change; else made of its name.
    """

    name: str
    source: HistorySource | None = None
    commits: Sequence[Commit] = ()
    branch: str = "main"
    relation: Relation = "OWNER"
    in_organization: bool = False
    is_fork: bool = False
    is_private: bool = False
    is_archived: bool = False
    is_disabled: bool = False
    visible: bool = True
    saml_protected: bool = False
    ip_protected: bool = False
    pushed_at: datetime | None = None
    created_at: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    in_contributions: bool = True
    in_contributions_list: bool = True
    claims_empty: bool = False
    history_error: str | None = None
    node_id: str | None = None

    @property
    def is_walled(self) -> bool:
        """Whether its organisation does not let the token in."""
        return self.saml_protected or self.ip_protected

    @cached_property
    def global_id(self) -> str:
        """The id by which `node` and `nodes` find it."""
        return self.node_id or node_id("R", self.name)

    def history(self, now: datetime) -> History:
        """The history as it is now. What cannot be read counts as pushed to just now."""
        if self.source is None:
            return self._in_memory
        try:
            history = self.source.read()
        except UnreadableHistory as error:
            history = History(branch="", tip=None, commits=(), pushed_at=now, problem=str(error))
        return history if self.pushed_at is None else replace(history, pushed_at=self.pushed_at)

    @cached_property
    def _in_memory(self) -> History:
        commits = tuple(self.commits)
        pushed_at = max((commit.committed_at for commit in commits), default=None)
        return History(
            branch=self.branch,
            tip=commits[0].oid if commits else None,
            commits=commits,
            pushed_at=self.pushed_at or pushed_at,
        )


@dataclass(frozen=True, kw_only=True)
class RateLimitState:
    """The field `rateLimit`: points after this request, and what the request cost."""

    limit: int
    cost: int
    remaining: int
    used: int
    reset_at: datetime
    node_count: int


class View:
    """One request's world: the same history throughout, and what the token may see."""

    def __init__(
        self,
        *,
        viewer: Person,
        people: Sequence[Person],
        repositories: Sequence[Repository],
        scopes: Sequence[str] | None,
        since_stops_walk: bool,
        contributions_late_by: timedelta,
        fault: AnswerFault,
        rate_limit: RateLimitState | None,
        now: datetime,
    ) -> None:
        self.viewer = viewer
        self.people = (viewer, *people)
        self.all_repositories = repositories
        self.scopes = scopes
        self.since_stops_walk = since_stops_walk
        self.contributions_late_by = contributions_late_by
        self.fault = fault
        self.rate_limit = rate_limit
        self.now = now
        self._read: dict[str, History] = {}
        self._by_email = {
            ascii_lower(email): person
            for person in reversed(self.people)
            for email in person.emails
        }

    @cached_property
    def repositories(self) -> list[Repository]:
        """What the token may see: private ones only with the classic scope `repo`."""
        may_read_private = self.scopes is None or "repo" in self.scopes
        return [
            repository
            for repository in self.all_repositories
            if repository.visible and (may_read_private or not repository.is_private)
        ]

    def history(self, repository: Repository) -> History:
        """The default branch, read once per request."""
        history = self._read.get(repository.global_id)
        if history is None:
            history = self._read[repository.global_id] = repository.history(self.now)
        return history

    def person_by_email(self, email: str) -> Person | None:
        """Whose account an author address is linked to."""
        return self._by_email.get(ascii_lower(email))

    def person_by_login(self, login: str) -> Person | None:
        """The account of that login, in any case."""
        wanted = ascii_lower(login)
        return next((p for p in self.people if ascii_lower(p.login) == wanted), None)

    def person_by_id(self, wanted: str) -> Person | None:
        """The account of that global id."""
        return next((p for p in self.people if p.node_id == wanted), None)

    def repository_by_id(self, wanted: str) -> Repository | None:
        """The repository of that global id, if the token may see it."""
        return self._by_id.get(wanted)

    def repository_by_name(self, owner: str, name: str) -> Repository | None:
        """The repository of that present name, in any case, if the token may see it."""
        wanted = ascii_lower(f"{owner}/{name}")
        for repository in self.repositories:
            last = repository.name.rpartition("/")[2]
            if ascii_lower(f"{self.owner_login(repository)}/{last}") == wanted:
                return repository
        return None

    def ordered(
        self, repositories: Sequence[Repository], order: Mapping[str, str] | None
    ) -> tuple[list[Repository], Cursors]:
        """In the order asked for, with the cursors of that list."""
        if order is None:
            return list(repositories), POSITIONS
        descending = order["direction"] == "DESC"
        keyed = sorted(
            (
                (self._sort_key(repository, order["field"]), repository)
                for repository in repositories
            ),
            key=itemgetter(0),
            reverse=descending,
        )
        cursors = sort_cursors([key for key, _ in keyed], descending=descending)
        return [repository for _, repository in keyed], cursors

    def _sort_key(self, repository: Repository, field: str) -> SortKey:
        instant: datetime | None = None
        if field in ("PUSHED_AT", "UPDATED_AT"):
            instant = self.history(repository).pushed_at
        elif field == "CREATED_AT":
            instant = repository.created_at
        value = repository.name if field == "NAME" else ""
        return (in_utc(instant) if instant else value, database_id(repository.global_id))

    @cached_property
    def _by_id(self) -> dict[str, Repository]:
        return {repository.global_id: repository for repository in self.repositories}

    def owner_login(self, repository: Repository) -> str:
        """The part before the slash; the viewer where there is none."""
        owner, slash, _ = repository.name.rpartition("/")
        return owner if slash else self.viewer.login


@lru_cache(maxsize=4096)
def ascii_lower(text: str) -> str:
    """For comparing addresses and logins: `A` is `a`, while `ß` is not `ss`, nor `É` `é`."""
    return text.translate(_ASCII_LOWER)


def node_id(kind: str, name: str) -> str:
    """A global id that the same name always has."""
    return f"{kind}_{urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:9]).decode()}"


def database_id(node_id: str) -> int:
    """The number that GitHub shows beside a global id."""
    return int.from_bytes(hashlib.sha256(node_id.encode()).digest()[:4], "big") >> 1


def commits_in_memory(
    repository: str,
    newest: datetime,
    count: int,
    *,
    email: str = "me@example.com",
    step: timedelta = timedelta(hours=1),
    offset_hours: int = 0,
) -> tuple[Commit, ...]:
    """A straight history, newest first, for large accounts in tests.

    repository: other names make other oids.
    """
    zone = timezone(timedelta(hours=offset_hours))
    instants = [newest.astimezone(UTC).astimezone(zone) - step * number for number in range(count)]
    oids = [
        hashlib.sha256(f"{repository} {number} {newest.isoformat()}".encode()).hexdigest()[:40]
        for number in range(count + 1)
    ]
    return tuple(
        Commit(
            oid=oids[number],
            author_email=email,
            author_name="Me",
            authored_at=instant,
            committed_at=instant,
            parents=(oids[number + 1],) if number + 1 < count else (),
        )
        for number, instant in enumerate(instants)
    )


def describe(state: Path, viewer: Person, repositories: Sequence[Repository]) -> None:
    """Write what is served, for people to read; nothing is read back from it."""
    private_folder(state)
    served = [{"name": r.name, "source": str(r.source or "")} for r in repositories]
    account = {"login": viewer.login, "emails": list(viewer.emails), "repositories": served}
    text = json.dumps(account, indent=2, ensure_ascii=False)
    replace_file(state / "account.json", text.encode())
