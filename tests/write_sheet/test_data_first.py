"""Looks never stop the counts: what the service refuses of them is left out, told, tried daily."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from commit_counts.event import CommitCounts
from tests.support.write_sheet import (
    NOON,
    ONE_DAY,
    TODAY,
    MemorySheet,
    at,
    laid_out,
    window_event,
)
from write_sheet.dashboard.layout import LAYOUT_METADATA_ID
from write_sheet.dashboard.today.page import TODAY_PAGE
from write_sheet.errors import LostRace, SheetRefused, SheetsUnavailable, TornReading
from write_sheet.history.problems import ProblemKind
from write_sheet.sheets_api.port import Refused
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import AfterWrite, Snapshot
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import Written, write

OLD = TODAY - 20 * ONE_DAY
FIRST = window_event({(TODAY, "me/app"): 3, (TODAY - ONE_DAY, "me/lib"): 2})
# An old day that comes after newer ones needs the sort.
EARLIER = window_event({(OLD, "me/app"): 7}, since=OLD, until=OLD, collected_at=at(1))


class Refusing(MemorySheet):
    """A service that takes no batch with a request of some kinds."""

    def __init__(self, *kinds: str, error: type[Exception] = Refused) -> None:
        super().__init__()
        self.kinds, self.error = set(kinds), error

    def write(self, requests: list[Request], witnesses: Sequence[int] = ()) -> AfterWrite:
        if any(kind in self.kinds for request in requests for kind in _kinds(request)):
            self._begin("write")
            raise self.error("Invalid requests[7]: not this one")
        return super().write(requests, witnesses)


def _kinds(request: Request) -> set[str]:
    """What a request is, and of which tab it writes values."""
    [(kind, body)] = request.items()
    start = body.get("start") if isinstance(body, dict) else None
    tab = start["sheetId"] if isinstance(start, dict) else None
    fields = str(body.get("fields")) if isinstance(body, dict) else ""
    return {kind, f"values of {tab}", f"{kind} {fields}"}


BEFORE_SOURCES = Path(__file__).parent / "data" / "sheet_before_sources.json"


def written(
    event: CommitCounts, sheet: MemorySheet, *, now: datetime = NOON, language: str = "en"
) -> Written:
    return write(event, sheet, pause=lambda _: None, now=lambda: now, language=language)


def told(done: Written) -> list[str]:
    return [p.found for p in done.problems if p.kind is ProblemKind.REFUSED]


def on_today(sheet: MemorySheet) -> list[str]:
    tab = next(s for s in sheet.workbook.sheets if s.sheet_id == Tab.TODAY.sheet_id)
    cells = (tab.grid.cell(row, 0) or {} for row in range(len(tab.grid.rows)))
    return [str(cell.get("userEnteredValue", {}).get("stringValue", "")) for cell in cells]


TODAY_VALUES = f"values of {Tab.TODAY.sheet_id}"


@pytest.mark.parametrize("error", [Refused, SheetsUnavailable])
@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("sortRange", ["sort"]),
        ("mergeCells", ["format Today"]),
        ("addChart", ["format Today"]),
        ("addFilterView", ["format data"]),
        ("addProtectedRange", ["format data", "format days"]),
        (TODAY_VALUES, ["Today"]),
        (f"values of {Tab.MONTHS.sheet_id}", ["Months"]),
        (f"values of {Tab.SETTINGS.sheet_id}", ["Settings"]),
        ("updateSpreadsheetProperties timeZone", ["time zone"]),
    ],
)
def test_what_is_refused_is_left_out_and_told(
    kind: str, parts: list[str], error: type[Exception]
) -> None:
    """In the same delivery; the counts are there, and everything else is as it should be."""
    sheet = Refusing(kind, error=error)
    done = [written(FIRST, sheet), written(EARLIER, sheet)]
    assert sheet.data() == {
        (TODAY, "me/app"): 3,
        (TODAY - ONE_DAY, "me/lib"): 2,
        (OLD, "me/app"): 7,
    }
    assert told(done[-1]) == parts
    if kind != TODAY_VALUES:
        assert any("once a day" in words for words in on_today(sheet))


def test_what_was_refused_is_tried_once_a_day_and_heals() -> None:
    """An hour later nobody tries it again; a day later it works, and nothing is told any more."""
    sheet = Refusing("sortRange")
    written(FIRST, sheet)
    written(EARLIER, sheet)
    sheet.calls.clear()
    hourly = window_event({(TODAY, "me/app"): 4}, since=TODAY, collected_at=at(2))
    done = written(hourly, sheet, now=NOON + timedelta(hours=23))
    assert told(done) == ["sort"]
    assert sheet.calls == ["read", "write"]

    sheet.kinds.clear()
    later = window_event({(TODAY, "me/app"): 5}, since=TODAY, collected_at=at(3))
    assert told(written(later, sheet, now=NOON + timedelta(hours=24))) == []
    days = [day for day, _ in sheet.data()]
    assert days == sorted(days), "the sort that was overdue"
    assert not any("once a day" in words for words in on_today(sheet))


def test_what_was_refused_is_told_in_the_persons_language() -> None:
    """With what to do about it."""
    sheet = Refusing("addFilterView")
    written(FIRST, sheet, language="ja")
    assert any("1日1回" in words for words in on_today(sheet))


def test_a_format_that_was_refused_comes_after_a_day() -> None:
    """Whole, and once."""
    sheet = Refusing("mergeCells")
    written(FIRST, sheet)
    tab = next(s for s in sheet.workbook.sheets if s.sheet_id == Tab.TODAY.sheet_id)
    assert not tab.objects.get("merges")
    sheet.kinds.clear()
    assert written(FIRST, sheet, now=NOON + timedelta(hours=25)).problems == ()
    tab = next(s for s in sheet.workbook.sheets if s.sheet_id == Tab.TODAY.sheet_id)
    assert tab.objects.get("merges")
    assert written(FIRST, sheet, now=NOON + timedelta(hours=50)).outcome == "unchanged"


def test_a_refusal_of_the_counts_themselves_is_raised_with_googles_words() -> None:
    """Nothing can be left out any more; the Sheet is as it was."""
    sheet = Refusing("addNamedRange")
    with pytest.raises(SheetRefused, match="not this one"):
        written(FIRST, sheet)
    assert sheet.batches == []


class Lagging(MemorySheet):
    """A service whose readings stay behind its writings for a while."""

    stale = 0
    before: Snapshot | None = None

    def read(self) -> Snapshot:
        found = super().read()
        if self.stale and self.before is not None:
            self.stale -= 1
            return self.before
        return found


@pytest.mark.parametrize("stale", [1, 2, 3, 5])
def test_a_reading_that_lags_behind_is_waited_for(stale: int) -> None:
    """The same old reading again is no proof that the batch is wrong."""
    sheet = Lagging(laid_out())
    sheet.before = sheet.look()
    written(FIRST, sheet)
    sheet.stale = stale
    assert written(EARLIER, sheet).outcome == "written"
    assert (OLD, "me/app") in sheet.data()
    assert (TODAY, "me/app") in sheet.data()


@pytest.mark.parametrize("torn", [1, 2, 100])
def test_cells_older_than_the_mark_are_read_again(torn: int) -> None:
    """Written on them, the rows that they lack would be lost; where it lasts, it is told."""

    class Torn(Lagging):
        def read(self) -> Snapshot:
            found = super().read()
            return Snapshot(**{**vars(found), "revisions": self.look().revisions})

    sheet = Torn(laid_out())
    sheet.before = sheet.look()
    written(FIRST, sheet)
    sheet.stale = torn
    before = sheet.data()
    if torn > 10:
        with pytest.raises(TornReading, match="hidden tab days"):
            written(EARLIER, sheet)
        assert sheet.data() == before
    else:
        written(EARLIER, sheet)
        assert sheet.data() == before | {(OLD, "me/app"): 7}


def test_a_mark_whose_name_is_taken_stops_nothing() -> None:
    """After an older version was restored, the next number may be there already."""
    sheet = MemorySheet(laid_out())
    [mark] = sheet.look().revisions
    taken = {"namedRangeId": "x", "name": f"own_rev_{mark + 1}", "range": {"sheetId": 726_005}}
    sheet.write([{"addNamedRange": {"namedRange": taken}}])
    assert written(FIRST, sheet).outcome == "written"


def test_writers_that_are_always_quicker_are_no_refusal() -> None:
    """The mark is another one each time: the message is delivered again."""
    sheet, hours = MemorySheet(laid_out()), count(1)

    def overtake(_: int, kind: str) -> None:
        if kind == "write":
            other = MemorySheet(sheet.workbook)
            hourly = window_event({}, since=OLD, until=OLD, collected_at=at(next(hours)))
            written(hourly, other)
            sheet.workbook = other.workbook

    sheet.before_call = overtake
    with pytest.raises(LostRace):
        written(FIRST, sheet)


class Crash(BaseException):
    """The process is gone; nothing may catch it."""


def test_a_crash_between_the_counts_and_the_looks_is_made_up_for() -> None:
    """The looks are not taken for written: the next delivery brings them."""
    sheet = Refusing("sortRange")
    written(FIRST, sheet)

    def crash(_: int) -> None:
        raise Crash

    sheet.after_write = crash
    with pytest.raises(Crash):
        written(EARLIER, sheet)
    assert (OLD, "me/app") in sheet.data()
    sheet.after_write, sheet.kinds = lambda *_: None, set()
    assert written(EARLIER, sheet).outcome == "written"
    whole = MemorySheet()
    for event in (FIRST, EARLIER):
        written(event, whole)
    assert on_today(sheet) == on_today(whole)
    assert sheet.grid(Tab.MONTHS) == whole.grid(Tab.MONTHS)


def test_columns_that_the_person_froze_on_today_do_not_stop_an_upgrade() -> None:
    """Cells across their edge cannot be merged: a look of ours has no frozen columns."""
    sheet = MemorySheet()
    written(FIRST, sheet)
    frozen = {"sheetId": Tab.TODAY.sheet_id, "gridProperties": {"frozenColumnCount": 3}}
    version = {"developerMetadataLookup": {"metadataId": LAYOUT_METADATA_ID}}
    sheet.write(
        [
            {"unmergeCells": {"range": {"sheetId": Tab.TODAY.sheet_id}}},
            {
                "updateSheetProperties": {
                    "properties": frozen,
                    "fields": "gridProperties.frozenColumnCount",
                }
            },
            {"deleteDeveloperMetadata": {"dataFilter": version}},
        ]
    )
    assert written(EARLIER, sheet).problems == ()
    tab = next(s for s in sheet.workbook.sheets if s.sheet_id == Tab.TODAY.sheet_id)
    assert not tab.properties["gridProperties"].get("frozenColumnCount")
    assert tab.objects.get("merges")


@pytest.mark.parametrize("kind", ["mergeCells", "insertDimension", "sortRange"])
def test_room_for_new_cards_is_made_once(kind: str) -> None:
    """In an upgrade of which a part is refused: what the person wrote below the cards stays."""
    sheet = Refusing()
    for batch in json.loads(BEFORE_SOURCES.read_text(encoding="utf-8")):
        sheet.write(batch)
    note = [{"values": [{"userEnteredValue": {"stringValue": "my note"}}]}]
    start = {"sheetId": Tab.TODAY.sheet_id, "rowIndex": 60, "columnIndex": 0}
    below = {"start": start, "rows": note, "fields": "userEnteredValue"}
    sheet.write([{"updateCells": below}])
    sheet.kinds.add(kind)
    for hour in range(2):
        event = window_event({(OLD, "me/app"): 1}, since=OLD, collected_at=at(hour + 1))
        written(event, sheet, now=at(hour + 1))
        assert on_today(sheet).count("my note") == 1
    sheet.kinds.clear()
    assert all(problem.repaired for problem in written(EARLIER, sheet, now=at(30)).problems)
    assert on_today(sheet).index("my note") == TODAY_PAGE.rows + 2
