"""Organisations' walls, narrow tokens, heavy queries and rate limits, seen by whole runs."""

from datetime import timedelta
from typing import Any

import pytest

from collect.counting.selection import Selection
from collect.github.history import BATCH
from commit_counts.errors import NeverWorks, RetryLater
from emulators.faults import Fault
from emulators.github import BatchLimit, GitHubEmulator, Person, Repository, commits_in_memory
from tests.support.collect import (
    NOW,
    TOKEN,
    TOKYO,
    Clock,
    Run,
    assert_never_wrong,
    github_with,
    planned_cells,
    run_github,
    serving,
    window_of,
)

WINDOW = window_of("2026-02-25", "2026-03-31")


def repository(name: str, commits: int = 2, **more: Any) -> Repository:
    """One with some commits of these days."""
    made = commits_in_memory(name, NOW - timedelta(hours=1), commits, step=timedelta(hours=7))
    return Repository(name=name, commits=made, **more)


def run(github: GitHubEmulator, **more: Any) -> Run:
    """One run over the window."""
    with serving(github):
        return run_github(github, WINDOW, **more)


def test_a_repository_that_fails_for_good_is_unknown_by_name_with_a_reason() -> None:
    """Exactly the repository concerned; the others are exact."""
    good, bad = repository("octocat/good"), repository("acme/bad", history_error="SERVICE_DOWN")
    got = run(github_with(good, bad))
    assert got.summary.unknown.keys() == {"acme/bad"}
    assert "went wrong" in got.summary.unknown["acme/bad"]
    assert_never_wrong(got, planned_cells([good, bad], TOKYO, WINDOW))


def test_what_an_organisation_hides_fails_the_run_with_the_fix() -> None:
    """A repository that cannot even be named would count as zero."""
    github = github_with(repository("octocat/good"), repository("acme/x", saml_protected=True))
    with pytest.raises(NeverWorks, match=r"authorise the token .* SKIP_HIDDEN_REPOSITORIES"):
        run(github)


def test_hidden_repositories_are_marked_where_the_person_accepts_them() -> None:
    """The rest is exact, and the statement says that something is missing."""
    good = repository("octocat/good")
    got = run(github_with(good, repository("acme/x", saml_protected=True)), skip_hidden=True)
    assert got.summary.unknown.keys() == {"(hidden repositories)"}
    assert got.cells == planned_cells([good], TOKYO, WINDOW)


def test_an_ip_allow_list_is_not_explained_as_single_sign_on() -> None:
    """Who reads the reason must not look for a fix where there is none."""
    good, wall = repository("octocat/good"), repository("acme/x")

    def close(query: str, body: Any) -> None:
        if "query Repositories" in query:
            body["data"]["viewer"]["repositories"]["nodes"][1] = None
            path = ["viewer", "repositories", "nodes", 1]
            message = "The `acme` organization has an IP allow list enabled"
            body["errors"] = [{"type": "FORBIDDEN", "path": path, "message": message}]

    with pytest.raises(NeverWorks, match=r"hides a repository .* IP allow list") as failure:
        run(github_with(good, wall), alter=close)
    assert "single sign-on" not in str(failure.value)
    got = run(github_with(good, wall), alter=close, skip_hidden=True)
    assert "IP allow list" in got.summary.unknown["(hidden repositories)"]


@pytest.mark.parametrize("whole", [True, False])
def test_contributions_that_an_organisation_hides_can_be_gone_without(whole: bool) -> None:
    """Also where GitHub answers nothing else; nothing is then said against what was read."""
    good = repository("octocat/good", 9)

    def close(query: str, body: Any) -> None:
        if "query Contributions" in query:
            entry = {"type": "FORBIDDEN", "extensions": {"saml_failure": True}, "message": "SAML"}
            body["data"] = None if whole else {"user": None}
            body["errors"] = [entry if whole else {**entry, "path": ["user"]}]

    with pytest.raises(NeverWorks, match=r"hides contributions .* SKIP_HIDDEN_REPOSITORIES"):
        run(github_with(good), alter=close)
    got = run(github_with(good), alter=close, skip_hidden=True)
    assert got.cells == planned_cells([good], TOKYO, WINDOW)
    assert got.summary.unknown.keys() == {"(hidden repositories)"}
    assert "single sign-on" in got.summary.unknown["(hidden repositories)"]
    assert got.summary.report.notices == ()


def test_globs_that_match_nothing_are_told() -> None:
    """A misspelt one would look like a life without commits."""
    both = repository("octocat/a"), repository("octocat/b")
    got = run(github_with(*both), selection=Selection(include=("zzz/*",)))
    assert got.cells == {}
    (notice,) = got.summary.report.notices
    assert "none of the 2 repositories" in notice
    assert "zzz/*" in notice
    some = run(github_with(*both), selection=Selection(include=("*/a",)))
    assert some.summary.report.notices == ()


def test_hidden_repositories_behind_the_windows_edge_do_not_matter() -> None:
    """The list is in the order of pushes: what is hidden below the edge was not pushed to."""
    good = repository("octocat/good")
    old = Repository(name="octocat/old", pushed_at=NOW - timedelta(days=90))
    wall = repository("acme/x", saml_protected=True, pushed_at=NOW - timedelta(days=100))
    assert run(github_with(good, old, wall)).cells == planned_cells([good], TOKYO, WINDOW)


def test_a_run_that_learnt_nothing_fails() -> None:
    """Nothing is published where no repository could be read."""
    published: list[object] = []
    github = github_with(repository("octocat/a", history_error="SERVICE_DOWN"))
    with pytest.raises(RetryLater, match="no repository could be read; octocat/a"):
        run(github, publish=published.append)
    assert published == []


def test_no_active_repository_is_knowledge_and_published() -> None:
    """Zero is a statement when everything was read."""
    got = run(github_with())
    assert [event.counts for event in got.events] == [()]
    assert got.summary.report.requests == 2


def test_a_token_without_the_scope_repo_is_told() -> None:
    """What it does not see is no zero of its own making, but a person should know."""
    github = github_with(repository("octocat/open"), repository("octocat/secret", is_private=True))
    github.scopes = ("read:user",)
    notices = run(github).summary.report.notices
    assert any("lacks the scope repo" in notice for notice in notices)
    assert any("does not see" in notice for notice in notices)


@pytest.mark.parametrize(
    ("repositories", "limit", "requests"),
    [(40, 1, 50), (BATCH, 7, 15), (BATCH, 49, 3), (4 * BATCH, BATCH - 1, 12), (4 * BATCH, 10, 43)],
)
def test_batches_become_smaller_until_github_can_answer(
    repositories: int, limit: int, requests: int
) -> None:
    """However small that is, down to one repository, nothing is lost; and it is kept in mind."""
    all_of_them = [repository(f"octocat/r{number}", 1) for number in range(repositories)]
    github = github_with(*all_of_them)
    github.batch_limit = BatchLimit(repositories=limit)
    got = run(github)
    assert got.cells == planned_cells(all_of_them, TOKYO, WINDOW)
    assert got.summary.unknown == {}
    discovery = 2 + (repositories > 100)
    assert got.summary.report.requests - discovery == requests


@pytest.mark.parametrize(
    ("repositories", "hours", "requests"), [(130, 6, 7), (250, 2, 14), (400, 2, 16)]
)
def test_more_than_a_hundred_contributed_repositories_are_split_by_time(
    repositories: int, hours: int, requests: int
) -> None:
    """GitHub lists a hundred of a window and has no next page."""
    others = [
        Repository(
            name=f"acme/t{number:03}",
            relation="NONE",
            commits=commits_in_memory(f"t{number}", NOW - timedelta(hours=hours * number), 1),
        )
        for number in range(repositories)
    ]
    got = run(github_with(*others))
    assert got.cells == planned_cells(others, TOKYO, WINDOW)
    assert got.summary.report.requests == requests


def test_repositories_that_github_does_not_get_to_name_fail_the_run() -> None:
    """They would count as zero, and nobody can mark what has no name."""
    others = [
        repository(f"acme/t{number:03}", 1, relation="NONE") for number in range(130)
    ]  # fmt: skip
    github = github_with(*others)
    github.calls.inject(Fault(kind="403_primary", skip=1 + 1 + 2, times=None))
    published: list[object] = []
    with pytest.raises(RetryLater, match="rate limit") as failure:
        run(github, publish=published.append)
    assert failure.value.retry_at is not None
    assert published == []
    assert github.calls.count() == 1 + 1 + 2 + 1


def test_a_limit_is_waited_for_where_the_deadline_allows_it() -> None:
    """By Retry-After, and by a minute that doubles where no header helps."""
    github = github_with(repository("octocat/a"))
    github.retry_after_seconds = 17
    clock = Clock()
    with serving(github):
        github.calls.inject(Fault(kind="403_secondary"))
        run_github(github, WINDOW, clock=clock)
        github.calls.inject(Fault(kind="403_secondary_bare", times=2))
        run_github(github, WINDOW, clock=clock)
    assert clock.slept == [17, 60, 120]


def test_a_wait_that_is_too_long_ends_the_run_with_the_time_to_come_back() -> None:
    """Past the deadline there is no use in waiting."""
    github = github_with(repository("octocat/a"))
    github.retry_after_seconds = 600
    with serving(github):
        github.calls.inject(Fault(kind="429"))
        with pytest.raises(RetryLater, match="03:15:00 UTC") as failure:
            run_github(github, WINDOW, clock=Clock(), seconds=500)
    assert failure.value.retry_at == NOW + timedelta(seconds=600)


def test_a_part_is_published_when_the_limit_comes_in_between() -> None:
    """The first batch is stated, the second is marked, and the answer says when to come back."""
    repositories = [repository(f"octocat/r{number:02}", 1) for number in range(BATCH + 1)]
    github = github_with(*repositories, point_limit=3)
    got = run(github)
    assert_never_wrong(got, planned_cells(repositories, TOKYO, WINDOW))
    assert len(got.summary.unknown) == 1
    assert got.summary.report.retry_at is not None
    assert got.summary.report.points_left == 0


def test_another_person_than_the_tokens_owner_can_be_counted() -> None:
    """By login; their own repositories and those that GitHub says they commit to."""
    theirs = Repository(
        name="mona/app",
        relation="NONE",
        commits=commits_in_memory("app", NOW, 3, email="mona@example.com"),
    )
    github = github_with(theirs, people=[Person(login="mona", emails=("mona@example.com",))])
    got = run(github, login="Mona")
    assert sum(got.cells.values()) == 3
    assert {event.login for event in got.events} == {"mona"}


def test_forks_and_globs_choose_what_is_read() -> None:
    """What is left out costs nothing and is not stated."""
    kept, left = repository("octocat/Kept"), repository("octocat/left")
    fork = repository("octocat/fork", is_fork=True)
    assert {name for _, name in run(github_with(kept, left, fork)).cells} == {kept.name, left.name}
    some = Selection(forks=True, include=("octocat/*",), exclude=("LEFT",))
    assert {name for _, name in run(github_with(kept, left, fork), selection=some).cells} == {
        kept.name,
        fork.name,
    }


def test_a_strangers_copy_of_an_own_repository_takes_none_of_its_commits() -> None:
    """GitHub counts what is pushed to it as the person's own, and its name comes first."""
    own = repository("octocat/app", 5)
    copy = Repository(name="aaa/copy", relation="NONE", commits=own.commits)
    assert run(github_with(copy, own)).cells == planned_cells([own], TOKYO, WINDOW)


def test_no_token_is_ever_shown() -> None:
    """Neither in an error nor in what an object shows of itself."""
    from collect.settings import GitHubSettings

    settings = GitHubSettings(
        token=TOKEN, url="", login=None, emails=(), selection=Selection(), skip_hidden=False
    )
    assert TOKEN not in repr(settings)
    with serving(github_with(repository("octocat/a"))) as github:
        for wrong in (TOKEN[:-1] + "x", "short"):
            with pytest.raises(NeverWorks) as failure:
                run_github(github, WINDOW, token=wrong)
            assert wrong not in str(failure.value)
