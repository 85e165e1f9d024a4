"""Merges one event into what is known from all sources.

A statement speaks for its source alone. Of each source the last statement about a cell counts: a
number, or that it says nothing of it (any more). Among the sources' numbers the newest is the
cell's; where there is none, the cell is zero if a complete statement covers its day, else unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from commit_counts.event import CommitCounts
from write_sheet.history.sources import (
    NEVER,
    NO_CELLS,
    NOTHING,
    UNKNOWN,
    Cells,
    CellState,
    SourceHistory,
    join,
    stated,
)

# Whose the numbers are that were stored before events had a source.
UNNAMED = ""
GITHUB = "github/"
_RECENT = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class History:
    """All that is known.

    sources: what each of them said.
    main: the source that the Sheet needs no name for: the first that made a complete statement.
    """

    sources: Mapping[str, SourceHistory] = field(default_factory=dict)
    main: str = UNNAMED

    @cached_property
    def cells(self) -> Mapping[date, Cells]:
        """The numbers above zero that count, by day and repository."""
        cells = {
            day: numbers
            for day, of_day in self.sources.get(self.main, NOTHING).cells.items()
            if (numbers := _numbers(of_day))
        }
        for day, contested in self._contested.items():
            of_day = {**cells.get(day, NO_CELLS), **{name: s for name, (s, _) in contested.items()}}
            cells[day] = _numbers(of_day)
        return cells

    @cached_property
    def owners(self) -> Mapping[date, Mapping[str, str]]:
        """Whose the number of a cell is, by day and repository; where it is not `main`'s."""
        return {
            day: {
                name: source
                for name, (state, source) in contested.items()
                if state.commits and source != self.main
            }
            for day, contested in self._contested.items()
        }

    @property
    def updated_at(self) -> datetime | None:
        """The instant of the latest complete statement of any source."""
        return max(self.updated.values(), default=None)

    @cached_property
    def updated(self) -> Mapping[str, datetime]:
        """The instant of each source's latest complete statement, by the sources' names."""
        latest = {source: self.sources[source].updated_at for source in sorted(self.sources)}
        return {source: at for source, at in latest.items() if at is not None}

    @property
    def current(self) -> Mapping[str, datetime]:
        """As `updated`, without those that say nothing, as one does that withdrew all its numbers.

        Where all say nothing, all of them.
        """
        said = {s: at for s, at in self.updated.items() if not self.sources[s].says_nothing}
        return said or self.updated

    def unknown_of(self, source: str) -> Mapping[str, str]:
        """What the latest complete statement of a source could not read, with the reason."""
        return self.sources[source].unknown

    @cached_property
    def latest_at(self) -> datetime | None:
        """The instant of the latest statement of any form."""
        said = (
            state.at
            for source in self.sources.values()
            for cells in source.cells.values()
            for state in cells.values()
            if state.at
        )
        return max((*said, *self.updated.values()), default=None)

    def owner_of(self, day: date, repository: str) -> str:
        """Whose the number of a cell is that has one."""
        return self.owners.get(day, {}).get(repository, self.main)

    def is_whole(self, day: date) -> bool:
        """Whether every source that states the day could read all of it, the last time."""
        return all(
            (state.at or NEVER) >= stated_at
            for source in self.sources.values()
            if (stated_at := source.complete_as_of.get(day))
            for state in source.cells.get(day, NO_CELLS).values()
        )

    @property
    def people(self) -> tuple[str, ...]:
        """The accounts of GitHub whose numbers came lately; two on one Sheet are one too many."""
        on_github = {s: at for s, at in self.current.items() if s.startswith(GITHUB)}
        latest = max(on_github.values(), default=None)
        if latest is None:
            return ()
        recent = (source for source, at in on_github.items() if latest - at <= _RECENT)
        return tuple(sorted(source.removeprefix(GITHUB) for source in recent))

    def totals(self) -> dict[date, int]:
        """Commits by known day; a day that nobody has stated is not there."""
        return dict(self._totals)

    @cached_property
    def _totals(self) -> Mapping[date, int]:
        totals: dict[date, int] = {}
        for source in self.sources.values():
            totals.update(dict.fromkeys(source.complete_as_of, 0))
        for day, cells in self.cells.items():
            if cells:
                totals[day] = sum(state.commits or 0 for state in cells.values())
        return totals

    @cached_property
    def _contested(self) -> Mapping[date, Mapping[str, tuple[CellState, str]]]:
        """The newest number and whose it is, of the cells of which not only `main` gives one."""
        contested: dict[date, dict[str, tuple[CellState, str]]] = {}
        for source in sorted(self.sources.keys() - {self.main}):
            for day, cells in self.sources[source].cells.items():
                for name, state in cells.items():
                    if state.commits is None:
                        continue
                    of_day = contested.setdefault(day, {})
                    if name not in of_day:
                        of_day[name] = self._main_state(day, name), self.main
                    best, _ = of_day[name]
                    if best.commits is None or best.loses_to(state):
                        of_day[name] = state, source
        return contested

    def _main_state(self, day: date, name: str) -> CellState:
        main = self.sources.get(self.main, NOTHING)
        return main.cells.get(day, NO_CELLS).get(name, UNKNOWN)


def merge(history: History, event: CommitCounts) -> History:
    """What is known after the event, whenever it arrives.

    What was stored before events had a source goes to whoever makes the next complete statement.
    """
    sources, main = dict(history.sources), history.main
    if event.window is not None and main == UNNAMED:
        main = event.source
        older = sources.pop(UNNAMED, NOTHING)
        sources[main] = join(sources.get(main, NOTHING), older)
    sources[event.source] = join(sources.get(event.source, NOTHING), stated(event))
    return History(sources=sources, main=main)


def combine(found: History, remembered: History) -> History:
    """What two readings say together: nothing that one of them knows is lost."""
    sources = dict(found.sources)
    for name, said in remembered.sources.items():
        sources[name] = join(sources.get(name, NOTHING), said)
    return History(sources=sources, main=found.main or remembered.main)


def _numbers(cells: Cells) -> Cells:
    """The cells above zero; the same object where that is all of them."""
    if all(state.commits for state in cells.values()):
        return cells
    return {name: state for name, state in cells.items() if state.commits}
