"""Makes real git repositories quickly, for tests that need a history with every oddity.

A `History` plans commits in memory and knows the oid of each at once; `write` brings them into a
repository by one `git fast-import`. Every commit has the empty tree: only who, when and where
matter here. Nothing of the person's own git configuration is read.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.support.git_objects import PlannedCommit, git, import_stream, instant, plan

__all__ = ["ME", "History", "add_worktree", "clone", "git"]

ME = "me@example.com"


@dataclass
class History:
    """Commits in the order of their making, and where each branch stands."""

    commits: list[PlannedCommit] = field(default_factory=list)
    branches: dict[str, str] = field(default_factory=dict)
    _written: int = 0

    def commit(
        self,
        authored: datetime | str,
        *,
        committed: datetime | str | None = None,
        branch: str = "main",
        email: str = ME,
        name: str = "Me",
        message: str | None = None,
        parents: Sequence[str] | None = None,
    ) -> str:
        """Add a commit on top of `branch` (or on `parents`); its oid.

        Instants are aware datetimes or ISO 8601 texts with an offset. A branch that is not there
        yet begins a history of its own.
        """
        author_instant = instant(authored)
        if parents is None:
            parents = [self.branches[branch]] if branch in self.branches else []
        text = f"Commit {len(self.commits)}" if message is None else message
        planned = plan(
            author_instant,
            author_instant if committed is None else instant(committed),
            (name, email),
            tuple(parents),
            text,
            branch,
        )
        self.commits.append(planned)
        self.branches[branch] = planned.oid
        return planned.oid

    def branch(self, name: str, *, at: str = "main") -> None:
        """Start (or move) a branch at another branch, or at an oid."""
        self.branches[name] = self.branches.get(at, at)

    def merge(
        self, branch: str, authored: datetime | str, *, into: str = "main", email: str = ME
    ) -> str:
        """Merge a branch with a merge commit; its oid."""
        parents = [self.branches[into], self.branches[branch]]
        return self.commit(authored, branch=into, email=email, parents=parents)

    def cherry_pick(self, oid: str, committed: datetime | str, *, onto: str = "main") -> str:
        """Apply a commit again: same author and author date, new committer date; the new oid."""
        picked = next(commit for commit in self.commits if commit.oid == oid)
        return self.commit(
            picked.authored,
            committed=committed,
            branch=onto,
            email=picked.email,
            name=picked.name,
            message=picked.message,
        )

    def rebase(self, branch: str, committed: datetime | str, *, onto: str = "main") -> list[str]:
        """Move what is only on `branch` onto another; the new oids, oldest first."""
        kept = self.reachable(onto)
        moved = [c.oid for c in self.commits if c.oid in self.reachable(branch) - kept]
        self.branch(branch, at=onto)
        return [self.cherry_pick(oid, committed, onto=branch) for oid in moved]

    def delete_branch(self, name: str) -> None:
        """Forget a branch; what only it held is then unreachable."""
        del self.branches[name]

    def reachable(self, *branches: str) -> set[str]:
        """The oids that these branches (all of them when none is named) reach."""
        parents = {commit.oid: commit.parents for commit in self.commits}
        found: set[str] = set()
        waiting = [self.branches[name] for name in (branches or self.branches)]
        while waiting:
            oid = waiting.pop()
            if oid not in found:
                found.add(oid)
                waiting.extend(parents[oid])
        return found

    def write(self, path: Path, *, bare: bool = False, origin: str | None = None) -> Path:
        """Bring what is new into the repository at `path`, which is made if it is not there.

        Its checked-out (bare: default) branch is `main`. `origin` is the URL of its remote.
        """
        if not path.exists():
            path.mkdir(parents=True)
            git(path, "init", "-q", "-b", "main", "--template=", *(["--bare"] if bare else []))
        if origin is not None:
            git(path, "config", "remote.origin.url", origin)
        new = self.commits[self._written :]
        if new:
            git(path, "fast-import", "--quiet", "--force", stdin=import_stream(new))
        self._written = len(self.commits)
        git(path, "update-ref", "--stdin", stdin=self._ref_updates(path))
        return path

    def _ref_updates(self, path: Path) -> bytes:
        there = git(path, "for-each-ref", "--format=%(refname)", "refs/heads").splitlines()
        wanted = {f"refs/heads/{name}": oid for name, oid in self.branches.items()}
        lines = [f"update {ref} {oid}" for ref, oid in wanted.items()]
        lines += [f"delete {ref}" for ref in there if ref not in wanted]
        return "".join(f"{line}\n" for line in lines).encode()


def clone(source: Path, target: Path, *options: str) -> Path:
    """`git clone` with options such as `--bare`, `--mirror` or `--depth=1`; the clone's path."""
    git(source, "clone", "-q", *options, f"file://{source}", os.fspath(target))
    return target


def add_worktree(repository: Path, target: Path, *, branch: str) -> Path:
    """A further working tree of `repository` with `branch` checked out; its path."""
    git(repository, "worktree", "add", "-q", os.fspath(target), branch)
    return target
