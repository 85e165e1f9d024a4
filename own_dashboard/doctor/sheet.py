"""Looks at the Sheet: sharing, protection, layout, columns, settings, locale."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from commit_counts.errors import DashboardError
from own_dashboard.doctor.findings import Finding, fault, fault_of, good, note
from write_sheet.inspection import inspect_sheet
from write_sheet.sheets_api.client import open_sheet

_SUBJECT = "Sheet"


def examine_sheet(
    sheet_id: str | None, emulator_host: str | None, zone: ZoneInfo
) -> Iterator[Finding]:
    """One reading of the Sheet; sheet_id is None where none is chosen."""
    if sheet_id is None:
        yield note(_SUBJECT, "no SHEET_ID: `./dev up` writes a local Sheet instead")
        return
    try:
        sheet = open_sheet(sheet_id, emulator_host=emulator_host)
        try:
            found = inspect_sheet(sheet, zone=zone)
        finally:
            sheet.close()
    except DashboardError as error:
        yield fault_of(_SUBJECT, error)
        return
    for finding in found:
        subject = f"{_SUBJECT}, {finding.subject}"
        if finding.is_well:
            yield good(subject, finding.words)
        else:
            yield fault(subject, finding.words, finding.fix)
