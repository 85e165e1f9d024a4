"""Where a long collection keeps what it has read, so that it goes on after an interruption.

A folder for each order under `backfill/` in the state folder: `order.json` says which days it is
about, `checkpoint.sqlite` holds commits and which windows were published. It is gone when all is
published and nothing is unknown.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from collect.counting.checkpoint import Checkpoint
from commit_counts.errors import NeverWorks
from commit_counts.event import Window

# What hourly runs read again; an older rest would leave days between the two uncounted.
GOOD_FOR = timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class Backfill:
    """One order's place. resumed: a former run left something here."""

    window: Window
    resumed: bool
    folder: Path

    @contextmanager
    def checkpoint(self) -> Iterator[Checkpoint]:
        """What was read so far. NeverWorks where it cannot be used."""
        try:
            with Checkpoint(self.folder / "checkpoint.sqlite") as checkpoint:
                yield checkpoint
        except sqlite3.Error as error:
            raise NeverWorks(
                f"cannot use {self.folder} ({error}): is the same collection running already, or "
                "the disk full? otherwise remove the folder"
            ) from error

    def finish(self) -> None:
        """All is published and nothing is unknown: forget it."""
        shutil.rmtree(self.folder)


def find_backfill(state: Path, order: Mapping[str, object], window: Window) -> Backfill:
    """The place of an order: whose commits, where, from when, for which topic.

    A former run that ended in between is resumed with its own last day, unless it is too old.
    Raises NeverWorks where the folder cannot be written.
    """
    name = hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()[:16]
    folder = state / "backfill" / name
    until = _former_until(folder / "order.json")
    if until is not None and window.since <= until and until >= window.until - GOOD_FOR:
        former = Window(since=window.since, until=until)
        return Backfill(window=former, resumed=True, folder=folder)
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        draft = folder / "order.json.tmp"
        draft.write_text(json.dumps({**order, "last_day": str(window.until)}, indent=2) + "\n")
        os.replace(draft, folder / "order.json")
    except OSError as error:
        raise NeverWorks(
            f"cannot write into {folder} ({error.strerror}), where a long publication keeps what "
            "it has read"
        ) from error
    return Backfill(window=window, resumed=False, folder=folder)


def _former_until(file: Path) -> date | None:
    try:
        return date.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["last_day"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # not there, or cut off by a crash: begin anew
