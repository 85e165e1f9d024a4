"""What counting asks of a source of commits; it knows nothing else of GitHub or of git.

A source first says which repositories may hold commits of a window, all of them, and then yields
each one's commits page by page, or says why it could not be read. `github_source` and
`clone_source` are two; docs/sources.md shows how to add a third.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from collect.counting.window import Span

LONGEST_REASON = 500
# An author's clock may run ahead of the committer's and of the server's by this much; the decision
# page docs/decisions/2026-11-24-reading-by-author-date.md says what it costs.
CLOCK_MARGIN = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """One commit of the person; `authored` is aware, with the commit's own offset if known."""

    oid: str
    authored: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """One repository.

    key: the source's own id for it, which a rename does not change.
    name: as it is published: its current name.
    fork: whether it was forked from another. own: whether the person belongs to it. Where several
        hold a commit, one that is no fork has it, of those an own one, then the first by name.
    active_until: no commit in it is authored later than CLOCK_MARGIN after this instant; None
        where the source cannot tell.
    branch: the branch whose commits count; None where the source cannot tell.
    """

    key: str
    name: str
    fork: bool = False
    own: bool = True
    branch: str | None = None
    active_until: datetime | None = None

    def may_reach(self, instant: datetime) -> bool:
        """Whether it may hold commits authored at `instant` or later."""
        return self.active_until is None or self.active_until >= instant - CLOCK_MARGIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Discovery:
    """Whose commits a source reads, and every repository that may hold some in the window.

    source: the name under which is stated what comes of it, unless the person chooses another.
    unknown: what is known to be there and cannot be read, not even to learn its name.
    complete: False where reading may come upon further ones; nothing is stated before its end.
    """

    login: str
    source: str
    repositories: tuple[Repository, ...]
    unknown: tuple["Unknown", ...] = ()
    complete: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some commits of one repository; its pages come one after another.

    first: what was handed over of this repository before is void. last: this is all there is.
    linked: the service itself takes these commits for the person's.
    """

    repository: Repository
    commits: tuple[Commit, ...]
    first: bool
    last: bool
    linked: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """A repository that could not be read whole; earlier pages of it are void.

    reason: what is wrong and what to do, for a person.
    lasting: it stays so until somebody does that.
    unnamed: it stands for repositories whose names nobody learns, so that no glob leaves it out.
    """

    repository: Repository
    reason: str
    lasting: bool
    unnamed: bool = False

    def shortened(self) -> "Unknown":
        """The same with a reason that fits into an event."""
        return replace(self, reason=self.reason[:LONGEST_REASON])


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a source has to say beside its commits; zeros and None where it has nothing to count.

    notices: what a person should know although it makes no repository unknown.
    points_used, points_left: of the service's rate limit.
    token_days_left: until the token expires, where the service says so.
    retry_at: when it is worth trying the unknown repositories again, where the service said so.
    """

    notices: tuple[str, ...] = ()
    requests: int = 0
    points_used: int | None = None
    points_left: int | None = None
    token_days_left: int | None = None
    retry_at: datetime | None = None

    def facts(self) -> dict[str, object]:
        """What it cost, for a log line: only what is known."""
        fields = {
            "requests": self.requests,
            "points_used": self.points_used,
            "points_left": self.points_left,
            "token_days_left": self.token_days_left,
        }
        return {name: value for name, value in fields.items() if value is not None}


class Source(Protocol):
    """Where commits come from."""

    def discover(self, span: Span) -> Discovery:
        """Whose commits these are, and every repository that may hold some in the span.

        Raises DashboardError where it cannot name them all: a statement is complete, so what it
        does not name would count as zero.
        """

    def read(self, repositories: Sequence[Repository], span: Span) -> Iterator[Page | Unknown]:
        """Every commit authored within the span, of each repository, or why not.

        Commits outside the span may come too, and repositories that discovery could not name. Ends
        when each repository had its last page or was said to be unknown.
        """

    def report(self) -> Report:
        """What there is to say after reading."""
