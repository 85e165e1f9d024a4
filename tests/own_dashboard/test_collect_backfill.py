"""Years are stated newest first, can be interrupted anywhere, and go on without reading twice."""

import itertools
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from collect.counting.checkpoint import Checkpoint
from commit_counts.event import CommitCounts
from emulators.github import Repository, commits_in_memory
from tests.support.collect import (
    NOW,
    TOKYO,
    Cells,
    github_with,
    planned_cells,
    run_github,
    serving,
    window_of,
)

WINDOW = window_of("2024-01-10", "2026-03-31")


def account(count: int = 6) -> list[Repository]:
    """Repositories whose last pushes lie months apart, each with commits over half a year."""
    return [
        Repository(
            name=f"octocat/r{number}",
            commits=commits_in_memory(
                f"r{number}", NOW - timedelta(days=90 * number), 20, step=timedelta(days=9)
            ),
        )
        for number in range(count)
    ]


def cells(events: Sequence[CommitCounts]) -> Cells:
    """The union of statements whose windows do not overlap."""
    return {(c.date, c.repository): c.commits for event in events for c in event.counts}


def test_windows_come_newest_first_and_join_without_a_gap() -> None:
    """Each event is a complete statement of at most 92 days, and together they say it all."""
    repositories = account()
    with serving(github_with(*repositories)) as emulator:
        run = run_github(emulator, WINDOW)
    windows = [event.window for event in run.events if event.window]
    assert len(windows) == len(run.events)
    assert windows[0].until == WINDOW.until
    assert windows[-1].since == WINDOW.since
    for newer, older in itertools.pairwise(windows):
        assert older.until + timedelta(days=1) == newer.since
        assert (newer.until - newer.since).days < 92
    assert run.cells == planned_cells(repositories, TOKYO, WINDOW)


def test_the_newest_window_is_stated_before_older_repositories_are_read() -> None:
    """Whoever looks at the phone meanwhile sees the latest months first."""
    requests_at_first: list[int] = []
    with serving(github_with(*account())) as emulator:
        run_github(
            emulator,
            WINDOW,
            batch=1,
            publish=lambda _: requests_at_first.append(emulator.calls.count("graphql")),
        )
        discovery = 1 + 9
        assert requests_at_first[0] == discovery + 2
        assert requests_at_first[-1] == discovery + 6


class Interrupted(BaseException):
    """Ctrl-C."""


@pytest.mark.parametrize("after", [0, 1, 4, 8])
def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path, after: int) -> None:
    """Whatever was published stays published once; nothing is lost; nothing is read twice."""
    file = tmp_path / "checkpoint.sqlite"
    repositories = account()
    published: list[CommitCounts] = []

    def publish(event: CommitCounts) -> None:
        if len(published) == after:
            raise Interrupted
        published.append(event)

    with serving(github_with(*repositories)) as emulator:
        with pytest.raises(Interrupted):
            run_github(emulator, WINDOW, batch=1, checkpoint=Checkpoint(file), publish=publish)
        read_before = emulator.calls.count()
        rest = run_github(emulator, WINDOW, batch=1, checkpoint=Checkpoint(file))
        histories = emulator.calls.count() - 2 * 10
        assert len(repositories) <= histories <= len(repositories) + 1
        assert emulator.calls.count() > read_before
    events = [*published, *rest.events]
    assert len(events) == len({event.window for event in events})
    assert cells(events) == planned_cells(repositories, TOKYO, WINDOW)


def test_what_was_pushed_meanwhile_is_read_again(tmp_path: Path) -> None:
    """A statement made after the interruption is true at its own time."""
    old = account()
    file = tmp_path / "checkpoint.sqlite"

    def publish(_: CommitCounts) -> None:
        raise Interrupted

    with serving(github_with(*old)) as emulator:
        with pytest.raises(Interrupted):
            run_github(emulator, WINDOW, checkpoint=Checkpoint(file), publish=publish)
        pushed = commits_in_memory("r5", NOW, 30, step=timedelta(days=20))
        new = [*old[:4], Repository(name="octocat/r5", commits=pushed, node_id=old[5].global_id)]
        emulator.repositories = new
        run = run_github(emulator, WINDOW, checkpoint=Checkpoint(file))
    assert run.cells == planned_cells(new, TOKYO, WINDOW)


def test_a_rename_and_another_default_branch_meanwhile_are_noticed(tmp_path: Path) -> None:
    """Neither is a push: the one costs nothing, the other is read again."""
    old = account()
    file = tmp_path / "checkpoint.sqlite"
    published: list[CommitCounts] = []

    def publish(event: CommitCounts) -> None:
        if len(published) == 4:
            raise Interrupted
        published.append(event)

    with serving(github_with(*old)) as emulator:
        with pytest.raises(Interrupted):
            run_github(emulator, WINDOW, checkpoint=Checkpoint(file), publish=publish)
        renamed = replace(old[0], name="octocat/renamed", node_id=old[0].global_id)
        trunk = commits_in_memory("trunk", NOW - timedelta(days=40), 25, step=timedelta(days=3))
        pushed_at = max(commit.committed_at for commit in old[1].commits)
        switched = replace(old[1], branch="trunk", commits=trunk, pushed_at=pushed_at)
        emulator.repositories = new = [renamed, switched, *old[2:]]
        before = emulator.calls.count()
        run = run_github(emulator, WINDOW, checkpoint=Checkpoint(file))
        assert emulator.calls.count() - before == 10 + 1
    assert run.cells == planned_cells(new, TOKYO, WINDOW)


def test_what_was_stated_with_something_unknown_is_stated_again(tmp_path: Path) -> None:
    """Who goes on after the cause is fixed fills the months that were published before."""
    repositories = account()
    broken = [replace(repositories[0], history_error="SERVICE_DOWN"), *repositories[1:]]
    file = tmp_path / "checkpoint.sqlite"
    with serving(github_with(*broken)) as emulator:
        first = run_github(emulator, WINDOW, checkpoint=Checkpoint(file))
        assert first.summary.unknown.keys() == {"octocat/r0"}
        emulator.repositories = repositories
        before = emulator.calls.count()
        rest = run_github(emulator, WINDOW, checkpoint=Checkpoint(file))
        assert emulator.calls.count() - before == 10 + 1
        assert rest.summary.unknown == {}
        assert cells([*first.events, *rest.events]) == planned_cells(repositories, TOKYO, WINDOW)
        assert run_github(emulator, WINDOW, checkpoint=Checkpoint(file)).events == []


def test_a_checkpoint_is_for_one_run_at_a_time(tmp_path: Path) -> None:
    """Two runs at once would mix what they read."""
    with Checkpoint(tmp_path / "s"), pytest.raises(sqlite3.OperationalError, match="locked"):
        Checkpoint(tmp_path / "s")
