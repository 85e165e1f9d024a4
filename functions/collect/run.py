"""One run as the function does it: GitHub in, Pub/Sub out, within a deadline."""

from dataclasses import replace
from datetime import datetime

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
from commit_counts.late_publisher import LatePublisher
from commit_counts.retry import Deadline


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
    topic = LatePublisher(
        project=settings.project, topic=settings.topic, emulator_host=settings.emulator_host
    )
    with (
        topic as publisher,
        GitHub(url=github.url, token=github.token) as transport,
        Checkpoint() as checkpoint,
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
