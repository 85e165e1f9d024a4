"""Takes GitHub's data apart into values; past here there is no untyped JSON. Pure.

Whatever is not as the schema promises raises Malformed: a hole must never read as "no commits".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from collect.source import Commit, Repository


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


def read_repositories(data: Mapping[str, Any], *, named: bool) -> RepositoryPage:
    """The answer to `repositories.graphql`."""
    person = _object(data, "user" if named else "viewer")
    connection = _object(person, "repositories")
    nodes = _list(connection, "nodes")
    return RepositoryPage(
        login=_text(person, "login"),
        person_id=_text(person, "id"),
        repositories=tuple(node and repository(node) for node in nodes),
        total=_number(connection, "totalCount"),
        next=_next(connection),
    )


def read_contributions(data: Mapping[str, Any]) -> Contributions:
    """The answer to `contributions.graphql`."""
    collection = _object(_object(data, "user"), "contributionsCollection")
    listed = _list(collection, "commitContributionsByRepository")
    return Contributions(
        listed=tuple(_contributed(entry) for entry in listed),
        total_repositories=_number(collection, "totalRepositoriesWithContributedCommits"),
        total_commits=_number(collection, "totalCommitContributions"),
        restricted=_number(collection, "restrictedContributionsCount"),
    )


def read_history(node: object) -> RepositoryHistory:
    """One entry of `nodes` in the answer to `histories.graphql`."""
    if not isinstance(node, Mapping):
        raise Malformed("the repository is missing")
    found = repository({**node, "pushedAt": None})
    branch = node.get("defaultBranchRef")
    if branch is None and node.get("isEmpty") is True:
        return RepositoryHistory(repository=found, pages=())
    if branch is None:
        raise Malformed("its default branch is missing although it is not empty")
    target = _object(branch, "target")
    names = ("byPerson", "byAddress") if "byAddress" in target else ("byPerson",)
    return RepositoryHistory(
        repository=found, pages=tuple(commit_page(_object(target, name)) for name in names)
    )


def read_next_page(data: Mapping[str, Any]) -> CommitPage:
    """The answer to `history.graphql`."""
    branch = _object(_object(data, "node"), "defaultBranchRef")
    return commit_page(_object(_object(branch, "target"), "history"))


def commit_page(connection: Mapping[str, Any]) -> CommitPage:
    """One page of commits."""
    return CommitPage(
        commits=tuple(
            Commit(oid=_text(node, "oid"), authored=_instant(node, "authoredDate"))
            for node in _list(connection, "nodes")
        ),
        total=_number(connection, "totalCount"),
        next=_next(connection),
    )


def repository(node: object) -> Repository:
    """The fields of a repository that discovery asks for."""
    return Repository(
        key=_text(node, "id"),
        name=_text(node, "nameWithOwner"),
        fork=_flag(node, "isFork"),
        active_until=None if _get(node, "pushedAt") is None else _instant(node, "pushedAt"),
    )


def _contributed(entry: object) -> Contributed:
    connection = _object(entry, "contributions")
    days: dict[date, int] = {}
    for node in _list(connection, "nodes"):
        if node is not None:
            day = _instant(node, "occurredAt").astimezone(UTC).date()
            days[day] = days.get(day, 0) + _number(node, "commitCount")
    return Contributed(
        repository=repository(_object(entry, "repository")),
        days=days,
        whole=sum(days.values()) == _number(connection, "totalCount"),
    )


def _next(connection: Mapping[str, Any]) -> str | None:
    info = _object(connection, "pageInfo")
    return _text(info, "endCursor") if _flag(info, "hasNextPage") else None


def _get(node: object, name: str) -> object:
    if not isinstance(node, Mapping) or name not in node:
        raise Malformed(f"{name} is missing")
    return node[name]


def _object(node: object, name: str) -> Mapping[str, Any]:
    value = _get(node, name)
    if not isinstance(value, Mapping):
        raise Malformed(f"{name} is {_kind(value)}")
    return value


def _list(node: object, name: str) -> Sequence[Any]:
    value = _get(node, name)
    if not isinstance(value, list):
        raise Malformed(f"{name} is {_kind(value)}")
    return value


def _text(node: object, name: str) -> str:
    value = _get(node, name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{name} is {_kind(value)}")
    return value


def _number(node: object, name: str) -> int:
    value = _get(node, name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Malformed(f"{name} is {_kind(value)}")
    return value


def _flag(node: object, name: str) -> bool:
    value = _get(node, name)
    if not isinstance(value, bool):
        raise Malformed(f"{name} is {_kind(value)}")
    return value


def _instant(node: object, name: str) -> datetime:
    text = _text(node, name)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed(f"{name} is no instant: {text[:40]!r}") from error
    if instant.tzinfo is None:
        raise Malformed(f"{name} has no offset: {text[:40]!r}")
    return instant


def _kind(value: object) -> str:
    return "null" if value is None else f"of the type {type(value).__name__}"
