"""`Commit.history` answers as git itself does, and as GitHub documents its arguments."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from emulators.github import GitHubEmulator, Person
from emulators.github.git import UnreadableClone
from tests.support.github import GitHubClient, running, walk
from tests.support.repositories import ME, History, git

OTHER = "other@example.com"
WORK = "Me@work.example"


@dataclass(frozen=True, kw_only=True)
class Served:
    """A client, and the history and the clone that it is answered from."""

    client: GitHubClient
    history: History
    clone: Path


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """octocat/app: a branch of the 15th to the 19th, merged on the 22nd, and what else happens."""
    history = History()
    history.commit("2026-01-14T23:30:00+09:00")
    history.branch("feature")
    for day in range(15, 20):
        history.commit(f"2026-01-{day}T12:00:00+05:45", branch="feature")
    history.commit("2026-01-16T09:00:00-03:30", email=OTHER, name="Zoë")
    history.commit("2026-01-20T12:00:00+00:00", email=WORK)
    history.merge("feature", "2026-01-22T12:00:00+00:00")
    history.commit("2026-01-10T08:00:00+01:00", committed="2026-01-22T18:00:00+01:00")
    history.branch("unmerged")
    history.commit("2026-01-22T20:00:00Z", branch="unmerged")
    path = history.write(folder / "app", origin="git@github.com:octocat/app.git")
    emulator = GitHubEmulator(
        state=folder / "state",
        clones=[path],
        authors=[ME, WORK],
        login="octocat",
        people=[Person(login="zoe", emails=(OTHER,))],
    )
    with running(emulator) as client:
        yield Served(client=client, history=history, clone=path)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same for all tests that only read."""
    with serving(tmp_path_factory.mktemp("github")) as served:
        yield served


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[Served]:
    """One of its own, for a test that changes what is served."""
    with serving(tmp_path) as served:
        yield served


def oids(nodes: list[dict[str, str]]) -> list[str]:
    """Just the ids, in their order."""
    return [node["oid"] for node in nodes]


@pytest.mark.parametrize("size", [1, 3, 100])
def test_the_whole_history_is_what_git_log_says(served: Served, size: int) -> None:
    """Every commit of the default branch, in git's order, whatever the size of a page."""
    logged = git(served.clone, "log", "--format=%H|%at|%ct|%ae|%an", "main").splitlines()
    nodes = walk(served.client, "app", "", size=size)
    assert logged == [
        "|".join(
            (
                node["oid"],
                f"{datetime.fromisoformat(node['authoredDate']).timestamp():.0f}",
                f"{datetime.fromisoformat(node['committedDate']).timestamp():.0f}",
                node["author"]["email"],
                node["author"]["name"],
            )
        )
        for node in nodes
    ]


def test_dates_are_in_utc_and_the_authors_date_keeps_its_offset(served: Served) -> None:
    """`DateTime` is converted to UTC, `GitTimestamp` is not."""
    oldest = walk(served.client, "app", "")[-1]
    assert oldest["authoredDate"] == "2026-01-14T14:30:00Z"
    assert oldest["author"]["date"] == "2026-01-14T23:30:00+09:00"


def test_since_loses_a_branch_that_was_merged_later(served: Served) -> None:
    """The main trap: `since` is about committer dates, so reading "yesterday" loses a merge.

    Five commits of the 15th to the 19th reached main on the 22nd; only the merge is returned, and
    beside it a commit that was rebased, though it was authored on the 10th.
    """
    found = oids(walk(served.client, "app", ', since: "2026-01-21T00:00:00Z"'))
    by_oid = {commit.oid: commit for commit in served.history.commits}
    assert [by_oid[oid].authored.day for oid in found] == [10, 22]
    assert len(by_oid[found[1]].parents) == 2


@pytest.mark.parametrize("since", ["2026-01-15T00:00:00Z", "2026-01-20T21:00:00+09:00"])
@pytest.mark.parametrize("until", ["2026-01-22T12:00:00Z", "2026-01-22T11:59:59Z"])
def test_since_and_until_are_gits_own(served: Served, since: str, until: str) -> None:
    """Both ends belong to it, in any offset."""
    logged = git(served.clone, "log", "--format=%H", f"--since={since}", f"--until={until}")
    nodes = walk(served.client, "app", f', since: "{since}", until: "{until}"')
    assert oids(nodes) == logged.split()


@pytest.mark.parametrize("since", ["1969-12-31T23:59:59Z", "2100-01-01T00:00:00Z"])
def test_a_timestamp_outside_the_documented_range_finds_nothing(served: Served, since: str) -> None:
    """Nobody may rely on what GitHub does there."""
    assert walk(served.client, "app", f', since: "{since}"') == []
    assert walk(served.client, "app", ', since: "1970-01-01T00:00:00Z"')


def test_an_author_is_an_account_or_addresses_and_the_account_wins(served: Served) -> None:
    """`id` stands for all linked addresses; `emails` beside it is not looked at."""
    people = served.client.ask('{ viewer { id } user(login: "ZOE") { id } }')
    mine = git(served.clone, "log", "--format=%H", f"--author={ME}", f"--author={WORK}").split()
    theirs = git(served.clone, "log", "--format=%H", f"--author={OTHER}").split()
    viewer, other = (f'id: "{people[who]["id"]}"' for who in ("viewer", "user"))
    assert oids(walk(served.client, "app", f", author: {{{viewer}}}")) == mine
    assert oids(walk(served.client, "app", f', author: {{{other}, emails: ["{ME}"]}}')) == theirs
    address = f'emails: ["{OTHER.upper()}"]'
    assert oids(walk(served.client, "app", f", author: {{{address}}}")) == theirs


def test_an_unlinked_address_has_no_account(changing: Served) -> None:
    """`author.user` is null where the address belongs to nobody; parents are counted."""
    changing.history.commit("2026-01-23T00:00:00Z", email="nobody@example.com")
    changing.history.write(changing.clone)
    data = changing.client.ask("""{ repository(owner: "octocat", name: "app") { defaultBranchRef {
        name target { oid ... on Commit { history(first: 3) { nodes {
          author { user { login } } parents(first: 1) { totalCount } } } } } } } }""")
    branch = data["repository"]["defaultBranchRef"]
    assert (branch["name"], branch["target"]["oid"]) == ("main", changing.history.branches["main"])
    assert branch["target"]["history"]["nodes"] == [
        {"author": {"user": None}, "parents": {"totalCount": 1}},
        {"author": {"user": {"login": "octocat"}}, "parents": {"totalCount": 1}},
        {"author": {"user": {"login": "octocat"}}, "parents": {"totalCount": 2}},
    ]


def test_new_commits_appear_without_a_restart(changing: Served) -> None:
    """A clone is read again when one of its refs moved, also to other commits and after a gc."""
    before = len(walk(changing.client, "app", ""))
    changing.history.commit("2026-01-23T00:00:00Z")
    changing.history.write(changing.clone)
    assert len(walk(changing.client, "app", "")) == before + 1
    git(changing.clone, "gc", "-q")
    changing.history.branch("main", at=changing.history.commits[0].oid)
    changing.history.write(changing.clone)
    assert len(walk(changing.client, "app", "")) == 1


def test_since_may_hide_what_lies_behind_a_slow_clock(changing: Served) -> None:
    """By default each commit is taken by itself; with the switch the answer is git's own."""
    changing.history.commit("2026-01-24T00:00:00Z")
    changing.history.commit("2026-01-24T01:00:00Z", committed="2020-01-01T00:00:00Z")
    changing.history.commit("2026-01-24T02:00:00Z")
    changing.history.write(changing.clone)
    since = "2026-01-23T00:00:00Z"
    argument = f', since: "{since}"'
    assert len(walk(changing.client, "app", argument)) == 2
    changing.client.emulator.since_stops_walk = True
    logged = git(changing.clone, "log", "--format=%H", f"--since={since}").split()
    assert (
        oids(walk(changing.client, "app", argument))
        == logged
        == [changing.history.branches["main"]]
    )


def test_what_is_served_is_plain_to_read(served: Served) -> None:
    """For the owner of its folder only: whose account it is, and which clones are behind it."""
    state = served.clone.parent / "state"
    assert state.stat().st_mode & 0o777 == 0o700
    assert (state / "account.json").stat().st_mode & 0o777 == 0o600
    account = json.loads((served.clone.parent / "state/account.json").read_text(encoding="utf-8"))
    assert account == {
        "login": "octocat",
        "emails": [ME, WORK],
        "repositories": [{"name": "octocat/app", "source": str(served.clone)}],
    }


@pytest.mark.parametrize("folder", ["plain", "missing"])
def test_a_folder_that_is_no_clone_is_an_error_at_once(tmp_path: Path, folder: str) -> None:
    """Before anything listens."""
    (tmp_path / "plain").mkdir()
    with pytest.raises(UnreadableClone, match=folder):
        GitHubEmulator(clones=[tmp_path / folder])


def test_a_clone_that_turns_unreadable_is_a_null_beside_an_error(changing: Served) -> None:
    """Its branch cannot be told; other repositories go on; and it counts as pushed to just now."""
    (changing.clone / ".git/refs/heads/main").write_text("not an oid\n")
    (changing.clone / ".git/packed-refs").unlink(missing_ok=True)
    query = '{ repository(owner: "octocat", name: "app") { pushedAt defaultBranchRef { name } } }'
    answer = changing.client.send(query).json()
    assert answer["data"]["repository"]["defaultBranchRef"] is None
    assert answer["data"]["repository"]["pushedAt"] is not None
    assert answer["errors"][0]["type"] == "SERVICE_UNAVAILABLE"
    assert "fsck" in answer["errors"][0]["message"]
