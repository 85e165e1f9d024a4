"""The two REST calls of a simple counter: pages of 30, `Link`, public repositories only."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from emulators.faults import Fault
from emulators.github import GitHubEmulator, Repository, commits_in_memory
from tests.support.github import GitHubClient, running

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def github() -> Iterator[GitHubClient]:
    """35 public repositories of octocat's; the first has 65 commits, the second none."""
    counts = [65, 0, *[1] * 33]
    repositories = [
        Repository(
            name=f"octocat/r{n:02}",
            commits=commits_in_memory(f"r{n}", NOW, count, email="me@example.com"),
        )
        for n, count in enumerate(counts)
    ]
    repositories += [
        Repository(name="octocat/secret", is_private=True),
        Repository(name="acme/site", relation="ORGANIZATION_MEMBER"),
    ]
    with running(GitHubEmulator(repositories=repositories, authors=["me@example.com"])) as client:
        yield client


def get(github: GitHubClient, path: str, **parameters: Any) -> httpx.Response:
    """One REST call."""
    return github.http.get(f"{github.emulator.rest_url}{path}", params=parameters)


def follow(github: GitHubClient, path: str, **parameters: Any) -> list[Any]:
    """All pages, by the `Link` header."""
    found: list[Any] = []
    response = get(github, path, **parameters)
    while True:
        found += response.json()
        if "next" not in response.links:
            return found
        response = github.http.get(response.links["next"]["url"])


def test_repositories_are_public_ones_thirty_a_page(github: GitHubClient) -> None:
    """A client that does not follow `Link` sees the first thirty only."""
    response = get(github, "/users/octocat/repos")
    assert len(response.json()) == 30
    assert set(response.links) == {"next", "last"}
    names = [repository["full_name"] for repository in follow(github, "/users/octocat/repos")]
    assert names == [f"octocat/r{n:02}" for n in range(35)]
    assert len(get(github, "/users/octocat/repos", per_page=100).json()) == 35


def test_commits_come_thirty_a_page_and_link_keeps_the_query(github: GitHubClient) -> None:
    """Pages add up; `per_page` is at most 100; author is a login or an address."""
    path = "/repos/octocat/r00/commits"
    assert len(get(github, path).json()) == 30
    whole = follow(github, path, author="octocat")
    assert len({commit["sha"] for commit in whole}) == 65
    assert whole == follow(github, path, per_page=7, author="me@example.com")
    assert len(get(github, path, per_page=1000).json()) == 65
    assert get(github, path, author="nobody@example.com").json() == []
    assert whole[0]["commit"]["author"]["date"] == "2026-01-31T12:00:00Z"


def test_since_and_until_filter_the_committer_date(github: GitHubClient) -> None:
    """Both ends belong to it."""
    found = get(
        github,
        "/repos/octocat/r00/commits",
        since="2026-01-31T10:00:00Z",
        until="2026-01-31T20:00:00+09:00",
    )
    assert [c["commit"]["committer"]["date"][11:13] for c in found.json()] == ["11", "10"]
    assert get(github, "/repos/octocat/r00/commits", since="yesterday").status_code == 422


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/repos/octocat/r01/commits", 409, "Git Repository is empty."),
        ("/repos/octocat/none/commits", 404, "Not Found"),
        ("/users/nobody/repos", 404, "Not Found"),
    ],
)
def test_what_is_not_there(github: GitHubClient, path: str, status: int, message: str) -> None:
    """An empty repository is a conflict, an unknown one is not found."""
    response = get(github, path)
    assert (response.status_code, response.json()["message"]) == (status, message)


def test_rest_has_its_own_budget_faults_and_counts(github: GitHubClient) -> None:
    """Its calls are counted apart and fail apart from GraphQL's."""
    graphql = github.emulator.calls.count("graphql")
    before = github.emulator.calls.count("rest")
    github.emulator.calls.inject(Fault(operation="rest", kind="429"))
    assert get(github, "/users/octocat/repos").status_code == 429
    response = get(github, "/users/octocat/repos")
    assert response.headers["x-ratelimit-resource"] == "core"
    assert github.emulator.calls.count("rest") == before + 2
    assert github.emulator.calls.count("graphql") == graphql
    with running(GitHubEmulator(point_limit=1)) as client:
        assert get(client, "/users/octocat/repos").status_code == 200
        assert get(client, "/users/octocat/repos").status_code == 403
        client.ask("{ viewer { login } }")
