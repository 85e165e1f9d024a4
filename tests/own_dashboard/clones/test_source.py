"""Clones as a source: one that cannot be read is unknown, and the others are counted."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from emulators.github import GitHubEmulator
from own_dashboard.clones.choose import expand_clones
from own_dashboard.clones.source import CloneSource
from tests.support.collect import NOW, TOKEN, Run, run_github, run_step, serving, window_of
from tests.support.repositories import ME, History, clone, git

WINDOW = window_of("2026-03-01", "2026-03-31")


def written(path: Path, *, origin: str | None = None, email: str = ME) -> Path:
    """A clone with one commit."""
    history = History()
    history.commit("2026-03-10T12:00:00+00:00", email=email)
    return history.write(path, origin=origin)


def counted(*folders: Path, email: str = ME) -> Run:
    """A run over these clones."""
    source = CloneSource(
        expand_clones([os.fspath(folder) for folder in folders]),
        login="me",
        emails=[email],
        all_branches=True,
    )
    return run_step(source, WINDOW, zone=ZoneInfo("UTC"))


def counted_by_github(*folders: Path) -> Run:
    """A run over the emulator that serves these clones, as `up` has it."""
    emulator = GitHubEmulator(clones=folders, authors=[ME], token=TOKEN, now=lambda: NOW)
    with serving(emulator):
        return run_github(emulator, WINDOW, zone=ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("folder", "origin", "name"),
    [
        (os.fsdecode(b"caf\xe9"), None, "caf\ufffd"),
        ("two\nlines", None, "two lines"),
        ("app", "https://[::1/me/app", "app"),
        ("app", f"https://h.example/me/{'x' * 254}", "app"),
    ],
)
def test_one_odd_clone_is_unknown_and_the_run_goes_on(
    tmp_path: Path, folder: str, origin: str | None, name: str
) -> None:
    """It is named with its reason; the others are counted. So too through GitHub's emulator."""
    odd, good = written(tmp_path / folder, origin=origin), written(tmp_path / "good")
    reasons = []
    for run in (counted(odd, good), counted_by_github(odd, good)):
        assert {repository: n for (_, repository), n in run.cells.items()} == {"good": 1}
        assert list(run.summary.unknown) == [name]
        (event,) = run.events
        assert event.unknown_repositories.keys() == {name}
        reasons.append(run.summary.unknown[name])
    # What GitHub says is cut, and the path of the folder in it may be long.
    from_github, _, _ = reasons[1].partition("; it is tried again")
    assert len(from_github) >= min(len(reasons[0]), 200)
    assert reasons[0].startswith(from_github)


def test_a_damaged_clone_says_the_same_through_github(tmp_path: Path) -> None:
    """Git's own words and what to do, whole; GitHub is not to blame."""
    path, good = written(tmp_path / "app"), written(tmp_path / "good")
    (oid,) = git(path, "rev-list", "--all").split()
    (path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    runs = counted(path, good), counted_by_github(path, good)
    own, served = (run.summary.unknown["app"] for run in runs)
    assert own.endswith("clone it anew")
    assert served == f"{own}; it is tried again next time"


@pytest.mark.parametrize("stamp", ["253402297200 +0900", "99999999999999 -0800", "0 -0800"])
def test_one_commit_at_an_end_of_the_calendar_stops_nothing(tmp_path: Path, stamp: str) -> None:
    """The year 10000 by its own offset, and what no calendar holds; from clones and from GitHub."""
    path = written(tmp_path / "app")
    tree, parent = git(path, "rev-parse", "main^{tree}", "main").split()
    text = f"tree {tree}\nparent {parent}\nauthor Me <{ME}> {stamp}\n"
    text += f"committer Me <{ME}> {int(NOW.timestamp())} +0000\n\nOdd\n"
    odd = git(path, "hash-object", "-t", "commit", "--literally", "-w", "--stdin",
              stdin=text.encode())  # fmt: skip
    git(path, "update-ref", "refs/heads/main", odd)
    for run in (counted(path), counted_by_github(path)):
        assert [commits for _, commits in run.cells.items()] == [1]
        assert run.summary.unknown == {}


def test_a_clone_of_the_same_name_that_cannot_be_read_makes_the_name_unknown(
    tmp_path: Path,
) -> None:
    """Half of a number is no number."""
    shallow_of = written(tmp_path / "one" / "app")
    shallow = clone(shallow_of, tmp_path / "app", "--depth=1")
    run = counted(shallow, written(tmp_path / "two" / "app"))
    assert run.cells == {}
    assert list(run.summary.unknown) == ["app"]
    assert "shallow" in run.summary.unknown["app"]


def test_addresses_are_compared_by_ascii_letters(tmp_path: Path) -> None:
    """As git does: ß is not ss."""
    path = written(tmp_path / "app", email="straße@example.com")
    assert counted(path, email="strasse@example.com").cells == {}
    assert list(counted(path, email="STRAßE@Example.com").cells.values()) == [1]
