"""Translates an answer that is no success into this step's errors, by status code alone;
and says why a batch is refused (400) although no other writer came between.

The message of a 400 is for people only, so its cause is looked for in what was read: a protection
that shuts this caller out, or a spreadsheet that has no room.

https://developers.google.com/workspace/sheets/api/troubleshoot-api-errors
https://support.google.com/drive/answer/37603
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from commit_counts.errors import DashboardError, NeverWorks
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
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import Snapshot
from write_sheet.sheets_api.structure import GridRange, Structure, TabStructure
from write_sheet.sheets_api.tab import TAB_OF_ID, Tab

CELL_LIMIT = 10_000_000

# Without `--scopes` the login does not ask for Sheets, and with it for nothing but what is named.
SIGN_IN = (
    "gcloud auth application-default login --scopes="
    "https://www.googleapis.com/auth/cloud-platform,https://www.googleapis.com/auth/spreadsheets"
)
_LONGEST_WORDS = 300
_ID_IN_ADDRESS = re.compile(r"/spreadsheets/d/([A-Za-z0-9_-]+)")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back instead of a success.

    body: the parsed JSON; empty where it was none.
    retry_after: the header's seconds, where there was one.
    """

    status: int
    body: Mapping[str, Any]
    retry_after: str | None = None

    def words(self) -> str:
        """The service's own words, for people."""
        words = str(self._error().get("message", "")) or "no explanation"
        return words[:_LONGEST_WORDS]

    def reasons(self) -> frozenset[str]:
        """The machine-readable reasons (`google.rpc.ErrorInfo`)."""
        details = self._error().get("details")
        listed = details if isinstance(details, list) else []
        return frozenset(str(item.get("reason")) for item in listed if isinstance(item, dict))

    def is_office_file(self) -> bool:
        """Whether the id is that of an uploaded Excel file, which the API does not open."""
        return self.status == 400 and self._error().get("status") == "FAILED_PRECONDITION"

    def _error(self) -> Mapping[str, Any]:
        error = self.body.get("error")
        return error if isinstance(error, dict) else {}


def failure(answer: Answer, *, spreadsheet_id: str, address: str | None) -> DashboardError:
    """The error to raise; a 400 becomes SheetRefused, whose cause only a new reading shows."""
    status = answer.status
    if status == 429:
        return QuotaExceeded(
            "the Sheets API's quota of requests per minute is used up (429); trying again later",
            retry_at=_retry_at(answer),
        )
    if status >= 500 or status in (408, 409):
        return SheetsUnavailable(
            f"the Sheets API answers {status} ({answer.words()}); trying again later",
            retry_at=_retry_at(answer),
        )
    if status == 403 and "SERVICE_DISABLED" in answer.reasons():
        return SheetsApiDisabled(
            "the Google Sheets API is not enabled in this Google Cloud project",
            fix="enable it (gcloud services enable sheets.googleapis.com)",
        )
    if status == 403 and "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in answer.reasons():
        return ScopeMissing(
            "these credentials are not allowed to use Google Sheets (403, "
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT)",
            fix=f"sign in with {SIGN_IN}",
        )
    if status == 403:
        return not_shared(spreadsheet_id, address)
    if answer.is_office_file():
        return NotASpreadsheet(
            f"the file {spreadsheet_id!r} is an uploaded Excel file, and no Google Sheet",
            fix="open it, choose File, Save as Google Sheets, and set SHEET_ID to the new one's id",
        )
    if status == 404:
        return SheetNotFound(
            f"no spreadsheet has the id {spreadsheet_id!r}",
            fix="set SHEET_ID to the part of its address between /d/ and /edit",
        )
    if status == 401:
        return CredentialsRefused(
            f"Google does not accept these credentials (401: {answer.words()})",
            fix=f"sign in again ({SIGN_IN}), or check the function's service account",
        )
    return SheetRefused(f"the Sheets API refuses the request ({status}): {answer.words()}")


def explain_refusal(
    reason: str,
    snapshot: Snapshot,
    requests: Iterable[Request],
    structure: Structure,
    *,
    address: str | None,
) -> NeverWorks:
    """The error to raise.

    reason: the service's words. structure: of the spreadsheet, to which they were not applied.
    """
    who = address or "the account that this program runs as"
    requests = list(requests)
    for tab, area in filter(None, map(_touched, requests)):
        state = structure.tabs.get(tab, TabStructure())
        for protection in state.protections:
            if protection.touches(area):
                return SheetProtected(
                    f"{protection.place()} of the tab {structure.titles[tab.sheet_id]!r} is "
                    f"protected against {who} ({protection.description})",
                    fix=f"open Data, Protect sheets and ranges, and remove it or add {who}",
                )
    added = sum(_added_cells(request, snapshot) for request in requests)
    cell_count = structure.cell_count
    if cell_count + added > CELL_LIMIT:
        return SheetFull(
            f"the spreadsheet has {cell_count:,} cells and needs {added:,} more, of "
            f"{CELL_LIMIT:,} that one may have",
            fix="delete tabs, or empty rows and columns, of it",
        )
    return SheetRefused(
        f"the Sheets API refuses the change of {snapshot.title!r}: {reason}",
        fix="undo the last change by hand (File, Version history) or use a new spreadsheet",
    )


def not_shared(spreadsheet_id: str, address: str | None) -> SheetNotShared:
    """The spreadsheet exists, and this caller may not open or change it."""
    who = address or "the account that this program runs as"
    return SheetNotShared(
        f"the spreadsheet {spreadsheet_id!r} is not shared with {who}",
        fix=f"open it, press Share, and add {who} as Editor",
    )


def id_in_address(text: str) -> str:
    """The spreadsheet's id, also where the person gave the whole address from the browser."""
    found = _ID_IN_ADDRESS.search(text)
    return found[1] if found else text


def _retry_at(answer: Answer) -> datetime | None:
    seconds = answer.retry_after or ""
    return datetime.now(UTC) + timedelta(seconds=int(seconds)) if seconds.isdecimal() else None


def _touched(request: Request) -> tuple[Tab, GridRange] | None:
    """The area that a request changes, and its tab; None where it changes no cells of ours."""
    ((_, body),) = request.items()
    if not isinstance(body, dict):
        return None
    area = body.get("range") or _written(body)
    tab = TAB_OF_ID.get(area.get("sheetId", 0))
    return None if tab is None else (tab, _lines_of(area))


def _written(body: dict[str, Any]) -> GridRange:
    """What `updateCells` writes from its start on."""
    start, rows = body.get("start", {}), body.get("rows", ())
    if not start:
        return {}
    width = max((len(row["values"]) for row in rows), default=0)
    top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
    return {
        "sheetId": start["sheetId"],
        "startRowIndex": top,
        "endRowIndex": top + len(rows),
        "startColumnIndex": left,
        "endColumnIndex": left + width,
    }


def _lines_of(area: GridRange) -> GridRange:
    """A range of whole rows or columns as a GridRange."""
    if "dimension" not in area:
        return area
    side = "Row" if area["dimension"] == "ROWS" else "Column"
    return {f"start{side}Index": area["startIndex"], f"end{side}Index": area["endIndex"]}


def _added_cells(request: Request, snapshot: Snapshot) -> int:
    match request:
        case {"addSheet": {"properties": {"gridProperties": {"rowCount": int(rows), **size}}}}:
            width = size["columnCount"]
            return rows * width if isinstance(width, int) else 0
        case {"appendDimension": {"sheetId": int(number), "length": int(length)}}:
            state = snapshot.tabs.get(TAB_OF_ID[number])
            return length * (state.column_count if state else TAB_OF_ID[number].width)
    return 0
