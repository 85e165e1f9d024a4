"""Commits of local clones are read as their objects say, whole or not at all."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulators.github import Commit
from emulators.github.clones import open_clone, read_branches, read_clone
from emulators.github.git import GitMissing, NotAClone, UnreadableClone
from tests.support.repositories import ME, History, add_worktree, clone, git


@pytest.fixture
def history() -> History:
    """Main with a merged branch, and a branch that is not merged."""
    history = History()
    history.commit("2026-01-15T23:30:00+09:00")
    history.branch("old")
    history.commit("2026-01-16T12:00:00-03:30", branch="old", email="two@example.com", name="Zoë")
    history.commit("2026-01-20T12:00:00+05:45", committed="2026-01-21T00:00:00+00:00")
    history.merge("old", "2026-01-22T12:00:00Z")
    history.branch("unmerged")
    history.commit("2026-01-23T12:00:00Z", branch="unmerged")
    return history


def commits_of(path: Path, *, all_branches: bool = True) -> dict[str, Commit]:
    """What is read, by oid; each oid must come once."""
    commits = list(read_clone(open_clone(path), all_branches=all_branches))
    by_oid = {commit.oid: commit for commit in commits}
    assert len(by_oid) == len(commits)
    return by_oid


def test_every_field_is_what_the_object_says(tmp_path: Path, history: History) -> None:
    """Instants keep the offset that was recorded; a name, an address and parents come through."""
    read = commits_of(history.write(tmp_path / "app"))
    assert read.keys() == {planned.oid for planned in history.commits}
    for planned in history.commits:
        commit = read[planned.oid]
        assert (commit.author_email, commit.author_name) == (planned.email, planned.name)
        assert commit.authored_at == planned.authored
        assert commit.authored_at.utcoffset() == planned.authored.utcoffset()
        assert commit.committed_at == planned.committed
        assert commit.parents == planned.parents
    assert open_clone(tmp_path / "app").repository == "app"


def test_default_branch_only_leaves_out_what_is_not_merged(
    tmp_path: Path, history: History
) -> None:
    """All branches by default; with the default one only, what `main` reaches."""
    path = history.write(tmp_path / "app")
    assert commits_of(path).keys() == history.reachable()
    assert commits_of(path, all_branches=False).keys() == history.reachable("main")


@pytest.mark.parametrize("options", [(), ("--bare",), ("--mirror",), ("--filter=tree:0",)])
def test_each_kind_of_clone_holds_all_branches(
    tmp_path: Path, history: History, options: tuple[str, ...]
) -> None:
    """Ordinary clones hold others' branches as remotes, bare ones as heads; partial ones too."""
    source = history.write(tmp_path / "source.git", bare=True)
    git(source, "config", "uploadpack.allowFilter", "true")
    copy = clone(source, tmp_path / "copy", *options)
    assert commits_of(copy).keys() == history.reachable()
    assert commits_of(copy, all_branches=False).keys() == history.reachable("main")
    assert open_clone(copy).repository == "source"


def test_a_working_tree_is_its_repository(tmp_path: Path, history: History) -> None:
    """A further working tree has the name, the branches and the place of the repository."""
    path = history.write(tmp_path / "app")
    git(path, "reset", "-q", "--hard")
    tree = add_worktree(path, tmp_path / "elsewhere", branch="old")
    assert open_clone(tree).git_directory == open_clone(path).git_directory
    assert open_clone(tree).repository == "app"
    assert commits_of(tree).keys() == history.reachable()


def test_commits_on_a_detached_head_count(tmp_path: Path, history: History) -> None:
    """Work without a branch is read with all branches, and is not the default branch."""
    path = history.write(tmp_path / "app")
    loose = history.branches["unmerged"]
    history.delete_branch("unmerged")
    history.write(path)
    git(path, "update-ref", "--no-deref", "HEAD", loose)
    assert loose in commits_of(path)
    assert loose not in commits_of(path, all_branches=False)


def test_what_was_fetched_and_not_merged_here_is_on_the_default_branch(tmp_path: Path) -> None:
    """The default branch is what lies here and what was last fetched, also under another name."""
    history = History()
    history.commit("2026-01-01T00:00:00Z", branch="trunk")
    source = history.write(tmp_path / "source", bare=True)
    git(source, "symbolic-ref", "HEAD", "refs/heads/trunk")
    copy = clone(source, tmp_path / "copy")
    history.commit("2026-01-02T00:00:00Z", branch="trunk")
    history.write(source)
    git(copy, "fetch", "-q")
    assert read_branches(open_clone(copy)).default == "trunk"
    assert commits_of(copy, all_branches=False).keys() == history.reachable()


def test_an_empty_repository_has_no_commits(tmp_path: Path) -> None:
    """No commits yet is an answer, not an error."""
    path = History().write(tmp_path / "new")
    assert commits_of(path) == {}
    assert commits_of(path, all_branches=False) == {}


def test_a_shallow_clone_is_refused(tmp_path: Path, history: History) -> None:
    """Its counts would be too small; the error names the command that repairs it."""
    source = history.write(tmp_path / "source")
    shallow = clone(source, tmp_path / "shallow", "--depth=1")
    with pytest.raises(UnreadableClone, match="fetch --unshallow"):
        commits_of(shallow)


@pytest.mark.parametrize("harm", ["commit", "ref"])
def test_a_damaged_repository_gives_no_commit_at_all(
    tmp_path: Path, history: History, harm: str
) -> None:
    """A missing object or a broken ref is an error before the first commit, never a smaller sum."""
    path = history.write(tmp_path / "app")
    if harm == "ref":
        (path / ".git/refs/heads/old").write_text("not an oid\n")
    else:
        oid = history.commits[0].oid
        (path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(UnreadableClone, match="fsck"):
        next(read_clone(open_clone(path)))


def test_branches_without_a_default_one_are_an_error(tmp_path: Path) -> None:
    """Where nothing tells the default branch, it is asked for: nothing is quietly left out."""
    history = History()
    history.commit("2026-01-01T00:00:00Z", branch="one")
    history.commit("2026-01-01T00:00:00Z", branch="two")
    path = history.write(tmp_path / "app")
    with pytest.raises(UnreadableClone, match="symbolic-ref HEAD"):
        commits_of(path, all_branches=False)


def test_a_branch_is_wanted_only_where_the_default_one_is_read(
    tmp_path: Path, history: History
) -> None:
    """HEAD on no branch, and none called main: with all branches, every commit is there."""
    history.branch("one")
    history.delete_branch("main")
    path = history.write(tmp_path / "app")
    assert commits_of(path).keys() == history.reachable()


@pytest.mark.parametrize("named", ["app", "tree"])
def test_a_detached_working_tree_counts_whichever_is_named(
    tmp_path: Path, history: History, named: str
) -> None:
    """Commits on the head of one working tree alone belong to the repository."""
    path = history.write(tmp_path / "app")
    git(path, "reset", "-q", "--hard")
    tree = add_worktree(path, tmp_path / "tree", branch="unmerged")
    me = ("-c", "user.name=Me", "-c", f"user.email={ME}")
    loose = git(tree, *me, "commit-tree", "-p", "HEAD", "-m", "Loose", "HEAD^{tree}")
    git(tree, "update-ref", "--no-deref", "HEAD", loose)
    assert loose in commits_of(tmp_path / named)
    default = commits_of(tmp_path / named, all_branches=False)
    assert default.keys() == history.reachable("main")


def test_a_working_tree_without_commits_is_no_harm_and_a_damaged_head_is(
    tmp_path: Path, history: History
) -> None:
    """A branch that is not born yet holds nothing; what cannot be told is not taken for nothing."""
    path = history.write(tmp_path / "app")
    git(path, "reset", "-q", "--hard")
    add_worktree(path, tmp_path / "tree", branch="unmerged")
    head = path / ".git/worktrees/tree/HEAD"
    head.write_text("ref: refs/heads/unborn\n")
    assert commits_of(path).keys() == history.reachable()
    head.write_text("no oid\n")
    with pytest.raises(UnreadableClone, match="head of a working tree"):
        commits_of(path)


def test_which_branch_is_the_default_one_does_not_depend_on_the_working_tree(
    tmp_path: Path, history: History
) -> None:
    """It is the repository's own, whatever branch a further working tree has."""
    path = history.write(tmp_path / "app")
    git(path, "reset", "-q", "--hard")
    tree = add_worktree(path, tmp_path / "tree", branch="unmerged")
    assert read_branches(open_clone(tree)) == read_branches(open_clone(path))
    assert commits_of(tree, all_branches=False).keys() == history.reachable("main")


def test_a_damaged_cache_of_the_commit_graph_is_not_trusted(
    tmp_path: Path, history: History
) -> None:
    """Git believes a graph that says that a commit has no parents, and answers less."""
    path = history.write(tmp_path / "app")
    git(path, "commit-graph", "write", "--reachable")
    graph = path / ".git/objects/info/commit-graph"
    content = bytearray(graph.read_bytes())
    for row in range(len(history.commits)):
        start = content.index(b"CDAT")
        data = int.from_bytes(content[start + 4 : start + 12], "big") + 36 * row
        content[data + 20 : data + 28] = bytes.fromhex("7000000070000000")
    graph.chmod(0o644)
    graph.write_bytes(content)
    assert len(git(path, "rev-list", "--all").split()) < len(history.commits)
    assert commits_of(path).keys() == history.reachable()


def test_the_reason_quotes_gits_own_error(tmp_path: Path, history: History) -> None:
    """Not its hint about something else, and not so long that the fix would be cut off."""
    path = history.write(tmp_path / "app")
    oid = history.commits[0].oid
    (path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(UnreadableClone) as caught:
        commits_of(path)
    reason = str(caught.value)
    assert oid in reason
    assert "graft" not in reason
    assert "GitHub" not in reason
    assert reason.endswith("clone it anew")
    assert len(reason) < 500


def odd_folder(parent: Path, kind: str) -> tuple[Path, str | None]:
    """Where an odd clone lies, and its origin."""
    folders = {"bytes": os.fsdecode(b"caf\xe9"), "line break": "two\nlines"}
    origins = {"no address": "https://[::1/me/app", "long": f"https://h.example/me/{'x' * 254}"}
    return parent / folders.get(kind, "app"), origins.get(kind)


@pytest.mark.parametrize(
    ("kind", "name", "problem"),
    [
        ("bytes", "caf\ufffd", "is not UTF-8"),
        ("line break", "two lines", "line break"),
        ("no address", "app", "remote set-url origin"),
        ("long", "app", "name of 257 characters"),
    ],
)
def test_a_clone_that_cannot_be_named_is_one_with_a_problem(
    tmp_path: Path, history: History, kind: str, name: str, problem: str
) -> None:
    """It has a name to be listed under, and a reason that can be printed and published."""
    folder, origin = odd_folder(tmp_path, kind)
    odd = open_clone(history.write(folder, origin=origin))
    assert odd.repository == name
    assert odd.problem
    assert problem in odd.problem
    assert odd.problem.encode()
    assert odd.problem.isprintable()
    assert odd.key.encode()
    with pytest.raises(UnreadableClone):
        list(read_clone(odd))


def test_what_is_damaged_at_its_root_is_still_a_clone(tmp_path: Path, history: History) -> None:
    """Git takes it for no repository; a person who has it there does."""
    path = history.write(tmp_path / "app")
    (path / ".git/HEAD").write_text("")
    damaged = open_clone(path)
    assert damaged.repository == "app"
    assert "is not a git repository" in (damaged.problem or "")


def test_only_the_clones_own_folder_is_taken(tmp_path: Path, history: History) -> None:
    """A folder within a repository is not silently read as the repository around it."""
    path = history.write(tmp_path / "app")
    inner = path / "docs"
    inner.mkdir()
    with pytest.raises(NotAClone, match="lies inside"):
        open_clone(inner)
    with pytest.raises(NotAClone, match="lies inside"):
        open_clone(path / ".git/refs")
    assert open_clone(path / ".git").repository == "app"


def test_a_folder_that_is_no_repository_and_one_that_is_not_there(tmp_path: Path) -> None:
    """Each is one plain sentence."""
    with pytest.raises(NotAClone, match="is not a git repository"):
        open_clone(tmp_path)
    with pytest.raises(NotAClone, match="cannot be entered"):
        open_clone(tmp_path / "nowhere")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_another_users_repository_names_the_fix(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git refuses it as of dubious ownership; the error says how to trust it."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    path = history.write(tmp_path / "app")
    for place in (path, path / ".git"):
        os.chown(place, 12345, 12345)
    assert "safe.directory" in (open_clone(path).problem or "")
    with pytest.raises(UnreadableClone, match="belongs to another user"):
        commits_of(path)


def test_without_git_the_error_says_so(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing program is told apart from a bad repository."""
    path = history.write(tmp_path / "app")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitMissing, match="install git"):
        open_clone(path)


def test_variables_of_a_hook_do_not_lead_elsewhere(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`GIT_DIR` and the like, which git sets inside hooks, do not change what is read."""
    path = history.write(tmp_path / "app")
    other = History().write(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert len(commits_of(path)) == len(history.commits)


def test_replaced_objects_and_mailmaps_are_not_applied(tmp_path: Path, history: History) -> None:
    """What counts is what was pushed: the objects themselves."""
    path = history.write(tmp_path / "app")
    first, other = history.commits[0].oid, history.commits[1].oid
    git(path, "replace", first, other)
    (path / ".mailmap").write_text(f"Somebody <else@example.com> <{ME}>\n")
    assert commits_of(path)[first].author_email == ME


def test_a_name_from_a_hostile_configuration_starts_no_program(
    tmp_path: Path, history: History
) -> None:
    """A repository's own settings for signatures, pagers and monitors are not obeyed."""
    path = history.write(tmp_path / "app")
    trap = tmp_path / "sprung"
    for name in ("gpg.program", "core.pager", "pager.rev-list", "core.fsmonitor"):
        git(path, "config", name, f"touch {trap} #")
    git(path, "config", "log.showSignature", "true")
    assert len(commits_of(path)) == len(history.commits)
    assert not trap.exists()


@pytest.mark.parametrize(
    ("stamp", "instant"),
    [
        ("1700000000 +2500", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("1700000000 +051800", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("99999999999999999999 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("999999999999 +0900", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("253402297200 +0900", datetime(9999, 12, 31, 23, tzinfo=UTC)),
        ("-62135594999 -0800", datetime(1970, 1, 1, tzinfo=UTC)),
        ("garbage", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_dates_that_no_calendar_holds_do_not_stop_the_reading(
    tmp_path: Path, history: History, stamp: str, instant: datetime
) -> None:
    """Impossible dates and offsets, as old tools wrote them, come out as the docstring says."""
    path = history.write(tmp_path / "app")
    tree = git(path, "rev-parse", "main^{tree}")
    text = f"tree {tree}\nauthor Me <{ME}> {stamp}\ncommitter Me <{ME}> 1700000000 +0000\n\nOdd\n"
    oid = git(path, "hash-object", "-t", "commit", "--literally", "-w", "--stdin",
              stdin=text.encode())  # fmt: skip
    git(path, "update-ref", "refs/heads/odd", oid)
    assert commits_of(path)[oid].authored_at == instant
