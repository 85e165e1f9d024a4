"""The commit-count event: what travels on the topic, as values past the boundary.

`event.schema.json` beside this file documents the JSON form field by field; `parse` reads it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

SCHEMA_VERSION = 1
# Who states a number that names no source: a person.
HAND = "hand"


@dataclass(frozen=True, kw_only=True, order=True)
class Count:
    """The commits of one repository on one local day: an absolute number."""

    date: date
    repository: str
    commits: int


class Cell(NamedTuple):
    """One repository on one local day."""

    date: date
    repository: str


@dataclass(frozen=True, kw_only=True)
class Window:
    """Local days from `since` to `until`, both included."""

    since: date
    until: date

    def __contains__(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass(frozen=True, kw_only=True)
class CommitCounts:
    """One statement of one source about a person's commits.

    source: who states, for example `github/octocat`, `clones/laptop` or `hand`; a statement
        replaces what its own source said before, and nobody else's numbers.
    collected_at: the instant at which it was true, in UTC; of one source, the last statement wins.
    counts: with a window, every cell that has commits; without one, the one cell that is stated.
    window: the days about which the statement is complete for its source; None for the short form.
    withdrawn: the cell about which the source no longer says anything; the short form only, and
        then `counts` is empty.
    login, time_zone: always there with a window; None where a short form leaves them out.
    unknown_repositories: name to reason ("" where none was given); their cells stay as they are.
    """

    source: str
    collected_at: datetime
    counts: tuple[Count, ...]
    window: Window | None = None
    withdrawn: Cell | None = None
    login: str | None = None
    time_zone: ZoneInfo | None = None
    unknown_repositories: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def cell(self) -> Cell:
        """The one cell of the short form."""
        return self.withdrawn or Cell(self.counts[0].date, self.counts[0].repository)

    def to_json(self) -> str:
        """The event as it is published: one line, in the order of the schema."""
        fields = self._window_fields() if self.window else self._cell_fields()
        stated = {
            name: value for name, value in fields.items() if value is not None or name == "commits"
        }
        return json.dumps(stated, ensure_ascii=False, separators=(",", ":"))

    def attributes(self) -> dict[str, str]:
        """The message attributes, by which a subscription can filter without opening the body."""
        attributes = {"schema_version": str(SCHEMA_VERSION), "source": self.source}
        if self.login is not None:
            attributes["login"] = self.login
        if self.window:
            attributes["since"] = self.window.since.isoformat()
            attributes["until"] = self.window.until.isoformat()
        return attributes

    def _window_fields(self) -> dict[str, object]:
        assert self.window
        return {
            "schema_version": SCHEMA_VERSION,
            "source": self.source,
            "login": self.login,
            "time_zone": self.time_zone and self.time_zone.key,
            "since": self.window.since.isoformat(),
            "until": self.window.until.isoformat(),
            "collected_at": format_instant(self.collected_at),
            "counts": [_count_fields(count) for count in self.counts],
            "unknown_repositories": list(self.unknown_repositories),
            "unknown_reasons": {n: why for n, why in self.unknown_repositories.items() if why}
            or None,
        }

    def _cell_fields(self) -> dict[str, object]:
        cell = self.cell
        return {
            "schema_version": SCHEMA_VERSION,
            "source": self.source,
            "login": self.login,
            "time_zone": self.time_zone and self.time_zone.key,
            "date": cell.date.isoformat(),
            "repository": cell.repository,
            "commits": None if self.withdrawn else self.counts[0].commits,
            "collected_at": format_instant(self.collected_at),
        }


def default_source(login: str) -> str:
    """The source of a complete statement that names none: the person's account on GitHub."""
    return f"github/{login}"[:256]


def format_instant(instant: datetime) -> str:
    """RFC 3339 in UTC to the microsecond, as in `2026-11-23T00:05:02.113000Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _count_fields(count: Count) -> dict[str, object]:
    return {
        "date": count.date.isoformat(),
        "repository": count.repository,
        "commits": count.commits,
    }
