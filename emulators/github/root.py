"""`Query`: where every query begins. https://docs.github.com/en/graphql/reference/queries"""

from collections.abc import Sequence
from typing import Any

from emulators.github.errors import GitHubError, not_found
from emulators.github.nodes import RepositoryNode, UserNode, readable
from emulators.github.view import RateLimitState, View


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
        return None if self._view.strike.take("null_rate_limit") else self._view.rate_limit

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
        wanted = f"{owner}/{name}".casefold()
        for repository in self._view.repositories:
            last = repository.name.rpartition("/")[2]
            if f"{self._view.owner_login(repository)}/{last}".casefold() == wanted:
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
        return [self.node(id_=node_id) for node_id in ids]
