"""What the tests of write_sheet share: events, a model of the rules, and the Sheet in memory.

`MemorySheet` is the step's port over the Sheets emulator's own engine, without sockets: the same
requests are checked against the discovery document and applied by the same handlers, in a
millisecond. The tests through the real gspread use the emulator itself.
"""

import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from commit_counts.event import HAND, Cell, CommitCounts, Count, Window
from emulators.sheets import rules
from emulators.sheets.errors import ApiError
from emulators.sheets.render import spreadsheet_resource
from emulators.sheets.requests.batch import apply_batch
from emulators.sheets.resource import new_sheet_properties, new_spreadsheet_properties
from emulators.sheets.workbook import Sheet, Workbook
from write_sheet.dashboard.today.card import Card, Place
from write_sheet.dashboard.today.page import TODAY_PAGE
from write_sheet.history.merge import History, merge
from write_sheet.sheets_api import snapshot as read
from write_sheet.sheets_api.answer import parse_answer
from write_sheet.sheets_api.cells import Value
from write_sheet.sheets_api.port import Refused
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import AfterWrite, Snapshot, parse_spreadsheet
from write_sheet.sheets_api.structure import STRUCTURE_FIELDS, Structure, parse_structure
from write_sheet.sheets_api.tab import TAB_OF_ID, Tab
from write_sheet.step import write

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
REPOSITORIES = ("me/app", "=cmd()", "1/2", "acme/秘密🔑")
ONE_DAY = timedelta(days=1)
SOURCES = ("github/me", "clones/laptop", HAND)


def at(hours: float = 0, *, days: int = 0) -> datetime:
    """An instant some time after noon of TODAY in Tokyo."""
    return NOON + timedelta(hours=hours, days=days)


def window_event(
    counts: Mapping[tuple[date, str], int] | None = None,
    *,
    since: date = TODAY - 2 * ONE_DAY,
    until: date = TODAY,
    collected_at: datetime = NOON,
    unknown: Mapping[str, str] | Iterable[str] = (),
    zone: ZoneInfo = TOKYO,
    source: str = "github/me",
) -> CommitCounts:
    """A complete statement about the window; counts by day and repository."""
    reasons = dict(unknown) if isinstance(unknown, Mapping) else dict.fromkeys(unknown, "")
    return CommitCounts(
        source=source,
        collected_at=collected_at,
        counts=tuple(
            Count(date=day, repository=name, commits=commits)
            for (day, name), commits in (counts or {}).items()
        ),
        window=Window(since=since, until=until),
        login="me",
        time_zone=zone,
        unknown_repositories=reasons,
    )


def cell_event(
    day: date,
    repository: str,
    commits: int | None,
    *,
    collected_at: datetime = NOON,
    source: str = HAND,
) -> CommitCounts:
    """The short form: one cell; None withdraws it."""
    return CommitCounts(
        source=source,
        collected_at=collected_at,
        counts=()
        if commits is None
        else (Count(date=day, repository=repository, commits=commits),),
        withdrawn=Cell(day, repository) if commits is None else None,
    )


@st.composite
def events(draw: st.DrawFn, *, days: int = 5, instants: int = 8) -> CommitCounts:
    """Any event of three sources about few days, repositories and instants: they collide often."""
    day = st.integers(0, days - 1).map(lambda back: TODAY - back * ONE_DAY)
    collected_at = at(draw(st.integers(0, instants)))
    if draw(st.integers(0, 3)) == 0:
        repository = draw(st.sampled_from(REPOSITORIES))
        return cell_event(
            draw(day),
            repository,
            draw(st.none() | _COMMITS),
            collected_at=collected_at,
            source=draw(st.sampled_from(SOURCES)),
        )
    since, until = sorted((draw(day), draw(day)))
    unknown = draw(st.sets(st.sampled_from(REPOSITORIES), max_size=2))
    readable = [name for name in REPOSITORIES if name not in unknown]
    span = [since + ahead * ONE_DAY for ahead in range((until - since).days + 1)]
    cells = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(span), st.sampled_from(readable)), _COMMITS, max_size=6
        )
    )
    return window_event(
        cells,
        since=since,
        until=until,
        collected_at=collected_at,
        unknown={name: draw(st.sampled_from(["", "a", "b"])) for name in sorted(unknown)},
        source=draw(st.sampled_from(SOURCES)),
    )


_COMMITS = st.integers(0, 5)


def random_history(seed: int, *, length: int = 8) -> list[CommitCounts]:
    """Events as `events` draws them, many times quicker: for thousands of histories."""
    rng = random.Random(seed)
    return [_random_event(rng) for _ in range(rng.randint(1, length))]


def _random_event(rng: random.Random) -> CommitCounts:
    day = [TODAY - back * ONE_DAY for back in range(5)]
    collected_at = at(rng.randint(0, 8))
    if rng.random() < 0.25:
        name = rng.choice(REPOSITORIES)
        return cell_event(
            rng.choice(day),
            name,
            rng.choice([None, *range(6)]),
            collected_at=collected_at,
            source=rng.choice(SOURCES),
        )
    since, until = sorted(rng.choices(day, k=2))
    unknown = set(rng.sample(REPOSITORIES, rng.randint(0, 2)))
    length = (until - since).days + 1
    cells = {
        (since + rng.randrange(length) * ONE_DAY, name): rng.randint(0, 5)
        for name in REPOSITORIES
        if name not in unknown and rng.random() < 0.7
    }
    return window_event(
        cells,
        since=since,
        until=until,
        collected_at=collected_at,
        unknown={name: rng.choice(["", "a", "b"]) for name in unknown},
        source=rng.choice(SOURCES),
    )


@dataclass
class Model:
    """The rules in their plainest form: of a source's statements about a cell the latest counts.

    Among the sources' numbers the newest is the cell's. Of the same instant the largest number
    counts, and any number before none. Nothing is forgotten here.
    """

    events: list[CommitCounts] = field(default_factory=list)

    def commits(self, day: date, repository: str) -> int | None:
        """None where no source has a number for this cell."""
        numbers = []
        for source in SOURCES:
            said = [
                (event.collected_at, number)
                for event in self.events
                if event.source == source and (number := _said(event, day, repository)) is not None
            ]
            if said and max(said)[1] != WITHDRAWN:
                numbers.append(max(said))
        return max(numbers)[1] if numbers else None

    def rows(self) -> dict[tuple[date, str], int]:
        """What the tab `data` must hold."""
        cells = {(d, r): self.commits(d, r) for d in self.days() for r in self.repositories()}
        return {cell: commits for cell, commits in cells.items() if commits}

    def totals(self) -> dict[date, int]:
        """Commits by known day: one of a complete statement, or one that has commits."""
        rows = self.rows()
        totals: dict[date, int] = {}
        for day in self.days():
            commits = sum(count for (stated, _), count in rows.items() if stated == day)
            if commits or any(e.window and day in e.window for e in self.events):
                totals[day] = commits
        return totals

    def days(self) -> set[date]:
        """Every day that an event speaks of."""
        days = {count.date for event in self.events for count in event.counts}
        days |= {event.cell.date for event in self.events if event.withdrawn}
        for event in self.events:
            if event.window:
                length = (event.window.until - event.window.since).days + 1
                days |= {event.window.since + ahead * ONE_DAY for ahead in range(length)}
        return days

    def repositories(self) -> set[str]:
        """Every repository that an event names."""
        return {count.repository for event in self.events for count in event.counts}


WITHDRAWN = -1


def _said(event: CommitCounts, day: date, repository: str) -> int | None:
    """A number, WITHDRAWN, or None where the event does not speak of the cell."""
    if event.withdrawn == (day, repository):
        return WITHDRAWN
    for count in event.counts:
        if (count.date, count.repository) == (day, repository):
            return count.commits
    is_about = event.window is not None and day in event.window
    return WITHDRAWN if is_about and repository not in event.unknown_repositories else None


class MemorySheet:
    """The step's port over the emulator's engine, in memory.

    before_call: called with the number and the kind (`read`, `write`) of each call, before it.
    """

    def __init__(self, workbook: Workbook | None = None) -> None:
        self.workbook = workbook or new_workbook()
        self.calls: list[str] = []
        self.batches: list[list[Request]] = []
        self.before_call: Callable[[int, str], None] = lambda *_: None
        self.after_write: Callable[[int], None] = lambda *_: None

    @property
    def address(self) -> str | None:
        return "robot@project.iam.gserviceaccount.com"

    def structure(self) -> Structure:
        mask = rules.check_response_mask("Spreadsheet", STRUCTURE_FIELDS)
        return parse_structure(spreadsheet_resource(self.workbook, mask=mask))

    def read(self) -> Snapshot:
        self._begin("read")
        return self.look()

    def write(self, requests: list[Request], witnesses: Sequence[int] = ()) -> AfterWrite:
        self._begin("write")
        body: Any = {"requests": requests}
        try:
            rules.validate("BatchUpdateSpreadsheetRequest", body)
            changed = self.workbook.copy()
            apply_batch(changed, body["requests"])
        except ApiError as error:
            raise Refused(error.message) from error
        self.workbook = changed
        self.batches.append(requests)
        self.after_write(len(self.calls))
        grid = self.grid(Tab.DATA) if witnesses else ()
        return AfterWrite(
            sizes={
                TAB_OF_ID[sheet.sheet_id]: (sheet.rows, sheet.columns)
                for sheet in changed.sheets
                if sheet.sheet_id in TAB_OF_ID
            },
            rows={row: grid[row][:2] for row in witnesses if row < len(grid)},
        )

    def look(self, tabs: Iterable[Tab] = Tab) -> Snapshot:
        """A reading that is not counted; tabs: only these."""
        by_id = {sheet.sheet_id: sheet for sheet in self.workbook.sheets}
        ours = [
            (by_id[tab.sheet_id], by_id[tab.sheet_id].box) for tab in tabs if tab.sheet_id in by_id
        ]
        mask = rules.check_response_mask("Spreadsheet", read.FIELDS)
        resource = spreadsheet_resource(self.workbook, mask=mask, areas=ours or None)
        text = json.dumps(resource, separators=(",", ":"))  # as the service answers
        snapshot = parse_spreadsheet(parse_answer([text.encode()]))
        only = self.workbook.sheets[0]
        is_new = not ours and len(self.workbook.sheets) == 1 and not only.grid.rows
        return Snapshot(**{**vars(snapshot), "disposable": only.sheet_id if is_new else None})

    def _begin(self, kind: str) -> None:
        self.calls.append(kind)
        self.before_call(len(self.calls), kind)

    def grid(self, tab: Tab) -> Sequence[Sequence[Value]]:
        """What stands on a tab."""
        return self.look([tab]).grid(tab)

    def data(self) -> dict[tuple[date, str], int]:
        """The counts on the tab `data`; fails where a row is doubled or is not typed."""
        return counts_on(self.grid(Tab.DATA))


def counts_on(grid: Sequence[Sequence[Value]]) -> dict[tuple[date, str], int]:
    """The rows of the tab `data` below its header, as they must be typed, each cell once."""
    assert list(grid[0][:4]) == ["date", "repository", "commits", "collected_at"]
    counts: dict[tuple[date, str], int] = {}
    for row in grid[1:]:
        if all(value is None for value in row[:4]):
            continue
        serial, name, commits = row[0], row[1], row[2]
        assert isinstance(serial, int | float)
        assert isinstance(name, str)
        assert isinstance(commits, int | float)
        cell = (date(1899, 12, 30) + timedelta(days=int(serial)), name)
        assert cell not in counts, f"{cell} is doubled"
        counts[cell] = int(commits)
    return counts


def place_of(kind: type[Card]) -> Place:
    """Where the card of a kind stands on Today."""
    [place] = [
        place
        for card, place in zip(TODAY_PAGE.cards, TODAY_PAGE.places, strict=True)
        if isinstance(card, kind)
    ]
    return place


def new_workbook(*, title: str = "Dashboard", time_zone: str = "Etc/UTC") -> Workbook:
    """A new spreadsheet with one empty tab."""
    first = Sheet(properties=new_sheet_properties(sheet_id=0, title="Sheet1", index=0))
    properties = new_spreadsheet_properties(title=title, time_zone=time_zone, locale="en_US")
    return Workbook(spreadsheet_id="memory", properties=properties, sheets=[first])


def history_of(stated: Iterable[CommitCounts]) -> History:
    """What is known after these events."""
    history = History()
    for event in stated:
        history = merge(history, event)
    return history


LAYOUT_EVENT = cell_event(TODAY - 100 * ONE_DAY, "the/first", 0, collected_at=at(days=-100))


@cache
def _laid_out() -> Workbook:
    sheet = MemorySheet()
    write(LAYOUT_EVENT, sheet)
    return sheet.workbook


def laid_out() -> Workbook:
    """A spreadsheet of one's own that LAYOUT_EVENT has made the tabs of, without any count."""
    return _laid_out().copy()
