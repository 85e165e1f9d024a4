"""The making of the dashboard's tabs: once, in one batch, and upgraded without losing anything."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import gspread
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.sheets import SheetsEmulator
from tests.support.processes import MOST_SECONDS
from tests.support.sheets import grid
from tests.support.write_sheet import (
    TODAY,
    MemorySheet,
    at,
    cell_event,
    counts_on,
    new_workbook,
    place_of,
    window_event,
)
from write_sheet.dashboard.layout import LAYOUT_METADATA_ID
from write_sheet.dashboard.today.card import WIDTH
from write_sheet.dashboard.today.chart import CHART_ID
from write_sheet.dashboard.today.headline import HeadlineCard, NumberCard
from write_sheet.dashboard.today.heatmap import COLORS, HeatmapCard
from write_sheet.dashboard.today.page import TODAY_PAGE
from write_sheet.dashboard.today.ranking import RankingCard
from write_sheet.dashboard.today.tiles import StreaksCard, TotalsCard
from write_sheet.inspection import inspect_sheet
from write_sheet.sheets_api.client import GoogleSheet, open_sheet
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import AfterWrite
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import write

EVENT = window_event({(TODAY, "me/app"): 3}, unknown={"acme/secret": "no access: authorise it"})
BIG, TILE, HEATMAP = (
    place_of(card).row(row) for card, row in ((NumberCard, 0), (TotalsCard, 1), (HeatmapCard, 2))
)
TITLE, UPDATED_COLUMN = place_of(HeadlineCard).row(0), 8
# One for the age of the update, and one for each colour of the heatmap.
RULES = 1 + len(COLORS)
PHONE_PIXELS = 360
ROW_NUMBERS_PIXELS = 40


@pytest.fixture
def host(sheets: SheetsEmulator) -> str:
    return sheets.url.removeprefix("http://")


@pytest.fixture
def sheet(host: str, spreadsheet_id: str) -> Iterator[GoogleSheet]:
    opened = open_sheet(spreadsheet_id, emulator_host=host)
    yield opened
    opened.close()


def tab_of(sheets: SheetsEmulator, spreadsheet_id: str, tab: Tab) -> Mapping[str, Any]:
    """The whole resource of one of our tabs."""
    resource = sheets.spreadsheet(spreadsheet_id)
    [found] = [s for s in resource["sheets"] if s["properties"]["sheetId"] == tab.sheet_id]
    assert isinstance(found, dict)
    return found


def shown(tab: Mapping[str, Any], row: int, column: int) -> str:
    """What the person sees in a cell."""
    values = tab["data"][0]["rowData"][row].get("values", [])
    return str(values[column].get("formattedValue", "")) if column < len(values) else ""


def test_the_first_event_makes_the_tabs_in_one_write(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The empty tab of a new spreadsheet goes; `Today` is first, `days` is hidden."""
    before = sheets.version(spreadsheet_id)
    write(EVENT, sheet)
    assert sheets.version(spreadsheet_id) == before + 1
    titles = [(tab.title, tab.isSheetHidden) for tab in spreadsheet.worksheets()]
    visible = [("Today", False), ("Months", False), ("Settings", False), ("data", False)]
    assert titles == [*visible, ("days", True)]
    assert sheets.spreadsheet(spreadsheet_id)["properties"]["timeZone"] == "Asia/Tokyo"


def test_a_used_tab_is_kept(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The person may give a spreadsheet that is in use, even one with a tab named Today."""
    spreadsheet.sheet1.update_title("Today")
    spreadsheet.sheet1.update_acell("A1", "mine")
    write(EVENT, sheet)
    titles = [tab.title for tab in spreadsheet.worksheets()]
    assert titles == ["Today 2", "Months", "Settings", "data", "days", "Today"]
    assert spreadsheet.worksheet("Today").acell("A1").value == "mine"
    assert write(EVENT, sheet).outcome == "unchanged"


def test_two_functions_that_start_at_once_make_it_once(
    host: str,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
) -> None:
    """Both read an empty spreadsheet before either writes: the second is refused and merges."""
    both_read = threading.Barrier(2, timeout=MOST_SECONDS)

    class Waiting(GoogleSheet):
        has_waited = False

        def write(self, requests: list[Request], witnesses: Sequence[int] = ()) -> AfterWrite:
            if not self.has_waited:
                self.has_waited = True
                both_read.wait()
            return super().write(requests, witnesses)

    def deliver(repository: str) -> None:
        opened = open_sheet(spreadsheet_id, emulator_host=host)
        opened.__class__ = Waiting
        write(cell_event(TODAY, repository, 1), opened, pause=lambda _: None)
        opened.close()

    threads = [threading.Thread(target=deliver, args=(name,)) for name in ("a/a", "b/b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    opened = open_sheet(spreadsheet_id, emulator_host=host)
    found = counts_on(opened.read().grid(Tab.DATA))
    opened.close()
    assert found == {(TODAY, "a/a"): 1, (TODAY, "b/b"): 1}
    today = tab_of(sheets, spreadsheet_id, Tab.TODAY)
    assert [chart["chartId"] for chart in today["charts"]] == [CHART_ID]
    assert len(today["conditionalFormats"]) == RULES


def test_an_upgrade_keeps_what_the_person_set_and_added(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """An older layout is formatted anew in place: nothing is doubled, goal and own rules stay."""
    write(EVENT, sheet)
    before = tab_of(sheets, spreadsheet_id, Tab.TODAY)
    spreadsheet.worksheet("Settings").update([[12]], "B2")
    bold = {"textFormat": {"bold": True}}
    own_rule = {
        "ranges": [grid(0, 3, 0, 1, sheet_id=Tab.TODAY.sheet_id)],
        "booleanRule": {
            "condition": {"type": "NOT_BLANK"},
            "format": bold,
        },
    }
    older = {
        "dataFilters": [{"developerMetadataLookup": {"metadataId": LAYOUT_METADATA_ID}}],
        "developerMetadata": {"metadataValue": "0"},
        "fields": "metadataValue",
    }
    spreadsheet.batch_update(
        {"requests": [{"addConditionalFormatRule": {"rule": own_rule, "index": 0}},
                      {"updateDeveloperMetadata": older}]}
    )  # fmt: skip
    assert write(EVENT, sheet).outcome == "written"
    after = tab_of(sheets, spreadsheet_id, Tab.TODAY)
    assert len(after["charts"]) == 1
    assert len(after["merges"]) == len(before["merges"])
    assert len(after["conditionalFormats"]) == RULES + 1
    assert own_rule["ranges"] in [rule["ranges"] for rule in after["conditionalFormats"]]
    assert spreadsheet.worksheet("Settings").acell("B2").value == "12"
    assert shown(after, BIG, 7) == "Goal 12"
    assert write(EVENT, sheet).outcome == "unchanged"


def test_a_layout_that_lost_its_version_is_formatted_anew(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """As in a copy of the spreadsheet that came without it."""
    write(EVENT, sheet)
    lookup = {"developerMetadataLookup": {"metadataId": LAYOUT_METADATA_ID}}
    spreadsheet.batch_update({"requests": [{"deleteDeveloperMetadata": {"dataFilter": lookup}}]})
    assert write(EVENT, sheet).outcome == "written"
    assert len(tab_of(sheets, spreadsheet_id, Tab.TODAY)["charts"]) == 1
    assert write(EVENT, sheet).outcome == "unchanged"


def test_a_newer_layout_is_not_taken_back(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """An older program still running beside a newer one writes the data, and leaves the looks."""
    write(EVENT, sheet)
    newer = {
        "dataFilters": [{"developerMetadataLookup": {"metadataId": LAYOUT_METADATA_ID}}],
        "developerMetadata": {"metadataValue": "99"},
        "fields": "metadataValue",
    }
    spreadsheet.batch_update({"requests": [{"updateDeveloperMetadata": newer}]})
    write(window_event({(TODAY, "me/app"): 4}, collected_at=at(1)), sheet)
    assert sheet.read().layout_version == 99


def test_today_fits_a_phone(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
) -> None:
    """No sideways scrolling at 360 dp, and the essentials within half of its height."""
    write(EVENT, sheet)
    [data] = tab_of(sheets, spreadsheet_id, Tab.TODAY)["data"]
    widths = [column["pixelSize"] for column in data["columnMetadata"]]
    assert len(widths) == WIDTH
    assert sum(widths) + ROW_NUMBERS_PIXELS <= PHONE_PIXELS
    heights = [row["pixelSize"] for row in data["rowMetadata"]]
    assert sum(heights[: place_of(StreaksCard).row(2)]) <= 370
    for tab in (Tab.MONTHS, Tab.SETTINGS):
        [data] = tab_of(sheets, spreadsheet_id, tab)["data"]
        columns = sum(column["pixelSize"] for column in data["columnMetadata"])
        assert columns + ROW_NUMBERS_PIXELS <= PHONE_PIXELS


def test_unknown_is_blank_and_zero_is_zero(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
) -> None:
    """Yesterday has no commits; four days ago nobody has stated anything."""
    write(EVENT, sheet)
    today = tab_of(sheets, spreadsheet_id, Tab.TODAY)
    assert shown(today, BIG, 0) == "3"
    assert shown(today, TILE, 0) == "0"
    # 23 November is a Monday: the last column's first row, and the Sunday and Monday before it.
    last = WIDTH - 1
    week = [shown(today, HEATMAP + day, last - 1) for day in range(7)]
    assert week == ["", "", "", "", "", "0", "0"]
    assert shown(today, HEATMAP, last) == "3"


def test_what_could_not_be_read_is_said_with_its_reason(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The person sees why a number may be too small."""
    write(EVENT, sheet)
    lines = spreadsheet.worksheet("Today").col_values(1)
    assert lines[lines.index("Could not be read") + 1] == "acme/secret: no access: authorise it"


def test_the_update_time_stands_in_the_persons_zone_with_a_rule_for_its_age(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
) -> None:
    """Three hours later the cell turns red by itself; the Sheet's clock is the person's."""
    write(EVENT, sheet)
    today = tab_of(sheets, spreadsheet_id, Tab.TODAY)
    assert shown(today, TITLE, UPDATED_COLUMN) == "updated 23 Nov 12:00"
    formulas = [
        value["userEnteredValue"]
        for rule in today["conditionalFormats"]
        for value in rule["booleanRule"]["condition"]["values"]
    ]
    assert "=($I1>0)*(NOW()-$I1)*24>3" in formulas


@settings(max_examples=25)
@given(
    st.sets(
        st.one_of(
            st.sampled_from(
                ["=cmd()", "1/2", "+1", "-1", "@SUM(1)", "'quoted", "TRUE", "1e5", "007", "#REF!",
                 "2026-11-23", "日本/語", "🔑/👩‍💻", "a\u0301/b", "=\"x\"", "عربي/اسم"]
            ),
            st.from_regex(r"[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]{0,20}[^\s\x00-\x1f\x7f])?",
                          fullmatch=True),
        ),
        min_size=1,
        max_size=8,
    )
)  # fmt: skip
def test_names_of_any_kind_come_back_as_they_went_in(names: set[str]) -> None:
    """Text is text: nothing is taken for a formula, a date, a number or a truth value."""
    sheet = MemorySheet(new_workbook())
    counts = {(TODAY, name): 1 for name in names}
    write(window_event(counts), sheet)
    assert sheet.data() == counts
    write(window_event(counts, collected_at=at(1)), sheet)
    assert sheet.data() == counts


def test_names_of_any_kind_come_back_through_gspread(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """The same through sockets, read with the library that people use."""
    names = ["+1", "1/2", "=cmd()", "TRUE", "日本/🔑"]
    write(window_event({(TODAY, name): 2 for name in names}), sheet)
    records = spreadsheet.worksheet("data").get_all_records(
        numericise_ignore=["all"], expected_headers=["repository", "commits"]
    )
    assert sorted(str(record["repository"]) for record in records if record["commits"]) == names


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_tabs_are_made_in_the_persons_language(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
    language: str,
) -> None:
    """LANGUAGE names the first one; Japanese brings its locale, English keeps what is there."""
    write(EVENT, sheet, language=language)
    wanted = {"en": ("Mon 23 Nov 2026", "en_US"), "ja": ("2026/11/23(月)", "ja_JP")}
    today = tab_of(sheets, spreadsheet_id, Tab.TODAY)
    locale = sheets.spreadsheet(spreadsheet_id)["properties"]["locale"]
    assert (shown(today, TITLE, 0), locale) == wanted[language]


def test_titles_are_in_the_persons_language_on_a_new_sheet_only(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """A tab that is made again gets the language of those that are there, whatever is set now."""
    japanese = ["今日", "月と週", "設定", "データ", "日別(内部用)"]
    write(EVENT, sheet, language="ja")
    assert [tab.title for tab in spreadsheet.worksheets()] == japanese
    header = spreadsheet.worksheet("データ").row_values(1)
    assert header == ["日付", "リポジトリ", "コミット数", "集計日時"]
    spreadsheet.worksheet("データ").update([["件数"]], "C1")
    spreadsheet.worksheet("設定").update([["English"]], "B3", raw=True)
    spreadsheet.del_worksheet(spreadsheet.worksheet("月と週"))
    write(window_event({(TODAY, "me/app"): 4}, collected_at=at(1)), sheet)
    assert [tab.title for tab in spreadsheet.worksheets()] == japanese
    assert spreadsheet.worksheet("月と週").acell("A1").value == "Months"
    assert spreadsheet.worksheet("データ").row_values(1) == header
    assert spreadsheet.worksheet("データ").row_values(2)[1:3] == ["me/app", "4"]


def test_a_sheet_is_read_at_once_in_the_language_in_which_it_was_made(
    sheets: SheetsEmulator,
    host: str,
    spreadsheet_id: str,
) -> None:
    """Titles of another language are searched for, and then known."""
    opened = open_sheet(spreadsheet_id, emulator_host=host, language="ja")
    write(EVENT, opened, language="ja")
    opened.close()
    for language, readings in (("ja", 1), ("en", 3)):
        before = sheets.calls.count()
        opened = open_sheet(spreadsheet_id, emulator_host=host, language=language)
        opened.read()
        assert sheets.calls.count() - before == readings
        opened.read()
        assert sheets.calls.count() - before == readings + 1
        opened.close()


def test_an_english_sheet_keeps_its_titles_where_the_language_changes(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """People's formulas name them."""
    write(EVENT, sheet)
    spreadsheet.worksheet("Settings").update([["日本語"]], "B3", raw=True)
    spreadsheet.del_worksheet(spreadsheet.worksheet("Months"))
    write(window_event({(TODAY, "me/app"): 4}, collected_at=at(1)), sheet, language="ja")
    titles = [tab.title for tab in spreadsheet.worksheets()]
    assert titles == ["Today", "Months", "Settings", "data", "days"]
    assert spreadsheet.worksheet("Months").acell("A1").value == "月ごと"


def test_what_is_wrong_is_told_with_the_tabs_own_title(
    sheet: GoogleSheet,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """As the person calls it."""
    write(EVENT, sheet, language="ja")
    spreadsheet.worksheet("データ").update_title("記録")
    spreadsheet.worksheet("記録").update([["ordinary words"]], "A40", raw=True)
    write(window_event({(TODAY, "me/app"): 4}, collected_at=at(1)), sheet)
    said = spreadsheet.worksheet("今日").col_values(1)
    assert any(str(words).startswith("記録 40行目: 「ordinary words") for words in said)


def test_rows_without_words_are_hidden_and_come_back(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
) -> None:
    """The lists are as long as what they hold: one repository, then twelve."""

    def visible_rows() -> int:
        [data] = tab_of(sheets, spreadsheet_id, Tab.TODAY)["data"]
        return sum(not row.get("hiddenByUser") for row in data["rowMetadata"][: TODAY_PAGE.rows])

    write(window_event({(TODAY, "me/app"): 1}), sheet)
    few = visible_rows()
    many = {(TODAY, f"me/{n}"): n for n in range(1, 13)}
    write(window_event(many, collected_at=at(1)), sheet)
    assert visible_rows() == few + 9
    today = tab_of(sheets, spreadsheet_id, Tab.TODAY)
    ranking = place_of(RankingCard)
    assert shown(today, ranking.row(1), 0) == "me/12"
    last = ranking.row(10)
    assert (shown(today, last, 0), shown(today, last, 10)) == ("3 others", "6")


def test_doctor_is_content_with_a_whole_sheet(sheet: GoogleSheet) -> None:
    """Before the first event and after it, nothing is amiss."""
    assert all(finding.is_well for finding in inspect_sheet(sheet))
    write(EVENT, sheet)
    findings = inspect_sheet(sheet)
    assert [finding.subject for finding in findings] == ["sharing", "layout", "data", "locale"]
    assert all(finding.is_well for finding in findings)


def test_doctor_names_what_is_wrong_and_how_to_mend_it(
    sheet: GoogleSheet,
    sheets: SheetsEmulator,
    spreadsheet_id: str,
    spreadsheet: gspread.Spreadsheet,
) -> None:
    """Settings, data, a deleted tab, a protection, the sharing: each with a fix."""
    write(EVENT, sheet)
    spreadsheet.worksheet("Settings").update([["many"]], "B2", raw=True)
    spreadsheet.worksheet("data").update([["oops"]], "C2", raw=True)
    sheets.protect(spreadsheet_id, {"sheetId": Tab.DATA.sheet_id})
    spreadsheet.del_worksheet(spreadsheet.worksheet("Months"))
    wrong = {f.subject: f for f in inspect_sheet(sheet) if not f.is_well}
    assert {"settings", "data", "protection", "layout"} <= wrong.keys()
    assert all(finding.fix for finding in wrong.values())
    sheets.unshare(spreadsheet_id)
    [finding] = inspect_sheet(sheet)
    assert not finding.is_well
    assert "Editor" in finding.fix
