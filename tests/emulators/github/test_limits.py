"""Points, nodes and page sizes are priced and refused as GitHub documents it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from emulators.github import BatchLimit, GitHubEmulator, Repository, commits_in_memory
from tests.support.github import GitHubClient, running

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
HISTORIES = """query($ids: [ID!]!, $both: Boolean = false) { rateLimit { cost nodeCount }
  nodes(ids: $ids) { ... on Repository { defaultBranchRef { target { ...Walk
    ... on Commit @include(if: $both) { again: history(first: 100) { totalCount } } } } } } }
  fragment Walk on Commit { history(first: 100) { totalCount nodes { oid } } }"""


@pytest.fixture(scope="module")
def github() -> Iterator[GitHubClient]:
    """An account of 1,000 repositories with a commit each."""
    repositories = [
        Repository(name=f"octocat/r{n}", commits=commits_in_memory(f"r{n}", NOW, 1))
        for n in range(1000)
    ]
    with running(GitHubEmulator(repositories=repositories)) as client:
        yield client


def ids(github: GitHubClient, count: int) -> list[str]:
    """The first so many repositories' ids."""
    return [repository.global_id for repository in github.emulator.repositories[:count]]


@pytest.mark.parametrize(
    ("count", "both", "cost", "nodes"),
    [(1, False, 1, 101), (50, False, 1, 5050), (151, False, 2, 15251), (100, True, 2, 20100)],
)
def test_a_query_costs_a_point_per_hundred_connections(
    github: GitHubClient, count: int, both: bool, cost: int, nodes: int
) -> None:
    """Each repository's history is a connection; fragments count, and what is left out does not."""
    rate = github.ask(HISTORIES, ids=ids(github, count), both=both)["rateLimit"]
    assert rate == {"cost": cost, "nodeCount": nodes}


@pytest.mark.parametrize(
    ("query", "cost", "nodes"),
    [
        ("viewer { login }", 1, 0),
        ("viewer { repositories(first: 100) { nodes { id } } }", 1, 100),
        (
            "viewer { repositories(first: 50) { nodes { defaultBranchRef { target "
            "{ ... on Commit { history(first: 10) { totalCount } } } } } } }",
            1,
            550,
        ),
        (
            "viewer { contributionsCollection { commitContributionsByRepository"
            "(maxRepositories: 100) { contributions(first: 100) { totalCount } } } }",
            1,
            10100,
        ),
    ],
)
def test_nested_lists_multiply(github: GitHubClient, query: str, cost: int, nodes: int) -> None:
    """Nodes are those that could come back, every list being full."""
    rate = github.ask(f"{{ rateLimit {{ cost nodeCount }} {query} }}")["rateLimit"]
    assert rate == {"cost": cost, "nodeCount": nodes}


def test_headers_and_the_field_agree() -> None:
    """limit, remaining, used and the reset time stand in both places, and add up."""
    with running(GitHubEmulator()) as client:
        client.ask("{ viewer { login } }")
        response = client.send("{ rateLimit { limit remaining used resetAt cost } }")
    rate = response.json()["data"]["rateLimit"]
    reset = int(response.headers["x-ratelimit-reset"])
    assert rate["resetAt"] == datetime.fromtimestamp(reset, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (rate["limit"], rate["remaining"], rate["used"], rate["cost"]) == (5000, 4998, 2, 1)
    shown = [response.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "used")]
    assert shown == ["5000", "4998", "2"]
    assert response.headers["x-ratelimit-resource"] == "graphql"


def test_without_points_left_every_query_is_refused_until_the_reset() -> None:
    """HTTP 200 with RATE_LIMITED and nothing remaining; an hour later it answers again."""
    clock = [NOW]
    with running(GitHubEmulator(point_limit=2, now=lambda: clock[0])) as client:
        for _ in range(2):
            client.ask("{ viewer { login } }")
        response = client.send("{ viewer { login } }")
        assert response.status_code == 200
        assert response.json()["errors"][0]["type"] == "RATE_LIMITED"
        assert "data" not in response.json()
        assert response.headers["x-ratelimit-remaining"] == "0"
        reset = datetime.fromtimestamp(int(response.headers["x-ratelimit-reset"]), UTC)
        assert reset == NOW + timedelta(hours=1)
        clock[0] = reset
        client.ask("{ viewer { login } }")


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("viewer { repositories { nodes { id } } }", "MISSING_PAGINATION_BOUNDARIES"),
        ("viewer { repositories { ...P } }", "MISSING_PAGINATION_BOUNDARIES"),
        ("viewer { repositories(first: 101) { nodes { id } } }", "EXCESSIVE_PAGINATION"),
        ("viewer { repositories(last: 101) { nodes { id } } }", "EXCESSIVE_PAGINATION"),
        ("viewer { repositories(first: -1) { nodes { id } } }", "INVALID_PAGINATION_BOUNDARIES"),
        ('viewer { repositories(first: 1, after: "x") { ...P } }', "INVALID_CURSOR_ARGUMENTS"),
    ],
)
def test_bounds_are_wanted_where_a_list_is(github: GitHubClient, query: str, kind: str) -> None:
    """`first` or `last`, 1 to 100, wherever elements are selected, also through a fragment."""
    fragment = "fragment P on RepositoryConnection { edges { cursor } }"
    text = f"{{ {query} }} {fragment if '...P' in query else ''}"
    assert [error["type"] for error in github.errors(text)] == [kind]


def test_a_count_needs_no_bounds(github: GitHubClient) -> None:
    """`totalCount` alone."""
    data = github.ask("{ viewer { repositories { totalCount } } }")
    assert data["viewer"]["repositories"]["totalCount"] == 1000


def test_the_last_elements_can_be_asked_for(github: GitHubClient) -> None:
    """`last` takes from the end and says that there is something before."""
    data = github.ask("""{ viewer { repositories(last: 2, orderBy: {field: NAME, direction: ASC})
      { pageInfo { hasNextPage hasPreviousPage } edges { cursor node { name } } } } }""")
    connection = data["viewer"]["repositories"]
    assert [edge["node"]["name"] for edge in connection["edges"]] == ["r998", "r999"]
    assert connection["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}


def test_half_a_million_nodes_are_too_many(github: GitHubClient) -> None:
    """Refused before anything is worked out."""
    contributions = (
        "contributionsCollection { commitContributionsByRepository(maxRepositories: 100) "
        "{ contributions(first: 100) { totalCount } } }"
    )
    many = " ".join(f"a{n}: {contributions}" for n in range(50))
    (error,) = github.errors(f"{{ viewer {{ {many} }} }}")
    assert error["type"] == "MAX_NODE_LIMIT_EXCEEDED"
    assert "505,000" in error["message"]


@pytest.mark.parametrize(
    ("query", "code", "path"),
    [
        ("query Q { viewer { foo } }", "undefinedField", ["query Q", "viewer", "foo"]),
        (
            "{ viewer { repositories(sort: 1, first: 1) { totalCount } } }",
            "argumentNotAccepted",
            ["query", "viewer", "repositories"],
        ),
    ],
)
def test_a_query_that_does_not_fit_the_schema(
    github: GitHubClient, query: str, code: str, path: list[str]
) -> None:
    """HTTP 200, no data, a code, and a path that begins with the operation."""
    (error,) = github.errors(query)
    assert error["extensions"]["code"] == code
    assert error["path"] == path


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (b"not json", 400, "Problems parsing JSON"),
        (b"{}", 200, "A query attribute must be specified"),
        (b"[]", 200, "A query attribute must be specified"),
        (b'{"query": "{"}', 200, "Syntax Error"),
        (b'{"query": "query($a: Int!) { viewer { repositories(first: $a) { totalCount } } }"}',
         200, "$a"),
        (b'{"query": "{ viewer { login } }", "operationName": "B"}', 200, "'B'"),
    ],
)  # fmt: skip
def test_bodies_that_are_no_request(
    github: GitHubClient, body: bytes, status: int, text: str
) -> None:
    """Each is answered, none breaks the server."""
    headers = {"Content-Type": "application/json"}
    response = github.http.post(github.emulator.url, content=body, headers=headers)
    assert response.status_code == status
    assert text in response.text


def test_an_instant_needs_a_zone(github: GitHubClient) -> None:
    """`since` without one is refused, not guessed."""
    query = """query($since: GitTimestamp) { nodes(ids: []) { ... on Commit {
      history(first: 1, since: $since) { totalCount } } } }"""
    assert github.errors(query, since="2026-01-01T00:00:00")
    assert github.errors(query, since="yesterday")
    github.ask(query, since="2026-01-01T00:00:00+09:00")


def test_a_batch_that_is_too_large_fails_until_it_is_smaller(github: GitHubClient) -> None:
    """The size alone decides, and aliases of one repository's history do not add to it."""
    github.emulator.batch_limit = BatchLimit(repositories=10, kind="504")
    try:
        assert github.send(HISTORIES, ids=ids(github, 11)).status_code == 504
        assert github.send(HISTORIES, ids=ids(github, 11)).status_code == 504
        github.ask(HISTORIES, ids=ids(github, 10), both=True)
        github.emulator.batch_limit = BatchLimit(repositories=10, kind="resource_limits")
        answer = github.send(HISTORIES, ids=ids(github, 11)).json()
        assert {error["type"] for error in answer["errors"]} == {"RESOURCE_LIMITS_EXCEEDED"}
    finally:
        github.emulator.batch_limit = None
