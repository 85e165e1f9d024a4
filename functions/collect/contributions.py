"""Asks GitHub what it believes the person committed: finds other people's repositories that way.

GitHub lists at most 100 repositories of a window, in at most 100 days, and cannot page further: a
window that holds more is split.
https://docs.github.com/en/graphql/reference/objects#contributionscollection
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from collect.answers import Contributed, Contributions, read_contributions
from collect.json_fields import Malformed
from collect.session import Session, TooMuch
from collect.source import Repository
from collect.window import cut_window
from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.event import Window

MOST_REPOSITORIES = 100
# With a day more at each end, within the 100 days that one page of a repository's days holds.
MOST_DAYS = 92
TRIES = 2
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Claims:
    """GitHub's numbers for all windows together, and what is odd about them."""

    contributed: tuple[Contributed, ...]
    notices: tuple[str, ...]

    def repositories(self) -> tuple[Repository, ...]:
        """Each once; none is older than the last day that it is said to have commits on."""
        found: dict[str, Repository] = {}
        for entry in self.contributed:
            known = found.get(entry.repository.key, entry.repository)
            found[known.key] = replace(known, active_until=_latest(known, entry))
        return tuple(found.values())


def ask_contributions(session: Session, login: str, window: Window) -> Claims:
    """What GitHub says for the window and a day around it: its days are not the person's."""
    contributed: list[Contributed] = []
    notices: dict[str, None] = {}
    for part in cut_window(window, days=MOST_DAYS):
        wide = Window(since=part.since - _DAY, until=part.until + _DAY)
        for answer in _split(session, login, wide):
            contributed += answer.listed
            notices |= dict.fromkeys(_oddities(answer))
    return Claims(contributed=tuple(contributed), notices=tuple(notices))


def _split(session: Session, login: str, window: Window) -> Iterator[Contributions]:
    """The window's answer; by halves where GitHub cannot give it whole."""
    single = window.since == window.until
    try:
        answer = _ask(session, login, window)
    except TooMuch as error:
        if single:
            raise RetryLater(
                f"GitHub does not tell the contributions of {window.since}: {error}"
            ) from error
    else:
        full = len(answer.listed) >= MOST_REPOSITORIES
        if not full or len(answer.listed) >= answer.total_repositories:
            yield answer
            return
        if single:
            raise NeverWorks(
                f"more than {MOST_REPOSITORIES} repositories have commits on {window.since}, which "
                "GitHub cannot list"
            )
    middle = window.since + (window.until - window.since) // 2
    yield from _split(session, login, Window(since=middle + _DAY, until=window.until))
    yield from _split(session, login, Window(since=window.since, until=middle))


def _ask(session: Session, login: str, window: Window) -> Contributions:
    variables = {
        "login": login,
        "from": datetime.combine(window.since, time.min, UTC).isoformat(),
        "to": datetime.combine(window.until, time(23, 59, 59), UTC).isoformat(),
    }
    said = ""
    for _ in range(TRIES):
        answer = session.ask("contributions", variables)
        said = "; ".join(error.message for error in answer.errors)
        if not answer.errors:
            try:
                return read_contributions(answer.data)
            except Malformed as error:
                said = str(error)
        elif any(error.saml for error in answer.errors):
            raise NeverWorks(
                f"an organisation hides contributions from the token ({said}): authorise it for "
                f"the organisation's single sign-on {answer.sso or ''}".rstrip()
            )
    raise RetryLater(f"GitHub's contributions have a hole: {said}")


def _oddities(answer: Contributions) -> Iterator[str]:
    if answer.restricted:
        yield (
            "GitHub counts contributions in repositories that the token does not see; those that "
            "it cannot list are not counted: check the token's scopes and organisations"
        )
    if len(answer.listed) < answer.total_repositories:
        yield (
            f"GitHub lists {len(answer.listed)} of {answer.total_repositories} repositories with "
            "contributions"
        )
    listed = sum(sum(entry.days.values()) for entry in answer.listed)
    if listed != answer.total_commits or not all(entry.whole for entry in answer.listed):
        yield f"GitHub's own contributions do not add up: {listed} of {answer.total_commits}"


def _latest(repository: Repository, entry: Contributed) -> datetime | None:
    if repository.active_until is None or not entry.days:
        return repository.active_until
    last = datetime.combine(max(entry.days) + _DAY, time.max, UTC)
    return max(repository.active_until, last)
