"""Why the service refuses a batch although no other writer came between.

The message of a 400 is for people only, so the cause is looked for in what was read: a protection
that shuts this caller out, or a spreadsheet that has no room.
https://support.google.com/drive/answer/37603
"""

from collections.abc import Iterable

from commit_counts.errors import NeverWorks
from write_sheet.errors import SheetFull, SheetProtected, SheetRefused
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import Snapshot
from write_sheet.sheets_api.structure import Outline
from write_sheet.sheets_api.tab import TAB_OF_ID

CELL_LIMIT = 10_000_000


def explain_refusal(
    reason: str,
    snapshot: Snapshot,
    requests: Iterable[Request],
    outline: Outline,
    *,
    address: str | None,
) -> NeverWorks:
    """The error to raise.

    reason: the service's words. outline: of the spreadsheet, to which they were not applied.
    """
    who = address or "the account that this program runs as"
    for tab, state in outline.tabs.items():
        if state.protected_by_others is not None:
            return SheetProtected(
                f"the tab {outline.titles[tab.sheet_id]!r} is protected against {who} "
                f"({state.protected_by_others}): open Data, Protect sheets and ranges, and remove "
                f"it or add {who}"
            )
    added = sum(_added_cells(request, snapshot) for request in requests)
    cell_count = outline.cell_count
    if cell_count + added > CELL_LIMIT:
        return SheetFull(
            f"the spreadsheet has {cell_count:,} cells and needs {added:,} more, of "
            f"{CELL_LIMIT:,} that one may have: delete tabs, or empty rows and columns, of it"
        )
    return SheetRefused(
        f"the Sheets API refuses the change of {snapshot.title!r}: {reason}; undo the last change "
        "by hand (File, Version history) or use a new spreadsheet"
    )


def _added_cells(request: Request, snapshot: Snapshot) -> int:
    match request:
        case {"addSheet": {"properties": {"gridProperties": {"rowCount": int(rows), **size}}}}:
            width = size["columnCount"]
            return rows * width if isinstance(width, int) else 0
        case {"appendDimension": {"sheetId": int(number), "length": int(length)}}:
            state = snapshot.tabs.get(TAB_OF_ID[number])
            return length * (state.column_count if state else TAB_OF_ID[number].width)
    return 0
