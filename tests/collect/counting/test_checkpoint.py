"""What a run keeps on disk: repositories whole or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collect.counting.checkpoint import Checkpoint
from collect.counting.source import Commit, Page, Repository, Unknown
from commit_counts.event import Window

DAY = datetime(2026, 3, 1, tzinfo=UTC)
APP = Repository(key="1", name="me/app", branch="main", active_until=DAY)


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
    other = replace(APP, key="2", name="me/other")
    with Checkpoint(file) as checkpoint:
        checkpoint.take(page("a"))
        checkpoint.take(page("b", last=False, of=other))
    with Checkpoint(file) as checkpoint:
        assert checkpoint.keep_only([APP, other]) == {"1"}
        assert oids(checkpoint) == ["a"]


def test_only_what_is_unchanged_needs_no_second_reading(tmp_path: Path) -> None:
    """Pushed to, with another default branch, unknown, of unknown activity, or gone."""
    pushed = replace(APP, key="2", name="me/pushed")
    unknown = replace(APP, key="3", name="me/unknown")
    undated = replace(APP, key="4", name="me/undated", active_until=None)
    gone = replace(APP, key="5", name="me/gone")
    moved = replace(APP, key="6", name="me/moved")
    stranger = replace(APP, key="7", name="acme/app", branch=None)
    with Checkpoint(tmp_path / "checkpoint") as checkpoint:
        for repository in (APP, pushed, undated, gone, moved, stranger):
            checkpoint.take(page(repository.key, of=repository))
        checkpoint.take(Unknown(repository=unknown, reason="x", lasting=True))
        later = replace(pushed, active_until=DAY + timedelta(hours=1))
        trunk = replace(moved, branch="trunk")
        now = [APP, later, unknown, undated, trunk, stranger]
        assert checkpoint.keep_only(now) == {"1"}
        assert oids(checkpoint) == ["1"]


def test_what_has_another_name_now_goes_by_it_and_is_stated_anew(tmp_path: Path) -> None:
    """Also the windows that were published under its former name; nothing is read again."""
    file = tmp_path / "checkpoint"
    window = Window(since=DAY.date(), until=DAY.date())
    with Checkpoint(file) as checkpoint:
        checkpoint.take(page("a"))
        checkpoint.mark_stated(window)
    with Checkpoint(file) as checkpoint:
        assert checkpoint.keep_only([APP]) == {"1"}
        assert checkpoint.unstated([window]) == []
    with Checkpoint(file) as checkpoint:
        assert checkpoint.keep_only([replace(APP, name="acme/app", own=False)]) == {"1"}
    with Checkpoint(file) as checkpoint:
        (commit,) = checkpoint.commits(DAY, DAY + timedelta(days=1))
        assert (commit.repository, commit.own) == ("acme/app", False)
        assert checkpoint.unstated([window]) == [window]


def test_stated_windows_are_remembered(tmp_path: Path) -> None:
    """Each is published once."""
    first = Window(since=DAY.date(), until=DAY.date())
    second = Window(since=DAY.date(), until=DAY.date() + timedelta(days=1))
    with Checkpoint(tmp_path / "checkpoint") as checkpoint:
        checkpoint.mark_stated(first)
    with Checkpoint(tmp_path / "checkpoint") as checkpoint:
        assert checkpoint.unstated([first, second]) == [second]
