"""Commits and `Commit.history`, with GitHub's meaning of its arguments.

`since` and `until` filter the *committer* date, both ends included; `author.id` wins over
`author.emails`. https://docs.github.com/en/graphql/reference/objects#commit
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulators.github.errors import not_found, unavailable
from emulators.github.faults import AnswerFault
from emulators.github.paging import Connection, commit_cursors, page
from emulators.github.store import Commit, History, Person, ascii_lower

# GitTimestamp "outside of this range" is documented to have unexpected results.
_FIRST_YEAR, _LAST_YEAR = 1970, 2099


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where commits lie: what every commit of one repository in one answer shares.

    repository: the repository's node. person_node: the node of an account.
    """

    repository: Any
    repository_id: str
    url: str
    history: History
    history_error: str | None
    since_stops_walk: bool
    fault: AnswerFault
    person_by_id: Callable[[str], Person | None]
    person_by_email: Callable[[str], Person | None]
    person_node: Callable[[Person], Any]


@dataclass(frozen=True, kw_only=True)
class GitActor:
    """The author as the commit names them."""

    name: str
    email: str
    date: datetime
    place: Place

    @property
    def user(self) -> Any:
        """The account linked to the address."""
        person = self.place.person_by_email(self.email)
        return self.place.person_node(person) if person else None


class CommitNode:
    """`Commit`."""

    typename = "Commit"
    pushed_date = None

    def __init__(self, place: Place, commit: Commit) -> None:
        self._place = place
        self._commit = commit
        self.oid = commit.oid
        self.authored_date = commit.authored_at
        self.committed_date = commit.committed_at

    @property
    def id(self) -> str:
        """The global id."""
        return f"C_{self._place.repository_id[2:]}{self.oid}"

    @property
    def abbreviated_oid(self) -> str:
        """The oid's first seven digits."""
        return self.oid[:7]

    @property
    def repository(self) -> Any:
        """The repository it lies in."""
        return self._place.repository

    @property
    def url(self) -> str:
        """Its page."""
        return f"{self._place.url}/commit/{self.oid}"

    @property
    def author(self) -> GitActor:
        """Who wrote it."""
        return GitActor(
            name=self._commit.author_name,
            email=self._commit.author_email,
            date=self._commit.authored_at,
            place=self._place,
        )

    def parents(
        self, *, first: int | None = None, last: int | None = None, after: str | None = None
    ) -> Connection[Any]:
        """Its parents; those that the default branch holds."""
        by_oid = {commit.oid: commit for commit in self._place.history.commits}
        found = [by_oid[oid] for oid in self._commit.parents if oid in by_oid]
        return page(found, first=first, last=last, after=after, make=self._sibling)

    def history(
        self,
        *,
        author: Mapping[str, Any] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
    ) -> Connection[Any]:
        """The commits that the default branch's tip reaches, newest committed first."""
        place = self._place
        place.fault.raise_if_exhausted()
        place.fault.raise_if_unavailable()
        if place.history_error:
            raise unavailable(place.history_error)
        chosen = self._authored_by(author)
        walked = place.history.commits
        if since is not None and place.since_stops_walk:
            walked = walk_until_older(place.history, since)
        found = [
            commit
            for commit in walked
            if (chosen is None or ascii_lower(commit.author_email) in chosen)
            and (since is None or commit.committed_at >= since)
            and (until is None or commit.committed_at <= until)
        ]
        if any(end and not _FIRST_YEAR <= end.year <= _LAST_YEAR for end in (since, until)):
            found = []
        cursors = commit_cursors(self.oid)
        return place.fault.page(
            page(
                found,
                first=first,
                last=last,
                after=after,
                make=self._sibling,
                cursors=cursors,
            )
        )

    def _sibling(self, commit: Commit) -> "CommitNode":
        return CommitNode(self._place, commit)

    def _authored_by(self, author: Mapping[str, Any] | None) -> Collection[str] | None:
        if not author:
            return None
        if author.get("id") is not None:
            person = self._place.person_by_id(author["id"])
            if person is None:
                raise not_found(author["id"])
            return {ascii_lower(email) for email in person.emails}
        emails = author.get("emails")
        return None if emails is None else {ascii_lower(email) for email in emails}


def walk_until_older(history: History, since: datetime) -> tuple[Commit, ...]:
    """What git's own `--since` reaches: nothing behind a commit that was committed before it.

    https://git-scm.com/docs/git-log#Documentation/git-log.txt---since-as-filterdate
    """
    by_oid = {commit.oid: commit for commit in history.commits}
    reached: set[str] = set()
    waiting = [history.tip] if history.tip else []
    while waiting:
        commit = by_oid.get(waiting.pop())
        if commit and commit.oid not in reached and commit.committed_at >= since:
            reached.add(commit.oid)
            waiting.extend(commit.parents)
    return tuple(commit for commit in history.commits if commit.oid in reached)
