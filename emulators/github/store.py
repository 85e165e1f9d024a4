"""What the emulator knows of the world: people, repositories, and where their commits come from."""

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

from emulators.github.clones import Commit, open_clone

Relation = Literal["OWNER", "COLLABORATOR", "ORGANIZATION_MEMBER", "NONE"]


@dataclass(frozen=True, kw_only=True)
class Person:
    """An account and the e-mail addresses linked to it."""

    login: str
    emails: tuple[str, ...] = ()
    name: str | None = None

    @property
    def node_id(self) -> str:
        """The account's global id."""
        return _node_id("U", self.login)

    def wrote(self, email: str) -> bool:
        """Whether a commit with this author address is linked to the account."""
        return email.casefold() in {own.casefold() for own in self.emails}


@dataclass(frozen=True, kw_only=True)
class Repository:
    """One repository on the emulator. Its history is a git clone's, or held in memory.

    name: `owner/name` as it is now; a name without an owner is the viewer's.
    clone: a git repository whose default branch is served, read again when its refs change.
    commits: the default branch's history without a clone, newest first.
    relation: how the viewer has access; NONE shows up through contributions only.
    visible: whether the token may see it at all.
    saml_protected: reading it ends in FORBIDDEN with `saml_failure`.
    pushed_at: the push time to state; else the newest ref's file time of a clone, or the newest
        committer date in memory. An empty repository has none.
    in_contributions: False leaves it out of contributionsCollection, as GitHub does for a while
        after a push, or without an association with the repository.
    history_error: an error type (SERVICE_UNAVAILABLE, …) that its history always ends in.
    node_id: its global id, which a rename does not change; else made of its name.
    """

    name: str
    clone: Path | None = None
    commits: Sequence[Commit] = ()
    branch: str = "main"
    relation: Relation = "OWNER"
    in_organization: bool = False
    is_fork: bool = False
    is_private: bool = False
    is_archived: bool = False
    is_disabled: bool = False
    visible: bool = True
    saml_protected: bool = False
    pushed_at: datetime | None = None
    in_contributions: bool = True
    history_error: str | None = None
    node_id: str | None = None

    @property
    def global_id(self) -> str:
        """The id by which `node` and `nodes` find it."""
        return self.node_id or _node_id("R", f"{self.name}:{self.clone or ''}")


def database_id(node_id: str) -> int:
    """The small number that GitHub shows beside a global id."""
    return int.from_bytes(hashlib.sha256(node_id.encode()).digest()[:3], "big") + 1


def commits_in_memory(
    repository: str,
    newest: datetime,
    count: int,
    *,
    email: str = "me@example.com",
    step: timedelta = timedelta(hours=1),
    offset_hours: int = 0,
) -> tuple[Commit, ...]:
    """A straight history without git behind it, newest first, for large accounts in tests."""
    zone = timezone(timedelta(hours=offset_hours))
    instants = [newest.astimezone(UTC).astimezone(zone) - step * number for number in range(count)]
    oids = [
        hashlib.sha256(f"{repository} {number} {newest.isoformat()}".encode()).hexdigest()[:40]
        for number in range(count + 1)
    ]
    return tuple(
        Commit(
            oid=oids[number],
            repository=repository,
            author_email=email,
            author_name="Me",
            authored_at=instant,
            committed_at=instant,
            parents=(oids[number + 1],) if number + 1 < count else (),
        )
        for number, instant in enumerate(instants)
    )


def served_clone(path: Path, login: str) -> Repository:
    """A clone as one of the account's repositories, or as one that it works on with others.

    UnreadableClone where there is no clone.
    """
    name = open_clone(path).repository
    owner, slash, _ = name.rpartition("/")
    own = not slash or owner.casefold() == login.casefold()
    return Repository(name=name, clone=path, relation="OWNER" if own else "COLLABORATOR")


def describe(state: Path, viewer: Person, repositories: Sequence[Repository]) -> None:
    """Write what is served, for people to read; nothing is read back from it."""
    state.mkdir(parents=True, exist_ok=True)
    served = [{"name": r.name, "clone": os.fspath(r.clone or "")} for r in repositories]
    account = {"login": viewer.login, "emails": list(viewer.emails), "repositories": served}
    temporary = state / "account.json.new"
    temporary.write_text(json.dumps(account, indent=2, ensure_ascii=False), encoding="utf-8")
    temporary.replace(state / "account.json")


def _node_id(kind: str, name: str) -> str:
    return f"{kind}_{urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:9]).decode()}"
