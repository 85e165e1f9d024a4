"""What collect says equals what the commit objects say: any histories, any zone, any window."""

import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from collect.counting.selection import Selection
from commit_counts.event import Window
from emulators.github import CloneHistory, GitHubEmulator, Repository, commits_in_memory
from emulators.github.clones import open_clone
from own_dashboard.clones.source import CloneSource
from tests.support.collect import (
    NOW,
    TOKEN,
    planned_cells,
    run_github,
    run_step,
    serving,
    true_cells,
    window_of,
)
from tests.support.git_objects import git
from tests.support.repositories import ME, History

WORK = "me@work.example"
OTHER = "other@example.com"
ZONES = ("Asia/Tokyo", "America/Los_Angeles", "Pacific/Apia", "Australia/Lord_Howe", "UTC")
DAYS = 70
TODAY = NOW.date()

offsets = st.integers(-12 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
authored = st.builds(
    lambda minutes, zone: (NOW - timedelta(minutes=minutes)).astimezone(zone),
    st.integers(0, DAYS * 24 * 60),
    offsets,
)
# Committed long after (a rebase), or by a clock behind the author's by less than the margin.
SLOWEST = timedelta(days=6)
delays = st.integers(-6 * 24, 20 * 24).map(lambda hours: timedelta(hours=hours))
emails = st.sampled_from([ME, ME, ME, WORK, OTHER])
zones = st.sampled_from(ZONES).map(ZoneInfo)
windows = st.tuples(st.integers(0, DAYS), st.integers(0, 40)).map(
    lambda pair: Window(
        since=TODAY - timedelta(days=pair[0] + pair[1]), until=TODAY - timedelta(days=pair[0])
    )
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """One repository's history, with what people do to histories."""
    history = History()
    for _ in range(draw(st.integers(0, 9))):
        known = sorted(history.branches)
        action = draw(st.sampled_from(["main", "main", "topic", "merge", "rebase", "pick"]))
        at = draw(authored)
        later = at + draw(delays)
        if action in ("main", "topic"):
            branch = action if "main" in known else "main"
            if branch == "topic" and "topic" not in known:
                history.branch("topic")
            history.commit(at, committed=later, branch=branch, email=draw(emails))
        elif "topic" in known and "main" in known:
            topic_only = history.reachable("topic") - history.reachable("main")
            if action == "merge":
                history.merge("topic", at, email=draw(emails))
            elif action == "rebase" and topic_only:
                history.rebase("topic", after(history, topic_only, later))
            elif action == "pick" and topic_only:
                picked = min(topic_only)
                history.cherry_pick(picked, after(history, {picked}, later))
    return history


def after(history: History, oids: set[str], wanted: datetime) -> datetime:
    """When these commits can have been applied again: not before they were made."""
    made = max(commit.authored for commit in history.commits if commit.oid in oids)
    return max(wanted, made - SLOWEST)


def test_a_commit_is_applied_again_only_after_it_was_made() -> None:
    """The generator makes only what can happen: a clock may lag behind by less than the margin."""
    history = History()
    oid = history.commit(NOW)
    assert after(history, {oid}, NOW - timedelta(days=70)) == NOW - SLOWEST
    assert after(history, {oid}, NOW + timedelta(days=1)) == NOW + timedelta(days=1)


@contextmanager
def world(planned: list[History], *, copies: bool) -> Iterator[dict[str, Path]]:
    """The histories on disk, by published name; with a copy, a fork holds what the first holds."""
    with tempfile.TemporaryDirectory() as folder:
        names = [f"octocat/r{number}" for number in range(len(planned))]
        paths = {
            name: history.write(Path(folder) / str(number))
            for number, (name, history) in enumerate(zip(names, planned, strict=True))
        }
        if copies and planned:
            fresh = History(planned[0].commits, planned[0].branches)
            paths["octocat/a-fork"] = fresh.write(Path(folder) / "fork")
        yield paths


def github_with(paths: dict[str, Path]) -> GitHubEmulator:
    """An account of these repositories, each pushed to when its newest commit was made."""

    def pushed(path: Path) -> datetime | None:
        times = git(path, "log", "--all", "--format=%ct").split()
        return datetime.fromtimestamp(max(map(int, times)), UTC) if times else None

    return GitHubEmulator(
        authors=[ME],
        token=TOKEN,
        now=lambda: NOW,
        repositories=[
            Repository(
                name=name,
                source=CloneHistory(path),
                pushed_at=pushed(path),
                is_fork="fork" in name,
            )
            for name, path in paths.items()
        ],
    )


# A failing example is not made smaller: that would take minutes, as each try starts processes.
through_sockets = settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@through_sockets
@given(
    planned=st.lists(histories(), max_size=3),
    zone=zones,
    window=windows,
    forks=st.booleans(),
    work=st.booleans(),
)
def test_what_github_says_is_what_the_objects_say(
    planned: list[History], zone: ZoneInfo, window: Window, forks: bool, work: bool
) -> None:
    """Every commit once, by oid, on the day of its author date; forks and addresses as asked."""
    mine = [ME, WORK] if work else [ME]
    with world(planned, copies=forks) as paths, serving(github_with(paths)) as github:
        window = not_after_today(window, zone)
        run = run_github(
            github,
            window,
            zone=zone,
            selection=Selection(forks=forks),
            emails=mine[1:],
        )
        assert run.cells == true_cells(paths, mine, zone, window, forks=["octocat/a-fork"])
        assert run.summary.unknown == {}
        assert run.summary.report.notices == ()
        again = run_github(
            github, window, zone=zone, selection=Selection(forks=forks), emails=mine[1:]
        )
        assert again.events == run.events


@through_sockets
@given(
    planned=st.lists(histories(), min_size=1, max_size=2),
    zone=zones,
    window=windows,
    cut=st.integers(0, 40),
)
def test_splitting_a_window_anywhere_changes_nothing(
    planned: list[History], zone: ZoneInfo, window: Window, cut: int
) -> None:
    """Two statements about the two parts say together what one says about the whole."""
    window = not_after_today(window, zone)
    first = min(window.until, window.since + timedelta(days=cut))
    parts = [Window(since=window.since, until=first)]
    if first < window.until:
        parts.append(Window(since=first + timedelta(days=1), until=window.until))
    with world(planned, copies=False) as paths, serving(github_with(paths)) as github:
        whole = run_github(github, window, zone=zone).cells
        together = [run_github(github, part, zone=zone).cells for part in parts]
    assert whole == {cell: commits for part in together for cell, commits in part.items()}


@through_sockets
@given(planned=st.lists(histories(), max_size=2), zone=zones, window=windows)
def test_what_clones_say_is_what_the_objects_say(
    planned: list[History], zone: ZoneInfo, window: Window
) -> None:
    """The second source counts by the same rules."""
    with world(planned, copies=False) as paths:
        clones = [open_clone(path) for path in paths.values()]
        names = {clone.repository: clone.path for clone in clones}
        source = CloneSource(clones, login="me", emails=[ME], all_branches=False)
        run = run_step(source, window, zone=zone)
        assert run.cells == true_cells(names, [ME], zone, window)
        assert {event.source for event in run.events} == {f"clones/{platform.node()}"}


def traps() -> History:
    """What readers by committer date lose or misplace."""
    history = History()
    history.commit("2026-02-20T10:00:00+09:00")
    history.branch("merged")
    history.commit("2026-03-15T10:00:00+09:00", branch="merged")
    history.merge("merged", "2026-03-22T10:00:00+09:00")
    history.branch("rebased")
    history.commit("2026-03-10T23:30:00-08:00", branch="rebased", email=WORK)
    history.rebase("rebased", "2026-03-29T10:00:00+09:00")
    history.branch("main", at="rebased")
    # The author's clock was six days ahead.
    history.commit("2026-03-16T12:00:00+09:00", committed="2026-03-10T12:00:00+09:00")
    return history


@pytest.mark.parametrize(
    ("since", "until", "cells"),
    [
        ("2026-02-25", "2026-03-31", {11: 1, 15: 1, 16: 1, 22: 1}),
        ("2026-03-15", "2026-03-15", {15: 1}),
        ("2026-03-11", "2026-03-11", {11: 1}),
        ("2026-03-16", "2026-03-31", {16: 1, 22: 1}),
        ("2026-03-23", "2026-03-31", {}),
    ],
)
def test_merges_rebases_and_wrong_clocks_lose_nothing(
    since: str, until: str, cells: dict[int, int]
) -> None:
    """Whatever day the window ends or begins on; also where addresses are not linked."""
    with (
        world([traps()], copies=False) as paths,
        serving(github_with(paths)) as github,
    ):
        run = run_github(github, window_of(since, until), emails=[WORK])
    assert {day.day: commits for (day, _), commits in run.cells.items()} == cells


@pytest.mark.parametrize(
    ("zone", "since", "until"),
    [
        ("America/St_Johns", "2010-11-05", "2010-11-06"),
        ("America/St_Johns", "2010-11-07", "2010-11-07"),
        ("America/Goose_Bay", "2010-11-06", "2010-11-06"),
        ("America/Moncton", "2006-10-27", "2006-10-28"),
        ("Antarctica/Casey", "2010-03-04", "2010-03-04"),
    ],
)
def test_a_local_day_in_two_pieces_is_counted_whole(zone: str, since: str, until: str) -> None:
    """Where the clock went back over midnight; a commit every ten minutes."""
    window = window_of(since, until)
    newest = datetime.combine(window.until, time.max, UTC) + timedelta(days=2)
    commits = commits_in_memory("app", newest, 900, step=timedelta(minutes=10))
    app = Repository(name="octocat/app", commits=commits)
    github = GitHubEmulator(authors=[ME], token=TOKEN, now=lambda: NOW, repositories=[app])
    with serving(github):
        run = run_github(github, window, zone=ZoneInfo(zone))
    assert run.cells == planned_cells([app], ZoneInfo(zone), window)


def not_after_today(window: Window, zone: ZoneInfo) -> Window:
    """A zone's today may be a day before UTC's."""
    today = NOW.astimezone(zone).date()
    return Window(since=min(window.since, today), until=min(window.until, today))
