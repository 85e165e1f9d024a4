"""Git clones on this machine as a source: work that is not pushed, or lives on another forge."""

from collections.abc import Iterator, Sequence
from itertools import islice

from collect.counting.source import Commit, Discovery, Page, Report, Repository, Unknown
from collect.counting.window import Span
from emulators.github.clones import Clone, read_clone
from emulators.github.git import UnreadableClone
from emulators.github.store import ascii_lower
from own_dashboard.clones.choose import source_of_this_machine

PAGE = 1000


class CloneSource:
    """Some clones, read with git.

    login: whose commits the statements say they are. emails: the author addresses that count, in
    any case. all_branches: also what is on other branches than the default one.
    """

    def __init__(
        self, clones: Sequence[Clone], *, login: str, emails: Sequence[str], all_branches: bool
    ) -> None:
        self._login = login
        self._emails = {ascii_lower(email) for email in emails}
        self._all_branches = all_branches
        self._clones = {clone.key: clone for clone in clones}

    def discover(self, span: Span) -> Discovery:  # noqa: ARG002 - every clone may reach anywhere
        """Every clone: when it was last committed to is not known before it is read."""
        repositories = tuple(
            Repository(key=key, name=clone.repository) for key, clone in self._clones.items()
        )
        return Discovery(
            login=self._login, source=source_of_this_machine(), repositories=repositories
        )

    def read(self, repositories: Sequence[Repository], span: Span) -> Iterator[Page | Unknown]:
        """The commits authored within the span; a clone that cannot be read is unknown."""
        for repository in repositories:
            try:
                yield from self._pages(repository, span)
            except UnreadableClone as error:
                yield Unknown(repository=repository, reason=str(error), lasting=True)

    def report(self) -> Report:
        """Nothing beside the commits."""
        return Report()

    def _pages(self, repository: Repository, span: Span) -> Iterator[Page]:
        commits = self._commits(self._clones[repository.key], span)
        first = True
        page = tuple(islice(commits, PAGE))
        while True:
            following = tuple(islice(commits, PAGE))
            yield Page(repository=repository, commits=page, first=first, last=not following)
            if not following:
                return
            page, first = following, False

    def _commits(self, clone: Clone, span: Span) -> Iterator[Commit]:
        start, end = span.start, span.end
        for commit in read_clone(clone, all_branches=self._all_branches):
            if (
                ascii_lower(commit.author_email) in self._emails
                and start <= commit.authored_at < end
            ):
                yield Commit(oid=commit.oid, authored=commit.authored_at)
