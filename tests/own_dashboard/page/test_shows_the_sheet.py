"""The page shows what write_sheet wrote: the same cells, through the real client."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from commit_counts.event import CommitCounts, Count, Window
from emulators.sheets import SheetsEmulator
from own_dashboard.page import create_app
from own_dashboard.page.colours import read_colour
from own_dashboard.page.sources import Language
from own_dashboard.page.spreadsheet import read_tabs
from own_dashboard.page.words import WORDS
from tests.support.page import FilledSources
from tests.support.sheets import running_sheets
from write_sheet.dashboard.labels import LANGUAGES
from write_sheet.sheets_api.client import open_sheet
from write_sheet.step import write

TODAY = date(2026, 11, 24)
COLLECTED_AT = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
HOSTILE = "acme/<b>website</b>"


def history() -> CommitCounts:
    """A hundred days of two repositories, 5 + 2 commits today."""
    counts = [
        Count(date=TODAY - timedelta(days=ago), repository=name, commits=(7 * ago) % 6 + more)
        for ago in range(100)
        for name, more in (("me/app", 5), (HOSTILE, 2))
    ]
    return CommitCounts(
        source="github/me",
        collected_at=COLLECTED_AT,
        counts=tuple(sorted(counts)),
        window=Window(since=TODAY - timedelta(days=99), until=TODAY),
        login="me",
        time_zone=ZoneInfo("Asia/Tokyo"),
        unknown_repositories={"acme/secret": "not readable"},
    )


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SheetsEmulator]:
    """An emulator whose spreadsheet `written` holds the history."""
    with running_sheets(tmp_path_factory.mktemp("sheets")) as emulator:
        emulator.create_spreadsheet("written", title="own_dashboard", time_zone="Asia/Tokyo")
        sheet = open_sheet("written", emulator_host=emulator.url.removeprefix("http://"))
        write(history(), sheet)
        yield emulator


def shown_at(sheets: SheetsEmulator, hours_later: float) -> str:
    """The page, so many hours after the collection."""
    sources = FilledSources(sheet=sheets.spreadsheet("written"))
    now = COLLECTED_AT + timedelta(hours=hours_later)
    return create_app(sources, clock=lambda: now).test_client().get("/").get_data(as_text=True)


def panel(html: str, title: str) -> str:
    """One tab's part of the page."""
    key = re.search(rf'id="([^"]+)-name"[^>]*>{title}<', html)
    assert key
    return html.partition(f'role="tabpanel" id="{key[1]}"')[2].partition('role="tabpanel"')[0]


def texts(html: str) -> list[str]:
    """What stands in the cells."""
    found = re.findall(
        r'<div class="[^"]*"><span>([^<]*|<(?:select|input)[^>]* data-was="([^"]*)".*?)'
        r"</span></div></t[dh]>",
        html,
        re.DOTALL,
    )
    return [unescape(entered or words) for words, entered in found if words]


@pytest.mark.parametrize("title", ["Today", "Months", "Settings"])
def test_every_cell_of_a_tab_is_shown_with_the_sheets_own_words(
    sheets: SheetsEmulator, title: str
) -> None:
    """Row by row the same texts as the API formats them, none more and none less."""
    (tab,) = (tab for tab in read_tabs(sheets.spreadsheet("written")) if tab.title == title)
    wanted = [tab.cell(place).text for place in sorted(tab.cells.filled())]
    assert texts(panel(shown_at(sheets, 0), title)) == [words for words in wanted if words]


def test_the_numbers_are_those_of_the_event(sheets: SheetsEmulator) -> None:
    """Today's commits are the large number; the newest row of `data` is today's."""
    html = shown_at(sheets, 0)
    assert "7" in texts(panel(html, "Today"))
    assert texts(panel(html, "data"))[-4:-1] == ["2026-11-24", "me/app", "5"]
    assert HOSTILE in texts(panel(html, "data"))
    assert HOSTILE not in html


@pytest.mark.parametrize("language", ["en", "ja"])
def test_dates_have_one_form_on_the_page_and_in_the_sheet(language: Language) -> None:
    """As Today writes when it was updated, so the page writes when something was published."""
    labels = LANGUAGES[language]
    local = COLLECTED_AT.astimezone(ZoneInfo("Asia/Tokyo"))
    assert WORDS[language].instant(local) == f"{labels.short(local.date())} {local:%H:%M}"


def test_nothing_of_the_layout_goes_unshown(sheets: SheetsEmulator) -> None:
    """Every rule, formula and chart that write_sheet uses is understood here."""
    html = shown_at(sheets, 0)
    assert "Not shown here" not in html
    assert "not drawn here" not in html
    assert panel(html, "Today").count("<rect") == 30


def test_the_updated_cell_turns_red_after_three_hours(sheets: SheetsEmulator) -> None:
    """The Sheet's own rule, evaluated for the moment of looking."""
    (tab,) = (tab for tab in read_tabs(sheets.spreadsheet("written")) if tab.title == "Today")
    rules = [rule["booleanRule"] for rule in tab.rules]
    (rule,) = (rule for rule in rules if rule["condition"]["type"] == "CUSTOM_FORMULA")
    colour = read_colour(rule["format"], "backgroundColor")
    assert colour is not None
    alert = f"background:{colour.css}"
    assert alert not in shown_at(sheets, 2.9)
    assert alert in shown_at(sheets, 3.1)
