"""Asks GitHub whose commits a collection will count, before any of them is stated."""

from datetime import timedelta

from collect.github.client import CONNECTIONS, Session, TooMuch
from collect.github.parse import Malformed
from collect.github.repositories import ask_page
from collect.github.transport import GitHub
from commit_counts.retry import Deadline, Retries, utc_now

# As long as a collection, which waits out a limit of GitHub's.
_MOST_WAITING = timedelta(minutes=9)


def find_login(url: str, token: str, login: str | None) -> str:
    """The account's name as GitHub spells it; the token's owner where `login` is None.

    One small request, tried again as those of a collection are. RetryLater or NeverWorks where
    GitHub does not tell.
    """
    deadline = Deadline(ends_at=utc_now() + _MOST_WAITING)
    retries = Retries(CONNECTIONS, deadline)
    with GitHub(url=url, token=token) as transport:
        session = Session(transport, token=token, deadline=deadline)
        while True:
            try:
                page, _ = ask_page(session, login, is_fork=None, first=1, after=None)
            except (TooMuch, Malformed) as error:
                retries.wait(f"GitHub does not tell whose commits are counted: {error}")
            else:
                return page.login
