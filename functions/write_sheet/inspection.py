"""Looks at the Sheet without changing it, and says what is wrong and how to fix it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from commit_counts import inspection
from commit_counts.errors import DashboardError, NeverWorks
from write_sheet.dashboard.layout import LAYOUT_VERSION
from write_sheet.dashboard.settings_tab import read_settings_tab
from write_sheet.errors import ColumnsLost
from write_sheet.history.preferences import Preferences
from write_sheet.plan import refused_parts
from write_sheet.settings import read_settings
from write_sheet.sheets_api.client import open_sheet
from write_sheet.sheets_api.port import Spreadsheet
from write_sheet.sheets_api.snapshot import Snapshot
from write_sheet.sheets_api.structure import Structure
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.read import read_days_table, read_state


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    is_well: whether it is as it should be. fix: what to do where it is not.
    """

    subject: str
    is_well: bool
    words: str
    fix: str = ""


def inspect(environment: Mapping[str, str]) -> Iterator[inspection.Finding]:
    """One reading of the Sheet that this step's environment variables name."""
    if not environment.get("SHEET_ID", "").strip():
        yield inspection.note("Sheet", "no SHEET_ID: `./dev up` writes a local Sheet instead")
        return
    try:
        settings = read_settings(environment)
        host, language = settings.emulator_host, settings.language
        sheet = open_sheet(settings.sheet_id, emulator_host=host, language=language)
        try:
            found = inspect_sheet(sheet, zone=settings.zone)
        finally:
            sheet.close()
    except DashboardError as error:
        yield inspection.fault_of("Sheet", error)
        return
    for finding in found:
        subject = f"Sheet, {finding.subject}"
        if finding.is_well:
            yield inspection.good(subject, finding.words)
        else:
            yield inspection.fault(subject, finding.words, finding.fix)


def inspect_sheet(sheet: Spreadsheet, *, zone: ZoneInfo | None = None) -> list[Finding]:
    """Every finding, the good ones too; nothing is written.

    zone: the person's, where it is known. Raises RetryLater where the service cannot be reached.
    """
    try:
        snapshot, structure = sheet.read(), sheet.structure()
    except NeverWorks as error:
        return [_not_shared(error)]
    account = sheet.address
    shared = f"{snapshot.title!r} can be read" + (f" by {account}" if account else "")
    return [
        Finding(subject="sharing", is_well=True, words=shared),
        *_protections(structure, account),
        _layout(snapshot),
        *_columns(snapshot),
        *_refused(snapshot),
        *_settings(snapshot),
        *_zone(snapshot, zone),
    ]


def _not_shared(error: DashboardError) -> Finding:
    return Finding(subject="sharing", is_well=False, words=error.problem, fix=error.fix or "")


def _protections(structure: Structure, account: str | None) -> list[Finding]:
    who = account or "the account that this program runs as"
    findings = [
        Finding(
            subject="protection",
            is_well=False,
            words=f"{protection.place()} of {structure.titles[tab.sheet_id]!r} is protected "
            f"({protection.description})",
            fix=f"open Data, Protect sheets and ranges, and remove it or add {who}",
        )
        for tab, state in structure.tabs.items()
        for protection in state.protections
    ]
    if any(state.is_read_only for state in structure.tabs.values()):
        words = f"{who} may read the spreadsheet and not change it"
        fix = f"open it, press Share, and make {who} an Editor"
        findings.append(Finding(subject="sharing", is_well=False, words=words, fix=fix))
    return findings


def _layout(snapshot: Snapshot) -> Finding:
    if snapshot.layout_version is None:
        words = "not made yet: the first event makes it"
        return Finding(subject="layout", is_well=True, words=words)
    missing = [tab.title for tab in Tab if tab not in snapshot.tabs]
    if missing:
        words = f"the tabs {', '.join(missing)} were deleted"
        fix = "the next event makes them anew; the data comes back with a backfill"
        return Finding(subject="layout", is_well=False, words=words, fix=fix)
    if snapshot.layout_version > LAYOUT_VERSION:
        words = f"version {snapshot.layout_version}, newer than this program's {LAYOUT_VERSION}"
        return Finding(subject="layout", is_well=False, words=words, fix="update this program")
    words = f"version {snapshot.layout_version}"
    if snapshot.layout_version < LAYOUT_VERSION:
        words += f"; the next event upgrades it to {LAYOUT_VERSION}"
    return Finding(subject="layout", is_well=True, words=words)


def _columns(snapshot: Snapshot) -> list[Finding]:
    try:
        known = read_state(snapshot)
    except ColumnsLost as error:
        return [Finding(subject="data", is_well=False, words=error.problem, fix=error.fix or "")]
    problems = [str(problem) for problem in known.rows.problems if not problem.repaired]
    problems += [f"{day}: changed by hand" for day in sorted(known.expected)]
    if not problems:
        rows = known.rows.count()
        return [Finding(subject="data", is_well=True, words=f"{rows} rows, all readable")]
    fix = "collect these days again (collect --since --until --publish)"
    return [Finding(subject="data", is_well=False, words=f, fix=fix) for f in problems]


def _refused(snapshot: Snapshot) -> list[Finding]:
    """What is left out for a day since the service refused it."""
    metadata = read_days_table(snapshot.grid(Tab.DAYS)).metadata
    return [
        Finding(
            subject="refused",
            is_well=False,
            words=f"{name}: {told.partition(' ')[2]} (at {told.partition(' ')[0]})",
            fix="remove what stands in the way (merged cells, a filter, a protection); it is tried "
            "once a day",
        )
        for name, told in sorted(refused_parts(metadata).items())
    ]


def _settings(snapshot: Snapshot) -> list[Finding]:
    read = read_settings_tab(snapshot.grid(Tab.SETTINGS), Preferences())
    return [
        Finding(
            subject="settings",
            is_well=False,
            words=f"row {row + 1} of the tab Settings holds {found!r}",
            fix="choose one of the values that its cell offers",
        )
        for row, found in sorted(read.bad.items())
    ]


def _zone(snapshot: Snapshot, zone: ZoneInfo | None) -> list[Finding]:
    words = f"locale {snapshot.locale}, time zone {snapshot.time_zone}"
    names = (zone.key, f"Etc/{zone.key}") if zone else (snapshot.time_zone,)
    if zone is not None and snapshot.tabs and snapshot.time_zone not in names:
        fix = f"the next event sets it, if it names {zone.key}; else correct TIME_ZONE"
        words += f", and TIME_ZONE is {zone.key}"
        return [Finding(subject="locale", is_well=False, words=words, fix=fix)]
    return [Finding(subject="locale", is_well=True, words=words)]
