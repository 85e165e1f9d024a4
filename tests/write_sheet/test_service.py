"""What the Sheets service can do to write_sheet, through the real gspread and sockets.

Every fault of the emulator has its own outcome: done all the same, try again later, or never works.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import gspread
import pytest

from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.event import CommitCounts
from emulators.faults import Fault
from emulators.sheets import SheetsEmulator
from tests.support.processes import MOST_SECONDS
from tests.support.sheets import grid
from tests.support.write_sheet import TODAY, at, counts_on, window_event
from write_sheet.errors import (
    CredentialsRefused,
    NotASpreadsheet,
    QuotaExceeded,
    ScopeMissing,
    SheetFull,
    SheetNotFound,
    SheetNotShared,
    SheetProtected,
    SheetRefused,
    SheetsApiDisabled,
    SheetsUnavailable,
)
from write_sheet.history.problems import ProblemKind
from write_sheet.inspection import inspect_sheet
from write_sheet.sheets_api.api_errors import Answer, failure, id_in_address
from write_sheet.sheets_api.client import SCOPES, GoogleSheet, open_sheet
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import Written, write
from write_sheet.stored.format import FILTER_VIEW_ID

READ, WRITE = "spreadsheets.get", "spreadsheets.batchUpdate"
EVENT = window_event({(TODAY, "me/app"): 3})
LATER = window_event({(TODAY, "me/app"): 4}, collected_at=at(1))


@pytest.fixture
def sheet(sheets: SheetsEmulator, spreadsheet_id: str) -> Iterator[GoogleSheet]:
    """The step's own adapter, connected to a new spreadsheet."""
    opened = open_sheet(
        spreadsheet_id,
        emulator_host=sheets.url.removeprefix("http://"),
    )
    yield opened
    opened.close()


def written(sheet: GoogleSheet, event: CommitCounts = EVENT) -> Written:
    """Deliver one event without waiting between tries."""
    return write(event, sheet, pause=lambda _: None)


def commits(sheet: GoogleSheet) -> list[int]:
    """The counts on the tab `data`, which has each cell once."""
    return list(counts_on(sheet.read().grid(Tab.DATA)).values())


@pytest.mark.parametrize("kind", ["500", "503", "html", "timeout_before_write"])
@pytest.mark.parametrize("operation", [READ, WRITE])
@pytest.mark.parametrize("is_first", [True, False], ids=["first event", "later event"])
def test_an_outage_is_retried_and_leaves_the_sheet_whole(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    kind: str,
    operation: str,
    is_first: bool,
) -> None:
    """A short one within the call; where the reading fails, by the next delivery."""
    if not is_first:
        written(sheet)
    sheets.calls.inject(Fault(operation=operation, kind=kind))
    event = EVENT if is_first else LATER
    if operation == READ:
        with pytest.raises(SheetsUnavailable):
            written(sheet, event)
    assert written(sheet, event).outcome == "written"
    assert commits(sheet) == [3 if is_first else 4]


@pytest.mark.parametrize("kind", ["timeout_after_write", "error_after_write"])
@pytest.mark.parametrize("is_first", [True, False], ids=["first event", "later event"])
def test_a_write_that_went_through_without_an_answer_is_found_out(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
    kind: str,
    is_first: bool,
) -> None:
    """The next reading shows it: nothing is written twice, and the event is done."""
    if not is_first:
        written(sheet)
    before = sheets.version(spreadsheet_id)
    sheets.calls.inject(Fault(operation=WRITE, kind=kind))
    assert written(sheet, EVENT if is_first else LATER).outcome == "written"
    assert sheets.version(spreadsheet_id) == before + 1
    assert commits(sheet) == [3 if is_first else 4]


@pytest.mark.parametrize("kind", ["503", "timeout_before_write"])
def test_an_outage_that_lasts_is_left_to_the_next_delivery(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    kind: str,
) -> None:
    """The tries are bounded; then the message goes back to the topic."""
    sheets.calls.inject(Fault(operation=WRITE, kind=kind, times=None))
    before = sheets.calls.count(WRITE)
    with pytest.raises(SheetsUnavailable):
        written(sheet)
    assert 2 <= sheets.calls.count(WRITE) - before <= 10
    sheets.calls.clear_faults()
    assert written(sheet).outcome == "written"


def test_a_service_that_does_not_answer_is_not_waited_for(
    sheets: SheetsEmulator,
    spreadsheet_id: str,
) -> None:
    """gspread has no timeout of its own; ours ends the call, and the delivery comes again."""
    host = sheets.url.removeprefix("http://")
    with_short_timeout = open_sheet(spreadsheet_id, emulator_host=host, timeout_seconds=(5, 0.1))
    sheets.slow_seconds = MOST_SECONDS
    sheets.calls.inject(Fault(operation=READ, kind="slow"))
    with pytest.raises(SheetsUnavailable, match="Timeout"):
        written(with_short_timeout)
    with_short_timeout.close()


@pytest.mark.parametrize("operation", [READ, WRITE])
def test_a_used_up_quota_is_left_to_the_next_delivery(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    operation: str,
) -> None:
    """Trying again at once would only use more of it."""
    sheets.calls.inject(Fault(operation=operation, kind="429"))
    before = sheets.calls.count(WRITE)
    with pytest.raises(QuotaExceeded):
        written(sheet)
    assert sheets.calls.count(WRITE) - before <= 1


def test_a_sheet_that_is_not_shared_says_with_whom_to_share(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
) -> None:
    """Never works, until somebody presses Share; then the next delivery does."""
    sheets.unshare(spreadsheet_id)
    with pytest.raises(SheetNotShared, match=r"add .* as Editor"):
        written(sheet)
    sheets.share(spreadsheet_id)
    assert written(sheet).outcome == "written"


def test_a_reader_who_may_not_write_is_told_the_same(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
) -> None:
    """A viewer can read; the refusal comes with the batch."""
    sheets.calls.inject(Fault(operation=WRITE, kind="403"))
    with pytest.raises(SheetNotShared):
        written(sheet)


def test_an_id_that_no_spreadsheet_has_is_told(sheets: SheetsEmulator) -> None:
    """Never works: SHEET_ID is wrong."""
    opened = open_sheet("no-such-id", emulator_host=sheets.url.removeprefix("http://"))
    with pytest.raises(SheetNotFound, match="SHEET_ID"):
        written(opened)
    opened.close()


def test_a_protection_against_this_program_is_named(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
) -> None:
    """Never works: the message names the tab and where to remove the protection."""
    written(sheet)
    sheets.protect(spreadsheet_id, {"sheetId": Tab.DATA.sheet_id}, description="mine")
    with pytest.raises(SheetProtected, match=r"'data'.*mine"):
        written(sheet, LATER)


def test_a_protection_that_the_request_does_not_touch_explains_nothing(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
) -> None:
    """The range that is touched is named, whatever else is protected."""
    written(sheet)
    data = {"sheetId": Tab.DATA.sheet_id, "startColumnIndex": 2, "endColumnIndex": 3}
    sheets.protect(spreadsheet_id, {"sheetId": Tab.MONTHS.sheet_id}, description="other")
    sheets.protect(spreadsheet_id, {**data, "startRowIndex": 40}, description="below")
    sheets.protect(spreadsheet_id, data, description="mine")
    with pytest.raises(SheetProtected, match=r"C:C of the tab 'data'.*mine"):
        written(sheet, LATER)


def test_an_uploaded_excel_file_is_told_as_such(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
) -> None:
    """Never works, until it is saved as Google Sheets; the doctor says the same."""
    sheets.store_as_office_file(spreadsheet_id)
    with pytest.raises(NotASpreadsheet, match="Save as Google Sheets"):
        written(sheet)
    [finding] = inspect_sheet(sheet)
    assert "Excel" in finding.words
    assert "Save as Google Sheets" in finding.fix
    sheets.save_as_google_sheets(spreadsheet_id)
    assert written(sheet).outcome == "written"


@pytest.mark.parametrize(
    "used",
    [
        {"updateCells": {"start": {"sheetId": 0}, "rows": [{"values": [{"note": "mine"}]}],
                         "fields": "note"}},
        {"addProtectedRange": {"protectedRange": {"range": grid(0, 2, 0, 1)}}},
        {"addNamedRange": {"namedRange": {"name": "mine", "range": grid(0, 2, 0, 1)}}},
        {"mergeCells": {"range": grid(0, 2, 0, 2), "mergeType": "MERGE_ALL"}},
        {"setBasicFilter": {"filter": {"range": grid(0, 2, 0, 2)}}},
    ],
    ids=lambda used: next(iter(used)),
)  # fmt: skip
def test_a_first_tab_that_somebody_used_stays(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
    used: dict[str, object],
) -> None:
    """Also where no cell of it has a value."""
    title = spreadsheet.sheet1.title
    spreadsheet.batch_update({"requests": [used]})
    written(sheet)
    assert title in [tab.title for tab in spreadsheet.worksheets()]


def test_an_empty_first_tab_goes(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """A new spreadsheet's own tab, whatever its language calls it."""
    title = spreadsheet.sheet1.title
    written(sheet)
    assert title not in [tab.title for tab in spreadsheet.worksheets()]


def test_a_zone_that_google_does_not_take_stops_nothing(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
) -> None:
    """Not even the very first layout."""
    sheets.refuse_time_zones("Asia/Tokyo")
    told = [(p.kind, p.found) for p in written(sheet).problems]
    assert told == [(ProblemKind.REFUSED, "time zone")]
    assert commits(sheet) == [3]
    [finding] = [found for found in inspect_sheet(sheet) if found.subject == "refused"]
    assert "time zone" in finding.words


@pytest.mark.parametrize("kind", ["stale", "torn"])
def test_a_reading_of_another_time_is_noticed(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    kind: str,
) -> None:
    """Older cells, with or without the newest mark: nothing that they lack is written over."""
    written(sheet)
    written(sheet, window_event({(TODAY, "me/app"): 3, (TODAY, "me/lib"): 5}, collected_at=at(0.5)))
    sheets.calls.inject(Fault(operation=READ, kind=kind))
    written(sheet, window_event({(TODAY, "me/new"): 1}, since=TODAY, collected_at=at(1),
                                unknown=["me/app", "me/lib"]))  # fmt: skip
    assert sorted(commits(sheet)) == [1, 3, 5]


def test_a_full_spreadsheet_is_told_by_its_size(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Never works: there is no room for the tabs among ten million cells."""
    spreadsheet.sheet1.resize(cols=1)
    spreadsheet.sheet1.resize(rows=9_999_900)
    spreadsheet.sheet1.update_acell("A1", "mine")
    with pytest.raises(SheetFull, match="10,000,000"):
        written(sheet)


def test_a_look_that_is_refused_does_not_stop_the_counts(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Something foreign has the id of our filter view: the counts are written, and it is told."""
    spreadsheet.sheet1.update_acell("A1", "mine")
    view = {"filterViewId": FILTER_VIEW_ID, "title": "mine", "range": grid(0, 1, 0, 1)}
    spreadsheet.batch_update({"requests": [{"addFilterView": {"filter": view}}]})
    told = [(p.kind, p.found) for p in written(sheet).problems]
    assert told == [(ProblemKind.REFUSED, "format data")]
    assert commits(sheet) == [3]


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, {}, SheetRefused),
        (401, {}, CredentialsRefused),
        (403, {}, SheetNotShared),
        (403, {"details": [{"reason": "SERVICE_DISABLED"}]}, SheetsApiDisabled),
        (403, {"details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}, ScopeMissing),
        (404, {}, SheetNotFound),
        (408, {}, SheetsUnavailable),
        (409, {}, SheetsUnavailable),
        (413, {}, SheetRefused),
        (429, {}, QuotaExceeded),
        (500, {}, SheetsUnavailable),
        (502, {}, SheetsUnavailable),
        (599, {}, SheetsUnavailable),
    ],
)
def test_status_codes_alone_decide_what_an_answer_means(
    status: int, error: dict[str, object], kind: type[RetryLater | NeverWorks]
) -> None:
    """Whatever the message says; it is quoted for people only."""
    body = {"error": {"message": "quota protected not found", **error}}
    found = failure(Answer(status=status, body=body), spreadsheet_id="id", address="a@b")
    assert type(found) is kind


def test_the_address_to_share_with_is_named_where_it_is_known() -> None:
    """The one thing that people ask: with whom?"""
    found = failure(Answer(status=403, body={}), spreadsheet_id="id", address="robot@p.iam")
    assert "add robot@p.iam as Editor" in str(found)


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, {}), (403, {"details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]})],
)
def test_the_advised_login_asks_for_the_scope_of_sheets(
    status: int, error: dict[str, object]
) -> None:
    """Without `--scopes` the login ends in the next refusal; sharing again would not help."""
    answer = Answer(status=status, body={"error": error})
    words = str(failure(answer, spreadsheet_id="id", address="a@b"))
    assert "--scopes=" in words
    assert all(scope in words for scope in SCOPES)
    assert "Editor" not in words


def test_without_credentials_the_advised_login_asks_for_the_scope_of_sheets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A key file that is none: the same advice, before any request is sent."""
    key = tmp_path / "key.json"
    key.write_text("{}")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    with pytest.raises(CredentialsRefused, match=r"--scopes=\S*auth/spreadsheets"):
        open_sheet("id")


def test_the_services_waiting_time_is_passed_on() -> None:
    """Retry-After in seconds; anything else is ignored."""
    start = datetime.now(UTC)
    told = failure(Answer(status=429, body={}, retry_after="30"), spreadsheet_id="id", address=None)
    assert isinstance(told, RetryLater)
    assert told.retry_at is not None
    assert (told.retry_at - start).total_seconds() >= 30
    untold = failure(
        Answer(status=503, body={}, retry_after="soon"), spreadsheet_id="id", address=None
    )
    assert isinstance(untold, RetryLater)
    assert untold.retry_at is None


def test_the_whole_address_serves_as_an_id() -> None:
    """People copy what their browser shows."""
    address = "https://docs.google.com/spreadsheets/d/1AbC_d-9/edit?gid=0#gid=0"
    assert id_in_address(address) == "1AbC_d-9"
    assert id_in_address("1AbC_d-9") == "1AbC_d-9"
