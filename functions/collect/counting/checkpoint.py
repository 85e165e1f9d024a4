"""Holds what was read until it is stated: a private database on disk, so that a run over many years
holds no more than one window in memory, and can go on where it was interrupted.

It knows neither zones nor windows' meaning: instants in, commits out.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from collect.counting.count import FoundCommit
from collect.counting.source import Page, Repository, Unknown
from commit_counts.event import Window

# SQLite's own name for a database on disk that is gone with its connection.
_TEMPORARY = ""
# The rows of a repository lie together, as they come and go together. There is no index by time: a
# window costs a walk through all rows, some 50 ns each, and keeping an index costs far more.
_TABLES = """
CREATE TABLE IF NOT EXISTS repositories (
    key TEXT PRIMARY KEY, name TEXT NOT NULL, fork INTEGER NOT NULL, own INTEGER NOT NULL,
    branch TEXT, active_until TEXT, reason TEXT, lasting INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS commits (
    oid TEXT NOT NULL, key TEXT NOT NULL, authored INTEGER NOT NULL, PRIMARY KEY (key, oid))
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stated (since TEXT NOT NULL, until TEXT NOT NULL);
"""


class Checkpoint:
    """What one run has read and stated so far.

    path: a file that outlives the run; without it everything is forgotten at the end.
    A repository is there whole or not at all, however the process ends. Raises sqlite3.Error where
    another process uses the file, or it is no such database.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._database = sqlite3.connect(_TEMPORARY if path is None else path, timeout=0)
        try:
            # Whoever comes second is refused, instead of mixing two runs.
            self._database.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._database.executescript(_TABLES)
        except sqlite3.Error:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._database.rollback()
        self._database.close()

    def keep_only(self, repositories: Iterable[Repository]) -> set[str]:
        """Forget what is out of date; the keys of the repositories that need no second reading.

        That is: they were read whole, nothing was pushed to them since, and the same branch counts.
        They go by their present names; where one has another now, every window is to be stated
        again.
        """
        current = {r.key: r for r in repositories}
        kept = set()
        for former, reason, _ in list(self._repositories()):
            now = current.get(former.key)
            if now is not None and now.name != former.name:
                self._database.execute("DELETE FROM stated")
            if now is None or reason is not None or not _is_unchanged(former, now):
                self._forget(former.key)
                continue
            kept.add(now.key)
            self._settle(now, None)
        self._database.commit()
        return kept

    def take(self, reading: Page | Unknown) -> None:
        """Keep one page, or that a repository is unknown."""
        key = reading.repository.key
        if isinstance(reading, Unknown):
            self._forget(key)
            self._settle(reading.repository, reading.shortened())
            return
        if reading.first:
            self._forget(key)
        self._database.executemany(
            "INSERT OR IGNORE INTO commits VALUES (?, ?, ?)",
            ((c.oid, key, int(c.authored.timestamp())) for c in reading.commits),
        )
        if reading.last:
            self._settle(reading.repository, None)

    def commits(self, start: datetime, end: datetime) -> Iterator[FoundCommit]:
        """Those authored from `start` on and before `end`, in every repository that holds them."""
        rows = self._database.execute(
            "SELECT oid, authored, name, fork, own FROM commits JOIN repositories USING (key)"
            " WHERE reason IS NULL AND authored >= ? AND authored < ?",
            (int(start.timestamp()), int(end.timestamp())),
        )
        for oid, authored, name, fork, own in rows:
            instant = datetime.fromtimestamp(authored, UTC)
            yield FoundCommit(
                oid=oid, authored=instant, repository=name, fork=bool(fork), own=bool(own)
            )

    def unknown(self) -> tuple[Unknown, ...]:
        """The repositories that could not be read, by name."""
        return tuple(
            Unknown(repository=repository, reason=reason, lasting=lasting)
            for repository, reason, lasting in self._repositories()
            if reason is not None
        )

    def known(self) -> int:
        """How many repositories were read whole."""
        (number,) = self._database.execute(
            "SELECT count(*) FROM repositories WHERE reason IS NULL"
        ).fetchone()
        return int(number)

    def mark_stated(self, window: Window) -> None:
        """Remember that this window was published with nothing unknown in it."""
        days = (window.since.isoformat(), window.until.isoformat())
        self._database.execute("INSERT INTO stated VALUES (?, ?)", days)
        self._database.commit()

    def unstated(self, windows: Iterable[Window]) -> list[Window]:
        """Those of the windows that were not published yet, or not whole."""
        rows: Collection[tuple[str, str]] = set(self._database.execute("SELECT * FROM stated"))
        return [w for w in windows if (w.since.isoformat(), w.until.isoformat()) not in rows]

    def _repositories(self) -> Iterator[tuple[Repository, str | None, bool]]:
        """Each by name, with why it is unknown, if so, and whether that is lasting."""
        rows = self._database.execute(
            "SELECT key, name, fork, own, branch, active_until, reason, lasting FROM repositories"
            " ORDER BY name"
        )
        for key, name, fork, own, branch, active_until, reason, lasting in rows:
            repository = Repository(
                key=key,
                name=name,
                fork=bool(fork),
                own=bool(own),
                branch=branch,
                active_until=datetime.fromisoformat(active_until) if active_until else None,
            )
            yield repository, reason, bool(lasting)

    def _forget(self, key: str) -> None:
        self._database.execute("DELETE FROM commits WHERE key = ?", (key,))
        self._database.execute("DELETE FROM repositories WHERE key = ?", (key,))

    def _settle(self, repository: Repository, unknown: Unknown | None) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO repositories VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                repository.key,
                repository.name,
                repository.fork,
                repository.own,
                repository.branch,
                _text(repository.active_until),
                unknown and unknown.reason,
                bool(unknown and unknown.lasting),
            ),
        )
        self._database.commit()


def _text(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None


def _is_unchanged(former: Repository, now: Repository) -> bool:
    """Whether its history is surely the same; not where the source could not tell."""
    if not (now.active_until and now.branch):
        return False
    return (former.active_until, former.branch) == (now.active_until, now.branch)
