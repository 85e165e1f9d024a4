"""Who and what the token sees: the viewer, lists of repositories, nodes by id, walls and holes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from emulators.github import GitHubEmulator, Person, Repository, commits_in_memory
from tests.support.github import ALL_AFFILIATIONS, GitHubClient, running

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
LIST = """query($size: Int!, $after: String) { viewer { repositories(
    first: $size, after: $after, affiliations: ALL, ownerAffiliations: ALL,
    orderBy: {field: PUSHED_AT, direction: DESC}
  ) { totalCount pageInfo { hasNextPage endCursor } nodes { nameWithOwner } } } }""".replace(
    "ALL", ALL_AFFILIATIONS
)
BY_ID = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Repository {
    id nameWithOwner isEmpty isFork isPrivate isArchived pushedAt
    defaultBranchRef { name } owner { __typename login } } } }"""


def repository(name: str, hours: int, **how: object) -> Repository:
    """One with a commit so many hours ago."""
    commits = commits_in_memory(name, NOW - timedelta(hours=hours), 1)
    return replace(Repository(name=name, commits=commits), **how)  # type: ignore[arg-type]


WORLD = (
    repository("octocat/app", 3),
    repository("octocat/secret", 1, is_private=True),
    repository("octocat/copy", 2, is_fork=True),
    repository("octocat/done", 5, is_archived=True),
    Repository(name="octocat/empty"),
    repository("friend/tool", 4, relation="COLLABORATOR"),
    repository("acme/site", 6, relation="ORGANIZATION_MEMBER", in_organization=True),
    repository("acme/vault", 7, relation="ORGANIZATION_MEMBER", saml_protected=True),
    repository("stranger/library", 8, relation="NONE"),
    repository("octocat/hidden", 9, is_private=True, visible=False),
)


@pytest.fixture(scope="module")
def running_github() -> Iterator[GitHubClient]:
    """One emulator for all of them."""
    emulator = GitHubEmulator(
        authors=["me@example.com"],
        people=[Person(login="friend", emails=("friend@example.com",))],
        now=lambda: NOW,
    )
    with running(emulator) as client:
        yield client


@pytest.fixture
def github(running_github: GitHubClient) -> GitHubClient:
    """The same, with the whole world and a wide token again."""
    running_github.emulator.repositories = list(WORLD)
    running_github.emulator.scopes = ("repo", "read:user", "read:org")
    return running_github


def names(connection: dict[str, list[dict[str, str]]]) -> list[str]:
    """The repositories' names without their owners."""
    return [node["nameWithOwner"].rpartition("/")[2] for node in connection["nodes"] if node]


def test_the_viewer_is_the_tokens_owner(github: GitHubClient) -> None:
    """Found by token, by login in any case and by id, as the same account."""
    fields = "login id databaseId email isViewer"
    data = github.ask(f'{{ viewer {{ {fields} }} user(login: "OctoCat") {{ {fields} }} }}')
    assert data["viewer"] == data["user"]
    assert data["viewer"]["email"] == "me@example.com"
    node = github.ask("query($id: ID!) { node(id: $id) { ... on User { login } } }",
                      id=data["viewer"]["id"])  # fmt: skip
    assert node["node"] == {"login": "octocat"}
    assert github.errors('{ user(login: "nobody") { id } }')[0]["type"] == "NOT_FOUND"


def test_repositories_come_by_push_time_and_pages_hold_all_of_them(github: GitHubClient) -> None:
    """Newest push first, one never pushed to last; pages of two add up to the whole list."""
    github.emulator.repositories = [r for r in WORLD if not r.saml_protected]
    whole = github.ask(LIST, size=100)["viewer"]["repositories"]
    assert names(whole) == ["secret", "copy", "app", "tool", "done", "site", "empty"]
    found, after = [], None
    while True:
        part = github.ask(LIST, size=2, after=after)["viewer"]["repositories"]
        assert part["totalCount"] == 7
        found += names(part)
        after = part["pageInfo"]["endCursor"]
        if not part["pageInfo"]["hasNextPage"]:
            break
    assert found == names(whole)


def pages(github: GitHubClient, query: str, size: int) -> Iterator[list[str]]:
    """The list page by page."""
    after = None
    while True:
        part = github.ask(query, size=size, after=after)["viewer"]["repositories"]
        assert part["totalCount"] == 7
        yield names(part)
        after = part["pageInfo"]["endCursor"]
        if not part["pageInfo"]["hasNextPage"]:
            return


def test_a_push_between_two_pages_moves_a_repository_past_the_reader(github: GitHubClient) -> None:
    """Cursors are sort keys: nothing comes twice, one comes never, and the total stays right."""
    github.emulator.repositories = [r for r in WORLD if not r.saml_protected]
    whole = [name for page in pages(github, LIST, 2) for name in page]
    first = github.emulator.calls.count()

    def push(requests: int) -> None:
        if requests == first + 1:
            commits = commits_in_memory("tool again", NOW, 1)
            github.emulator.push("friend/tool", *commits, at=NOW)

    github.emulator.after_answer = push
    try:
        moving = [name for page in pages(github, LIST, 2) for name in page]
    finally:
        github.emulator.after_answer = None
    assert moving == [name for name in whole if name != "tool"]
    anew = [name for page in pages(github, LIST, 2) for name in page]
    assert anew == ["tool", *moving]


def test_an_order_that_no_push_changes_is_read_whole(github: GitHubClient) -> None:
    """By time of creation, the one made first in front."""
    found = [r for r in WORLD if not r.saml_protected]
    made = [replace(r, created_at=NOW + timedelta(days=n)) for n, r in enumerate(found)]
    github.emulator.repositories = made
    query = LIST.replace("PUSHED_AT, direction: DESC", "CREATED_AT, direction: ASC")
    reading = pages(github, query, 2)
    listed = next(reading)
    github.emulator.push("friend/tool", at=NOW + timedelta(days=99))
    for page in reading:
        listed += page
    assert listed == ["app", "secret", "copy", "done", "empty", "tool", "site"]


def test_a_push_to_a_repository_that_is_not_there(github: GitHubClient) -> None:
    """A test that misspells a name should hear of it."""
    with pytest.raises(ValueError, match="octocat/none"):
        github.emulator.push("octocat/none")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", {"app", "secret", "copy", "done", "empty", "tool"}),
        ("ownerAffiliations: OWNER", {"app", "secret", "copy", "done", "empty"}),
        ("ownerAffiliations: ORGANIZATION_MEMBER", {"site"}),
        ("affiliations: ORGANIZATION_MEMBER", set()),
        ("affiliations: OWNER, isFork: false", {"app", "secret", "done", "empty"}),
        ("isFork: true", {"copy"}),
        ("isArchived: true", {"done"}),
        ("privacy: PRIVATE", {"secret"}),
        ("privacy: PUBLIC, affiliations: COLLABORATOR", {"tool"}),
    ],
)
def test_filters_all_apply(github: GitHubClient, arguments: str, expected: set[str]) -> None:
    """Both affiliations must fit; the owner's are OWNER and COLLABORATOR unless said otherwise."""
    github.emulator.repositories = [r for r in WORLD if not r.saml_protected]
    data = github.ask(f"{{ viewer {{ repositories(first: 100, {arguments}) "
                      "{ nodes { nameWithOwner } } } }")  # fmt: skip
    assert set(names(data["viewer"]["repositories"])) == expected


def test_another_person_has_what_is_theirs(github: GitHubClient) -> None:
    """An account's list holds its own repositories, not the viewer's."""
    query = '{ user(login: "friend") { repositories(first: 9) { nodes { nameWithOwner } } } }'
    assert names(github.ask(query)["user"]["repositories"]) == ["tool"]


def test_nodes_tell_everything_about_a_repository(github: GitHubClient) -> None:
    """By id, whatever the relation; an empty one has no branch and was never pushed to."""
    by_name = {r.name: r.global_id for r in WORLD}
    ids = [by_name[n] for n in ("octocat/empty", "acme/site", "stranger/library")]
    empty, site, library = github.ask(BY_ID, ids=ids)["nodes"]
    assert (empty["isEmpty"], empty["defaultBranchRef"], empty["pushedAt"]) == (True, None, None)
    assert site["owner"] == {"__typename": "Organization", "login": "acme"}
    assert site["defaultBranchRef"] == {"name": "main"}
    assert library["nameWithOwner"] == "stranger/library"


def test_what_cannot_be_seen_is_null_beside_an_error_of_its_own(github: GitHubClient) -> None:
    """A deleted repository, one that the token may not see, and a login wall; the rest is there."""
    by_name = {r.name: r.global_id for r in WORLD}
    ids = ["R_gone", by_name["octocat/app"], by_name["octocat/hidden"], by_name["acme/vault"]]
    response = github.send(BY_ID, ids=ids)
    answer = response.json()
    assert [bool(node) for node in answer["data"]["nodes"]] == [False, True, False, False]
    gone, hidden, wall = answer["errors"]
    assert (gone["type"], gone["path"]) == ("NOT_FOUND", ["nodes", 0])
    assert (hidden["type"], hidden["path"]) == ("NOT_FOUND", ["nodes", 2])
    assert (wall["type"], wall["path"]) == ("FORBIDDEN", ["nodes", 3])
    assert wall["extensions"] == {"saml_failure": True}
    assert response.headers["x-github-sso"].startswith("partial-results")


def test_an_ip_allow_list_is_forbidden_without_a_login_wall(github: GitHubClient) -> None:
    """The same type of error; only `saml_failure` tells, and no header offers a login."""
    site = replace(WORLD[6], ip_protected=True)
    github.emulator.repositories = [site]
    response = github.send(BY_ID, ids=[site.global_id])
    (error,) = response.json()["errors"]
    assert (error["type"], error["extensions"]) == ("FORBIDDEN", {"saml_failure": False})
    assert "`acme` organization has an IP allow list" in error["message"]
    assert "x-github-sso" not in response.headers


def test_a_login_wall_leaves_a_hole_in_a_list(github: GitHubClient) -> None:
    """The repository is counted, its node is null, and an error names the place."""
    answer = github.send(LIST, size=100).json()
    connection = answer["data"]["viewer"]["repositories"]
    assert connection["totalCount"] == 8
    assert answer["errors"][0]["path"] == ["viewer", "repositories", "nodes", 6]
    assert connection["nodes"][6] is None


def test_a_push_time_can_be_stated(github: GitHubClient) -> None:
    """Else it is when the newest commit was committed, for a history in memory."""
    app = WORLD[0]
    stated = replace(app, pushed_at=NOW + timedelta(days=1))
    for served, expected in ((app, "2026-01-31T09:00:00Z"), (stated, "2026-02-01T12:00:00Z")):
        github.emulator.repositories = [served]
        (node,) = github.ask(BY_ID, ids=[app.global_id])["nodes"]
        assert node["pushedAt"] == expected


def test_an_id_outlives_a_rename(github: GitHubClient) -> None:
    """The same id answers with the present name; the former name is not known any more."""
    old = WORLD[0]
    github.emulator.repositories = [replace(old, name="octocat/new", node_id=old.global_id)]
    assert github.ask(BY_ID, ids=[old.global_id])["nodes"][0]["nameWithOwner"] == "octocat/new"
    query = '{ repository(owner: "octocat", name: "app") { id } }'
    assert github.errors(query)[0]["type"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("scopes", "sees_private", "header"),
    [
        (("repo", "read:user"), True, "repo, read:user"),
        (("public_repo",), False, "public_repo"),
        ((), False, ""),
        (None, True, None),
    ],
)
def test_private_repositories_need_the_scope_repo(
    github: GitHubClient, scopes: tuple[str, ...] | None, sees_private: bool, header: str | None
) -> None:
    """A narrow classic token just sees less, without an error; its scopes are in a header."""
    github.emulator.scopes = scopes
    response = github.send(BY_ID, ids=[WORLD[1].global_id])
    assert bool(response.json()["data"]["nodes"][0]) == sees_private
    assert response.headers.get("x-oauth-scopes") == header


def test_an_address_needs_a_scope_too(github: GitHubClient) -> None:
    """The field `email` is refused, with the scopes that are wanted and those that are there."""
    github.emulator.scopes = ("repo",)
    (error,) = github.errors("{ viewer { email } }")
    assert error["type"] == "INSUFFICIENT_SCOPES"
    assert "['repo']" in error["message"]


def test_a_wrong_token_is_told_by_status(github: GitHubClient) -> None:
    """401 with GitHub's own words, for a wrong token and for none."""
    with running(GitHubEmulator(token="right")) as client:
        for header in ({"Authorization": "bearer wrong"}, {"Authorization": ""}):
            response = client.http.post(
                client.emulator.url, json={"query": "{ viewer { login } }"}, headers=header
            )
            assert response.status_code == 401
            assert response.json()["message"] == "Bad credentials"
        client.http.headers["Authorization"] = "Bearer right"
        assert client.ask("{ viewer { login } }") == {"viewer": {"login": "octocat"}}
    assert github.ask("{ viewer { login } }")
