"""Calls the function collect as Cloud Scheduler does, and decides how far back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from commit_counts.errors import DashboardError, NeverWorks, RetryLater
from local.stack import Stack
from local.state_folder import StateFolder

_FIRST_REACH = timedelta(days=365)


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
        """One collection. RetryLater or NeverWorks with collect's own reason where it fails."""
        zone = self._stack.options.time_zone
        identity = {**self._stack.options.input.identity(), "time_zone": zone}
        answer = self._call(self._window(identity))
        if self._reach.until is None:  # a window that ends earlier leaves the last days out
            self._folder.remember_collected(identity)
        return _collected(answer)

    def _window(self, identity: dict[str, object]) -> dict[str, str]:
        """The first collection of a person and place reaches back a year."""
        since, until = self._reach.since, self._reach.until
        if since is None and not self._folder.has_collected(identity):
            today = datetime.now(ZoneInfo(self._stack.options.time_zone)).date()
            since = (until or today) - _FIRST_REACH
        window = {"since": since, "until": until}
        return {name: day.isoformat() for name, day in window.items() if day}

    def _call(self, window: dict[str, str]) -> Mapping[str, Any]:
        function = self._stack.functions["collect"]
        try:
            answer = httpx.post(
                function.url,
                json=window,
                timeout=self._stack.pipeline.function("collect").timeout_seconds,
                headers={"User-Agent": "Google-Cloud-Scheduler"},
                trust_env=False,
            )
        except httpx.HTTPError as error:
            raise RetryLater(
                f"collect does not answer ({type(error).__name__}); see {function.log_file}"
            ) from error
        if answer.status_code != httpx.codes.OK:
            raise _failure(answer)
        content: Mapping[str, Any] = answer.json()
        return content


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


def _failure(answer: httpx.Response) -> DashboardError:
    """The reason in collect's own words; without them it has crashed."""
    try:
        reason = str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return RetryLater(f"collect failed with status {answer.status_code}")
    unavailable = answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    return RetryLater(reason) if unavailable else NeverWorks(reason)
