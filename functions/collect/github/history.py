"""Reads the person's commits of many repositories in few requests, and none of them by half.

Where GitHub cannot answer for a batch, smaller ones are asked for, down to one repository; a
history that does not fit one page is followed to its end and checked against its total; what cannot
be read is unknown.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from collect.counting.source import Commit, Page, Repository, Unknown
from collect.github.classify import lasting_reason
from collect.github.client import Session, TooMuch
from collect.github.parse import (
    CommitPage,
    Malformed,
    RepositoryHistory,
    read_history,
    read_next_page,
)
from collect.github.responses import Answer, Error
from commit_counts.errors import RetryLater

BATCH = 50
PAGE = 100
SMALLEST_PAGE = 5
TRIES = 2
RETRY_SECONDS = 1.0
# So many failures without any success between them: GitHub is down, not one repository too heavy.
MOST_FAILURES = 24

Author = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Repositories to ask for at once; tries: how often these were asked for already."""

    repositories: Sequence[Repository]
    tries: int = 0
    first: int = PAGE


class BatchSize:
    """How many repositories to ask for at once: `now`.

    Half as many after a failure, twice as many after a success; where that was too many again and
    again, the more successes come before it is tried once more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._needed = 1
        self._successes = 0
        self._grown = False
        self.now = most

    def failed(self, size: int) -> None:
        """GitHub could not answer for so many."""
        if self._grown:
            self._needed *= 2
        self.now = max(1, size // 2)
        self._successes = 0
        self._grown = False

    def succeeded(self, size: int) -> None:
        """It could."""
        if self._grown and size == self.now:
            self._needed = 1
            self._grown = False
        self._successes += 1
        if self.now < self._most and self._successes >= self._needed:
            self.now = min(self._most, self.now * 2)
            self._successes = 0
            self._grown = True


class HistoryReader:
    """One reading of histories.

    since: the earliest committer date. authors: the person by id and, perhaps, by addresses.
    contributed: keys of repositories that GitHub counts commits in; none of them can be empty.
    batch: how many repositories are asked for in one request, if GitHub can answer that.
    retry_at: when to come back, where the reading had to end early.
    """

    def __init__(
        self,
        session: Session,
        *,
        since: datetime,
        authors: Sequence[Author],
        contributed: Collection[str],
        batch: int = BATCH,
    ) -> None:
        self._session = session
        self._contributed = contributed
        self._since = since.isoformat()
        self._authors = authors
        self._size = BatchSize(batch)
        self._waiting: deque[Repository] = deque()
        self._retries: deque[Batch] = deque()
        self._failures = 0
        self.retry_at: datetime | None = None

    def read(self, repositories: Sequence[Repository]) -> Iterator[Page | Unknown]:
        """Every repository's pages, or that it is unknown."""
        self._waiting.extend(repositories)
        while self._retries or self._waiting:
            asked = self._next_batch()
            try:
                yield from self._read_batch(asked)
            except RetryLater as error:
                self.retry_at = error.retry_at
                alone = [one.repositories[0] for one in self._retries]
                left = [*asked.repositories, *alone, *self._waiting]
                self._retries.clear()
                self._waiting.clear()
                for repository in left:
                    yield Unknown(repository=repository, reason=f"not read: {error}", lasting=False)

    def _next_batch(self) -> Batch:
        if self._retries:
            return self._retries.popleft()
        size = min(self._size.now, len(self._waiting))
        return Batch(repositories=[self._waiting.popleft() for _ in range(size)])

    def _read_batch(self, batch: Batch) -> Iterator[Page | Unknown]:
        """Raises RetryLater, before anything of the batch is yielded, where all must end."""
        try:
            answer = self._session.ask("histories", self._variables(batch))
            nodes = _nodes(answer, len(batch.repositories))
        except (TooMuch, Malformed) as error:
            yield from self._smaller(batch, str(error))
            return
        self._failures = 0
        if not batch.tries:
            self._size.succeeded(len(batch.repositories))
        for repository, place in zip(batch.repositories, _places(nodes, batch), strict=True):
            node = None if place is None else nodes[place]
            errors = () if place is None else answer.errors_at("nodes", place)
            yield from self._read_node(batch, repository, node, errors, answer.sso)

    def _variables(self, batch: Batch) -> dict[str, object]:
        return {
            "ids": [repository.key for repository in batch.repositories],
            "since": self._since,
            "first": batch.first,
            "person": self._authors[0],
            "addresses": self._authors[-1],
            "withAddresses": len(self._authors) > 1,
        }

    def _smaller(self, batch: Batch, reason: str) -> Iterator[Unknown]:
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            raise RetryLater(f"GitHub failed {self._failures} times in a row: {reason}")
        if len(batch.repositories) > 1:
            self._size.failed(len(batch.repositories))
            self._waiting.extendleft(reversed(batch.repositories))
        elif batch.tries + 1 < TRIES:
            self._session.deadline.wait(RETRY_SECONDS, reason)
            self._again(batch, batch.repositories[0], first=max(SMALLEST_PAGE, batch.first // 4))
        else:
            (repository,) = batch.repositories
            yield Unknown(
                repository=repository,
                reason=f"GitHub cannot answer for it ({reason}); it is tried again next time",
                lasting=False,
            )

    def _again(self, batch: Batch, repository: Repository, *, first: int = PAGE) -> None:
        one = Batch(repositories=[repository], tries=batch.tries + 1, first=first)
        self._retries.append(one)

    def _read_node(
        self,
        batch: Batch,
        repository: Repository,
        node: object,
        errors: Sequence[Error],
        sso: str | None,
    ) -> Iterator[Page | Unknown]:
        if lasting := lasting_reason(errors, sso):
            yield Unknown(repository=repository, reason=lasting, lasting=True)
            return
        try:
            if errors:
                raise Malformed("; ".join(error.message for error in errors))
            yield from self._pages(repository, read_history(node, repository.key), batch.first)
        except (Malformed, TooMuch) as error:
            if batch.tries + 1 < TRIES:
                self._again(batch, repository)
                return
            said = error if errors else f"GitHub's answer is not whole ({error})"
            reason = f"{said}; it is tried again next time"
            yield Unknown(repository=repository, reason=reason, lasting=False)
        except RetryLater as error:
            self.retry_at = error.retry_at
            yield Unknown(repository=repository, reason=f"not read whole: {error}", lasting=False)

    def _pages(
        self, repository: Repository, history: RepositoryHistory, size: int
    ) -> Iterator[Page]:
        """All pages of all its histories; Malformed where one does not add up."""
        named = replace(repository, name=history.repository.name, fork=history.repository.fork)
        if not history.pages:
            if repository.key in self._contributed:
                raise Malformed("it is said to be empty, and to have commits")
            yield Page(repository=named, commits=(), first=True, last=True)
            return
        first = True
        for number, page in enumerate(history.pages):
            is_last = number + 1 == len(history.pages)
            for commits, end in self._follow(repository, page, self._authors[number], size):
                yield Page(
                    repository=named,
                    commits=commits,
                    first=first,
                    last=end and is_last,
                    linked=number == 0,
                )
                first = False

    def _follow(
        self, repository: Repository, page: CommitPage, author: Author, size: int
    ) -> Iterator[tuple[tuple[Commit, ...], bool]]:
        """One history's commits, page by page, and whether that was the end of it."""
        oids = {commit.oid for commit in page.commits}
        total = page.total
        while page.next is not None:
            yield page.commits, False
            page, size = self._next_page(repository, page.next, author, size)
            known = len(oids)
            oids |= {commit.oid for commit in page.commits}
            if len(oids) == known:
                raise Malformed("a further page holds no further commit")
        if not len(oids) == total == page.total:
            raise Malformed(f"expected {total} commits ({page.total} at the end), got {len(oids)}")
        yield page.commits, True

    def _next_page(
        self, repository: Repository, cursor: str, author: Author, size: int
    ) -> tuple[CommitPage, int]:
        while True:
            variables = {
                "id": repository.key,
                "since": self._since,
                "first": size,
                "after": cursor,
                "author": author,
            }
            try:
                answer = self._session.ask("history", variables)
            except TooMuch:
                if size // 4 < SMALLEST_PAGE:
                    raise
                size //= 4
                continue
            if answer.errors:
                raise Malformed("; ".join(error.message for error in answer.errors))
            return read_next_page(answer.data, repository.key), size


def _nodes(answer: Answer, expected: int) -> Sequence[object]:
    nodes = answer.data.get("nodes")
    if not isinstance(nodes, list) or len(nodes) != expected:
        raise Malformed("the answer does not have every repository")
    strays = [e for e in answer.errors if len(e.path) < 2 or e.path[0] != "nodes"]
    if strays:
        raise Malformed("; ".join(error.message for error in strays))
    return nodes


def _places(nodes: Sequence[object], batch: Batch) -> list[int | None]:
    """Where each repository's node stands: by its id, since nobody promises an order.

    A node without an id is told by its place, where the others stand at theirs; else by nothing.
    """
    by_id = {node.get("id"): n for n, node in enumerate(nodes) if isinstance(node, Mapping)}
    places = [by_id.get(repository.key) for repository in batch.repositories]
    if all(place in (None, position) for position, place in enumerate(places)):
        return list(range(len(nodes)))
    return places
