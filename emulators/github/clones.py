"""Reads the commits of git clones on this machine.

Ordinary clones, bare ones and further working trees; all branches, or the default one. Commits come
as their objects say: a `.mailmap`, replaced objects and grafts are not applied, as on GitHub. A
history that is not there whole is an error, never a smaller number: shallow clones are refused.

It must not fetch, change anything, or decide what counts: that is for those who read the commits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from emulators.github.git import UnreadableClone, git_lines, git_text
from own_dashboard.clones.names import name_of_folder, name_of_origin

_LINES_PER_COMMIT = 6
_FORMAT = "--format=%P%n%ad%n%cd%n%ae%n%an"
_NO_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """One commit of a clone. Both instants are aware and carry the offset that was recorded.

    A date that git cannot read is 1970-01-01, as git shows it; an offset of a day or more is UTC.
    """

    oid: str
    repository: str
    author_email: str
    author_name: str
    authored_at: datetime
    committed_at: datetime
    parents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Clone:
    """A repository on this machine.

    git_directory: where its objects lie, the same for all its working trees.
    repository: `owner/name` of its origin, else the folder's name.
    shallow: its history was cut off when it was cloned; `read_clone` refuses it.
    """

    path: Path
    git_directory: Path
    repository: str
    shallow: bool


@dataclass(frozen=True, kw_only=True)
class Branches:
    """Where a clone stands: it has new commits only if this changed.

    default: the default branch's name; None without commits, or where only a detached HEAD is.
    tips: refs (`refs/heads/…`, `refs/remotes/…`, `HEAD`) with the oid that each points to.
    """

    default: str | None
    tips: tuple[tuple[str, str], ...]

    def default_tips(self) -> tuple[tuple[str, str], ...]:
        """The default branch here and as last fetched from origin; HEAD where there is neither."""
        if self.default is None:
            return tuple(tip for tip in self.tips if tip[0] == "HEAD")
        wanted = {f"refs/heads/{self.default}", f"refs/remotes/origin/{self.default}"}
        return tuple(tip for tip in self.tips if tip[0] in wanted)


def open_clone(path: Path) -> Clone:
    """Look at one clone: the top folder of a working tree, or a bare repository.

    UnreadableClone where `path` is neither, or git may not read it.
    """
    place = path.resolve()
    asked = ("--git-common-dir", "--absolute-git-dir", "--is-shallow-repository", "--show-prefix")
    answer = git_text(place, "rev-parse", *asked)
    common, own, shallow, *prefix = (answer or "").split("\n")
    inside_git_directory = place != Path(own) and place.is_relative_to(own)
    if any(prefix) or inside_git_directory:
        raise UnreadableClone(
            f"{path} lies inside a git repository and is none itself: name the clone's own folder"
        )
    origin = git_text(place, "config", "--get", "remote.origin.url", accept=(0, 1))
    git_directory = (place / common).resolve()
    return Clone(
        path=place,
        git_directory=git_directory,
        repository=(origin and name_of_origin(origin)) or name_of_folder(git_directory),
        shallow=shallow == "true",
    )


def read_branches(clone: Clone) -> Branches:
    """Every branch of the clone, its remotes' and HEAD, and which is the default one.

    The default branch is origin's, as last fetched; else the one that HEAD names; else `main` or
    `master`. UnreadableClone where there are branches and none of these is among them.
    """
    listing = ("--format=%(objectname) %(refname)", "refs/heads", "refs/remotes")
    listed = git_text(clone.path, "for-each-ref", *listing)
    pairs = [line.split(" ", 1) for line in (listed or "").splitlines()]
    tips = [(name, oid) for oid, name in pairs]
    head = git_text(clone.path, "rev-parse", "--verify", "--quiet", "HEAD", accept=(0, 1))
    if head:
        tips.append(("HEAD", head))
    candidates = (
        _symbolic(clone, "refs/remotes/origin/HEAD"),
        _symbolic(clone, "HEAD"),
        "main",
        "master",
    )
    there = {_branch_name(ref) for ref, _ in tips} - {None}
    default = next((name for name in candidates if name in there), None)
    if tips and not head and default is None:
        raise UnreadableClone(
            f"{clone.path} has branches and no default one: point its HEAD at one with "
            f"`git -C {clone.path} symbolic-ref HEAD refs/heads/BRANCH`"
        )
    return Branches(default=default, tips=tuple(tips))


def read_clone(
    clone: Clone, *, all_branches: bool = True, branches: Branches | None = None
) -> Iterator[Commit]:
    """The clone's commits, each once, newest committed first; none if it has no commits yet.

    all_branches: also what is on other branches, here and as last fetched from remotes.
    Raises before the first commit: UnreadableClone where the history is shallow or damaged.
    """
    if clone.shallow:
        raise UnreadableClone(
            f"{clone.path} is a shallow clone, whose counts would be too small: "
            f"run `git -C {clone.path} fetch --unshallow`"
        )
    branches = branches or read_branches(clone)
    tips = branches.tips if all_branches else branches.default_tips()
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
    )
    for record in zip(*[lines] * _LINES_PER_COMMIT, strict=True):
        yield _commit(clone.repository, *(line.decode(errors="replace") for line in record))


def _symbolic(clone: Clone, ref: str) -> str | None:
    target = git_text(clone.path, "symbolic-ref", "--quiet", ref, accept=(0, 1))
    return _branch_name(target) if target else None


def _branch_name(ref: str) -> str | None:
    for prefix in ("refs/heads/", "refs/remotes/origin/"):
        if ref.startswith(prefix):
            return ref.removeprefix(prefix)
    return None


def _commit(
    repository: str, header: str, parents: str, authored: str, committed: str, email: str, name: str
) -> Commit:
    return Commit(
        oid=header.removeprefix("commit "),
        repository=repository,
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
        return datetime.fromtimestamp(int(seconds), zone)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(microsecond=0, tzinfo=UTC)
