"""Looks at GitHub: whether the token works, what it may see, and how much of its limit is left."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from collect.counting.window import Span, choose_window
from collect.github.client import Session
from collect.github.transport import GitHub
from collect.run import github_source
from collect.settings import check_github, read_github
from commit_counts.errors import DashboardError
from commit_counts.inspection import Finding, fault_of, good, note
from commit_counts.retry import Deadline
from commit_counts.settings import Variables

_SUBJECT = "GitHub"
_MOST_WAITING = timedelta(seconds=60)


def examine_github(
    environment: Mapping[str, str], zone: ZoneInfo, sleep: Callable[[float], None]
) -> Iterator[Finding]:
    """One discovery of the usual window, as every collection begins."""
    if not environment.get("GITHUB_TOKEN", "").strip():
        yield note(_SUBJECT, "no GITHUB_TOKEN: `./dev up` counts in local clones instead")
        return
    now = datetime.now(UTC)
    variables = Variables(environment)
    try:
        settings = read_github(variables)
        variables.check()
        check_github(settings)
        with GitHub(url=settings.url, token=settings.token) as transport:
            deadline = Deadline(ends_at=now + _MOST_WAITING, sleep=sleep)
            session = Session(transport, token=settings.token, deadline=deadline)
            window = choose_window(now, zone, since=None, until=None)
            found = github_source(session, settings).discover(Span(window=window, zone=zone))
    except DashboardError as error:
        yield fault_of(_SUBJECT, error)
        return
    points = "no limit" if session.points_left is None else f"{session.points_left} points left"
    yield good(
        _SUBJECT,
        f"{found.login}: {len(found.repositories)} repositories that may hold commits since "
        f"{window.since}; {points}",
    )
    for notice in session.notices:
        yield note(_SUBJECT, notice)
