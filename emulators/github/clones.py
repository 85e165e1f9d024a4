"""Reads the commits of git clones on this machine, and serves them as histories.

Ordinary clones, bare ones and further working trees; all branches, or the default one. Commits come
as their objects say: a `.mailmap`, replaced objects, grafts and caches of the commit graph are not
heeded, as on GitHub. A history that is not there whole is an error, never a smaller number: shallow
clones are refused.

It must not fetch, change anything, or decide what counts: that is for those who read the commits.
"""

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from emulators.github.git import NotAClone, UnreadableClone, git_lines, git_text, shown
from emulators.github.store import Commit, History, Repository, ascii_lower, node_id

LONGEST_NAME = 256
_LINES_PER_COMMIT = 6
_FORMAT = "--format=%P%n%ad%n%cd%n%ae%n%an"
_NO_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SCP_LIKE = re.compile(r"(?:[^/@:]+@)?(?:\[[^\]/]+\]|[^/:\[]{2,}):(?P<path>.+)")
# Controls, ends of lines, and marks that reverse the direction of writing.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")

_RefFile = tuple[str, int, int]


@dataclass(frozen=True, kw_only=True)
class Clone:
    """A repository on this machine.

    git_directory: where its objects lie, the same for all its working trees.
    repository: `owner/name` of its origin, else the folder's name.
    problem: why its history cannot be read, for a person; None where nothing is known to be wrong.
    """

    path: Path
    git_directory: Path
    repository: str
    problem: str | None = None

    @property
    def key(self) -> str:
        """Its place, in characters that can be written anywhere."""
        return shown(self.git_directory)


@dataclass(frozen=True, kw_only=True)
class Branches:
    """Where a clone stands: it has new commits only if this changed.

    default: the default branch's name; None where nothing tells it, or there are no commits.
    tips: refs (`refs/heads/…`, `refs/remotes/…`, `HEAD`, other working trees' heads) with the oid
        that each points to.
    """

    default: str | None
    tips: tuple[tuple[str, str], ...]

    def default_tips(self) -> tuple[tuple[str, str], ...]:
        """The default branch here and as last fetched from origin; HEAD where there is neither."""
        if self.default is None:
            return tuple(tip for tip in self.tips if tip[0] == "HEAD")
        wanted = {f"refs/heads/{self.default}", f"refs/remotes/origin/{self.default}"}
        return tuple(tip for tip in self.tips if tip[0] in wanted)


@dataclass(frozen=True, kw_only=True)
class _Reading:
    clone: Clone
    refs: frozenset[_RefFile]
    history: History


class CloneHistory:
    """The default branch of a git clone as a `HistorySource`; read anew when its refs changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._last: _Reading | None = None

    def __str__(self) -> str:
        return shown(self._path)

    def read(self) -> History:
        """The history as it is now. Raises UnreadableClone."""
        with self._lock:
            last = self._last
            clone = last.clone if last else open_clone(self._path)
            refs = _ref_files(clone.git_directory)
            if last is None or last.refs != refs:
                last = _Reading(clone=clone, refs=refs, history=_default_branch(clone, refs))
                self._last = last
            return last.history


def served_clone(path: Path, login: str) -> Repository:
    """A clone as one of the account's repositories, or as one that it works on with others.

    UnreadableClone where there is no clone.
    """
    name = open_clone(path).repository
    owner, slash, _ = name.rpartition("/")
    own = not slash or ascii_lower(owner) == ascii_lower(login)
    return Repository(
        name=name,
        source=CloneHistory(path),
        relation="OWNER" if own else "COLLABORATOR",
        node_id=node_id("R", f"{name}:{shown(path)}"),
    )


def open_clone(path: Path) -> Clone:
    """Look at one clone: the top folder of a working tree, or a bare repository.

    What is wrong with a clone is its `problem`. NotAClone where `path` is none at all, GitMissing
    without git.
    """
    place = path.resolve()
    try:
        _check_path(place)
        return _ask_git(place)
    except UnreadableClone as error:
        if isinstance(error, NotAClone) and not looks_like_clone(place):
            raise
        return Clone(
            path=place,
            git_directory=place,
            repository=name_of_folder(place),
            problem=str(error),
        )


def looks_like_clone(path: Path) -> bool:
    """Whether there is what git would keep a repository in, be it whole or not."""
    bare = os.path.isfile(path / "HEAD") and os.path.isdir(path / "objects")
    return bare or os.path.exists(path / ".git")


def read_branches(clone: Clone) -> Branches:
    """Every branch of the clone, its remotes', and the heads of its working trees.

    The default branch is origin's, as last fetched; else the one that HEAD names; else `main` or
    `master`. UnreadableClone where the clone has a problem, or git cannot tell.
    """
    if clone.problem:
        raise UnreadableClone(clone.problem)
    listing = ("--format=%(objectname) %(refname)", "refs/heads", "refs/remotes")
    pairs = [
        line.split(" ", 1) for line in (_git(clone, "for-each-ref", *listing) or "").splitlines()
    ]
    tips = [(name, oid) for oid, name in pairs]
    for head in ("HEAD", *_heads_of_trees(clone)):
        if oid := _git(clone, "rev-parse", "--verify", "--quiet", head, accept=(0, 1)):
            tips.append((head, oid))
        elif head != "HEAD" and not _is_symbolic(clone.git_directory / head):
            raise UnreadableClone(
                f"the head of a working tree is damaged: expected a branch or an oid in "
                f"{shown(clone.git_directory / head)}; correct it, or remove that tree with "
                "`git worktree remove --force`"
            )
    candidates = (
        _symbolic(clone, "refs/remotes/origin/HEAD"),
        _symbolic(clone, "HEAD"),
        "main",
        "master",
    )
    there = {_branch_name(ref) for ref, _ in tips} - {None}
    default = next((name for name in candidates if name in there), None)
    return Branches(default=default, tips=tuple(tips))


def read_clone(
    clone: Clone, *, all_branches: bool = True, branches: Branches | None = None
) -> Iterator[Commit]:
    """The clone's commits, each once, newest committed first; none if it has no commits yet.

    all_branches: also what is on other branches, here and as last fetched from remotes, and on the
    heads of all its working trees.
    Raises before the first commit: UnreadableClone where the history is shallow or damaged, or the
    default branch is asked for and nothing tells it.
    """
    branches = branches or read_branches(clone)
    tips = branches.tips if all_branches else branches.default_tips()
    if branches.tips and not tips:
        raise UnreadableClone(
            f"{shown(clone.path)} has branches and no default one: point its HEAD at one with "
            f"`git -C {shown(clone.path)} symbolic-ref HEAD refs/heads/BRANCH`"
        )
    if not tips:
        return
    lines = git_lines(
        clone.path,
        "rev-list",
        "--date=raw",
        "--encoding=UTF-8",
        _FORMAT,
        "--stdin",
        stdin="".join(f"{oid}\n" for oid in sorted({oid for _, oid in tips})),
        git_directory=clone.git_directory,
    )
    for record in zip(*[lines] * _LINES_PER_COMMIT, strict=True):
        yield _commit(*(line.decode(errors="replace") for line in record))


def _check_path(place: Path) -> None:
    """Git's answers tell paths by lines, and ours are written as UTF-8."""
    try:
        os.fsencode(place).decode()
    except UnicodeDecodeError as error:
        raise UnreadableClone(
            f"the path {shown(place)} is not UTF-8, so its name cannot be told: rename the folder"
        ) from error
    if "\n" in os.fspath(place):
        raise UnreadableClone(f"the path {shown(place)} has a line break in it: rename the folder")


def _ask_git(place: Path) -> Clone:
    asked = ("--git-common-dir", "--absolute-git-dir", "--is-shallow-repository", "--show-prefix")
    common, own, shallow, *prefix = (git_text(place, "rev-parse", *asked) or "").split("\n")
    inside_git_directory = place != Path(own) and place.is_relative_to(own)
    if any(prefix) or inside_git_directory:
        raise NotAClone(
            f"{shown(place)} lies inside a git repository and is none itself: name the clone's own "
            "folder"
        )
    git_directory = (place / common).resolve()
    name, problem = _name(place, git_directory)
    if shallow == "true":
        problem = (
            f"{shown(place)} is a shallow clone, whose counts would be too small: run `git -C "
            f"{shown(place)} fetch --unshallow`"
        )
    return Clone(path=place, git_directory=git_directory, repository=name, problem=problem)


def _name(place: Path, git_directory: Path) -> tuple[str, str | None]:
    """The name that is published, and what is wrong with the origin that should give it."""
    folder = name_of_folder(git_directory)
    origin = git_text(place, "config", "--get", "remote.origin.url", accept=(0, 1))
    try:
        name = name_of_origin(origin) if origin else ""
    except ValueError:
        wrong = "is no address"
    else:
        if len(name) <= LONGEST_NAME:
            return name or folder, None
        wrong = f"gives a name of {len(name)} characters, expected at most {LONGEST_NAME}"
    return folder, (
        f"the origin of {shown(place)} {wrong}: correct it with `git -C {shown(place)} remote "
        "set-url origin URL`"
    )


def _git(clone: Clone, *arguments: str, accept: tuple[int, ...] = (0,)) -> str | None:
    return git_text(clone.path, *arguments, accept=accept, git_directory=clone.git_directory)


def _heads_of_trees(clone: Clone) -> list[str]:
    """The heads of further working trees; commits may lie on one of them alone."""
    folders = sorted((clone.git_directory / "worktrees").glob("*/HEAD"))
    return [f"worktrees/{folder.parent.name}/HEAD" for folder in folders]


def _is_symbolic(head: Path) -> bool:
    """Whether a head is that of a branch, which may have no commit yet."""
    return head.read_bytes().startswith(b"ref:")


def _symbolic(clone: Clone, ref: str) -> str | None:
    target = _git(clone, "symbolic-ref", "--quiet", ref, accept=(0, 1))
    return _branch_name(target) if target else None


def _branch_name(ref: str) -> str | None:
    for prefix in ("refs/heads/", "refs/remotes/origin/"):
        if ref.startswith(prefix):
            return ref.removeprefix(prefix)
    return None


def _commit(
    header: str, parents: str, authored: str, committed: str, email: str, name: str
) -> Commit:
    return Commit(
        oid=header.removeprefix("commit "),
        author_email=email,
        author_name=name,
        authored_at=_instant(authored),
        committed_at=_instant(committed),
        parents=tuple(parents.split()),
    )


def _instant(raw: str) -> datetime:
    """Git's raw date, `1700000000 +0900`."""
    seconds, _, offset = raw.partition(" ")
    if not seconds:
        return _NO_INSTANT
    minutes = int(offset[-4:-2]) * 60 + int(offset[-2:])
    shift = timedelta(minutes=-minutes if offset.startswith("-") else minutes)
    zone = timezone(shift) if abs(shift) < _DAY and len(offset) == 5 else UTC
    try:
        instant = datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(microsecond=0, tzinfo=UTC)
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant


def _default_branch(clone: Clone, refs: frozenset[_RefFile]) -> History:
    branches = read_branches(clone)
    tips = branches.default_tips()
    newest = max((changed for name, _, changed in refs if not name.endswith("HEAD")), default=None)
    return History(
        branch=branches.default or "HEAD",
        tip=tips[0][1] if tips else None,
        commits=tuple(read_clone(clone, all_branches=False, branches=branches)),
        pushed_at=datetime.fromtimestamp(newest // 10**9, UTC) if tips and newest else None,
    )


def _ref_files(git_directory: Path) -> frozenset[_RefFile]:
    """Name, inode and time of each file that git replaces when a ref moves."""
    files = [git_directory / name for name in ("HEAD", "packed-refs", "reftable/tables.list")]
    files.extend(git_directory.glob("worktrees/*/HEAD"))
    for folder in ("refs/heads", "refs/remotes"):
        for place, _, names in os.walk(git_directory / folder):
            files.extend(Path(place, name) for name in names)
    found = set()
    for file in files:
        try:
            status = file.stat()
        except FileNotFoundError:
            continue
        found.add((os.fspath(file), status.st_ino, status.st_mtime_ns))
    return frozenset(found)


def name_of_origin(url: str) -> str:
    """`owner/name` of a remote address; of a local path its last part; "" where it names nothing.

    A path on a host that is deeper than two parts (a group within a group) keeps the last two.
    ValueError where it looks like an address and is none.
    """
    if _URL.match(url):
        parts = urlsplit(url)
        local = parts.scheme.lower() == "file"
        path = unquote(parts.path)
    elif scp := _SCP_LIKE.fullmatch(url):
        local, path = False, scp["path"]
    else:
        local, path = True, url.replace("\\", "/")
    names = [name for name in path.split("/") if name not in ("", ".", "..", ".git")]
    kept = names[-1:] if local else names[-2:]
    return _clean("/".join(kept).removesuffix(".git"))


def name_of_folder(git_directory: Path) -> str:
    """The name of a repository without an origin: its folder's, whatever working tree is used."""
    path = PurePosixPath(git_directory)
    folder = path.parent.name if path.name == ".git" else path.name.removesuffix(".git")
    return _clean(folder) or "repository"


def _clean(name: str) -> str:
    """Without what no name may hold: control characters, bytes that are no UTF-8, outer spaces."""
    return _UNPRINTABLE.sub(" ", os.fsencode(name).decode(errors="replace")).strip()
