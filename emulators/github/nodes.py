"""The query's root, people and repositories: what the fields of the schema are read from.

The field `nameWithOwner` is the attribute `name_with_owner`, and so for every other.
https://docs.github.com/en/graphql/reference/objects
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from emulators.github.commits import CommitNode, Place
from emulators.github.contributions import ContributionsNode, window_of
from emulators.github.errors import GitHubError, ip_wall, not_found, saml_wall
from emulators.github.paging import Connection, page
from emulators.github.store import (
    History,
    Person,
    RateLimitState,
    Repository,
    View,
    ascii_lower,
    database_id,
)

WEB = "https://github.com"


@dataclass(frozen=True, kw_only=True)
class RefNode:
    """`Ref`: the default branch."""

    typename = "Ref"
    prefix = "refs/heads/"
    id: str
    name: str
    repository: "RepositoryNode"
    target: CommitNode


class RepositoryNode:
    """`Repository`."""

    typename = "Repository"

    def __init__(self, view: View, repository: Repository) -> None:
        self._view = view
        self._repository = repository
        self.id = repository.global_id
        self.database_id = database_id(self.id)
        self.name_with_owner = repository.name
        self.name = repository.name.rpartition("/")[2]
        self.created_at = repository.created_at
        self.is_fork = repository.is_fork
        self.is_private = repository.is_private
        self.is_archived = repository.is_archived
        self.is_disabled = repository.is_disabled
        self.is_in_organization = repository.in_organization
        self.visibility = "PRIVATE" if repository.is_private else "PUBLIC"
        self.url = f"{WEB}/{view.owner_login(repository)}/{self.name}"

    @property
    def pushed_at(self) -> datetime | None:
        """When somebody last pushed to any branch."""
        return self._view.history(self._repository).pushed_at

    @property
    def is_empty(self) -> bool:
        """Whether it has no commits, or says so."""
        return self._claims_empty or not self._readable_history.commits

    @property
    def owner(self) -> "OwnerNode":
        """The account before the slash."""
        login = self._view.owner_login(self._repository)
        if self._repository.in_organization:
            return OrganizationNode(self._view, Person(login=login))
        return UserNode(self._view, self._view.person_by_login(login) or Person(login=login))

    @property
    def default_branch_ref(self) -> RefNode | None:
        """The default branch; none in an empty repository."""
        history = self._readable_history
        if history.tip is None or self._claims_empty or self._view.fault.take("null_branch"):
            return None
        tip = next(commit for commit in history.commits if commit.oid == history.tip)
        return RefNode(
            id=f"REF_{self.id[2:]}",
            name=history.branch,
            repository=self,
            target=CommitNode(self._place, tip),
        )

    @cached_property
    def _claims_empty(self) -> bool:
        return self._repository.claims_empty or self._view.fault.take("empty_repository")

    @property
    def _readable_history(self) -> History:
        history = self._view.history(self._repository)
        if history.problem:
            raise GitHubError("SERVICE_UNAVAILABLE", history.problem)
        return history

    @cached_property
    def _place(self) -> Place:
        return Place(
            repository=self,
            repository_id=self.id,
            url=self.url,
            history=self._view.history(self._repository),
            history_error=self._repository.history_error,
            since_stops_walk=self._view.since_stops_walk,
            fault=self._view.fault,
            person_by_id=self._view.person_by_id,
            person_by_email=self._view.person_by_email,
            person_node=lambda person: UserNode(self._view, person),
        )


class OwnerNode:
    """What `User` and `Organization` have in common."""

    typename = "User"

    def __init__(self, view: View, person: Person) -> None:
        self._view = view
        self._person = person
        self.login = person.login
        self.name = person.name
        self.id = person.node_id
        self.database_id = database_id(self.id)
        self.url = f"{WEB}/{self.login}"

    def repositories(
        self,
        *,
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
        affiliations: Sequence[str | None] | None = None,
        owner_affiliations: Sequence[str | None] | None = None,
        order_by: Mapping[str, str] | None = None,
        is_fork: bool | None = None,
        is_archived: bool | None = None,
        privacy: str | None = None,
    ) -> Connection[Any]:
        """The repositories of this account that the token sees; both affiliations must fit."""
        self._view.fault.raise_if_exhausted()
        found = [
            repository
            for repository in self._view.repositories
            if self._is_affiliated(repository, owner_affiliations)
            and (affiliations is None or repository.relation in affiliations)
            and is_fork in (None, repository.is_fork)
            and is_archived in (None, repository.is_archived)
            and privacy in (None, "PRIVATE" if repository.is_private else "PUBLIC")
        ]
        found, cursors = self._view.ordered(found, order_by)
        connection = page(
            found, first=first, last=last, after=after, make=self._readable, cursors=cursors
        )
        return self._view.fault.page(connection)

    def _is_affiliated(
        self, repository: Repository, owner_affiliations: Sequence[str | None] | None
    ) -> bool:
        if self.login == self._view.viewer.login:
            return repository.relation in (owner_affiliations or ("OWNER", "COLLABORATOR"))
        return ascii_lower(self._view.owner_login(repository)) == ascii_lower(self.login)

    def _readable(self, repository: Repository) -> RepositoryNode | GitHubError:
        return readable(self._view, repository)


class OrganizationNode(OwnerNode):
    """`Organization`."""

    typename = "Organization"


class UserNode(OwnerNode):
    """`User`."""

    @property
    def is_viewer(self) -> bool:
        """Whether the token is theirs."""
        return self.login == self._view.viewer.login

    @property
    def email(self) -> str:
        """The public address; a classic token needs a scope for it."""
        wanted = {"user:email", "read:user", "user"}
        granted = self._view.scopes
        if granted is not None and not wanted & set(granted):
            raise GitHubError(
                "INSUFFICIENT_SCOPES",
                "Your token has not been granted the required scopes to execute this query. The "
                "'email' field requires one of the following scopes: ['user:email', 'read:user'], "
                f"but your token has only been granted the: {list(granted)} scopes.",
            )
        return next(iter(self._person.emails), "")

    def contributions_collection(
        self, *, from_: datetime | None = None, to: datetime | None = None
    ) -> ContributionsNode:
        """GitHub's own squares for a window of at most a year."""
        self._view.fault.raise_if_exhausted()
        return ContributionsNode(
            view=self._view,
            person=self._person,
            user=self,
            window=window_of(from_, to, self._view.now),
            repository_node=lambda repository: RepositoryNode(self._view, repository),
        )


def readable(view: View, repository: Repository) -> RepositoryNode | GitHubError:
    """The repository's node, or the error that stands beside a null in its place."""
    if repository.saml_protected:
        return saml_wall()
    if repository.ip_protected:
        return ip_wall(view.owner_login(repository))
    return view.fault.node_error(repository.global_id) or RepositoryNode(view, repository)


class Root:
    """`Query`."""

    def __init__(self, view: View) -> None:
        self._view = view

    @property
    def viewer(self) -> UserNode:
        """Whose token it is."""
        return UserNode(self._view, self._view.viewer)

    @property
    def rate_limit(self) -> RateLimitState | None:
        """Points; None on an Enterprise Server without limits."""
        return None if self._view.fault.take("null_rate_limit") else self._view.rate_limit

    def user(self, *, login: str) -> UserNode | GitHubError:
        """An account by login."""
        person = self._view.person_by_login(login)
        if person is None:
            return GitHubError(
                "NOT_FOUND", f"Could not resolve to a User with the login of '{login}'."
            )
        return UserNode(self._view, person)

    def repository(
        self, *, owner: str, name: str, **_follow_renames: bool
    ) -> RepositoryNode | GitHubError:
        """A repository by its present name; former names are not known here."""
        repository = self._view.repository_by_name(owner, name)
        if repository is not None:
            return readable(self._view, repository)
        return GitHubError(
            "NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'."
        )

    def node(self, *, id_: str) -> Any:
        """A repository or a person by global id."""
        repository = self._view.repository_by_id(id_)
        if repository is not None:
            return readable(self._view, repository)
        person = self._view.person_by_id(id_)
        return UserNode(self._view, person) if person else not_found(id_)

    def nodes(self, *, ids: Sequence[str]) -> list[Any]:
        """Several by global id; each that fails is null beside an error of its own."""
        found = [self.node(id_=node_id) for node_id in ids]
        return found[::-1] if self._view.fault.take("reordered_nodes") else found
