"""What a run keeps on disk: repositories whole or not at all."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from collect.counting.checkpoint import Checkpoint
from collect.counting.source import Commit, Page, Repository, Unknown
from commit_counts.event import Window

DAY = datetime(2026, 3, 1, tzinfo=UTC)
APP = Repository(key="1", name="me/app", active_until=DAY)


def page(*oids: str, first: bool = True, last: bool = True, of: Repository = APP) -> Page:
    commits = tuple(Commit(oid=oid, authored=DAY) for oid in oids)
    return Page(repository=of, commits=commits, first=first, last=last)


def oids(checkpoint: Checkpoint) -> list[str]:
    return sorted(commit.oid for commit in checkpoint.commits(DAY, DAY + timedelta(days=1)))


def test_a_first_page_voids_what_came_before() -> None:
    """A repository that is read again, because it changed meanwhile, is as it is now."""
    with Checkpoint() as checkpoint:
        checkpoint.take(page("a", "b", last=False))
        checkpoint.take(page("b", "c", last=False))
        checkpoint.take(page("d", first=False))
        assert oids(checkpoint) == ["b", "c", "d"]


def test_an_unknown_repository_has_no_commits() -> None:
    """Half of its pages would be a smaller number."""
    with Checkpoint() as checkpoint:
        checkpoint.take(page("a", last=False))
        checkpoint.take(Unknown(repository=APP, reason="cut off " * 100, lasting=False))
        assert oids(checkpoint) == []
        assert checkpoint.known() == 0
        (unknown,) = checkpoint.unknown()
        assert len(unknown.reason) == 500
        assert unknown.repository == APP


def test_what_was_not_finished_is_forgotten(tmp_path: Path) -> None:
    """However the process ended."""
    file = tmp_path / "checkpoint"
    other = Repository(key="2", name="me/other", active_until=DAY)
    with Checkpoint(file) as checkpoint:
        checkpoint.take(page("a"))
        checkpoint.take(page("b", last=False, of=other))
    with Checkpoint(file) as checkpoint:
        assert checkpoint.keep_only([APP, other]) == {"1"}
        assert oids(checkpoint) == ["a"]


def test_only_what_is_unchanged_needs_no_second_reading(tmp_path: Path) -> None:
    """Pushed to, unknown, of unknown activity, or gone: none of these is kept."""
    pushed = Repository(key="2", name="me/pushed", active_until=DAY)
    unknown = Repository(key="3", name="me/unknown", active_until=DAY)
    undated = Repository(key="4", name="me/undated")
    gone = Repository(key="5", name="me/gone", active_until=DAY)
    with Checkpoint(tmp_path / "checkpoint") as checkpoint:
        for repository in (APP, pushed, undated, gone):
            checkpoint.take(page(repository.key, of=repository))
        checkpoint.take(Unknown(repository=unknown, reason="x", lasting=True))
        later = Repository(key="2", name="me/pushed", active_until=DAY + timedelta(hours=1))
        assert checkpoint.keep_only([APP, later, unknown, undated]) == {"1"}
        assert oids(checkpoint) == ["1"]


def test_stated_windows_are_remembered(tmp_path: Path) -> None:
    """Each is published once."""
    first = Window(since=DAY.date(), until=DAY.date())
    second = Window(since=DAY.date(), until=DAY.date() + timedelta(days=1))
    with Checkpoint(tmp_path / "checkpoint") as checkpoint:
        checkpoint.mark_stated(first)
    with Checkpoint(tmp_path / "checkpoint") as checkpoint:
        assert checkpoint.unstated([first, second]) == [second]
