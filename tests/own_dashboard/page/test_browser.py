"""The page in a real browser of a phone's size: what it shows, that it fits, that it stays alive.

Needs Debian's packages chromium and chromium-driver. Screenshots go to the folder named by
SCREENSHOTS, otherwise into the test's own.
"""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from emulators.http_server import LoopbackServer
from own_dashboard.page import create_app
from own_dashboard.page.edits import Edit
from tests.support.browser import (
    ELSEWHERE,
    MISSING,
    PHONE,
    allow_scripts,
    become_phone,
    complaints,
    faint_texts,
    open_browser,
    requested_urls,
)
from tests.support.page import NOW, FilledSources, dead_letter, delivery, time_series
from tests.support.processes import MOST_SECONDS
from tests.support.spreadsheets import (
    Resource,
    column_chart,
    days,
    grid_range,
    number,
    serial,
    sheet,
    spreadsheet,
    steps,
    text,
)

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed here: {MISSING}")
COUNTS = [(3 * index) % 11 for index in range(80)]


def today_tab(commits: int) -> Resource:
    """A tab 312 px wide: a large number, a heatmap, a chart over the tab `data`."""
    heat = [[number(COUNTS[7 * week + day]) for week in range(7)] for day in range(7)]
    chart = column_chart(
        labels=grid_range(1, 0, 31, 1, sheet_id=2),
        values=grid_range(1, 2, 31, 3, sheet_id=2),
        row=8,
    )
    large: dict[str, Any] = {
        "textFormat": {"fontSize": 48, "bold": True},
        "horizontalAlignment": "LEFT",
    }
    return sheet(
        "Today",
        [[number(commits, **large)], *heat, [], [text("updated 12:05")]],
        sheet_id=1,
        columns=[44] * 7,
        heights={0: 80, 8: 150},
        merges=[grid_range(0, 0, 1, 7)],
        conditionalFormats=steps(grid_range(1, 0, 8, 7), 10),
        charts=[chart],
    )


def data_tab() -> Resource:
    """A tab wider than a phone and longer than is shown."""
    rows = [
        [number(serial(day), day.isoformat()), text("me/a-long-repository-name"), number(count)]
        for day, count in zip(days(date(2026, 9, 6), len(COUNTS)), COUNTS, strict=True)
    ]
    return sheet(
        "data",
        [[text("date"), text("repository"), text("commits")], *rows],
        sheet_id=2,
        index=1,
        columns=[90, 300, 70],
        frozen=1,
    )


def own_tab() -> Resource:
    """A tab of the person's own, wide, without a header."""
    row: list[Resource | None] = [text("a"), *[None] * 7, text("z")]
    return sheet("mine", [row], sheet_id=3, index=2, columns=[100] * 9)


def the_sheet(commits: int) -> Resource:
    """All tabs."""
    return spreadsheet(today_tab(commits), data_tab(), own_tab())


def filled() -> FilledSources:
    """Sources with everything that the page can show."""
    long = "a" * 200
    return FilledSources(
        sheet=the_sheet(12),
        series=[
            time_series("commits_today", COUNTS[:30]),
            time_series("commits_today_by_repository", COUNTS[:30], repository="me/" + long),
            time_series("commits_today_by_repository", COUNTS[3:30], repository="other"),
        ],
        delivered=[delivery(), delivery(attempt=20, outcome="timed_out", reason=long)],
        letters=[dead_letter(b'{"date": "%s"}' % long.encode(), reason=f"date: {long}")],
    )


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with open_browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def sources() -> FilledSources:
    return filled()


@pytest.fixture
def page(browser: Chrome, sources: FilledSources) -> Iterator[str]:
    """The address of a running page; the browser is a fresh phone before it."""
    server = LoopbackServer(create_app(sources, clock=lambda: NOW))
    server.start()
    allow_scripts(browser, allowed=True)
    become_phone(browser)
    complaints(browser)
    requested_urls(browser)
    yield server.url
    browser.get("about:blank")
    server.stop()


def wait_for(browser: Chrome, selector: str, words: str) -> WebElement:
    """The element once it holds the words."""

    def found(_: object) -> WebElement | None:
        elements = browser.find_elements(By.CSS_SELECTOR, selector)
        return next((element for element in elements if words in element.text), None)

    # The page may draw anew between the two looks.
    redrawn = [StaleElementReferenceException]
    element = WebDriverWait(browser, MOST_SECONDS, ignored_exceptions=redrawn).until(found)
    assert element is not None
    return element


def keep_screenshot(browser: Chrome, name: str, folder: Path) -> None:
    target = Path(os.environ.get("SCREENSHOTS") or folder)
    target.mkdir(parents=True, exist_ok=True)
    assert browser.save_screenshot(os.fspath(target / f"{name}.png"))


@pytest.mark.parametrize("width", [320, 412])
def test_it_fits_narrower_and_wider_phones(browser: Chrome, page: str, width: int) -> None:
    """The page itself never scrolls sideways; a wide Sheet does, inside its panel."""
    become_phone(browser, size=(width, 740))
    browser.get(page)
    assert browser.execute_script("return document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_what_is_behind_it(
    browser: Chrome, page: str, dark: bool
) -> None:
    """A contrast of 4.5:1, on all tabs and below them, in light and dark mode."""
    become_phone(browser, dark=dark)
    for tab in ("tab-1", "tab-2", "tab-3"):
        browser.get(f"{page}/?tab={tab}")
        assert faint_texts(browser) == []


def test_a_setting_is_edited_in_place(browser: Chrome, page: str, sources: FilledSources) -> None:
    """What is entered goes to the Sheet as a typed value; a refusal is told and taken back."""
    limits = [{"userEnteredValue": "1"}, {"userEnteredValue": "99"}]
    rule = {"condition": {"type": "NUMBER_BETWEEN", "values": limits}, "strict": True}
    goal: Resource = {**number(5), "dataValidation": rule}
    sources.sheet = spreadsheet(sheet("Settings", [[text("Goal"), goal]], sheet_id=3))
    browser.get(page)
    field = browser.find_element(By.CSS_SELECTOR, "#tab-3 input")
    WebDriverWait(browser, MOST_SECONDS).until(lambda _: field.is_enabled())
    assert field.get_attribute("aria-label") == "Goal"
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("7", Keys.ENTER)
    wait_for(browser, "#notice", "Saved")
    assert sources.entered == [Edit(sheet_id=3, place=(0, 1), value=7)]

    field = browser.find_element(By.CSS_SELECTOR, "#tab-3 input")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("100", Keys.ENTER)
    wait_for(browser, "#notice.bad", "100 is not allowed here")
    field = browser.find_element(By.CSS_SELECTOR, "#tab-3 input")
    assert field.get_attribute("value") == "5"
    assert [words for words in complaints(browser) if "400" not in words] == []


def test_on_another_device_the_page_lives_too(browser: Chrome, sources: FilledSources) -> None:
    """Below its code and under another name: new numbers come, and no button does nothing."""
    app = create_app(sources, clock=lambda: NOW, access_code="s3cret")
    server = LoopbackServer(app, names=[ELSEWHERE])
    server.start()
    become_phone(browser)
    browser.get(f"{server.url.replace('127.0.0.1', ELSEWHERE)}/s3cret/")
    wait_for(browser, "#status", "live")
    assert not any(button.is_displayed() for button in browser.find_elements(By.TAG_NAME, "button"))
    sources.sheet, sources.mark = the_sheet(13), 1
    wait_for(browser, "#tab-1 tbody tr:first-child", "13")
    browser.get("about:blank")
    server.stop()


@pytest.mark.parametrize(
    ("tab", "language", "scheme"),
    [
        ("tab-1", "en", "light"),
        ("tab-1", "ja", "dark"),
        ("tab-2", "en", "dark"),
        ("tab-2", "ja", "light"),
        ("tab-3", "en", "light"),
    ],
)
def test_nothing_scrolls_sideways_on_a_phone(
    browser: Chrome, page: str, tab: str, language: str, scheme: str, tmp_path: Path
) -> None:
    """At 360 px, in both languages, however long the texts are; the console stays silent."""
    become_phone(browser, dark=scheme == "dark")
    browser.get(f"{page}/?tab={tab}&language={language}")
    width = browser.execute_script("return document.scrollingElement.scrollWidth")
    assert width <= PHONE[0]
    assert complaints(browser) == []
    keep_screenshot(browser, f"page-{tab}-{language}-{scheme}", tmp_path)


def test_the_numbers_shown_are_those_of_the_sheet(browser: Chrome, page: str) -> None:
    """The large number, every cell of the heatmap with its own colour, a column for each count."""
    browser.get(page)
    rows = browser.find_elements(By.CSS_SELECTOR, "#tab-1 tbody tr")
    assert rows[0].text == "12"
    shown = [int(word) for row in rows[1:8] for word in row.text.split()]
    assert shown == [COUNTS[7 * week + day] for day in range(7) for week in range(7)]
    cells = browser.find_elements(
        By.CSS_SELECTOR, "#tab-1 tbody tr:nth-child(n+2):nth-child(-n+8) td"
    )
    colours: dict[str, set[str]] = {}
    for cell in cells:
        colours.setdefault(cell.text, set()).add(cell.value_of_css_property("background-color"))
    assert all(len(found) == 1 for found in colours.values())
    assert len({next(iter(found)) for found in colours.values()}) == len(colours)
    bars = browser.find_elements(By.CSS_SELECTOR, "#tab-1 .chart rect")
    assert len(bars) == sum(1 for count in COUNTS[:30] if count)


def test_a_wrapped_text_is_read_to_its_end(
    browser: Chrome, page: str, sources: FilledSources
) -> None:
    """It takes the lines it needs in its own column, with the cell's own padding."""
    long = text("a name of some length", wrapStrategy="WRAP", padding={"left": 11})
    sources.sheet = spreadsheet(sheet("notes", [[long, text("b")]], sheet_id=1, columns=[60, 60]))
    browser.get(page)
    box = browser.find_element(By.CSS_SELECTOR, "#tab-1 tbody td > div")
    words = box.find_element(By.TAG_NAME, "span")
    assert words.size["height"] > 2 * 10
    assert words.size["height"] <= box.size["height"]
    assert words.size["width"] <= box.size["width"] <= 60
    assert box.value_of_css_property("padding-left") == "11px"


def test_what_changes_appears_without_a_reload(
    browser: Chrome, page: str, sources: FilledSources
) -> None:
    """Scroll position, opened details and the page itself stay; only the changed part is new."""
    browser.get(page)
    browser.execute_script("window.kept = true; window.scrollTo(0, 200)")
    browser.execute_script("document.querySelector('#letters details').open = true")
    browser.execute_script("document.querySelector('#metrics .card').kept = true")
    red = {"backgroundColorStyle": {"rgbColor": {"red": 1}}}
    changed = today_tab(13)
    changed["data"][0]["rowData"][0]["values"][0]["effectiveFormat"] |= red
    sources.sheet = spreadsheet(changed, data_tab(), own_tab())
    sources.delivered = [delivery(subscription="write-metric", message_id="2"), *sources.delivered]
    sources.mark += 1
    number_cell = wait_for(browser, "#tab-1 tbody tr:first-child td", "13")
    assert number_cell.value_of_css_property("background-color") == "rgba(255, 0, 0, 1)"
    wait_for(browser, "#deliveries", "write-metric")
    state = "return [window.kept, window.scrollY, document.querySelector('#letters details').open]"
    assert browser.execute_script(state) == [True, 200, True]
    assert browser.execute_script("return document.querySelector('#metrics .card').kept")
    assert complaints(browser) == []


def test_a_table_stays_where_the_reader_scrolled_it(
    browser: Chrome, page: str, sources: FilledSources
) -> None:
    """New cells come without a jump, and what is open in a changed part stays open."""
    browser.get(f"{page}/?tab=tab-2")
    scroll = "const panel = document.getElementById('tab-2'); "
    before = browser.execute_script(
        scroll + "panel.scrollTo(60, -300); return [panel.scrollLeft, panel.scrollTop]"
    )
    assert before == [60, -300]
    browser.execute_script("document.querySelector('#letters details').open = true")
    table = data_tab()
    table["data"][0]["rowData"][-1]["values"][1] = text("me/new")
    sources.sheet = spreadsheet(today_tab(12), table, own_tab())
    sources.letters = [*sources.letters, dead_letter(b"{}", reason="new", message_id="6")]
    sources.mark += 1
    wait_for(browser, "#tab-2 tbody tr:last-child", "me/new")
    wait_for(browser, "#letters", "new")
    after = browser.execute_script(scroll + "return [panel.scrollLeft, panel.scrollTop]")
    assert after == before
    assert browser.execute_script("return document.querySelectorAll('details[open]').length") == 1


def test_a_new_tab_and_the_first_sheet_appear_by_themselves(
    browser: Chrome, page: str, sources: FilledSources
) -> None:
    """The page is open before the first event comes."""
    sheets, sources.sheet = sources.sheet, None
    browser.get(page)
    wait_for(browser, "#no-sheet", "Nothing written yet")
    sources.sheet, sources.mark = sheets, 1
    wait_for(browser, "#tab-1 tbody tr:first-child", "12")
    assert browser.find_elements(By.CSS_SELECTOR, "#no-sheet") == []


def test_tabs_are_chosen_by_tap_and_by_arrow_and_stay_chosen(
    browser: Chrome, page: str, sources: FilledSources
) -> None:
    """The choice is in the address too, and outlives an update and a reload."""
    browser.get(page)
    browser.find_element(By.ID, "tab-2-name").click()
    data, today = browser.find_element(By.ID, "tab-2"), browser.find_element(By.ID, "tab-1")
    assert (data.is_displayed(), today.is_displayed()) == (True, False)
    sources.sheet, sources.mark = the_sheet(14), 1
    WebDriverWait(browser, MOST_SECONDS).until(
        lambda _: (today.get_attribute("textContent") or "").strip().startswith("14")
    )
    assert data.is_displayed()
    browser.refresh()
    assert browser.find_element(By.ID, "tab-2").is_displayed()
    browser.find_element(By.ID, "tab-2-name").send_keys(Keys.ARROW_LEFT)
    assert browser.find_element(By.ID, "tab-1").is_displayed()
    assert browser.switch_to.active_element.get_attribute("id") == "tab-1-name"


def test_a_long_table_opens_at_its_newest_row(browser: Chrome, page: str) -> None:
    """The header stays in sight, and the last row stands inside the panel."""
    browser.get(f"{page}/?tab=tab-2")
    panel = browser.find_element(By.ID, "tab-2")
    bottom = panel.rect["y"] + panel.rect["height"]
    newest = panel.find_elements(By.CSS_SELECTOR, "tbody tr")[-1]
    assert "2026-11-24" in newest.text
    assert newest.rect["y"] + newest.rect["height"] <= bottom
    header = panel.find_element(By.CSS_SELECTOR, "thead th")
    assert header.rect["y"] == pytest.approx(panel.rect["y"], abs=2)


def test_the_page_works_without_scripts(browser: Chrome, page: str) -> None:
    """Numbers, tabs as links, colours; a newer page comes by itself after a while."""
    allow_scripts(browser, allowed=False)
    browser.get(page)
    assert browser.find_element(By.CSS_SELECTOR, "#tab-1 tbody tr").text == "12"
    browser.find_element(By.ID, "tab-2-name").click()
    assert browser.find_element(By.ID, "tab-2").is_displayed()
    assert not browser.find_element(By.ID, "tab-1").is_displayed()
    assert browser.find_element(By.CSS_SELECTOR, "noscript meta[http-equiv=refresh]")
    assert not any(button.is_displayed() for button in browser.find_elements(By.TAG_NAME, "button"))


def test_no_other_host_is_asked_for_anything(browser: Chrome, page: str) -> None:
    """Whatever the page loads comes from itself."""
    browser.get(page)
    wait_for(browser, "#status", "live")
    urls = requested_urls(browser)
    assert f"{page}/version" in urls
    assert [url for url in urls if not url.startswith(f"{page}/")] == []


def test_a_stack_that_is_gone_is_said_so(browser: Chrome, page: str) -> None:
    """The last picture stays; the word beside it changes, and changes back."""
    browser.get(page)
    wait_for(browser, "#status", "live")
    browser.execute_cdp_cmd("Network.enable", {})
    offline = {"latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": True, **offline})
    wait_for(browser, "#status", "not answering")
    browser.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    wait_for(browser, "#status", "live")


def test_the_page_fits_a_desktop(browser: Chrome, page: str, tmp_path: Path) -> None:
    """The Sheet keeps a phone's width; the rest stands beside it."""
    become_phone(browser, size=(1280, 900))
    browser.get(page)
    assert browser.execute_script("return document.scrollingElement.scrollWidth") <= 1280
    paper, rest = (browser.find_element(By.CSS_SELECTOR, name).rect for name in (".paper", ".rest"))
    assert paper["width"] <= 420
    assert rest["x"] >= paper["x"] + paper["width"]
    keep_screenshot(browser, "page-desktop", tmp_path)
