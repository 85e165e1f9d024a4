"""Finds the repositories that the person was active in, by the time of the last push.

The list is in descending order of that time, so reading stops at the window's edge. A push while
its pages are read moves a repository in front of what was read already, and onto no further page;
so a list of several pages is looked at from its head once more, in the request for contributions.
Where it cannot be read whole the run fails: a repository that is not named would count as zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from collect.counting.source import Repository, Unknown
from collect.counting.window import Span
from collect.github.classify import forbidden_reason
from collect.github.client import Session, TooMuch
from collect.github.parse import Malformed, RepositoryPage, read_repositories
from collect.github.responses import Answer, Error
from commit_counts.errors import NeverWorks, RetryLater

PAGE = 100
SMALLEST_PAGE = 5
TRIES = 2
# Where the list's head stands in an answer: of the token's owner, or of somebody by login.
HEAD_ROOTS = ("viewer", "head")
HIDDEN = Repository(key="hidden", name="(hidden repositories)")


@dataclass(frozen=True, kw_only=True)
class RepositoryQuery:
    """Whose repositories, and which.

    login: None for the token's owner.
    skip_hidden: go on where some repositories are closed to the token, and cannot even be named.
    page: how many to ask for at once.
    """

    login: str | None
    forks: bool
    skip_hidden: bool
    page: int = PAGE


@dataclass(frozen=True, kw_only=True)
class Person:
    """The account: its name as GitHub spells it, and its global id."""

    login: str
    node_id: str


class ListChanged(RetryLater):
    """The list changed while it was read: asked for once more, it may be whole."""


class RepositoryList:
    """The person's own, their organisations' and their collaborations' repositories.

    found: those that may reach into the span, by key. hidden: stands for those that the token does
    not see. unchecked: `take_head` has to come before all are found.
    """

    person: Person

    def __init__(self, session: Session, query: RepositoryQuery, span: Span) -> None:
        self._session = session
        self._query = query
        self._start = span.start
        self._newest: datetime | None = None
        self._hidden_entries = 0
        self._to_its_end = False
        self.found: dict[str, Repository] = {}
        self.hidden: Unknown | None = None
        self.unchecked = False

    def read(self) -> None:
        """Read up to the window's edge.

        Raises ListChanged where it is not whole, RetryLater where it has holes also the second
        time, NeverWorks where something is hidden.
        """
        page, answer = self._page(None)
        self.person = Person(login=page.login, node_id=page.person_id)
        pushes = [r.active_until for r in page.repositories if r and r.active_until]
        self._newest = max(pushes, default=None)
        while not self._take(page, answer, self._root):
            if page.next is None:
                self._to_its_end = True
                break
            if not page.repositories:
                raise ListChanged("a page of GitHub's repositories is empty and not the last")
            page, answer = self._page(page.next)
            self.unchecked = True
        if not self.unchecked:
            self._check_total(page.total)

    def head_variables(self) -> dict[str, object]:
        """What makes `contributions.graphql` ask for the list's head, where that is needed."""
        named = self._query.login is not None
        return {
            "headOfUser": self.unchecked and named,
            "headOfViewer": self.unchecked and not named,
            "isFork": self._is_fork,
        }

    def take_head(self, answer: Answer) -> None:
        """Find what was pushed to while the list was read, in an answer with the list's head.

        Raises Malformed where the head has a hole, ListChanged where the list is not whole even so.
        """
        if not self.unchecked:
            return
        root = HEAD_ROOTS[self._query.login is not None]
        page = read_repositories(answer.data, root=root)
        for position, repository in enumerate(page.repositories):
            if repository is None and not _errors_of_entry(answer, root, position):
                raise Malformed("an entry of the list's head is missing")
        while True:
            self._take(page, answer, root)
            if page.next is None or self._was_there(page):
                break
            page, answer = self._page(page.next)
            root = self._root
        self._check_total(page.total)
        self.unchecked = False

    def hide(self, what: str, reason: str) -> None:
        """Go on without what the token does not see, if the person wants that; else NeverWorks."""
        if not self._query.skip_hidden:
            raise NeverWorks(
                f"GitHub hides {what} from the token, whose commits would count as zero: {reason}",
                fix="or count without: SKIP_HIDDEN_REPOSITORIES=true",
            )
        self.hidden = Unknown(
            repository=HIDDEN,
            reason=f"hidden from the token: {reason}",
            lasting=True,
            unnamed=True,
        )

    @property
    def _root(self) -> str:
        return _root_of(self._query.login)

    @property
    def _is_fork(self) -> bool | None:
        return None if self._query.forks else False

    def _take(self, page: RepositoryPage, answer: Answer, root: str) -> bool:
        """Keep what may reach into the span; whether the page goes beyond that."""
        for position, repository in enumerate(page.repositories):
            if repository is None:
                self._take_hidden(_errors_of_entry(answer, root, position), answer.sso)
                self._hidden_entries += not self.unchecked
            elif not repository.may_reach(self._start):
                return True
            else:
                self.found[repository.key] = repository
        return False

    def _take_hidden(self, errors: Sequence[Error], sso: str | None) -> None:
        reason = forbidden_reason(errors, sso)
        if reason is None:
            said = "; ".join(error.message for error in errors) or "it gives no reason"
            raise RetryLater(f"GitHub lists a repository and does not show it: {said}")
        self.hide("a repository", reason)

    def _was_there(self, page: RepositoryPage) -> bool:
        """Whether the page goes down to where the list began when it was read first."""
        last = page.repositories[-1] if page.repositories else None
        return bool(
            last and (not last.active_until or not self._newest or last.active_until < self._newest)
        )

    def _check_total(self, total: int) -> None:
        seen = len(self.found) + self._hidden_entries
        if self._to_its_end and seen != total:
            raise ListChanged(
                f"GitHub's list of repositories is not whole: expected {total}, got {seen}"
            )

    def _page(self, cursor: str | None) -> tuple[RepositoryPage, Answer]:
        """One page; asked again where it has holes, in smaller ones where GitHub cannot answer."""
        first = self._query.page
        tries = 0
        while True:
            try:
                page, answer = ask_page(
                    self._session,
                    self._query.login,
                    is_fork=self._is_fork,
                    first=first,
                    after=cursor,
                )
            except TooMuch as error:
                if first // 2 < SMALLEST_PAGE:
                    raise RetryLater(f"GitHub does not list the repositories: {error}") from error
                first //= 2
                continue
            except Malformed as error:
                if (tries := tries + 1) >= TRIES:
                    raise RetryLater(
                        f"GitHub's list of repositories has a hole: {error}"
                    ) from error
                continue
            tries += 1
            holes = any(r is None for r in page.repositories)
            if not holes or tries >= TRIES or any(e.saml for e in answer.errors):
                return page, answer


def ask_page(
    session: Session, login: str | None, *, is_fork: bool | None, first: int, after: str | None
) -> tuple[RepositoryPage, Answer]:
    """One page, asked for once: of the token's owner where `login` is None.

    Raises what the session does, Malformed where the answer is not as the schema promises, and
    NeverWorks where GitHub knows no such person.
    """
    variables = {
        "login": login or "",
        "named": login is not None,
        "isFork": is_fork,
        "first": first,
        "after": after,
    }
    answer = session.ask("repositories", variables)
    _check_person(answer, login)
    return read_repositories(answer.data, root=_root_of(login)), answer


def _root_of(login: str | None) -> str:
    return "viewer" if login is None else "user"


def _check_person(answer: Answer, login: str | None) -> None:
    if login is not None and answer.data.get("user") is None:
        if any(error.kind == "NOT_FOUND" for error in answer.errors_at("user")):
            raise NeverWorks(
                f"GITHUB_LOGIN: GitHub knows no person {login!r}",
                fix="leave it out to count the token's owner",
            )
        raise Malformed(
            "; ".join(error.message for error in answer.errors_at("user")) or "no such user"
        )


def _errors_of_entry(answer: Answer, root: str, position: int) -> tuple[Error, ...]:
    return answer.errors_at(root, "repositories", "nodes", position)
