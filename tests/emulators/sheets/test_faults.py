"""The emulator fails as the service does: quota, sharing, broken answers, lost answers, a kill."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import gspread
import pytest
import requests

from emulators.faults import Fault
from emulators.sheets import SheetsEmulator
from emulators.sheets.service import Quota
from tests.support.processes import MOST_SECONDS, wait_until
from tests.support.sheets import applied, connected_client, grid, refused, running_sheets

WRITE = {
    "updateCells": {
        "range": grid(0, 1, 0, 1),
        "rows": [{"values": [{"userEnteredValue": {"stringValue": "written"}}]}],
        "fields": "userEnteredValue",
    }
}
WRITER = """
import sys
from pathlib import Path
from emulators.sheets import SheetsEmulator

sheets = SheetsEmulator(state=Path(sys.argv[1]))
sheets.create_spreadsheet("s", title="t")
sheets.start()
print(sheets.url, flush=True)
sys.stdin.read()
"""


def inject(sheets: SheetsEmulator, kind: str, operation: str = "spreadsheets.batchUpdate") -> None:
    """Order a fault for the next such call."""
    sheets.calls.inject(Fault(operation=operation, kind=kind))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("403", "PERMISSION_DENIED"),
        ("404", "NOT_FOUND"),
        ("429", "RESOURCE_EXHAUSTED"),
        ("500", "INTERNAL"),
        ("503", "UNAVAILABLE"),
    ],
)
def test_an_ordered_error_has_googles_shape_and_writes_nothing(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator, kind: str, status: str
) -> None:
    """Code, status and message; once, and then the same call succeeds."""
    inject(sheets, kind)
    version = sheets.version(spreadsheet.id)

    error = refused(spreadsheet, WRITE)

    assert (error["code"], error["status"]) == (int(kind), status)
    assert sheets.version(spreadsheet.id) == version
    applied(spreadsheet, WRITE)


def test_an_error_can_come_without_json(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """An HTML page from a front end: gspread knows only the status code."""
    inject(sheets, "html")
    with pytest.raises(gspread.exceptions.APIError) as caught:
        spreadsheet.batch_update({"requests": [WRITE]})

    assert caught.value.code == -1
    assert caught.value.response.status_code == 502


@pytest.mark.parametrize(
    ("kind", "written"), [("timeout_before_write", None), ("timeout_after_write", "written")]
)
def test_a_lost_connection_leaves_open_whether_it_was_written(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator, kind: str, written: str | None
) -> None:
    """No answer either way; the write is there or not."""
    inject(sheets, kind)
    with pytest.raises(requests.ConnectionError):
        spreadsheet.batch_update({"requests": [WRITE]})

    assert spreadsheet.sheet1.acell("A1").value == written


def test_an_error_can_follow_a_write_that_went_through(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """503 after applying."""
    inject(sheets, "error_after_write")

    assert refused(spreadsheet, WRITE)["code"] == 503
    assert spreadsheet.sheet1.acell("A1").value == "written"


def test_a_slow_call_outlasts_a_short_time_out(tmp_path: Path) -> None:
    """The caller's time-out ends the wait; the write comes through later."""
    with running_sheets(tmp_path) as sheets, connected_client(sheets.url) as client:
        sheets.create_spreadsheet("s", title="t")
        spreadsheet = client.open_by_key("s")
        sheets.slow_seconds = MOST_SECONDS
        version = sheets.version("s")
        inject(sheets, "slow")
        client.set_timeout(0.05)
        with pytest.raises(requests.ReadTimeout):
            spreadsheet.batch_update({"requests": [WRITE]})
        wait_until(lambda: sheets.calls.count("spreadsheets.batchUpdate"), "the call came")
        assert sheets.version("s") == version
        sheets.stop()  # which ends such a wait

    wait_until(lambda: sheets.version("s") == version + 1, "the write comes through")


def test_calls_are_counted_by_the_vendors_names(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """So that tests can say how many requests an event costs."""
    before = sheets.calls.count("values.get"), sheets.calls.count("spreadsheets.batchUpdate")
    spreadsheet.values_get("A1")
    applied(spreadsheet, WRITE)

    after = sheets.calls.count("values.get"), sheets.calls.count("spreadsheets.batchUpdate")
    assert after == (before[0] + 1, before[1] + 1)


def test_a_spreadsheet_that_is_not_shared_is_forbidden(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """403 for reading and writing until it is shared again."""
    sheets.unshare(spreadsheet.id)

    assert refused(spreadsheet, WRITE)["status"] == "PERMISSION_DENIED"
    with pytest.raises(gspread.exceptions.APIError, match="does not have permission"):
        spreadsheet.values_get("A1")
    sheets.share(spreadsheet.id)
    applied(spreadsheet, WRITE)


def test_the_quota_counts_reads_and_writes_apart_for_a_minute() -> None:
    """The call after the last allowed one is refused; a minute later there is room again."""
    now = [0.0]
    quota = Quota(clock=lambda: now[0])
    quota.per_minute = 2
    for _ in range(2):
        quota.spend("Read")
    quota.spend("Write")
    with pytest.raises(Exception, match="'Read requests per minute per user'"):
        quota.spend("Read")
    now[0] = 60.0
    quota.spend("Read")


def test_the_quota_can_be_switched_on(
    spreadsheet: gspread.Spreadsheet, sheets: SheetsEmulator
) -> None:
    """429 with the reason RATE_LIMIT_EXCEEDED."""
    sheets.quota.per_minute = 1
    applied(spreadsheet, WRITE)

    error = refused(spreadsheet, WRITE)
    assert error["code"] == 429
    assert error["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    """kill -9 amid writes: every file is whole, and holds every acknowledged write."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    with process, connected_client(process.stdout.readline().strip()) as client:  # type: ignore[union-attr]
        acknowledged = _write_until_lost(client.http_client, process.pid)

    with running_sheets(tmp_path) as sheets, connected_client(sheets.url) as client:
        (tab,) = client.http_client.spreadsheets_get("s", {"includeGridData": "true"})["sheets"]
        cell = tab["data"][0]["rowData"][0]["values"][0]
    assert acknowledged >= 10
    assert cell["userEnteredValue"]["numberValue"] in (acknowledged, acknowledged + 1)


def _write_until_lost(http: gspread.http_client.HTTPClient, pid: int) -> int:
    """Write 1, 2, 3, … into A1, from the tenth on amid a kill; the last acknowledged number."""
    number = 0
    killer = threading.Thread(target=os.kill, args=(pid, signal.SIGKILL))
    while True:
        if number == 10:
            killer.start()
        cell = {"userEnteredValue": {"numberValue": number + 1}}
        update: dict[str, Any] = {
            "updateCells": {**WRITE["updateCells"], "rows": [{"values": [cell]}]}
        }
        try:
            http.batch_update("s", {"requests": [update]})
        except requests.ConnectionError:
            killer.join()
            return number
        number += 1


def test_a_write_replaces_the_file_and_never_changes_it(tmp_path: Path) -> None:
    """Whoever has the old file open reads it whole to its end; no other file is left beside it."""
    with running_sheets(tmp_path) as sheets, connected_client(sheets.url) as client:
        sheets.create_spreadsheet("s", title="t")
        with (tmp_path / "s.json").open() as old:
            applied(client.open_by_key("s"), WRITE)
            assert json.load(old)["version"] == 1

    assert json.loads((tmp_path / "s.json").read_text())["version"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["s.json"]


def test_a_restart_shows_the_same_spreadsheet(tmp_path: Path) -> None:
    """Everything that a page draws is on disk, in one plain JSON file a spreadsheet."""
    red = {"backgroundColor": {"red": 1}}
    cells = [
        {"userEnteredValue": {"boolValue": True}, "note": "n"},
        {"userEnteredFormat": red},
        {"userEnteredValue": {"numberValue": 0.1}, "userEnteredFormat": red},
        {"userEnteredValue": {"formulaValue": "=A1"}, "userEnteredFormat": red},
    ]
    update = {"range": grid(1, 2, 1, 5), "rows": [{"values": cells}], "fields": "*"}
    pixels = {"range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 2, "endIndex": 3},
              "properties": {"pixelSize": 23}, "fields": "pixelSize"}  # fmt: skip
    with running_sheets(tmp_path) as sheets, connected_client(sheets.url) as client:
        sheets.create_spreadsheet("s", title="日本", time_zone="Asia/Tokyo", locale="ja_JP")
        spreadsheet = client.open_by_key("s")
        applied(spreadsheet, {"updateCells": update}, {"updateDimensionProperties": pixels})
        before, version = sheets.spreadsheet("s"), sheets.version("s")

    again = SheetsEmulator(state=tmp_path)
    again.create_spreadsheet("s", title="ignored: it is there already")
    assert again.spreadsheet("s") == before
    assert again.version("s") == version
    assert [path.name for path in tmp_path.iterdir()] == ["s.json"]
    assert json.loads((tmp_path / "s.json").read_text())["properties"]["title"] == "日本"
    again.stop()
