"""Numbers of several sources and by hand live side by side on the Sheet."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from commit_counts.event import CommitCounts
from tests.support.write_sheet import (
    ONE_DAY,
    TODAY,
    TOKYO,
    MemorySheet,
    at,
    cell_event,
    history_of,
    window_event,
)
from write_sheet.history.preferences import Preferences
from write_sheet.history.problems import ProblemKind
from write_sheet.history.statistics import summarize
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import Written, write
from write_sheet.stored.read import STATEMENT_COLUMN, read_state

LAPTOP = "clones/laptop"
Counts = Mapping[tuple[date, str], int]


def written(event: CommitCounts, sheet: MemorySheet) -> Written:
    return write(event, sheet, pause=lambda _: None)


def hourly(sheet: MemorySheet, hours: range, counts: Counts, *, source: str = "github/me") -> None:
    """The same collection, again and again."""
    for hour in hours:
        written(window_event(counts, collected_at=at(hour), source=source), sheet)


def statements(sheet: MemorySheet) -> list[tuple[object, ...]]:
    """The rows of the table of sources."""
    rows = [tuple(row[STATEMENT_COLUMN:]) for row in sheet.grid(Tab.DAYS)[1:]]
    return [row for row in rows if any(value is not None for value in row)]


def notes(sheet: MemorySheet) -> dict[str, str]:
    """What stands in the notes of the counts, by repository."""
    tab = next(s for s in sheet.workbook.sheets if s.sheet_id == Tab.DATA.sheet_id)
    rows = sheet.grid(Tab.DATA)
    cells = ((row[1], tab.grid.cell(place, 2) or {}) for place, row in enumerate(rows) if row)
    return {str(name): str(cell["note"]) for name, cell in cells if cell.get("note")}


def test_a_number_by_hand_outlives_the_collections() -> None:
    """The README's own example: still there after ten more, gone when it is withdrawn."""
    sheet, github = MemorySheet(), {(TODAY, "me/lib"): 2}
    hourly(sheet, range(2), github)
    written(cell_event(TODAY, "me/app", 3, collected_at=at(1.5)), sheet)
    hourly(sheet, range(2, 12), github)
    assert sheet.data() == {(TODAY, "me/lib"): 2, (TODAY, "me/app"): 3}
    written(cell_event(TODAY, "me/app", None, collected_at=at(12)), sheet)
    assert sheet.data() == github
    assert len(statements(sheet)) == 2, "the source of all else, and what was withdrawn"


def test_a_number_by_hand_gives_way_to_a_collection_that_counts_the_same() -> None:
    """Among the sources' numbers the newest is the cell's; withdrawn, it gives way at once."""
    sheet = MemorySheet()
    hourly(sheet, range(1), {(TODAY, "me/app"): 2})
    written(cell_event(TODAY, "me/app", 9, collected_at=at(0.5)), sheet)
    assert sheet.data() == {(TODAY, "me/app"): 9}
    written(cell_event(TODAY, "me/app", None, collected_at=at(0.7)), sheet)
    assert sheet.data() == {(TODAY, "me/app"): 2}
    written(cell_event(TODAY, "me/app", 9, collected_at=at(0.8)), sheet)
    hourly(sheet, range(1, 2), {(TODAY, "me/app"): 2})
    assert sheet.data() == {(TODAY, "me/app"): 2}


def test_two_collectors_do_not_zero_each_other() -> None:
    """What a source does not list it withdraws, and nobody else's; what both see counts once."""
    sheet = MemorySheet()
    for hour in range(6):
        hourly(sheet, range(hour, hour + 1), {(TODAY, "me/app"): 2, (TODAY, "both/see"): 1})
        laptop = {(TODAY, "forge/own"): 5, (TODAY, "both/see"): 1}
        written(window_event(laptop, collected_at=at(hour + 0.5), source=LAPTOP), sheet)
    everything = {(TODAY, "me/app"): 2, (TODAY, "both/see"): 1, (TODAY, "forge/own"): 5}
    assert sheet.data() == everything
    written(window_event({}, collected_at=at(7), source=LAPTOP), sheet)
    assert sheet.data() == {(TODAY, "me/app"): 2, (TODAY, "both/see"): 1}


def test_an_event_of_a_second_source_costs_two_requests() -> None:
    """One reading and one batch, however many sources there are."""
    sheet = MemorySheet()
    hourly(sheet, range(2), {(TODAY, "me/app"): 2})
    hourly(sheet, range(1), {(TODAY, "forge/own"): 2}, source=LAPTOP)
    sheet.calls.clear()
    hourly(sheet, range(3, 4), {(TODAY, "forge/own"): 3}, source=LAPTOP)
    assert sheet.calls == ["read", "write"]


def test_a_count_that_is_not_githubs_says_so_in_its_note() -> None:
    """In the note of its own cell, as long as the number is of that source."""
    sheet = MemorySheet()
    hourly(sheet, range(1), {(TODAY, "me/app"): 2, (TODAY, "z/z"): 1})
    written(cell_event(TODAY, "me/by-hand", 3, collected_at=at(0.2)), sheet)
    hourly(sheet, range(1), {(TODAY, "forge/own"): 2, (TODAY, "z/z"): 2}, source=LAPTOP)
    expected = {"me/by-hand": "source: hand", "forge/own": f"source: {LAPTOP}"}
    assert notes(sheet) == expected | {"z/z": f"source: {LAPTOP}"}
    hourly(sheet, range(1, 2), {(TODAY, "me/app"): 2, (TODAY, "z/z"): 1})
    assert notes(sheet) == expected


def test_rows_of_a_second_source_take_one_row_each_repository() -> None:
    """Whose a row is, is not told row by row: the hidden tab does not hold the data twice."""
    sheet, days = MemorySheet(), [TODAY - n * ONE_DAY for n in range(200)]
    written(window_event({(d, "me/app"): 1 for d in days}, since=days[-1]), sheet)
    laptop = {(day, "forge/own"): 2 for day in days[::3]}
    written(window_event(laptop, since=days[-1], source=LAPTOP, collected_at=at(1)), sheet)
    assert len(statements(sheet)) == 3


def test_each_source_is_judged_by_itself() -> None:
    """A silent laptop does not make GitHub look stale, nor the other way round."""
    summary = summarize(
        history_of(
            [
                window_event({}, collected_at=at(5), unknown={"a/b": "SSO"}),
                window_event({}, collected_at=at(-30), source=LAPTOP, unknown=["x/y"]),
                cell_event(TODAY, "me/app", 3, collected_at=at(6)),
            ]
        ),
        Preferences(),
        TOKYO,
    )
    assert summary is not None
    told = [(source.name, source.updated_at, dict(source.unknown)) for source in summary.sources]
    assert told == [(LAPTOP, at(-30), {"x/y": ""}), ("github/me", at(5), {"a/b": "SSO"})]


def test_a_source_that_withdrew_all_its_numbers_is_not_shown_any_more() -> None:
    """Nobody waits for its next update, and it is no second person; alone it still has a status."""
    mine = window_event({(TODAY, "me/app"): 2}, collected_at=at(1))
    yours = window_event({(TODAY, "you/app"): 1}, source="github/you")
    withdrawn = window_event({}, source="github/you", collected_at=at(2))
    for events, names in (
        ([mine, yours], ["github/me", "github/you"]),
        ([mine, yours, withdrawn], ["github/me"]),
        ([yours, withdrawn], ["github/you"]),
    ):
        history = history_of(events)
        summary = summarize(history, Preferences(), TOKYO)
        assert summary is not None
        assert [source.name for source in summary.sources] == names
        assert history.people == tuple(name.removeprefix("github/") for name in names)


def test_a_source_without_commits_is_up_to_date_all_the_same() -> None:
    """All work lies in clones, stated now and then; the hourly collection on GitHub goes well."""
    history = history_of(
        [
            window_event({(TODAY, "me/app"): 2}, source=LAPTOP, collected_at=at(-60)),
            window_event({}, collected_at=at(5)),
        ]
    )
    summary = summarize(history, Preferences(), TOKYO)
    assert summary is not None
    assert summary.updated_at == at(5)


def test_a_second_person_on_one_sheet_is_told() -> None:
    """Two accounts of GitHub lately; one that fell silent is not counted any more."""
    sheet = MemorySheet()
    hourly(sheet, range(1), {(TODAY, "me/app"): 2})
    yours = {(TODAY, "you/app"): 1}
    done = written(window_event(yours, source="github/you", collected_at=at(1)), sheet)
    told = [(p.kind, p.found) for p in done.problems if not p.repaired]
    assert told == [(ProblemKind.TWO_PEOPLE, "me, you")]
    later = window_event({}, until=TODAY + 9 * ONE_DAY, collected_at=at(days=9))
    assert written(later, sheet).problems == ()


def test_what_was_stored_before_sources_goes_to_the_next_complete_statement() -> None:
    """A Sheet of the version before: history, hand edits, goal and notes are where they were."""
    path = Path(__file__).parent / "data" / "sheet_before_sources.json"
    sheet = MemorySheet()
    for batch in json.loads(path.read_text(encoding="utf-8")):
        sheet.write(batch)
    before, totals = sheet.data(), read_state(sheet.look()).history.totals()
    days = [TODAY - timedelta(days=n) for n in range(20)]
    assert before[days[18], "acme/secret"] == 9, "changed by hand"

    written(cell_event(TODAY, "me/new", 1, collected_at=at(1)), sheet)
    assert sheet.data() == before | {(TODAY, "me/new"): 1}
    recent = {cell: n for cell, n in before.items() if cell[0] >= days[2]}
    done = written(window_event(recent, since=days[2], collected_at=at(2)), sheet)
    assert sheet.data() == before | {(TODAY, "me/new"): 1}
    after = read_state(sheet.look())
    assert after.history.main == "github/me"
    assert after.history.totals() == totals | {TODAY: totals[TODAY] + 1}
    assert [p.kind for p in done.problems] == [ProblemKind.CHANGED_BY_HAND]
    assert sheet.grid(Tab.SETTINGS)[1][1] == 7
    assert "a release" in [row[5] for row in sheet.grid(Tab.DATA) if len(row) > 5]
    assert "mine" in [tab.properties["title"] for tab in sheet.workbook.sheets]

    again = window_event(
        {cell: n for cell, n in before.items() if cell[1] != "other/forge"},
        since=days[-1],
        collected_at=at(3),
    )
    written(again, sheet)
    assert (days[4], "other/forge") not in sheet.data(), "stated before sources: as before, it goes"


@pytest.mark.parametrize("order", ["as made", "the other way round"])
def test_a_late_event_does_not_set_the_zone(order: str) -> None:
    """The zone is that of the latest complete statement, whenever the others arrive."""
    sheet = MemorySheet()
    events = [
        window_event({}, collected_at=at(1), zone=ZoneInfo("America/New_York")),
        window_event({}, collected_at=at(2), zone=TOKYO),
    ]
    for event in events if order == "as made" else reversed(events):
        written(event, sheet)
    assert sheet.look().time_zone == "Asia/Tokyo"


def test_a_redelivery_does_not_forget_what_somebody_changed_by_hand() -> None:
    """The statement is the same: it tells nothing new about the day, and repairs nothing."""
    sheet, event = MemorySheet(), window_event({(TODAY, "me/app"): 2})
    written(event, sheet)
    sheet.write(
        [
            {
                "updateCells": {
                    "start": {"sheetId": Tab.DATA.sheet_id, "rowIndex": 1, "columnIndex": 2},
                    "rows": [{"values": [{"userEnteredValue": {"numberValue": 7}}]}],
                    "fields": "userEnteredValue",
                }
            }
        ]
    )
    for _ in range(2):
        told = [(p.kind, p.found, p.expected) for p in written(event, sheet).problems]
        assert told == [(ProblemKind.CHANGED_BY_HAND, "7", "2")]
    assert sheet.data() == {(TODAY, "me/app"): 7}


@pytest.mark.parametrize("source", ["github/me", LAPTOP])
def test_reasons_of_one_instant_do_not_depend_on_their_order(source: str) -> None:
    """A collection cut into several events gives one reason, whichever comes first."""
    first = window_event({}, unknown={"a/b": "SSO"}, source=source)
    second = window_event({}, unknown={"a/b": "gone"}, source=source)
    found = []
    for order in ((first, second), (second, first)):
        sheet = MemorySheet()
        written(window_event({}, collected_at=at(-1)), sheet)
        for event in order:
            written(event, sheet)
        found.append(read_state(sheet.look()).history.unknown_of(source))
    assert found == [{"a/b": "gone"}] * 2


def test_an_older_reason_that_comes_late_does_not_replace_a_newer_empty_one() -> None:
    """And delivering the two in turns writes nothing any more."""
    sheet = MemorySheet()
    now = window_event({}, collected_at=at(1), unknown={"a/b": ""})
    late = window_event({}, unknown={"a/b": "an old reason"})
    for event in (now, late):
        written(event, sheet)
    assert read_state(sheet.look()).history.unknown_of("github/me") == {"a/b": ""}
    assert [written(event, sheet).outcome for event in (now, late, now)] == ["unchanged"] * 3
