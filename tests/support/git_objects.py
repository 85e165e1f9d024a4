"""Git's own forms for tests: running it in isolation, a commit's oid, and fast-import's stream."""

import hashlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
ISOLATED_GIT: Mapping[str, str] = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


def git(path: Path, *arguments: str, stdin: bytes | None = None) -> str:
    """Run git in `path` without the person's configuration; its standard output as text."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", os.fspath(path), *arguments],
        input=stdin,
        env={**environment, **ISOLATED_GIT},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(errors="replace").strip()


@dataclass(frozen=True, kw_only=True)
class PlannedCommit:
    """One commit as it will lie in the repository. Both instants are aware, with their offsets."""

    oid: str
    authored: datetime
    committed: datetime
    email: str
    name: str
    parents: tuple[str, ...]
    message: str
    branch: str


def instant(value: datetime | str) -> datetime:
    """An aware datetime, from one or from ISO 8601 text with an offset."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        raise ValueError(f"an instant with an offset is needed, not {moment.isoformat()}")
    return moment


def plan(
    authored: datetime,
    committed: datetime,
    author: tuple[str, str],
    parents: tuple[str, ...],
    message: str,
    branch: str,
) -> PlannedCommit:
    """A commit of the empty tree; author: name and address, the committer's too."""
    name, email = author
    lines = [f"tree {EMPTY_TREE}", *(f"parent {oid}" for oid in parents)]
    lines += [
        f"{role} {name} <{email}> {_stamp(at)}"
        for role, at in (("author", authored), ("committer", committed))
    ]
    body = ("\n".join(lines) + f"\n\n{message}").encode()
    oid = hashlib.sha1(b"commit %d\0" % len(body) + body, usedforsecurity=False).hexdigest()
    return PlannedCommit(
        oid=oid,
        authored=authored,
        committed=committed,
        email=email,
        name=name,
        parents=parents,
        message=message,
        branch=branch,
    )


def _stamp(instant: datetime) -> str:
    """Git's own form of an instant: seconds since 1970 and the offset as ±HHMM."""
    return f"{int(instant.timestamp())} {instant.strftime('%z')[:5]}"


def import_stream(commits: Sequence[PlannedCommit]) -> bytes:
    """What `git fast-import` makes these commits of; parents come before their children."""
    marks = {commit.oid: f":{number}" for number, commit in enumerate(commits, 1)}
    parts: list[bytes] = []
    for commit in commits:
        message = commit.message.encode()
        who = f"{commit.name} <{commit.email}>"
        head = [
            f"reset refs/heads/{commit.branch}",
            f"commit refs/heads/{commit.branch}",
            f"mark {marks[commit.oid]}",
            f"author {who} {_stamp(commit.authored)}",
            f"committer {who} {_stamp(commit.committed)}",
            f"data {len(message)}",
        ]
        parts.append("\n".join(head).encode() + b"\n" + message + b"\n")
        for word, parent in zip(["from", *["merge"] * 9], commit.parents, strict=False):
            parts.append(f"{word} {marks.get(parent, parent)}\n".encode())
        parts.append(b"deleteall\n\n")
    return b"".join(parts)
