"""A Sheet that the program has written, and what a person's hand finds on it by the real gspread.

The program writes through its own adapter.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import gspread
import pytest
from gspread.utils import DateTimeOption, ValueRenderOption

from commit_counts.event import CommitCounts
from emulators.sheets import SheetsEmulator
from tests.support.write_sheet import ONE_DAY, TODAY, at, window_event
from write_sheet.sheets_api.client import GoogleSheet, open_sheet
from write_sheet.step import Written, write

OLD = TODAY - 20 * ONE_DAY
FIRST = window_event(
    {(OLD, "me/app"): 7, (OLD, "me/lib"): 5, (TODAY, "me/app"): 3, (TODAY, "me/lib"): 9},
    since=OLD,
)
SECOND = window_event({(TODAY, "me/app"): 4, (TODAY, "me/lib"): 9}, collected_at=at(1))


@pytest.fixture
def sheet(sheets: SheetsEmulator, spreadsheet_id: str) -> Iterator[GoogleSheet]:
    """The step's own adapter, on a spreadsheet that the first event has filled."""
    host = sheets.url.removeprefix("http://")
    opened = open_sheet(spreadsheet_id, emulator_host=host)
    written(opened, FIRST)
    yield opened
    opened.close()


def written(sheet: GoogleSheet, event: CommitCounts = SECOND) -> Written:
    return write(event, sheet, pause=lambda _: None)


def rows(spreadsheet: gspread.Spreadsheet, title: str = "data") -> list[tuple[Any, ...]]:
    """Date, repository and commits of each row, as gspread reads them."""
    records = spreadsheet.worksheet(title).get_all_values(
        value_render_option=ValueRenderOption.unformatted,
        date_time_render_option=DateTimeOption.formatted_string,
    )
    return [tuple(row[:3]) for row in records[1:] if any(row)]


def row(day: date, name: str, commits: int) -> tuple[Any, ...]:
    return day.isoformat(), name, commits


AFTER_SECOND = [
    row(OLD, "me/app", 7),
    row(OLD, "me/lib", 5),
    row(TODAY, "me/app", 4),
    row(TODAY, "me/lib", 9),
]
