"""Makes the tabs, and formats them: sizes, merges, colour rules, the chart. No values.

Everything has a fixed id, so that a second writer that makes the layout at the same time is refused
as a whole. An upgrade formats the same tabs anew, and moves down what stands below the cards where
they need more rows; the person's settings, tabs and cells beside ours are not touched.
"""

from collections.abc import Collection, Iterable

from write_sheet.dashboard.labels import LANGUAGES, Labels
from write_sheet.dashboard.months import format_months
from write_sheet.dashboard.settings_tab import format_settings
from write_sheet.dashboard.today.page import TODAY_PAGE
from write_sheet.history.problems import Problem, ProblemKind
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import FORMAT, Part, Request
from write_sheet.sheets_api.snapshot import LAYOUT_KEY, Snapshot, TabState
from write_sheet.sheets_api.structure import Structure
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.format import FILTER_VIEW_ID, PROTECTION_IDS, format_data, format_days

LAYOUT_VERSION = 3
LAYOUT_METADATA_ID = 726_100
_LOCALES = {"ja": "ja_JP"}
# The tabs whose every cell has its place, and which do not grow.
_FIXED = (Tab.TODAY, Tab.MONTHS, Tab.SETTINGS)
# How many rows older layouts took of the tab `Today`. What stands below them is the person's.
_TODAY_ROWS = {1: 58}
_SPARE_ROWS = 6


def titles_of(snapshot: Snapshot, language: str) -> dict[Tab, str]:
    """What each tab is called, or will be: by the person, else in the language of the others."""
    made = words_of(snapshot, language).titles
    return {tab: snapshot.tabs[tab].title if tab in snapshot.tabs else made[tab] for tab in Tab}


def words_of(snapshot: Snapshot, language: str) -> Labels:
    """In which language tabs are made, and their headers: that of those that are there, else
    `language`. What a Sheet has stays, since people's formulas name it.
    """
    for labels in LANGUAGES.values():
        if any(state.title == labels.titles[tab] for tab, state in snapshot.tabs.items()):
            return labels
    return LANGUAGES[language]


def is_outdated(snapshot: Snapshot) -> bool:
    """Whether an older program made the layout; a newer one's is not taken back.

    Tabs without a version have lost it, and may be of any age.
    """
    if snapshot.layout_version is None:
        return bool(snapshot.tabs)
    return snapshot.layout_version < LAYOUT_VERSION


def unformatted_tabs(snapshot: Snapshot, refused: Collection[str]) -> list[Tab]:
    """The tabs to format; for those that are there already their structure must be known.

    refused: names of the parts that were refused and are to be tried again.
    """
    if snapshot.layout_version is None:
        return list(Tab)
    # What stands on the hidden tab `days` is formatted by whoever puts it there.
    old = [tab for tab in Tab if tab is not Tab.DAYS] if is_outdated(snapshot) else []
    due = {*old, *_cut_tabs(snapshot)}
    return [
        tab for tab in Tab if tab not in snapshot.tabs or tab in due or _format_name(tab) in refused
    ]


def free_rows(snapshot: Snapshot, noted: str | None) -> int:
    """How many rows from the top of `Today` are for our cards; what stands below is the person's.

    noted: what was written down when room was made the last time.
    """
    if noted is not None and noted.isdecimal():
        return int(noted)
    if Tab.TODAY not in snapshot.tabs:
        return TODAY_PAGE.rows
    return _TODAY_ROWS.get(snapshot.layout_version or 0, TODAY_PAGE.rows)


def room_requests(snapshot: Snapshot, free: int) -> list[Request]:
    """Make room on `Today` for the cards of this layout above the person's own rows, once."""
    built, more = list[Request](), TODAY_PAGE.rows - free
    if Tab.TODAY in _cut_tabs(snapshot):
        built += _regrown(Tab.TODAY, snapshot.tabs[Tab.TODAY], snapshot.layout_version)
    if more > 0:
        built.append(requests.insert_rows(Tab.TODAY, free, more))
    return built


def tab_requests(snapshot: Snapshot, *, language: str) -> list[Request]:
    """What makes the tabs that are missing, and sets up a new spreadsheet."""
    titles = titles_of(snapshot, language)
    built = [
        _add(tab, titles[tab], snapshot, index)
        for index, tab in enumerate(Tab)
        if tab not in snapshot.tabs
    ]
    if snapshot.disposable is not None:
        built.append({"deleteSheet": {"sheetId": snapshot.disposable}})
    if snapshot.layout_version is None and not snapshot.tabs:
        built.append(_spreadsheet_properties(_LOCALES.get(language)))
    return built


def format_parts(
    tabs: Collection[Tab], snapshot: Snapshot, structure: Structure | None
) -> list[Part]:
    """What formats these tabs, one part for each.

    structure: needed where one of the tabs is there already.
    """
    cut, is_new = {*_cut_tabs(snapshot)} - {Tab.TODAY}, snapshot.layout_version is None
    return [
        Part(
            _format_name(tab),
            [
                *(_regrown(tab, snapshot.tabs[tab], snapshot.layout_version) if tab in cut else ()),
                *_clear_format(tab, structure),
                *_format(tab, is_new=is_new or tab not in snapshot.tabs),
            ],
        )
        for tab in tabs
    ]


def version_requests(snapshot: Snapshot) -> list[Request]:
    """The metadata that say which layout this is, where they are not there."""
    is_there = snapshot.layout_version is not None and not is_outdated(snapshot)
    return [] if is_there else [_version_metadata(snapshot)]


def _format_name(tab: Tab) -> str:
    return FORMAT + tab.title


def _format(tab: Tab, *, is_new: bool) -> list[Request]:
    match tab:
        case Tab.TODAY:
            return TODAY_PAGE.format()
        case Tab.MONTHS:
            return format_months()
        case Tab.SETTINGS:
            return format_settings()
        case Tab.DATA:
            return format_data(is_new)
        case Tab.DAYS:
            return format_days()


def tab_problems(snapshot: Snapshot) -> list[Problem]:
    """The tabs that somebody deleted, or took rows or columns out of, since they were made."""
    if snapshot.layout_version is None:
        return []
    lost = [(ProblemKind.LOST_TAB, tab) for tab in Tab if tab not in snapshot.tabs]
    lost += [(ProblemKind.CUT_TAB, tab) for tab in _cut_tabs(snapshot)]
    problems = [Problem(kind=kind, repaired=True, found=tab.title) for kind, tab in lost]
    if Tab.DAYS not in snapshot.tabs and Tab.DATA in snapshot.tabs:
        problems.append(Problem(kind=ProblemKind.LOST_SOURCES, repaired=False))
    return problems


def _cut_tabs(snapshot: Snapshot) -> list[Tab]:
    """The tabs that are smaller than they were made: what follows the cut stands elsewhere."""
    sizes = {tab: snapshot.tabs[tab] for tab in _FIXED if tab in snapshot.tabs}
    return [
        tab
        for tab, size in sizes.items()
        if size.row_count < _rows(tab, snapshot.layout_version) or size.column_count < tab.width
    ]


def _rows(tab: Tab, version: int | None = None) -> int:
    """How many rows a tab has at its making, or had in the making of an older version."""
    if tab is not Tab.TODAY:
        return tab.rows
    return _TODAY_ROWS.get(version or LAYOUT_VERSION, TODAY_PAGE.rows) + _SPARE_ROWS


def _regrown(tab: Tab, size: TabState, version: int | None) -> list[Request]:
    rows, columns = _rows(tab, version) - size.row_count, tab.width - size.column_count
    built = [requests.append_rows(tab, rows)] if rows > 0 else []
    return built + ([requests.append_columns(tab, columns)] if columns > 0 else [])


def _add(tab: Tab, title: str, snapshot: Snapshot, index: int) -> Request:
    properties: dict[str, object] = {
        "sheetId": tab.sheet_id,
        "title": _free_title(title, snapshot.other_titles),
        "index": index,
        "gridProperties": {"rowCount": _rows(tab), "columnCount": tab.width},
    }
    if tab is Tab.DAYS:
        properties["hidden"] = True
    return {"addSheet": {"properties": properties}}


def _free_title(title: str, taken: Iterable[str]) -> str:
    """The title, or with a number behind it where the person has a tab of that name."""
    used = {name.casefold() for name in taken}
    number, free = 2, title
    while free.casefold() in used:
        number, free = number + 1, f"{title} {number}"
    return free


def _clear_format(tab: Tab, structure: Structure | None) -> list[Request]:
    """Take off what an older layout put on, where doubling it would be refused or seen."""
    state = structure.tabs.get(tab) if structure else None
    if state is None:
        return []
    own_rules = [
        place for place, ranges in enumerate(state.rules) if TODAY_PAGE.is_own_rule(ranges)
    ]
    built: list[Request] = [
        {"deleteConditionalFormatRule": {"sheetId": tab.sheet_id, "index": index}}
        for index in reversed(own_rules)
    ]
    built += [
        {"deleteEmbeddedObject": {"objectId": chart}}
        for chart in sorted(state.chart_ids & TODAY_PAGE.chart_ids)
    ]
    if FILTER_VIEW_ID in state.filter_view_ids:
        built.append({"deleteFilterView": {"filterId": FILTER_VIEW_ID}})
    built += [
        {"deleteProtectedRange": {"protectedRangeId": protection}}
        for protection in sorted(state.protection_ids & PROTECTION_IDS)
    ]
    if tab in _FIXED:
        built += _freed(tab)
    return built


def _freed(tab: Tab) -> list[Request]:
    """Take off what merging would be refused for: merges, a filter, frozen columns."""
    properties = {"sheetId": tab.sheet_id, "gridProperties": {"frozenColumnCount": 0}}
    unfreeze = {"properties": properties, "fields": "gridProperties.frozenColumnCount"}
    return [
        {"unmergeCells": {"range": requests.area(tab)}},
        {"clearBasicFilter": {"sheetId": tab.sheet_id}},
        {"updateSheetProperties": unfreeze},
    ]


def _spreadsheet_properties(locale: str | None) -> Request:
    """The Sheet looks at its clock every hour, so that an old update turns red by itself."""
    properties = {"autoRecalc": "HOUR"} | ({"locale": locale} if locale else {})
    body = {"properties": properties, "fields": ",".join(properties)}
    return {"updateSpreadsheetProperties": body}


def _version_metadata(snapshot: Snapshot) -> Request:
    if snapshot.layout_metadata_id is not None:
        lookup = {"developerMetadataLookup": {"metadataId": snapshot.layout_metadata_id}}
        return {
            "updateDeveloperMetadata": {
                "dataFilters": [lookup],
                "developerMetadata": {"metadataValue": str(LAYOUT_VERSION)},
                "fields": "metadataValue",
            }
        }
    metadata = {
        "metadataId": LAYOUT_METADATA_ID,
        "metadataKey": LAYOUT_KEY,
        "metadataValue": str(LAYOUT_VERSION),
        "location": {"spreadsheet": True},
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": metadata}}
