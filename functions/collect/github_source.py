"""GitHub as a source of commits: discovery, histories and audit put together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collect.audit import Audit
from collect.contributions import Claims, ask_contributions
from collect.discovery import Listing, Wish, list_repositories
from collect.history import BATCH, Author, HistoryReader
from collect.session import Session
from collect.source import CLOCK_MARGIN, Discovery, Page, Report, Repository, Unknown
from collect.window import Span


@dataclass(frozen=True, kw_only=True)
class _Found:
    listing: Listing
    claims: Claims
    audit: Audit


class GitHubSource:
    """One run's reading of GitHub.

    emails: further author addresses, for commits that are not linked to the account.
    batch: how many repositories are asked for in one request.
    """

    def __init__(
        self, session: Session, wish: Wish, *, emails: Sequence[str] = (), batch: int = BATCH
    ) -> None:
        self._session = session
        self._wish = wish
        self._emails = list(emails)
        self._batch = batch
        self._found: _Found | None = None
        self._reader: HistoryReader | None = None
        self._notices: list[str] = []

    def discover(self, span: Span) -> Discovery:
        """The person's repositories by push time, and others that GitHub says they commit to."""
        listing = list_repositories(self._session, self._wish, span)
        claims = ask_contributions(self._session, listing.person.login, span.window)
        audit = Audit(one_sided=self._wish.forks or bool(self._emails))
        audit.claim(claims.contributed)
        self._found = _Found(listing=listing, claims=claims, audit=audit)
        repositories = {r.key: r for r in claims.repositories()}
        repositories |= {r.key: r for r in listing.repositories}
        return Discovery(
            login=listing.person.login,
            repositories=tuple(repositories.values()),
            unknown=(listing.hidden,) if listing.hidden else (),
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
        self._reader = HistoryReader(
            self._session, since=span.start - CLOCK_MARGIN, authors=authors
        )
        audit = self._found.audit
        for reading in self._reader.read(repositories, batch=self._batch):
            if isinstance(reading, Unknown):
                audit.drop(reading.repository)
            else:
                if reading.first:
                    audit.begin(reading.repository)
                audit.read(reading.repository, reading.commits)
            yield reading
        self._notices = audit.notices(span.window, self._session.deadline.now())

    def report(self) -> Report:
        """Requests and points used, and what a person should know."""
        claims = self._found.claims.notices if self._found else ()
        return Report(
            notices=(*self._session.notices, *claims, *self._notices),
            requests=self._session.requests,
            points_used=self._session.points_used,
            points_left=self._session.points_left,
            token_days_left=self._session.token_days_left,
            retry_at=self._reader.retry_at if self._reader else None,
        )
