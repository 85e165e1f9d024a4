"""Every fault that can be ordered comes in the shape that GitHub sends it."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from emulators.faults import Fault
from emulators.github import GitHubEmulator, Repository, commits_in_memory
from emulators.github.faults import KINDS
from tests.support.github import GitHubClient, running
from tests.support.processes import wait_until

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
NAMES = ("octocat/one", "octocat/two", "octocat/three")
QUERY = """query($ids: [ID!]!) { rateLimit { cost } viewer { login } nodes(ids: $ids) {
  ... on Repository { nameWithOwner defaultBranchRef { target { ... on Commit {
    history(first: 10) { totalCount pageInfo { hasNextPage endCursor } nodes { oid } }
  } } } } } }"""


@pytest.fixture(scope="module")
def running_github() -> Iterator[GitHubClient]:
    """Three repositories with three commits each."""
    repositories = [Repository(name=n, commits=commits_in_memory(n, NOW, 3)) for n in NAMES]
    with running(GitHubEmulator(repositories=repositories)) as client:
        yield client


@pytest.fixture
def github(running_github: GitHubClient) -> GitHubClient:
    """The same without any fault ordered."""
    running_github.emulator.calls.clear_faults()
    return running_github


def send(github: GitHubClient, kind: str) -> httpx.Response:
    """One request that fails."""
    github.emulator.calls.inject(Fault(operation="graphql", kind=kind))
    return github.send(QUERY, ids=[r.global_id for r in github.emulator.repositories])


def histories(answer: dict[str, Any]) -> list[Any]:
    """What became of each repository: its history, or the null that stands in its place."""
    found = []
    for node in answer["data"]["nodes"]:
        branch = node and node["defaultBranchRef"]
        target = branch and branch["target"]
        found.append(target and target["history"])
    return found


def test_without_a_fault_all_is_there(github: GitHubClient) -> None:
    """And each call is counted."""
    before = github.emulator.calls.count("graphql")
    answer = github.ask(QUERY, ids=[r.global_id for r in github.emulator.repositories])
    assert [len(h["nodes"]) for h in histories({"data": answer})] == [3, 3, 3]
    assert github.emulator.calls.count("graphql") == before + 1


@pytest.mark.parametrize(
    ("kind", "status", "headers", "text"),
    [
        ("401", 401, {}, "Bad credentials"),
        ("403_primary", 403, {"x-ratelimit-remaining": "0"}, "API rate limit exceeded"),
        ("403_secondary", 403, {"retry-after": "60"}, "secondary rate limit"),
        ("403_secondary_bare", 403, {"retry-after": None}, "secondary rate limit"),
        ("429", 429, {"retry-after": "60"}, "secondary rate limit"),
        ("500", 500, {}, "Server Error"),
        ("502", 502, {"content-type": "text/html; charset=utf-8"}, "<html>"),
        ("502_json", 502, {"content-type": "application/json"}, "Something went wrong"),
        ("503", 503, {}, "<html>"),
        ("504", 504, {}, "<html>"),
        ("rate_limited", 200, {"x-ratelimit-remaining": "0"}, '"type": "RATE_LIMITED"'),
        ("rate_limit", 200, {"x-ratelimit-remaining": "0"}, '"code": "graphql_rate_limit"'),
        ("not_json", 200, {"content-type": "text/html; charset=utf-8"}, "<html>"),
        ("echo", 400, {}, '"Bad request: Authorization: bearer t0ken"'),
        ("echo_in_errors", 200, {}, "Authorization=bearer t0ken"),
    ],
)
def test_faults_of_a_whole_answer(
    github: GitHubClient, kind: str, status: int, headers: dict[str, str | None], text: str
) -> None:
    """Status, headers and body; none of them has data."""
    response = send(github, kind)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in headers} == headers
    assert text in response.text
    assert '"data"' not in response.text


def test_the_reset_time_is_within_the_hour(github: GitHubClient) -> None:
    """What a client waits for when nothing remains."""
    wait = int(send(github, "403_primary").headers["x-ratelimit-reset"]) - time.time()
    assert 0 < wait <= 3600


def test_how_long_to_wait_can_be_chosen(github: GitHubClient) -> None:
    """So that a test need not wait a minute."""
    github.emulator.retry_after_seconds = 1
    assert send(github, "429").headers["retry-after"] == "1"
    github.emulator.retry_after_seconds = 60


@pytest.mark.parametrize("kind", ["closed", "truncated"])
def test_an_answer_that_breaks_off(github: GitHubClient, kind: str) -> None:
    """No answer at all, or half of one: the client sees the protocol broken."""
    with pytest.raises(httpx.RemoteProtocolError):
        send(github, kind)
    assert send(github, "500").status_code == 500


def test_no_answer_until_the_client_gives_up(github: GitHubClient) -> None:
    """A read timeout; afterwards the emulator goes on."""
    received, before = github.emulator.calls.count(), github.http.timeout
    github.http.timeout = httpx.Timeout(0.2)
    with pytest.raises(httpx.ReadTimeout):
        send(github, "hang")
    github.http.timeout = before
    wait_until(lambda: github.emulator.calls.count() > received, "the request came")
    assert send(github, "null_branch").status_code == 200


@pytest.mark.parametrize(
    ("kind", "lost", "errors"),
    [
        ("null_node", [True, False, False], [("NOT_FOUND", ["nodes", 0])]),
        ("saml", [True, False, False], [("FORBIDDEN", ["nodes", 0])]),
        ("ip_allow_list", [True, False, False], [("FORBIDDEN", ["nodes", 0])]),
        ("null_branch", [True, False, False], []),
        ("empty_repository", [True, False, False], []),
        (
            "history_unavailable",
            [True, False, False],
            [("SERVICE_UNAVAILABLE", ["nodes", 0, "defaultBranchRef", "target", "history"])],
        ),
        (
            "resource_limits",
            [False, True, True],
            [
                ("RESOURCE_LIMITS_EXCEEDED",
                 ["nodes", index, "defaultBranchRef", "target", "history"])
                for index in (1, 2)
            ],
        ),
    ],
)  # fmt: skip
def test_faults_beside_good_data(
    github: GitHubClient, kind: str, lost: list[bool], errors: list[tuple[str, list[Any]]]
) -> None:
    """HTTP 200: a null where something was lost, an error that names the place, the rest good."""
    answer = send(github, kind).json()
    assert [history is None for history in histories(answer)] == lost
    assert [(error["type"], error["path"]) for error in answer.get("errors", [])] == errors
    assert answer["data"]["viewer"] == {"login": "octocat"}


def test_nodes_may_come_in_another_order(github: GitHubClient) -> None:
    """Only their ids tell which is which."""
    nodes = send(github, "reordered_nodes").json()["data"]["nodes"]
    assert [node["nameWithOwner"] for node in nodes] == list(NAMES)[::-1]


def test_a_repository_may_say_that_it_is_empty(github: GitHubClient) -> None:
    """Although it has commits: for once, or for good."""
    repository = github.emulator.repositories[0]
    query = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Repository {
        isEmpty defaultBranchRef { name } } } }"""
    github.emulator.calls.inject(Fault(operation="graphql", kind="empty_repository"))
    for answer in (
        github.ask(query, ids=[repository.global_id]),
        served(replace(repository, claims_empty=True), query),
    ):
        assert answer["nodes"] == [{"isEmpty": True, "defaultBranchRef": None}]


def served(repository: Repository, query: str) -> Any:
    """The answer of an account of one repository."""
    with running(GitHubEmulator(repositories=[repository])) as client:
        return client.ask(query, ids=[repository.global_id])


def test_pages_with_holes(github: GitHubClient) -> None:
    """An empty page that promises more, a page cut short without a word, a null among the nodes."""
    empty = histories(send(github, "empty_page").json())[0]
    assert (empty["nodes"], empty["pageInfo"]) == ([], {"hasNextPage": True, "endCursor": None})
    short = histories(send(github, "short_page").json())[0]
    assert (len(short["nodes"]), short["totalCount"]) == (2, 3)
    assert not short["pageInfo"]["hasNextPage"]
    holed = histories(send(github, "null_element").json())[0]
    assert [node is None for node in holed["nodes"]] == [True, False, False]


def test_the_rate_limit_may_be_null(github: GitHubClient) -> None:
    """As on an Enterprise Server that keeps none."""
    assert send(github, "null_rate_limit").json()["data"]["rateLimit"] is None


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { repositories(first: 9) { nodes { id } } } }",
        "{ viewer { contributionsCollection { totalCommitContributions } } }",
    ],
)
def test_resource_limits_hit_discovery_too(github: GitHubClient, query: str) -> None:
    """The field that was too heavy fails, and with it all of the data that may not be null."""
    github.emulator.calls.inject(Fault(operation="graphql", kind="resource_limits"))
    answer = github.send(query).json()
    assert answer["data"] is None
    assert answer["errors"][0]["type"] == "RESOURCE_LIMITS_EXCEEDED"


def test_a_repository_can_be_broken_for_good() -> None:
    """Its history ends in the error that was chosen, every time."""
    broken = Repository(
        name="octocat/app", commits=commits_in_memory("a", NOW, 1), history_error="INTERNAL"
    )
    with running(GitHubEmulator(repositories=[broken])) as client:
        for _ in range(2):
            (error,) = client.errors(QUERY, ids=[broken.global_id])
            assert error["type"] == "INTERNAL"


def test_every_kind_of_fault_answers_and_leaves_the_next_call_alone(github: GitHubClient) -> None:
    """A list of kinds that grew without an answer would show here."""
    for kind in KINDS:
        if kind in ("closed", "truncated", "hang", "contributions_saml"):
            continue
        faulty = send(github, kind)
        clean = github.send(QUERY, ids=[r.global_id for r in github.emulator.repositories])
        assert faulty.text != clean.text, kind
        assert "errors" not in clean.json(), kind
