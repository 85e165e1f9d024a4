"""Where GitHub's answers contradict each other, a number is unknown, and never smaller."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from collect.counting.selection import Selection
from emulators.github import Repository, commits_in_memory
from tests.support.collect import (
    NOW,
    TOKYO,
    assert_never_wrong,
    github_with,
    planned_cells,
    run_github,
    serving,
    window_of,
)

WINDOW = window_of("2026-02-25", "2026-03-31")


def repository(name: str, commits: int = 1, *, days_ago: float = 10, **more: Any) -> Repository:
    """One with commits an hour apart."""
    made = commits_in_memory(name, NOW - timedelta(days=days_ago), commits)
    return Repository(name=name, commits=made, **more)


def test_the_101st_contributed_repository_is_not_explained_by_what_is_not_counted_yet() -> None:
    """GitHub names a hundred and counts one more; an own repository with a commit of today would
    be one more, if GitHub were not late."""
    listed = [repository(f"acme/t{n:03}", 2, relation="NONE") for n in range(100)]
    last = repository("acme/last", relation="NONE", days_ago=20)
    today = repository("octocat/own", days_ago=0.1, in_contributions=False)
    with serving(github_with(*listed, last, today)) as emulator:
        run = run_github(emulator, WINDOW)
    assert run.cells == planned_cells([*listed, last, today], TOKYO, WINDOW)
    assert run.summary.unknown == {}
    assert run.summary.report.notices == ()


def test_what_github_counts_and_does_not_name_although_there_is_room_is_unknown() -> None:
    """Also where the list is short of its hundred: that is said of the statement as a whole."""
    own, named, hidden = (
        repository(name, relation=relation)
        for name, relation in (("octocat/a", "OWNER"), ("acme/b", "NONE"), ("acme/c", "NONE"))
    )

    left = 2

    def hide(query: str, body: Any) -> None:
        nonlocal left
        if "query Contributions" in query and left:
            left -= 1
            entries = body["data"]["user"]["contributionsCollection"]
            by_repository = entries["commitContributionsByRepository"]
            by_repository[:] = [
                e for e in by_repository if e["repository"]["nameWithOwner"] != hidden.name
            ]

    with serving(github_with(own, named, hidden)) as emulator:
        run = run_github(emulator, WINDOW, alter=hide)
        assert run.summary.unknown.keys() == {"(repositories beyond GitHub's list)"}
        (reason,) = run.summary.unknown.values()
        assert "in 3 repositories and names 2" in reason
        assert run.cells == planned_cells([own, named], TOKYO, WINDOW)
        some = Selection(include=["octocat/*"])
        left = 2  # nobody knows whether the globs mean it
        run = run_github(emulator, WINDOW, alter=hide, selection=some)
        assert run.summary.unknown.keys() == {"(repositories beyond GitHub's list)"}
        left = 1  # asked for once more it may be told right
        run = run_github(emulator, WINDOW, alter=hide)
        assert run.summary.unknown == {}
        assert len(run.cells) == 3


def test_an_own_repository_that_is_read_anyway_may_be_what_github_does_not_name() -> None:
    """Then nothing is missing."""
    own, other = repository("octocat/a", 3), repository("octocat/b", 2)

    def hide(query: str, body: Any) -> None:
        if "query Contributions" in query:
            body["data"]["user"]["contributionsCollection"]["commitContributionsByRepository"] = []

    with serving(github_with(own, other)) as emulator:
        run = run_github(emulator, WINDOW, alter=hide)
    assert run.summary.unknown == {}
    assert run.cells == planned_cells([own, other], TOKYO, WINDOW)


@pytest.mark.parametrize("times", [1, 9])
def test_a_repository_that_is_empty_and_has_commits_is_unknown(times: int) -> None:
    """Asked for once more it may be told right."""
    own, odd = repository("octocat/a", 3), repository("octocat/odd")
    left = times

    def empty(query: str, body: Any) -> None:
        nonlocal left
        for node in body["data"].get("nodes", ()) if "query Histories" in query and left else ():
            if node["nameWithOwner"] == odd.name:
                node |= {"isEmpty": True, "defaultBranchRef": None}
                left -= 1

    with serving(github_with(own, odd)) as emulator:
        run = run_github(emulator, WINDOW, alter=empty)
    assert_never_wrong(run, planned_cells([own, odd], TOKYO, WINDOW))
    assert run.summary.unknown.keys() == ({odd.name} if times > 1 else set())


@pytest.mark.parametrize("hidden", [False, True])
def test_histories_in_another_order_are_told_apart_by_their_ids(hidden: bool) -> None:
    """Nobody promises that they come in the order that was asked for."""
    repositories = [repository(f"octocat/r{n}", n + 1) for n in range(4)]
    if hidden:
        repositories[2] = replace(repositories[2], history_error="SERVICE_DOWN")

    def reverse(query: str, body: Any) -> None:
        if "query Histories" in query:
            body["data"]["nodes"].reverse()
            last = len(body["data"]["nodes"]) - 1
            for error in body.get("errors", ()):
                error["path"][1] = last - error["path"][1]

    with serving(github_with(*repositories)) as emulator:
        run = run_github(emulator, WINDOW, alter=reverse)
    assert_never_wrong(run, planned_cells(repositories, TOKYO, WINDOW))
    assert list(run.summary.unknown) == ([repositories[2].name] if hidden else [])
    assert run.summary.report.requests == (4 if hidden else 3)


def test_a_history_that_comes_for_another_repository_is_asked_for_again() -> None:
    """Once in a batch, once as a further page."""
    repositories = [repository("octocat/a", 2, days_ago=9), repository("octocat/b", 150)]
    left = {"Histories": 1, "History(": 1}

    def swap(query: str, body: Any) -> None:
        word = query.partition("query ")[2].split("(")[0]
        if word == "Histories" and left["Histories"]:
            left["Histories"] -= 1
            body["data"]["nodes"][0] = body["data"]["nodes"][1]
        if word == "History" and left["History("]:
            left["History("] -= 1
            node = body["data"]["node"]
            node["id"] = "R_other"
            for commit in node["defaultBranchRef"]["target"]["history"]["nodes"]:
                commit["authoredDate"] = "2026-03-01T00:00:00Z"

    with serving(github_with(*repositories)) as emulator:
        run = run_github(emulator, WINDOW, alter=swap)
    assert run.summary.unknown == {}
    assert run.cells == planned_cells(repositories, TOKYO, WINDOW)
    assert set(left.values()) == {0}


def test_a_commit_two_days_from_the_persons_leads_to_its_repository() -> None:
    """A person in Kiritimati, 14 hours ahead of UTC, and a commit made 11 hours behind it."""
    commits = commits_in_memory("far", NOW.replace(day=1, hour=10, minute=30), 1, offset_hours=-11)
    far = Repository(name="acme/far", commits=commits, relation="NONE")
    zone = ZoneInfo("Pacific/Kiritimati")
    window = window_of("2026-03-02", "2026-03-31")
    with serving(github_with(far)) as emulator:
        run = run_github(emulator, window, zone=zone)
    assert planned_cells([far], zone, window)
    assert run.cells == planned_cells([far], zone, window)
