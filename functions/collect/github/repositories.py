"""Finds the repositories that the token's owner was active in, by the time of the last push.

The list is in descending order of that time, so reading stops at the window's edge. Where it cannot
be read whole the run fails: a repository that is not named would count as zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from collect.counting.source import Repository, Unknown
from collect.counting.window import Span
from collect.github.client import Session, TooMuch
from collect.github.parse import Malformed, RepositoryPage, read_repositories
from collect.github.responses import Answer
from commit_counts.errors import NeverWorks, RetryLater

PAGE = 100
SMALLEST_PAGE = 5
TRIES = 2
HIDDEN = Repository(key="hidden", name="(hidden repositories)")


@dataclass(frozen=True, kw_only=True)
class RepositoryQuery:
    """Whose repositories, and which.

    login: None for the token's owner.
    skip_hidden: go on where some repositories are closed to the token, and cannot even be named.
    """

    login: str | None
    forks: bool
    skip_hidden: bool


@dataclass(frozen=True, kw_only=True)
class Person:
    """The account: its name as GitHub spells it, and its global id."""

    login: str
    node_id: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The person's repositories that may reach into the span, and whether some are hidden."""

    person: Person
    repositories: tuple[Repository, ...]
    hidden: Unknown | None


def list_repositories(session: Session, query: RepositoryQuery, span: Span) -> Listing:
    """The person's own, their organisations' and their collaborations' repositories.

    Raises RetryLater where the list has holes also the second time, NeverWorks where it is hidden.
    """
    try:
        return _list_once(session, query, span)
    except _Changed:
        return _list_once(session, query, span)


class _Changed(RetryLater):
    """The list changed while it was read: asked for once more, it may be whole."""


def _list_once(session: Session, query: RepositoryQuery, span: Span) -> Listing:
    found: dict[str, Repository] = {}
    hidden: Unknown | None = None
    seen = 0
    cursor: str | None = None
    while True:
        page, answer = _page(session, query, cursor)
        seen += len(page.repositories)
        if not page.repositories and page.next:
            raise _Changed("a page of GitHub's list of repositories is empty and not the last")
        for position, repository in enumerate(page.repositories):
            if repository is None:
                hidden = _hidden(answer, query, position)
            elif not repository.may_reach(span.start):
                return _listing(page, found, hidden)
            elif repository.key in found:
                # A push meanwhile moves a repository to the front, onto a page already read, and
                # another one across the pages' border: the number of entries is right all the same.
                raise _Changed(f"{repository.name} is twice in GitHub's list of repositories")
            else:
                found[repository.key] = repository
        cursor = page.next
        if cursor is None:
            _check_total(seen, page.total)
            return _listing(page, found, hidden)


def _listing(
    page: RepositoryPage, found: Mapping[str, Repository], hidden: Unknown | None
) -> Listing:
    return Listing(
        person=Person(login=page.login, node_id=page.person_id),
        repositories=tuple(found.values()),
        hidden=hidden,
    )


def _page(
    session: Session, query: RepositoryQuery, cursor: str | None
) -> tuple[RepositoryPage, Answer]:
    """One page; asked again where it has holes, in smaller ones where GitHub cannot answer."""
    first = PAGE
    tries = 0
    while True:
        variables = {
            "login": query.login or "",
            "named": query.login is not None,
            "isFork": None if query.forks else False,
            "first": first,
            "after": cursor,
        }
        try:
            answer = session.ask("repositories", variables)
            _check_person(answer, query)
            page = read_repositories(answer.data, named=query.login is not None)
        except TooMuch as error:
            if first // 2 < SMALLEST_PAGE:
                raise RetryLater(f"GitHub does not list the repositories: {error}") from error
            first //= 2
            continue
        except Malformed as error:
            if (tries := tries + 1) >= TRIES:
                raise RetryLater(f"GitHub's list of repositories has a hole: {error}") from error
            continue
        tries += 1
        holes = any(r is None for r in page.repositories)
        if not holes or tries >= TRIES or any(e.saml for e in answer.errors):
            return page, answer


def _check_person(answer: Answer, query: RepositoryQuery) -> None:
    if query.login is not None and answer.data.get("user") is None:
        if any(error.kind == "NOT_FOUND" for error in answer.errors_at("user")):
            raise NeverWorks(
                f"GITHUB_LOGIN: GitHub knows no person {query.login!r}; leave it out to count the "
                "token's owner"
            )
        raise Malformed(
            "; ".join(error.message for error in answer.errors_at("user")) or "no such user"
        )


def _hidden(answer: Answer, query: RepositoryQuery, position: int) -> Unknown:
    errors = answer.errors_at(
        "user" if query.login else "viewer", "repositories", "nodes", position
    )
    saml = any(error.saml for error in errors)
    if not saml and not any(error.kind == "FORBIDDEN" for error in errors):
        said = "; ".join(error.message for error in errors) or "it gives no reason"
        raise RetryLater(f"GitHub lists a repository and does not show it: {said}")
    fix = "authorise the token for the organisation's single sign-on (SAML)" + (
        f", {answer.sso}" if answer.sso else " under Configure SSO in its settings"
    )
    if not query.skip_hidden:
        raise NeverWorks(
            "an organisation hides repositories from the token, so that their commits would count "
            f"as zero: {fix}; or count without them: SKIP_HIDDEN_REPOSITORIES=true"
        )
    return Unknown(repository=HIDDEN, reason=f"hidden from the token: {fix}", lasting=True)


def _check_total(seen: int, total: int) -> None:
    if seen != total:
        raise _Changed(f"GitHub's list of repositories is not whole: expected {total}, got {seen}")
