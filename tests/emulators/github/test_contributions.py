"""Day squares are GitHub's own: by the commit's offset, linked addresses, no forks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulators.faults import Fault
from emulators.github import CloneHistory, GitHubEmulator, Repository, commits_in_memory
from tests.support.github import GitHubClient, running, walk
from tests.support.repositories import ME, History

NOW = datetime(2026, 7, 31, 12, tzinfo=UTC)
QUERY = """query($from: DateTime, $to: DateTime, $most: Int = 100) {
  viewer { contributionsCollection(from: $from, to: $to) {
    startedAt endedAt totalCommitContributions totalRepositoriesWithContributedCommits
    restrictedContributionsCount hasAnyContributions contributionYears
    commitContributionsByRepository(maxRepositories: $most) {
      repository { nameWithOwner }
      contributions(first: 100) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { commitCount occurredAt isRestricted } } } } } }"""


@pytest.fixture(scope="module")
def running_github() -> Iterator[GitHubClient]:
    """One emulator for all of them."""
    with running(GitHubEmulator(authors=[ME, "me@work.example"], now=lambda: NOW)) as client:
        yield client


@pytest.fixture
def github(running_github: GitHubClient) -> GitHubClient:
    """The same without any repository."""
    running_github.emulator.repositories = []
    return running_github


def collection(github: GitHubClient, start: str | None, end: str | None, **more: Any) -> Any:
    """One collection's fields."""
    variables = {"from": start, "to": end, **more}
    return github.ask(QUERY, **variables)["viewer"]["contributionsCollection"]


def days(entry: dict[str, Any]) -> dict[str, int]:
    """Commits by the marker of the day."""
    return {node["occurredAt"]: node["commitCount"] for node in entry["contributions"]["nodes"]}


def test_a_day_is_the_date_in_the_commits_own_offset(github: GitHubClient, tmp_path: Path) -> None:
    """One instant on two dates; the marker is the Pacific midnight of that date, DST included."""
    history = History()
    history.commit("2026-01-15T23:30:00-08:00")
    history.commit("2026-01-16T16:30:00+09:00", email="me@work.example")
    history.commit("2026-07-01T00:30:00+09:00")
    history.commit("2026-07-01T00:30:00+09:00", email="unlinked@example.com")
    history.branch("unmerged")
    history.commit("2026-07-02T00:30:00+09:00", branch="unmerged")
    source = CloneHistory(history.write(tmp_path / "app"))
    github.emulator.repositories = [
        Repository(name="octocat/app", source=source),
        Repository(name="octocat/fork", source=source, is_fork=True),
        Repository(name="stranger/far", source=source, relation="NONE", in_contributions=False),
    ]
    found = collection(github, "2026-01-01T00:00:00Z", "2026-07-31T00:00:00Z")
    (entry,) = found["commitContributionsByRepository"]
    assert entry["repository"]["nameWithOwner"] == "octocat/app"
    assert days(entry) == {
        "2026-07-01T07:00:00Z": 1,
        "2026-01-16T08:00:00Z": 1,
        "2026-01-15T08:00:00Z": 1,
    }
    assert entry["contributions"]["totalCount"] == found["totalCommitContributions"] == 3
    assert found["contributionYears"] == [2026]


def test_other_peoples_repositories_show_up_here_only(github: GitHubClient) -> None:
    """No affiliation is needed; the most commits come first; the rest cannot be paged to."""
    github.emulator.repositories = [
        Repository(
            name=f"stranger/r{n}", relation="NONE", commits=commits_in_memory(f"r{n}", NOW, n + 1)
        )
        for n in range(5)
    ]
    found = collection(github, None, None, most=2)
    names = [e["repository"]["nameWithOwner"] for e in found["commitContributionsByRepository"]]
    assert names == ["stranger/r4", "stranger/r3"]
    assert found["totalRepositoriesWithContributedCommits"] == 5
    assert found["totalCommitContributions"] == 15
    listed = github.ask("{ viewer { repositories(first: 9) { totalCount } } }")
    assert listed["viewer"]["repositories"]["totalCount"] == 0


def test_what_the_token_does_not_see_is_a_bare_number(github: GitHubClient) -> None:
    """Private repositories that are hidden, and those behind a login wall."""
    commits = commits_in_memory("app", NOW, 2)
    github.emulator.repositories = [
        Repository(name="octocat/app", commits=commits),
        Repository(name="acme/hidden", commits=commits, is_private=True, visible=False),
        Repository(name="acme/vault", commits=commits, is_private=True, saml_protected=True),
    ]
    found = collection(github, None, None)
    assert found["restrictedContributionsCount"] == 4
    assert found["totalCommitContributions"] == 2
    assert len(found["commitContributionsByRepository"]) == 1


def test_both_ends_of_a_window_belong_to_it(github: GitHubClient) -> None:
    """By the dates of its ends; without ends it is the year up to now."""
    commits = commits_in_memory("app", NOW, 500, step=timedelta(days=1))
    github.emulator.repositories = [Repository(name="octocat/app", commits=commits)]
    week = collection(github, "2026-03-01T00:00:00Z", "2026-03-07T23:59:59Z")
    assert week["totalCommitContributions"] == 7
    year = collection(github, None, None)
    assert (year["startedAt"], year["endedAt"]) == ("2025-07-31T12:00:00Z", "2026-07-31T12:00:00Z")
    assert year["totalCommitContributions"] == 366
    assert year["contributionYears"] == [2026, 2025]
    entry = year["commitContributionsByRepository"][0]["contributions"]
    assert len(entry["nodes"]) == 100
    assert entry["pageInfo"]["hasNextPage"]
    assert entry["totalCount"] == 366


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("2025-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "must not exceed 1 year"),
        ("2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z", "must be before"),
    ],
)
def test_a_window_spans_at_most_a_year(
    github: GitHubClient, start: str, end: str, message: str
) -> None:
    """A longer one, or one that is the wrong way round, is an error and no data."""
    response = github.send(QUERY, **{"from": start, "to": end}).json()
    assert message in response["errors"][0]["message"]
    assert response["data"] is None
    assert collection(github, "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z")


def test_at_most_a_hundred_repositories(github: GitHubClient) -> None:
    """More cannot be asked for; with more there, the total alone tells."""
    github.emulator.repositories = [
        Repository(name=f"octocat/r{n}", commits=commits_in_memory(f"r{n}", NOW, 1))
        for n in range(101)
    ]
    found = collection(github, None, None, most=100)
    assert len(found["commitContributionsByRepository"]) == 100
    assert found["totalRepositoriesWithContributedCommits"] == 101
    response = github.send(QUERY, most=101).json()
    assert "100 repositories" in response["errors"][0]["message"]


def test_a_repositorys_total_counts_commits_not_days(github: GitHubClient) -> None:
    """`contributions.totalCount` is the sum of `commitCount`."""
    commits = commits_in_memory("app", NOW, 6, step=timedelta(hours=12))
    github.emulator.repositories = [Repository(name="octocat/app", commits=commits)]
    (entry,) = collection(github, None, None)["commitContributionsByRepository"]
    assert entry["contributions"]["totalCount"] == sum(days(entry).values()) == 6
    assert len(days(entry)) == 3


def test_days_can_be_ordered_by_count(github: GitHubClient) -> None:
    """By date unless asked otherwise, latest first."""
    commits = [
        *commits_in_memory("a", NOW, 1),
        *commits_in_memory("b", NOW - timedelta(days=2), 3, step=timedelta(minutes=1)),
        *commits_in_memory("c", NOW - timedelta(days=1), 2, step=timedelta(minutes=1)),
    ]
    github.emulator.repositories = [Repository(name="octocat/app", commits=commits)]
    query = """{ viewer { contributionsCollection { commitContributionsByRepository {
      contributions(first: 9, orderBy: {field: FIELD, direction: ASC}) {
        nodes { commitCount } } } } } }"""
    for field, expected in (("OCCURRED_AT", [3, 2, 1]), ("COMMIT_COUNT", [1, 2, 3])):
        data = github.ask(query.replace("FIELD", field))["viewer"]["contributionsCollection"]
        nodes = data["commitContributionsByRepository"][0]["contributions"]["nodes"]
        assert [node["commitCount"] for node in nodes] == expected


def test_squares_may_be_late(github: GitHubClient) -> None:
    """What was committed in the last hours is in no number, and a new repository in no list."""
    github.emulator.repositories = [
        Repository(name="octocat/app", commits=commits_in_memory("app", NOW, 30)),
        Repository(name="octocat/new", commits=commits_in_memory("new", NOW, 2)),
    ]
    github.emulator.contributions_late_by = timedelta(hours=24)
    late = collection(github, None, None)
    github.emulator.contributions_late_by = timedelta()
    (entry,) = late["commitContributionsByRepository"]
    assert entry["contributions"]["totalCount"] == late["totalCommitContributions"] == 6
    assert late["totalRepositoriesWithContributedCommits"] == 1
    assert collection(github, None, None)["totalCommitContributions"] == 32


def test_the_list_may_be_shorter_than_its_total_says(github: GitHubClient) -> None:
    """A repository below the hundred that is counted and not listed."""
    github.emulator.repositories = [
        Repository(name="octocat/app", commits=commits_in_memory("app", NOW, 1)),
        Repository(
            name="octocat/lost", commits=commits_in_memory("l", NOW, 2), in_contributions_list=False
        ),
    ]
    found = collection(github, None, None)
    names = [e["repository"]["nameWithOwner"] for e in found["commitContributionsByRepository"]]
    assert names == ["octocat/app"]
    assert found["totalRepositoriesWithContributedCommits"] == 2
    assert found["totalCommitContributions"] == 3


def test_a_login_wall_among_the_contributions_hides_them_all(github: GitHubClient) -> None:
    """A contributed repository may not be null, so the null rises to the account."""
    github.emulator.repositories = [
        Repository(name="octocat/app", commits=commits_in_memory("app", NOW, 1))
    ]
    github.emulator.calls.inject(Fault(operation="graphql", kind="contributions_saml"))
    answer = github.send(QUERY.replace("viewer {", 'user(login: "octocat") {')).json()
    assert answer["data"] == {"user": None}
    (error,) = answer["errors"]
    assert error["extensions"] == {"saml_failure": True}
    assert error["path"][-3:] == ["commitContributionsByRepository", 0, "repository"]


@pytest.mark.parametrize(
    ("authored", "instant"),
    [
        ("9999-12-31T23:00:00+00:00", "9999-12-31T23:00:00Z"),
        ("9999-12-31T23:00:00-08:00", "9999-12-31T23:59:59Z"),
        ("0001-01-01T00:30:00-08:00", "0001-01-01T08:30:00Z"),
        ("0001-01-01T00:30:00+09:00", "0001-01-01T00:00:00Z"),
    ],
)
def test_the_ends_of_the_calendar_are_shown(
    github: GitHubClient, authored: str, instant: str
) -> None:
    """Dates that are no instant of UTC's calendar come as its end; nothing fails over them."""
    (commit,) = commits_in_memory("app", NOW, 1)
    odd = replace(commit, authored_at=datetime.fromisoformat(authored))
    github.emulator.repositories = [Repository(name="octocat/app", commits=[odd])]
    assert walk(github, "app", "")[0]["authoredDate"] == instant
    day = authored[:10]
    found = collection(github, f"{day}T00:00:00Z", f"{day}T23:59:59Z")
    assert found["contributionYears"] == [int(day[:4])]
    assert found["totalCommitContributions"] == 1
    (entry,) = found["commitContributionsByRepository"]
    assert [marker[:10] for marker in days(entry)] == [day]
    assert collection(github, None, f"{day}T23:59:59Z")["endedAt"] == f"{day}T23:59:59Z"
