"""Calls the function collect as Cloud Scheduler does, and decides how far back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from own_dashboard.stack.scheduler import call
from own_dashboard.stack.stack import Stack
from own_dashboard.stack.state import StateFolder

_CHOICES = ("COLLECT_FORKS", "GITHUB_EMAILS", "REPOSITORIES_INCLUDE", "REPOSITORIES_EXCLUDE")


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The days that the person asked for; collect's own choice where None."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What collect answered: the window, and how much it found and sent."""

    since: str
    until: str
    repositories: int
    commits: int
    events: int
    requests: int
    unknown_repositories: Mapping[str, str]


class Collector:
    """Runs collections on one stack."""

    def __init__(self, stack: Stack, folder: StateFolder, reach: Reach) -> None:
        self._stack = stack
        self._folder = folder
        self._reach = reach

    def collect(self) -> Collected:
        """One collection. RetryLater or NeverWorks with collect's own reason where it fails.

        The first one of a person and place reaches back a year, or as far as the input says.
        """
        reach, first_day = self._reach, self._first_day()
        remembered = self._folder.collected()
        known = remembered is not None and self._identity(remembered.get("login")) == remembered
        since = reach.since or (None if known else first_day)
        answer = self._call(since)
        if since is None and self._identity(answer["login"]) != remembered:
            since, answer = first_day, self._call(first_day)  # the token is another person's now
        if reach.until is None and (since is None or since <= first_day):
            self._folder.remember_collected(self._identity(answer["login"]))
        return _collected(answer)

    def _identity(self, login: object) -> dict[str, object]:
        """Whose commits, and what was counted: with another one, the past is another picture."""
        options = self._stack.options
        chosen = {name: options.environment.get(name, "") for name in _CHOICES}
        return {
            **options.input.identity(), **chosen, "login": login, "time_zone": options.time_zone,
        }  # fmt: skip

    def _first_day(self) -> date:
        today = datetime.now(ZoneInfo(self._stack.options.time_zone)).date()
        return (self._reach.until or today) - self._stack.options.input.first_reach

    def _call(self, since: date | None) -> Mapping[str, Any]:
        window = {"since": since, "until": self._reach.until}
        body = {name: day.isoformat() for name, day in window.items() if day}
        return call(self._stack, "collect", body)


def _collected(answer: Mapping[str, Any]) -> Collected:
    return Collected(
        since=answer["since"],
        until=answer["until"],
        repositories=answer["repositories"],
        commits=answer["commits"],
        events=answer["events"],
        requests=answer["requests"],
        unknown_repositories=answer["unknown_repositories"],
    )
