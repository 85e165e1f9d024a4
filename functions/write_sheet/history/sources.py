"""What one source has said: of its statements about a cell the last one counts.

Two histories of one source are joined cell by cell, and the later statement of each stays. Joining
is commutative, associative and idempotent, so deliveries may repeat and overtake each other; an
event is joined as the history that consists of it alone.

The history is kept small. A day's `complete_as_of` stands for every repository that has no cell of
its own there: the source said nothing of it as of then. A cell of its own is kept only where that
says too little: a number, a withdrawal of another instant, or a repository that was never read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from commit_counts.event import CommitCounts

NEVER = datetime.min.replace(tzinfo=UTC)
_ONE_DAY = timedelta(days=1)


class CellState(NamedTuple):
    """The last that one source said of one repository on one day.

    commits: None where the source withdrew the number, or never gave one.
    at: when that was true, in UTC; None where it never said anything.
    """

    commits: int | None
    at: datetime | None

    def loses_to(self, other: "CellState") -> bool:
        """Whether `other` is the later statement; of the same instant, the larger number."""
        return self._rank() < other._rank()

    def _rank(self) -> tuple[datetime, int]:
        return self.at or NEVER, -1 if self.commits is None else self.commits


Cells = Mapping[str, CellState]
UNKNOWN = CellState(None, None)
NO_CELLS: Cells = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class SourceHistory:
    """All that one source has said.

    cells: by day and repository, where a cell of its own is needed.
    complete_as_of: by day, the latest complete statement about it.
    reasons: why a repository could not be read, as the latest complete statement says.
    """

    cells: Mapping[date, Cells] = field(default_factory=dict)
    complete_as_of: Mapping[date, datetime] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def updated_at(self) -> datetime | None:
        """The instant of the latest complete statement."""
        return max(self.complete_as_of.values(), default=None)

    @property
    def unknown(self) -> dict[str, str]:
        """The repositories that the latest complete statement could not read, with the reason.

        On the last day of that statement they are those whose own cell is older than it.
        """
        latest = self.updated_at
        if latest is None:
            return {}
        last_day = max(day for day, at in self.complete_as_of.items() if at == latest)
        cells = self.cells.get(last_day, NO_CELLS)
        names = sorted(name for name, state in cells.items() if (state.at or NEVER) < latest)
        return {name: self.reasons.get(name, "") for name in names}

    @property
    def says_nothing(self) -> bool:
        """Whether it has no number above zero, and nothing that it could not read."""
        states = (state for cells in self.cells.values() for state in cells.values())
        return not any(state.commits for state in states) and not self.unknown

    def implied(self, day: date) -> CellState:
        """What is said of a repository without a cell of its own."""
        return CellState(None, self.complete_as_of.get(day))


NOTHING = SourceHistory()


def stated(event: CommitCounts) -> SourceHistory:
    """The history that consists of one event."""
    if event.window is None:
        cell, commits = event.cell, None if event.withdrawn else event.counts[0].commits
        state = CellState(commits, event.collected_at)
        return SourceHistory(cells={cell.date: {cell.repository: state}})
    length = (event.window.until - event.window.since).days + 1
    days = [event.window.since + ahead * _ONE_DAY for ahead in range(length)]
    cells: dict[date, dict[str, CellState]] = {}
    if event.unknown_repositories:
        cells = {day: dict.fromkeys(event.unknown_repositories, UNKNOWN) for day in days}
    for count in event.counts:
        state = CellState(count.commits, event.collected_at)
        cells.setdefault(count.date, {})[count.repository] = state
    return SourceHistory(
        cells=cells,
        complete_as_of=dict.fromkeys(days, event.collected_at),
        reasons={name: why for name, why in event.unknown_repositories.items() if why},
    )


def join(one: SourceHistory, other: SourceHistory) -> SourceHistory:
    """All that both say. Costs what `other` is long, so it had better be the shorter one."""
    if one is NOTHING:
        return other
    cells, complete_as_of = dict(one.cells), dict(one.complete_as_of)
    for day in other.cells.keys() | other.complete_as_of.keys():
        of_day = _join_day(
            cells.get(day, NO_CELLS),
            one.implied(day),
            other.cells.get(day, NO_CELLS),
            other.implied(day),
        )
        if of_day:
            cells[day] = of_day
        else:
            cells.pop(day, None)
        if one.implied(day).loses_to(other.implied(day)):
            complete_as_of[day] = other.complete_as_of[day]
    return SourceHistory(
        cells=cells, complete_as_of=complete_as_of, reasons=_join_reasons(one, other)
    )


def _join_day(
    cells: Cells, implied: CellState, other_cells: Cells, other_implied: CellState
) -> dict[str, CellState]:
    after = other_implied if implied.loses_to(other_implied) else implied
    joined: dict[str, CellState] = {}
    for name in cells.keys() | other_cells.keys():
        state, other = cells.get(name, implied), other_cells.get(name, other_implied)
        latest = other if state.loses_to(other) else state
        if latest != after:
            joined[name] = latest
    return joined


def _join_reasons(one: SourceHistory, other: SourceHistory) -> Mapping[str, str]:
    """Those of the later statement; of the same instant, the last in the order of words."""
    at, other_at = one.updated_at or NEVER, other.updated_at or NEVER
    if at != other_at:
        return one.reasons if at > other_at else other.reasons
    names = one.reasons.keys() | other.reasons.keys()
    return {name: max(one.reasons.get(name, ""), other.reasons.get(name, "")) for name in names}
