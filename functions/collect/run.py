"""One run as the function does it: GitHub in, Pub/Sub out, within a deadline."""

import importlib
import threading
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from collect.counting.checkpoint import Checkpoint
from collect.counting.collect import CollectRequest, collect
from collect.counting.result import Summary
from collect.counting.window import Span, choose_window
from collect.github.client import Session
from collect.github.repositories import RepositoryQuery
from collect.github.source import GitHubSource
from collect.github.transport import GitHub
from collect.request import RequestBody
from collect.settings import GitHubSettings, Settings
from commit_counts.errors import DashboardError
from commit_counts.event import CommitCounts
from commit_counts.retry import Deadline

if TYPE_CHECKING:
    from commit_counts.publisher import Publisher


def run(settings: Settings, asked: RequestBody, *, deadline: Deadline, now: datetime) -> Summary:
    """Collect what is asked for and publish it. Raises DashboardError where it cannot."""
    zone = settings.time_zone
    window = choose_window(now, zone, since=asked.since, until=asked.until)
    github = with_forks(settings.github, asked.forks)
    request = CollectRequest(
        now=now,
        span=Span(window=window, zone=zone),
        selection=github.selection,
        source=settings.source,
    )
    with (
        GitHub(url=github.url, token=github.token) as transport,
        Checkpoint() as checkpoint,
        LatePublisher(
            project=settings.project, topic=settings.topic, emulator_host=settings.emulator_host
        ) as publisher,
    ):
        source = github_source(Session(transport, token=github.token, deadline=deadline), github)
        try:
            return collect(source, request, checkpoint=checkpoint, publish=publisher.publish)
        except DashboardError as error:
            error.facts |= source.report().facts()
            raise


def github_source(session: Session, github: GitHubSettings) -> GitHubSource:
    """GitHub as the settings want it read."""
    query = RepositoryQuery(
        login=github.login, forks=github.selection.forks, skip_hidden=github.skip_hidden
    )
    return GitHubSource(session, query, emails=github.emails)


def with_forks(github: GitHubSettings, forks: bool | None) -> GitHubSettings:
    """The same settings, with forks as a caller wants them."""
    if forks is None:
        return github
    return replace(github, selection=replace(github.selection, forks=forks))


class LatePublisher:
    """A topic that gets ready while GitHub answers: gRPC takes longer to load than all the rest.

    What it needs is loaded from its entry on, and it is connected to at the first event.
    """

    def __init__(self, *, project: str, topic: str, emulator_host: str | None) -> None:
        self._project = project
        self._topic = topic
        self._emulator_host = emulator_host
        self._publisher: Publisher | None = None

    def __enter__(self) -> Self:
        threading.Thread(target=importlib.import_module, args=("commit_counts.publisher",)).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._publisher:
            self._publisher.close()

    def publish(self, event: CommitCounts) -> None:
        """Returns when Pub/Sub has stored the event; raises RetryLater or NeverWorks."""
        if self._publisher is None:
            from commit_counts.publisher import Publisher

            self._publisher = Publisher(
                project=self._project, topic=self._topic, emulator_host=self._emulator_host
            )
        self._publisher.publish(event)
