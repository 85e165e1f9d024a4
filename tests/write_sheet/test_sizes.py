"""How large a write becomes, and a history."""

from datetime import timedelta

from collect.counting.split import MESSAGE_BYTES, cut_statement
from tests.support.write_sheet import NOON, ONE_DAY, TODAY, MemorySheet, at, laid_out, window_event
from write_sheet.history.problems import ProblemKind
from write_sheet.plan import plan
from write_sheet.sheets_api.cells import serial_of_day, serial_of_instant
from write_sheet.sheets_api.client import encoded
from write_sheet.sheets_api.snapshot import Snapshot, TabState
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.rows import DATA_HEADERS
from write_sheet.stored.write import MANY_ROWS

ADVISED_BYTES = 2_000_000


def test_the_largest_event_becomes_a_write_below_the_advised_size() -> None:
    """Names as short as they can be make the most rows; names in Japanese the most bytes a row."""
    for name in ("{0}", "会社/秘密の倉庫{0}"):
        names = [name.format(chr(ord("a") + n)) for n in range(26)]
        days = [TODAY - n * ONE_DAY for n in range(366)]
        counts = {(day, repository): 1 for day in days for repository in names}
        event, *_ = cut_statement(window_event(counts, since=days[-1], collected_at=at(1)))
        assert len(event.to_json().encode()) > MESSAGE_BYTES / 2
        full = len(event.to_json().encode()) / MESSAGE_BYTES
        batch = plan(event, MemorySheet(laid_out()).look(), revision=1, now=NOON).batch()
        assert len(encoded({"requests": batch})) / full < ADVISED_BYTES


def test_many_rows_are_told_long_before_there_are_too_many() -> None:
    """On Today, with what to do; one row less is no reason to worry."""
    new = MemorySheet(laid_out()).look()
    instant = serial_of_instant(at(-1))
    rows = [
        (serial_of_day(TODAY - timedelta(days=n // 20)), f"me/{n % 20}", 1, instant)
        for n in range(MANY_ROWS)
    ]
    for count in (MANY_ROWS, MANY_ROWS - 1):
        data = TabState(
            title="data",
            row_count=count + 1,
            column_count=8,
            grid=[DATA_HEADERS["en"], *rows[:count]],
        )
        found = Snapshot(**{**vars(new), "tabs": {**new.tabs, Tab.DATA: data}})
        planned = plan(window_event({}, unknown=["x"]), found, revision=1, now=NOON)
        kinds = [problem.kind for problem in planned.problems]
        assert (ProblemKind.MANY_ROWS in kinds) is (count == MANY_ROWS)
