"""Takes GitHub's data apart into values; past here there is no untyped JSON. Pure.

Whatever is not as the schema promises raises Malformed: a hole must never read as "no commits".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from collect.counting.source import Commit, Repository

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)
_FAR_YEAR = re.compile(r"(?P<sign>-)|\+?\d{5,}-")


class Malformed(Exception):
    """A part of an answer that is missing or has another shape than asked for."""


@dataclass(frozen=True, kw_only=True)
class RepositoryPage:
    """One page of a person's repositories; None stands for one that is hidden.

    total: how many there are on all pages. next: the cursor of the next page.
    """

    login: str
    person_id: str
    repositories: tuple[Repository | None, ...]
    total: int
    next: str | None


@dataclass(frozen=True, kw_only=True)
class Contributed:
    """What GitHub says was committed to one repository; `whole` if its days add up."""

    repository: Repository
    days: Mapping[date, int]
    whole: bool


@dataclass(frozen=True, kw_only=True)
class Contributions:
    """GitHub's own numbers for one window; total_* may be more than what is listed."""

    listed: tuple[Contributed, ...]
    total_repositories: int
    total_commits: int
    restricted: int


@dataclass(frozen=True, kw_only=True)
class CommitPage:
    """One page of a history; next: the cursor of the next page."""

    commits: tuple[Commit, ...]
    total: int
    next: str | None


@dataclass(frozen=True, kw_only=True)
class RepositoryHistory:
    """The first page of each of a repository's histories: by person, and by addresses if asked."""

    repository: Repository
    pages: tuple[CommitPage, ...]


def read_repositories(data: Mapping[str, Any], *, root: str) -> RepositoryPage:
    """The list under a person that is the field `root` of an answer."""
    person = object_at(data, root)
    connection = object_at(person, "repositories")
    nodes = list_at(connection, "nodes")
    return RepositoryPage(
        login=text_at(person, "login"),
        person_id=text_at(person, "id"),
        repositories=tuple(node and repository(node) for node in nodes),
        total=number_at(connection, "totalCount"),
        next=_next(connection),
    )


def read_contributions(data: Mapping[str, Any]) -> Contributions:
    """The answer to `contributions.graphql`."""
    collection = object_at(object_at(data, "user"), "contributionsCollection")
    listed = list_at(collection, "commitContributionsByRepository")
    return Contributions(
        listed=tuple(_contributed(entry) for entry in listed),
        total_repositories=number_at(collection, "totalRepositoriesWithContributedCommits"),
        total_commits=number_at(collection, "totalCommitContributions"),
        restricted=number_at(collection, "restrictedContributionsCount"),
    )


def read_history(node: object, key: str) -> RepositoryHistory:
    """One entry of `nodes` in the answer to `histories.graphql`, that of the repository `key`."""
    if not isinstance(node, Mapping):
        raise Malformed("the repository is missing")
    _check_key(node, key)
    found = repository({**node, "pushedAt": None})
    branch = node.get("defaultBranchRef")
    if branch is None and node.get("isEmpty") is True:
        return RepositoryHistory(repository=found, pages=())
    if branch is None:
        raise Malformed("its default branch is missing although it is not empty")
    target = object_at(branch, "target")
    names = ("byPerson", "byAddress") if "byAddress" in target else ("byPerson",)
    return RepositoryHistory(
        repository=found, pages=tuple(commit_page(object_at(target, name)) for name in names)
    )


def read_next_page(data: Mapping[str, Any], key: str) -> CommitPage:
    """The answer to `history.graphql` about the repository `key`."""
    node = object_at(data, "node")
    _check_key(node, key)
    branch = object_at(node, "defaultBranchRef")
    return commit_page(object_at(object_at(branch, "target"), "history"))


def commit_page(connection: Mapping[str, Any]) -> CommitPage:
    """One page of commits."""
    return CommitPage(
        commits=tuple(
            Commit(oid=text_at(node, "oid"), authored=_authored(node))
            for node in list_at(connection, "nodes")
        ),
        total=number_at(connection, "totalCount"),
        next=_next(connection),
    )


def repository(node: object) -> Repository:
    """The fields of a repository that discovery asks for; the branch only of own ones."""
    branch = node.get("defaultBranchRef") if isinstance(node, Mapping) else None
    return Repository(
        key=text_at(node, "id"),
        name=text_at(node, "nameWithOwner"),
        fork=flag_at(node, "isFork"),
        branch=branch.get("name") if isinstance(branch, Mapping) else None,
        active_until=None if get(node, "pushedAt") is None else instant_at(node, "pushedAt"),
    )


def _check_key(node: Mapping[str, Any], key: str) -> None:
    if text_at(node, "id") != key:
        raise Malformed("it is about another repository")


def _authored(node: object) -> datetime:
    """The instant; with the offset that the commit records, where GitHub shows it.

    Contributions are counted by that offset's day: the cross-check compares with it. An instant
    outside of the calendar's years becomes its end, which is in no window.
    """
    if (year := _FAR_YEAR.match(text_at(node, "authoredDate"))) is not None:
        return _BEGINNING if year["sign"] else _END
    authored = instant_at(node, "authoredDate")
    try:
        return authored.astimezone(instant_at(get(node, "author"), "date").tzinfo)
    except (Malformed, OverflowError):
        return authored


def _contributed(entry: object) -> Contributed:
    connection = object_at(entry, "contributions")
    days: dict[date, int] = {}
    for node in list_at(connection, "nodes"):
        if node is not None:
            day = instant_at(node, "occurredAt").astimezone(UTC).date()
            days[day] = days.get(day, 0) + number_at(node, "commitCount")
    return Contributed(
        repository=replace(repository(object_at(entry, "repository")), own=False),
        days=days,
        whole=sum(days.values()) == number_at(connection, "totalCount"),
    )


def _next(connection: Mapping[str, Any]) -> str | None:
    info = object_at(connection, "pageInfo")
    return text_at(info, "endCursor") if flag_at(info, "hasNextPage") else None


def get(node: object, name: str) -> object:
    """Any value, also null; the field itself must be there."""
    if not isinstance(node, dict) or name not in node:
        raise Malformed(f"{name} is missing")
    return node[name]


def object_at(node: object, name: str) -> Mapping[str, Any]:
    """A JSON object."""
    value = get(node, name)
    if not isinstance(value, dict):
        raise _wrong(name, value)
    return value


def list_at(node: object, name: str) -> Sequence[Any]:
    """A JSON array."""
    value = get(node, name)
    if not isinstance(value, list):
        raise _wrong(name, value)
    return value


def text_at(node: object, name: str) -> str:
    """A text that is not empty."""
    value = get(node, name)
    if not isinstance(value, str) or not value:
        raise _wrong(name, value)
    return value


def number_at(node: object, name: str) -> int:
    """A whole number from zero on."""
    value = get(node, name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _wrong(name, value)
    return value


def flag_at(node: object, name: str) -> bool:
    """True or false."""
    value = get(node, name)
    if not isinstance(value, bool):
        raise _wrong(name, value)
    return value


def instant_at(node: object, name: str) -> datetime:
    """An ISO 8601 instant with an offset; aware."""
    text = text_at(node, name)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed(f"{name} is no instant: {text[:40]!r}") from error
    if instant.tzinfo is None:
        raise Malformed(f"{name} has no offset: {text[:40]!r}")
    return instant


def _wrong(name: str, value: object) -> Malformed:
    return Malformed(f"{name} is {'null' if value is None else f'a {type(value).__name__}'}")
