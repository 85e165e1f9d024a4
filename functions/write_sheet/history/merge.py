"""Merges one event into what is known: the last statement wins, cell by cell.

The knowledge is kept small. A day's `complete_as_of` stands for every repository that has no cell
of its own there: it had no commits as of then. A cell of its own is kept only where that says too
little: commits, a zero of another instant, or a repository that could not be read yet. Merging is
commutative and idempotent, so deliveries may repeat and overtake each other at will.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from commit_counts.event import CommitCounts

_NEVER = datetime.min.replace(tzinfo=UTC)
_ONE_DAY = timedelta(days=1)


class CellState(NamedTuple):
    """The last statement about one repository on one day.

    commits: None where none was readable so far, or where what stands in the sheet is no number.
    at: when it was true, in UTC; None for the oldest of all.
    """

    commits: int | None
    at: datetime | None

    def loses_to(self, other: "CellState") -> bool:
        """Whether `other` is the later statement; of the same instant, the larger count."""
        return self._rank() < other._rank()

    def _rank(self) -> tuple[datetime, int]:
        return self.at or _NEVER, -1 if self.commits is None else self.commits


Cells = Mapping[str, CellState]
_NOTHING: Cells = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class History:
    """All that is known.

    cells: by day and repository, where a cell of its own is needed.
    complete_as_of: by day, the latest complete statement about it.
    reasons: why a repository could not be read, in the latest words about it.
    """

    cells: Mapping[date, Cells] = field(default_factory=dict)
    complete_as_of: Mapping[date, datetime] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def updated_at(self) -> datetime | None:
        """The instant of the latest complete statement."""
        return max(self.complete_as_of.values(), default=None)

    @property
    def latest_at(self) -> datetime | None:
        """The instant of the latest statement of either form."""
        stated = [s.at for cells in self.cells.values() for s in cells.values() if s.at]
        return max([*stated, *self.complete_as_of.values()], default=None)

    @property
    def unknown(self) -> dict[str, str]:
        """The repositories that the latest complete statement could not read, with the reason.

        On the last day of that statement they are those whose own cell is older than it.
        """
        latest = self.updated_at
        if latest is None:
            return {}
        last_day = max(day for day, at in self.complete_as_of.items() if at == latest)
        cells = self.cells.get(last_day, _NOTHING)
        names = sorted(name for name, stated in cells.items() if (stated.at or _NEVER) < latest)
        return {name: self.reasons.get(name, "") for name in names}

    def totals(self) -> dict[date, int]:
        """Commits by known day; a day that nobody has stated is not there."""
        totals = dict.fromkeys(self.complete_as_of, 0)
        for day, cells in self.cells.items():
            commits = sum(stated.commits or 0 for stated in cells.values())
            if commits or day in totals:
                totals[day] = commits
        return totals


def merge(history: History, event: CommitCounts) -> History:
    """What is known after the event, whenever it arrives."""
    if event.window is None:
        return _merge_cell(history, event)
    counts = _by_day(event)
    cells, complete_as_of = dict(history.cells), dict(history.complete_as_of)
    unknown = frozenset(event.unknown_repositories)
    day = event.window.since
    while day <= event.window.until:
        before = _Day(cells.get(day, _NOTHING), complete_as_of.get(day))
        after = _merge_day(before, counts.get(day, {}), unknown, event.collected_at)
        _put(cells, day, after.cells)
        complete_as_of[day] = after.complete_as_of or event.collected_at
        day += _ONE_DAY
    merged = History(cells=cells, complete_as_of=complete_as_of, reasons=_reasons(history, event))
    return replace(merged, reasons={name: why for name, why in merged.unknown.items() if why})


class _Day(NamedTuple):
    cells: Cells
    complete_as_of: datetime | None

    def implied(self) -> CellState:
        """What is known of a repository without a cell of its own."""
        return CellState(None if self.complete_as_of is None else 0, self.complete_as_of)


def _merge_cell(history: History, event: CommitCounts) -> History:
    (count,) = event.counts
    known = _Day(history.cells.get(count.date, _NOTHING), history.complete_as_of.get(count.date))
    stated = CellState(count.commits, event.collected_at)
    if not known.cells.get(count.repository, known.implied()).loses_to(stated):
        return history
    cells = dict(history.cells)
    of_day = {**known.cells, count.repository: stated}
    if stated == known.implied():
        del of_day[count.repository]
    _put(cells, count.date, of_day)
    return replace(history, cells=cells)


def _merge_day(
    before: _Day, counts: Mapping[str, int], unknown: frozenset[str], at: datetime
) -> _Day:
    """One day after a complete statement about it, which says nothing of `unknown`."""
    implied = before.implied()
    cells = dict(before.cells)
    for repository in (cells.keys() | counts.keys()) - unknown:
        stated = CellState(counts.get(repository, 0), at)
        if cells.get(repository, implied).loses_to(stated):
            cells[repository] = stated
    if before.complete_as_of is None or at > before.complete_as_of:
        for repository in unknown - cells.keys():
            cells[repository] = implied
        implied = CellState(0, at)
    return _Day({r: s for r, s in cells.items() if s != implied}, implied.at)


def _reasons(history: History, event: CommitCounts) -> dict[str, str]:
    latest = history.updated_at
    if latest is not None and event.collected_at < latest:
        return {**event.unknown_repositories, **history.reasons}
    return {**history.reasons, **event.unknown_repositories}


def _put(cells: dict[date, Cells], day: date, of_day: Cells) -> None:
    if of_day:
        cells[day] = of_day
    else:
        cells.pop(day, None)


def _by_day(event: CommitCounts) -> dict[date, dict[str, int]]:
    days: dict[date, dict[str, int]] = {}
    for count in event.counts:
        days.setdefault(count.date, {})[count.repository] = count.commits
    return days
