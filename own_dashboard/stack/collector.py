"""Calls the function collect as Cloud Scheduler does, and decides how far back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from collect.counting.window import cut_window
from commit_counts.event import HAND, CommitCounts, Window
from commit_counts.retry import utc_now
from own_dashboard.stack.options import LOCAL_PROJECT
from own_dashboard.stack.scheduler import call
from own_dashboard.stack.stack import Stack
from own_dashboard.stack.state import Collection, StateFolder
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
    withdrawn: str = ""


class Collector:
    """Runs collections on one stack."""

    def __init__(self, stack: Stack, folder: StateFolder, reach: Reach) -> None:
        self._stack = stack
        self._folder = folder
        self._reach = reach

    def collect(self) -> Collected:
        """One collection. RetryLater or NeverWorks with collect's own reason where it fails.

        The first one of a person and place reaches back a year, or as far as the input says. What
        another source stated here before is withdrawn: a state shows what is counted on it now.
        A Google Sheet keeps it, as others may write there under the same name.
        """
        reach, first_day, sheet_id = self._reach, self._first_day(), self._stack.sheet_id
        stated = self._folder.collected(sheet_id)
        former = stated[-1] if stated else None
        is_known = former is not None and former.is_whole and self._is_of(former.login, former)
        since = reach.since or (None if is_known else first_day)
        answer = self._call(since)
        if since is None and former:
            if not self._is_of(answer["login"], former):
                since = first_day  # the token is another person's now
            elif answer["source"] != former.source:
                # The same under another name: nothing that is withdrawn may be missing then.
                since = min(first_day, date.fromisoformat(former.since))
            answer = self._call(since) if since else answer
        collection = Collection(
            source=answer["source"],
            login=answer["login"],
            since=answer["since"],
            until=answer["until"],
            identity=self._identity(answer["login"]),
            is_whole=reach.until is None and (since is None or since <= first_day),
        )
        others = [one for one in stated if one.source != collection.source]
        for one in stated:
            if one.source == collection.source:
                collection = one.followed_by(collection)
        # What is withdrawn now is known until it is, however this run ends.
        self._folder.remember_collected(sheet_id, [*others, collection])
        gone = [one for one in others if one.source != HAND] if self._stack.sheets else []
        events = answer["events"] + sum(map(self._withdraw, gone))
        self._folder.remember_collected(sheet_id, [collection])
        withdrawn = ", ".join(one.source for one in gone)
        return replace(_collected(answer), events=events, withdrawn=withdrawn)

    def _is_of(self, login: object, collection: Collection) -> bool:
        """Whether a collection counted what this one counts, of this person."""
        return self._identity(login) == collection.identity

    def _withdraw(self, former: Collection) -> int:
        """State that a source has nothing on all days that it stated; the number of events."""
        from own_dashboard.topic.clients import topic_clients  # half a second, and rarely needed

        stack = self._stack
        topic = Topic(
            project=LOCAL_PROJECT,
            name=stack.pipeline.commit_counts,
            emulator_host=stack.pubsub.address,
        )
        stated = Window(
            since=date.fromisoformat(former.since), until=date.fromisoformat(former.until)
        )
        windows = list(cut_window(stated))
        with topic_clients(topic) as clients:
            for window in windows:
                clients.publish(
                    CommitCounts(
                        source=former.source,
                        login=former.login,
                        time_zone=ZoneInfo(stack.options.time_zone),
                        collected_at=utc_now(),
                        window=window,
                        counts=(),
                    )
                )
        return len(windows)

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
