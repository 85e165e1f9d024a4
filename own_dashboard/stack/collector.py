"""Calls the function collect as Cloud Scheduler does, and decides how far back.

A state shows what is counted on it now: what was stated there otherwise gives way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from collect.counting.window import EARLIEST, choose_window, cut_window
from commit_counts.event import HAND, CommitCounts, Window, default_source
from commit_counts.retry import utc_now
from own_dashboard.stack.collected import CollectedFile, Collection
from own_dashboard.stack.options import LOCAL_PROJECT
from own_dashboard.stack.scheduler import call
from own_dashboard.stack.stack import Stack
from own_dashboard.stack.state import StateFolder
from own_dashboard.topic.target import Topic

_CHOICES = ("COLLECT_FORKS", "GITHUB_EMAILS", "REPOSITORIES_INCLUDE", "REPOSITORIES_EXCLUDE")


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The days that the person asked for; collect's own choice where None."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What collect answered: the window, and how much it found and sent.

    withdrawn: the sources whose numbers of before were withdrawn; empty where none were.
    """

    since: str
    until: str
    repositories: int
    commits: int
    events: int
    requests: int
    unknown_repositories: Mapping[str, str]
    withdrawn: tuple[str, ...] = ()


class Collector:
    """Runs collections on one stack."""

    def __init__(self, stack: Stack, folder: StateFolder, reach: Reach) -> None:
        self._stack = stack
        self._file = CollectedFile(folder.path)
        self._reach = reach

    def collect(self) -> Collected:
        """One collection. RetryLater or NeverWorks with the reason where it fails.

        The first one of a person and place reaches back a year, or as far as the input says, or as
        far as was counted of the person before. Numbers that were stated here under another name
        are withdrawn, and under the same name those of days that are not counted again, where it is
        done in another way now (clones, forks, addresses, globs, time zone). A Google Sheet keeps
        them, as others may write there under the same name.
        """
        sheet_id, begun_at = self._stack.sheet_id, utc_now()
        stated = self._file.read(sheet_id)
        window, begun = self._begin(stated, begun_at)
        others = [replace(one, is_whole=False) for one in stated if not one.is_like(begun)]
        # Whatever is stated from now on is known until it is withdrawn, however this run ends.
        self._file.write(sheet_id, [*others, begun])
        answer = self._call(window)
        reaches_all = self._reach.until is None and window.since <= self._first_day(window)
        outdated = [
            (one, days)
            for one in others
            if one.source != HAND and self._stack.sheets
            for days in one.outdated_by(begun.source, window)
        ]
        events = answer["events"] + (self._withdraw(outdated, begun_at) if outdated else 0)
        collection = replace(begun, is_whole=begun.is_whole or reaches_all)
        self._file.write(sheet_id, [collection])
        withdrawn = tuple(
            one.source + ("" if one.source != begun.source else f", {days.since} to {days.until}")
            for one, days in outdated
        )
        return replace(_collected(answer), events=events, withdrawn=withdrawn)

    def _begin(self, stated: Sequence[Collection], now: datetime) -> tuple[Window, Collection]:
        """The days to collect now, and the entry to note before that begins."""
        options, reach = self._stack.options, self._reach
        zone, login = ZoneInfo(options.time_zone), self._login
        window = choose_window(now, zone, since=reach.since, until=reach.until)
        begun = Collection(
            source=options.source or default_source(login),
            login=login,
            since=window.since,
            until=window.until,
            identity=self._identity(),
            is_whole=False,
        )
        alike = [one for one in stated if one.is_like(begun)]
        is_whole = any(one.is_whole and one.until >= window.since for one in alike)
        if not is_whole and reach.since is None:
            of_this_person = (one.since for one in stated if one.login == login)
            window = replace(window, since=min([self._first_day(window), *of_this_person]))
        begun = replace(
            begun,
            since=min([window.since, *(one.since for one in alike)]),
            until=max([window.until, *(one.until for one in alike)]),
            is_whole=is_whole,
        )
        return window, begun

    def _first_day(self, window: Window) -> date:
        """Of a first collection that ends with this window."""
        return max(EARLIEST, window.until - self._stack.options.input.first_reach)

    def _withdraw(
        self, outdated: Sequence[tuple[Collection, Window]], collected_at: datetime
    ) -> int:
        """State that sources have nothing on these days; the number of events.

        collected_at: before the collection that they give way to, which stays the latest.
        """
        from own_dashboard.topic.clients import topic_clients  # half a second, and rarely needed

        stack = self._stack
        topic = Topic(
            project=LOCAL_PROJECT,
            name=stack.pipeline.commit_counts,
            emulator_host=stack.pubsub.address,
        )
        events = [
            CommitCounts(
                source=former.source,
                login=former.login,
                time_zone=ZoneInfo(stack.options.time_zone),
                collected_at=collected_at,
                window=window,
                counts=(),
            )
            for former, days in outdated
            for window in cut_window(days)
        ]
        with topic_clients(topic) as clients:
            for event in events:
                clients.publish(event)
        return len(events)

    def _identity(self) -> dict[str, object]:
        """What is counted, and how: with another one, the past is another picture."""
        options = self._stack.options
        chosen = {name: options.environment.get(name, "") for name in _CHOICES}
        return {
            **options.input.identity(), **chosen, "time_zone": options.time_zone,
        }  # fmt: skip

    @cached_property
    def _login(self) -> str:
        """Whose commits are counted, which GitHub is asked for."""
        chosen = self._stack.options.input
        if chosen.graphql_url is None:
            return chosen.login or ""
        from own_dashboard.stack.account import find_login  # a tenth of a second

        return find_login(chosen.graphql_url, chosen.token, chosen.login)

    def _call(self, window: Window) -> Mapping[str, Any]:
        body = {"since": window.since.isoformat(), "until": window.until.isoformat()}
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
