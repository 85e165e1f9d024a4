"""Asks GitHub what it believes the person committed: finds other people's repositories that way.

GitHub lists at most 100 repositories of a window, in at most 100 days, and cannot page further.
Where it counts more than it lists, the histories that are read anyway may explain the rest; a
window whose rest they do not explain is split.
https://docs.github.com/en/graphql/reference/objects#contributionscollection
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cached_property

from collect.counting.source import Repository
from collect.counting.window import cut_window, halves
from collect.github.classify import forbidden_reason
from collect.github.client import Forbidden, Session, TooMuch
from collect.github.parse import Contributed, Contributions, Malformed, read_contributions
from collect.github.repositories import HEAD_ROOTS, RepositoryList
from commit_counts.errors import RetryLater
from commit_counts.event import Window

MOST_REPOSITORIES = 100
# A window that is split has so many in each part: not all are of one part only, nor spread evenly.
ROOMY_REPOSITORIES = 75
AROUND = timedelta(days=2)
# With those at each end, within the 100 days that one page of a repository's days holds.
MOST_DAYS = 92
TRIES = 2
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class ContributionPage:
    """GitHub's numbers for one window of its own days.

    hidden: the token does not see them, and the person wants to count without.
    """

    window: Window
    answer: Contributions
    hidden: bool = False

    @cached_property
    def listed(self) -> frozenset[str]:
        """The keys of the repositories that it names; asked for once for each day that was read."""
        return frozenset(entry.repository.key for entry in self.answer.listed)

    @property
    def full(self) -> bool:
        """Whether the list has as many as it can hold."""
        return len(self.answer.listed) >= MOST_REPOSITORIES

    @cached_property
    def more_repositories(self) -> int:
        """How many it counts beyond those."""
        return max(0, self.answer.total_repositories - len(self.answer.listed))

    @property
    def more_commits(self) -> int:
        """How many commits it counts in them."""
        listed = sum(sum(entry.days.values()) for entry in self.answer.listed)
        return max(0, self.answer.total_commits - listed)

    @property
    def contradiction(self) -> str:
        """That it counts more than it lists although there is room."""
        return (
            f"GitHub counts commits of {self.window.since} to {self.window.until} in "
            f"{self.answer.total_repositories} repositories and names {len(self.answer.listed)}; "
            "it is asked again next time"
        )

    def notices(self) -> Iterator[str]:
        """What is odd about them."""
        if self.answer.restricted:
            yield (
                "GitHub counts contributions in repositories that the token does not see; those "
                "that it cannot list are not counted: check the token's scopes and organisations"
            )
        if not all(entry.whole for entry in self.answer.listed) or (
            self.more_commits and not self.more_repositories
        ):
            yield "GitHub's own contributions do not add up"


def ask_contributions(
    session: Session, listing: RepositoryList, window: Window
) -> list[ContributionPage]:
    """What GitHub says for the window and two days around it: its days are the commits' own.

    A commit is made up to 12 hours behind UTC, and a person lives up to 14 hours ahead of it.

    The first request completes the list of repositories, too.
    """
    return [
        page
        for part in cut_window(window, days=MOST_DAYS)
        for page in _ask_by_parts(
            session, listing, Window(since=part.since - AROUND, until=part.until + AROUND)
        )
    ]


def split_contributions(
    session: Session, listing: RepositoryList, page: ContributionPage
) -> list[ContributionPage]:
    """The same window in so many parts that each may name all of its own; none of a single day."""
    days = (page.window.until - page.window.since).days + 1
    if days == 1:
        return []
    parts = max(2, math.ceil(page.answer.total_repositories / ROOMY_REPOSITORIES))
    return [
        further
        for part in cut_window(page.window, days=math.ceil(days / parts))
        for further in _ask_by_parts(session, listing, part)
    ]


def contributed_repositories(contributions: list[ContributionPage]) -> dict[str, Repository]:
    """Each once by its key; none is older than the last day that it is said to have commits on."""
    found: dict[str, Repository] = {}
    for entry in (entry for part in contributions for entry in part.answer.listed):
        known = found.get(entry.repository.key, entry.repository)
        found[known.key] = replace(known, active_until=_latest(known, entry))
    return found


def _ask_by_parts(
    session: Session, listing: RepositoryList, window: Window
) -> Iterator[ContributionPage]:
    """The window's contributions; by halves where GitHub cannot answer for all of it."""
    try:
        yield _ask(session, listing, window)
    except TooMuch as error:
        parts = halves(window)
        if not parts:
            raise RetryLater(
                f"GitHub does not tell the contributions of {window.since}: {error}"
            ) from error
        for half in parts:
            yield from _ask_by_parts(session, listing, half)


def _ask(session: Session, listing: RepositoryList, window: Window) -> ContributionPage:
    """One window's contributions; asked again where they have a hole or contradict themselves."""
    variables = {
        "login": listing.person.login,
        "from": datetime.combine(window.since, time.min, UTC).isoformat(),
        "to": datetime.combine(window.until, time(23, 59, 59), UTC).isoformat(),
        **listing.head_variables(),
    }
    said = ""
    page: ContributionPage | None = None
    for _ in range(TRIES):
        try:
            answer = session.ask("contributions", variables)
        except Forbidden as error:
            return _hidden(listing, window, str(error))
        errors = [error for error in answer.errors if error.path[0] not in HEAD_ROOTS]
        said = "; ".join(error.message for error in errors)
        if not errors:
            try:
                contributions = read_contributions(answer.data)
                listing.take_head(answer)
            except Malformed as error:
                said = str(error)
                continue
            page = ContributionPage(window=window, answer=contributions)
            if page.full or not page.more_repositories:
                return page
        elif reason := forbidden_reason(errors, answer.sso):
            return _hidden(listing, window, reason)
    if page is None:
        raise RetryLater(f"GitHub's contributions have a hole: {said}")
    return page


def _hidden(listing: RepositoryList, window: Window, reason: str) -> ContributionPage:
    listing.hide("contributions", reason)
    nothing = Contributions(listed=(), total_repositories=0, total_commits=0, restricted=0)
    return ContributionPage(window=window, answer=nothing, hidden=True)


def _latest(repository: Repository, entry: Contributed) -> datetime | None:
    if repository.active_until is None or not entry.days:
        return repository.active_until
    last = datetime.combine(max(entry.days) + _DAY, time.max, UTC)
    return max(repository.active_until, last)
