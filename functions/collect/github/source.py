"""GitHub as a source of commits: discovery, histories and cross-check put together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from collect.counting.source import CLOCK_MARGIN, Discovery, Page, Report, Repository, Unknown
from collect.counting.window import Span
from collect.github.client import Session
from collect.github.contributions import (
    ContributionPage,
    ask_contributions,
    contributed_repositories,
    split_contributions,
)
from collect.github.cross_check import CrossCheck
from collect.github.history import BATCH, Author, HistoryReader
from collect.github.repositories import ListChanged, RepositoryList, RepositoryQuery
from commit_counts.errors import RetryLater
from commit_counts.event import default_source

# Outside of these a GitTimestamp has "unexpected results", says GitHub's schema.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2099, 12, 31, tzinfo=UTC)
BEYOND = Repository(key="beyond", name="(repositories beyond GitHub's list)")


@dataclass(frozen=True, kw_only=True)
class _Found:
    listing: RepositoryList
    contributions: list[ContributionPage]
    cross_check: CrossCheck


class GitHubSource:
    """One run's reading of GitHub.

    emails: further author addresses, for commits that are not linked to the account.
    batch: how many repositories are asked for in one request.
    """

    def __init__(
        self,
        session: Session,
        query: RepositoryQuery,
        *,
        emails: Sequence[str] = (),
        batch: int = BATCH,
    ) -> None:
        self._session = session
        self._query = query
        self._emails = list(emails)
        self._batch = batch
        self._found: _Found | None = None
        self._reader: HistoryReader | None = None
        self._notices: dict[str, None] = {}

    def discover(self, span: Span) -> Discovery:
        """The person's repositories by push time, and others that GitHub says they commit to."""
        try:
            listing, contributions = self._list(span)
        except ListChanged:
            listing, contributions = self._list(span)
        self._found = _Found(listing=listing, contributions=contributions, cross_check=CrossCheck())
        repositories = contributed_repositories(contributions) | listing.found
        return Discovery(
            login=listing.person.login,
            source=default_source(listing.person.login),
            repositories=tuple(repositories.values()),
            unknown=(listing.hidden,) if listing.hidden else (),
            complete=not any(part.more_repositories for part in contributions),
        )

    def read(self, repositories: Sequence[Repository], span: Span) -> Iterator[Page | Unknown]:
        """Their histories on the default branch.

        `since` filters the committer date, so it reaches back further than the window by the
        margin for wrong clocks, and there is no `until`: a commit is often committed (rebased,
        merged) long after it was authored.
        """
        assert self._found, "discover comes before read"
        authors: list[Author] = [{"id": self._found.listing.person.node_id}]
        if self._emails:
            authors.append({"emails": self._emails})
        since = min(max(span.start - CLOCK_MARGIN, EARLIEST), LATEST)
        self._reader = HistoryReader(
            self._session,
            since=since,
            authors=authors,
            contributed=contributed_repositories(self._found.contributions).keys(),
            batch=self._batch,
        )
        for part in self._found.contributions:
            self._found.cross_check.claim(part)
        yield from self._read(self._reader, repositories, self._found)
        asked = {repository.key for repository in repositories} | self._found.listing.found.keys()
        asked |= contributed_repositories(self._found.contributions).keys()
        for part in [part for part in self._found.contributions if part.more_repositories]:
            yield from self._read_rest(self._reader, part, self._found, asked)
        self._conclude(self._found, span)

    def report(self) -> Report:
        """Requests and points used, and what a person should know."""
        return Report(
            notices=(*self._session.notices, *self._notices),
            requests=self._session.requests,
            points_used=self._session.points_used,
            points_left=self._session.points_left,
            token_days_left=self._session.token_days_left,
            retry_at=self._reader.retry_at if self._reader else None,
        )

    def _list(self, span: Span) -> tuple[RepositoryList, list[ContributionPage]]:
        listing = RepositoryList(self._session, self._query, span)
        listing.read()
        return listing, ask_contributions(self._session, listing, span.window)

    def _read(
        self, reader: HistoryReader, repositories: Sequence[Repository], found: _Found
    ) -> Iterator[Page | Unknown]:
        for reading in reader.read(repositories):
            if isinstance(reading, Unknown):
                found.cross_check.drop(reading.repository)
            else:
                found.cross_check.read(reading)
            yield reading

    def _read_rest(
        self, reader: HistoryReader, part: ContributionPage, found: _Found, asked: set[str]
    ) -> Iterator[Page | Unknown]:
        """Repositories that GitHub counts and does not list, where nothing read explains them."""
        covers = partial(found.cross_check.covers, part, self._session.deadline.now())
        if covers():
            return
        if not part.full:
            yield Unknown(repository=BEYOND, reason=part.contradiction, lasting=False, unnamed=True)
            return
        try:
            parts = split_contributions(self._session, found.listing, part)
        except RetryLater:
            if covers(by_unknown=True):
                return  # those have names, by which they are marked
            raise  # what has none would count as zero
        if not parts:
            reason = f"GitHub names only {len(part.listed)} of those of {part.window.since}"
            yield Unknown(repository=BEYOND, reason=reason, lasting=True, unnamed=True)
        for further in parts:
            found.contributions.append(further)
            found.cross_check.claim(further)
        new = {k: r for k, r in contributed_repositories(parts).items() if k not in asked}
        asked |= new.keys()
        yield from self._read(reader, list(new.values()), found)
        for further in parts:
            if further.more_repositories:
                yield from self._read_rest(reader, further, found, asked)

    def _conclude(self, found: _Found, span: Span) -> None:
        for part in found.contributions:
            self._notices |= dict.fromkeys(part.notices())
        disagreements = found.cross_check.notices(span.window, self._session.deadline.now())
        self._notices |= dict.fromkeys(disagreements)
