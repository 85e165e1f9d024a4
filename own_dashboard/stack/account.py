"""Asks GitHub whose commits a collection will count, before any of them is stated."""

from datetime import timedelta

from collect.github.client import Session
from collect.github.parse import Malformed, read_repositories
from collect.github.repositories import check_person
from collect.github.transport import GitHub
from commit_counts.errors import RetryLater
from commit_counts.retry import Deadline, utc_now

_MOST_WAITING = timedelta(seconds=60)


def find_login(url: str, token: str, login: str | None) -> str:
    """The account's name as GitHub spells it; the token's owner where `login` is None.

    One small request. RetryLater or NeverWorks where GitHub does not tell.
    """
    named = login is not None
    variables = {"login": login or "", "named": named, "isFork": None, "first": 1, "after": None}
    deadline = Deadline(ends_at=utc_now() + _MOST_WAITING)
    with GitHub(url=url, token=token) as transport:
        answer = Session(transport, token=token, deadline=deadline).ask("repositories", variables)
    try:
        check_person(answer, login)
        return read_repositories(answer.data, root="user" if named else "viewer").login
    except Malformed as error:
        raise RetryLater(f"GitHub does not tell whose commits are counted: {error}") from error
