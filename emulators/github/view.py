"""The account as one request sees it: the same history throughout, and what the token may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from emulators.github.histories import Histories, History
from emulators.github.store import Person, Repository
from emulators.github.strikes import Strike

_NEVER = datetime.min.replace(tzinfo=UTC)


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
    """One request's world."""

    def __init__(
        self,
        *,
        viewer: Person,
        people: Sequence[Person],
        repositories: Sequence[Repository],
        histories: Histories,
        scopes: Sequence[str] | None,
        since_stops_walk: bool,
        strike: Strike,
        rate_limit: RateLimitState | None,
        now: datetime,
    ) -> None:
        self.viewer = viewer
        self.people = (viewer, *people)
        self.all_repositories = repositories
        self.scopes = scopes
        self.since_stops_walk = since_stops_walk
        self.strike = strike
        self.rate_limit = rate_limit
        self.now = now
        self._histories = histories
        self._seen: dict[str, History] = {}
        self._by_email = {
            email.casefold(): person for person in reversed(self.people) for email in person.emails
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
        known = self._seen.get(repository.global_id)
        if known is None:
            known = self._seen[repository.global_id] = self._histories.of(repository)
        return known

    def person_by_email(self, email: str) -> Person | None:
        """Whose account an author address is linked to."""
        return self._by_email.get(email.casefold())

    def person_by_login(self, login: str) -> Person | None:
        """The account of that login, in any case."""
        return next((p for p in self.people if p.login.casefold() == login.casefold()), None)

    def person_by_id(self, node_id: str) -> Person | None:
        """The account of that global id."""
        return next((p for p in self.people if p.node_id == node_id), None)

    def repository_by_id(self, node_id: str) -> Repository | None:
        """The repository of that global id, if the token may see it."""
        return self._by_id.get(node_id)

    @cached_property
    def _by_id(self) -> dict[str, Repository]:
        return {repository.global_id: repository for repository in self.repositories}

    def owner_login(self, repository: Repository) -> str:
        """The part before the slash; the viewer where there is none."""
        owner, slash, _ = repository.name.rpartition("/")
        return owner if slash else self.viewer.login


def sorted_repositories(
    view: View, repositories: Sequence[Repository], order: Mapping[str, str] | None
) -> list[Repository]:
    """In the order asked for; by name where the emulator does not know the field."""
    if order is None:
        return list(repositories)
    descending = order["direction"] == "DESC"
    if order["field"] in ("PUSHED_AT", "UPDATED_AT"):
        return sorted(
            repositories,
            key=lambda repository: view.history(repository).pushed_at or _NEVER,
            reverse=descending,
        )
    return sorted(repositories, key=lambda repository: repository.name, reverse=descending)
