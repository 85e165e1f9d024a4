"""A clone that is damaged anywhere gives its whole history or an error, never a part of it."""

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emulators.github.clones import open_clone, read_clone
from emulators.github.git import NotAClone, UnreadableClone
from tests.support.repositories import History, add_worktree, git

NEWEST = datetime(2026, 3, 31, tzinfo=UTC)
SEEDS = range(3)


def written(path: Path, draw: random.Random) -> History:
    """A history with branches and merges; loose, or packed, with every cache that git keeps."""
    history = History()
    for number in range(draw.randint(3, 12)):
        branch = draw.choice(("main", "topic")) if number else "main"
        if branch == "topic" and branch not in history.branches:
            history.branch("topic")
        at = NEWEST - timedelta(hours=100 - number)
        if branch == "topic" and draw.random() < 0.3:
            history.merge("topic", at)
        else:
            history.commit(at, branch=branch)
    history.write(path)
    if draw.random() < 0.7:
        git(path, "repack", "-q", "-a", "-d", "--write-bitmap-index")
        git(path, "multi-pack-index", "write")
        git(path, "pack-refs", "--all")
    if draw.random() < 0.5:
        git(path, "reset", "-q", "--hard")
        git(path, "branch", "second", "main")
        add_worktree(path, path.parent / "tree", branch="second")
    git(path, "commit-graph", "write", "--reachable")
    return history


def flip(content: bytes, draw: random.Random) -> bytes:
    """One byte that is another."""
    if not content:
        return b"x"
    place = draw.randrange(len(content))
    return content[:place] + bytes([content[place] ^ draw.randint(1, 255)]) + content[place + 1 :]


DAMAGES: Mapping[str, Callable[[bytes, random.Random], bytes]] = {
    "empty": lambda _content, _draw: b"",
    "cut": lambda content, draw: content[: draw.randrange(len(content) or 1)],
    "zeros": lambda content, _: bytes(len(content)),
    "garbage": lambda content, draw: draw.randbytes(len(content)),
    "flipped": flip,
}


def files(path: Path, place: str) -> list[Path]:
    """Every file that the history may be read from."""
    inside = path / ".git" / place
    return sorted(file for file in inside.rglob("*") if file.is_file())


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("seed", SEEDS)
def test_any_damaged_file_gives_the_whole_or_an_error(
    tmp_path: Path, seed: int, damage: str
) -> None:
    """Objects, packs, their indexes, bitmaps, the commit graph; and refs where git can tell."""
    draw = random.Random(seed)
    path = tmp_path / "app"
    history = written(path, draw)
    oids = history.reachable()
    whole = {(c.oid, c.email, c.authored) for c in history.commits if c.oid in oids}
    for file in draw.sample(found := files(path, "objects"), min(8, len(found))):
        before = file.read_bytes()
        file.chmod(0o644)
        file.write_bytes(DAMAGES[damage](before, draw))
        assert outcome(path) in (whole, None), file
        file.write_bytes(before)
    assert outcome(path) == whole


@pytest.mark.parametrize("content", ["", "\n", "no oid\n", "0" * 40 + "\n", "1" * 40 + "\n"])
def test_a_ref_that_points_nowhere_is_an_error(tmp_path: Path, content: str) -> None:
    """Its commits are not told apart from none."""
    path = tmp_path / "app"
    history = History()
    history.commit(NEWEST)
    history.branch("topic")
    history.commit(NEWEST, branch="topic")
    history.write(path)
    (path / ".git/refs/heads/topic").write_text(content)
    assert outcome(path) is None


def outcome(path: Path) -> set[tuple[str, str, datetime]] | None:
    """What is read: oid, address and instant of each commit; None where it is an error."""
    try:
        commits = list(read_clone(open_clone(path)))
        return {(commit.oid, commit.author_email, commit.authored_at) for commit in commits}
    except (UnreadableClone, NotAClone):
        return None
