"""The default branches that the emulator serves, read from git clones once per change of theirs."""

import os
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from emulators.github.clones import Clone, Commit, open_clone, read_branches, read_clone
from emulators.github.git import UnreadableClone
from emulators.github.store import Repository

_RefFile = tuple[str, int, int]


@dataclass(frozen=True, kw_only=True)
class History:
    """A repository's default branch at one moment.

    commits: in git's own order, newest committed first.
    tip: the oid that the branch points to; None where it has no commits.
    problem: why a clone could not be read; then the rest says nothing.
    """

    branch: str
    tip: str | None
    commits: tuple[Commit, ...]
    pushed_at: datetime | None
    problem: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Reading:
    clone: Clone
    refs: frozenset[_RefFile]
    history: History


class Histories:
    """Histories by repository. Thread-safe; a clone is read again only when its refs changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readings: dict[Path, _Reading] = {}

    def of(self, repository: Repository) -> History:
        """The history as it is now. What cannot be read counts as pushed to just now."""
        if repository.clone is None:
            history = _in_memory(repository)
        else:
            with self._lock:
                try:
                    history = self._of_clone(repository.clone)
                except UnreadableClone as error:
                    history = _unreadable(str(error))
        if repository.pushed_at is not None:
            return replace(history, pushed_at=repository.pushed_at)
        return history

    def _of_clone(self, path: Path) -> History:
        known = self._readings.get(path)
        clone = known.clone if known else open_clone(path)
        refs = _ref_files(clone.git_directory)
        if known is None or known.refs != refs:
            known = _Reading(clone=clone, refs=refs, history=_read(clone, refs))
            self._readings[path] = known
        return known.history


def _in_memory(repository: Repository) -> History:
    commits = tuple(repository.commits)
    return History(
        branch=repository.branch,
        tip=commits[0].oid if commits else None,
        commits=commits,
        pushed_at=max((commit.committed_at for commit in commits), default=None),
    )


def _unreadable(problem: str) -> History:
    return History(branch="", tip=None, commits=(), pushed_at=datetime.now(UTC), problem=problem)


def _read(clone: Clone, refs: frozenset[_RefFile]) -> History:
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
