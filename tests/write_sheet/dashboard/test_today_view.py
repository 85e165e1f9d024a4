"""What a person sees on `Today`: nothing that is unknown looks known, nothing is cut unseen."""

import json
import random
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from collect.github.classify import lasting_reason
from collect.github.repositories import HIDDEN
from collect.github.responses import Error
from collect.github.source import BEYOND
from emulators.sheets.render import spreadsheet_resource
from own_dashboard.page.colours import Colour, contrast, read_colour
from own_dashboard.page.conditional_formats import apply_rules
from own_dashboard.page.formula import Surroundings
from own_dashboard.page.spreadsheet import Cell, read_tabs
from own_dashboard.page.spreadsheet import Tab as DrawnTab
from tests.support.write_sheet import ONE_DAY, TODAY, MemorySheet, at, place_of, window_event
from write_sheet.dashboard.labels import ENGLISH, JAPANESE, LANGUAGES
from write_sheet.dashboard.layout import LAYOUT_VERSION, format_parts, tab_requests
from write_sheet.dashboard.today.card import WIDTH, pixels_of
from write_sheet.dashboard.today.headline import HeadlineCard, NumberCard
from write_sheet.dashboard.today.heatmap import COLORS, HeatmapCard, steps_of
from write_sheet.dashboard.today.look_back import LookBackCard
from write_sheet.dashboard.today.page import TODAY_PAGE
from write_sheet.dashboard.today.ranking import RankingCard
from write_sheet.dashboard.today.text_cards import UnknownCard
from write_sheet.dashboard.today.text_width import fits, shortened, width_of
from write_sheet.dashboard.today.tiles import StreaksCard
from write_sheet.sheets_api.cells import serial_of_instant
from write_sheet.sheets_api.style import MUTED, RED
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import write

BEFORE_SOURCES = Path(__file__).parents[1] / "data" / "sheet_before_sources.json"
# A change of the layout's requests needs a new LAYOUT_VERSION, or Sheets that exist do not get it.
LAYOUT_DIGESTS = {3: "f1ad9b8e0cacddf1"}


def shown(
    counts: Mapping[tuple[date, str], int],
    *,
    days: int = 91,
    until: date = TODAY,
    language: str = "en",
    unknown: Mapping[str, str] | None = None,
) -> MemorySheet:
    """A Sheet to which one complete statement about these days was written."""
    sheet = MemorySheet()
    event = window_event(
        counts,
        since=until - (days - 1) * ONE_DAY,
        until=until,
        collected_at=at(days=(until - TODAY).days),
        unknown=unknown or {},
    )
    write(event, sheet, language=language)
    return sheet


def drawn(sheet: MemorySheet, tab: Tab = Tab.TODAY) -> DrawnTab:
    """A tab as the page reads it, its colour rules applied."""
    resource = spreadsheet_resource(sheet.workbook, include_grid_data=True)
    [found] = [t for t in read_tabs(resource) if t.sheet_id == tab.sheet_id]
    return found


def coloured(tab: DrawnTab, now: float = 0.0) -> Mapping[tuple[int, int], Cell]:
    """The cells to which the tab's own rules give a colour at that time."""
    around = Surroundings(look_up=lambda place: tab.cell(place).value, now=now)
    cells, unknown = apply_rules(tab, range(TODAY_PAGE.rows), around)
    assert unknown == []
    return cells


def line(tab: DrawnTab, row: int) -> list[str]:
    """The texts of one row that hold anything."""
    return [words for column in range(WIDTH) if (words := tab.cell((row, column)).text)]


def colour_of(style: Mapping[str, object]) -> Colour:
    found = read_colour({"xStyle": style}, "x")
    assert found is not None
    return found


def test_one_very_large_day_does_not_make_all_others_alike() -> None:
    """Days of 0 to 7 beside one of 111: grey, four greens, and blank where nothing is known."""
    counts = {(TODAY - back * ONE_DAY, "me/app"): back % 8 for back in range(1, 60)}
    sheet = shown({**counts, (TODAY, "me/app"): 111}, days=60)
    tab = drawn(sheet)
    place, cells = place_of(HeatmapCard), coloured(tab)
    colours: dict[object, str] = {}
    for row in range(*place.rows(2, 9)):
        for column in range(1, WIDTH):
            cell = cells.get((row, column))
            background = read_colour(cell.style, "backgroundColor") if cell else None
            value = tab.cell((row, column)).value
            assert (background is None) == (value is None)
            if background:
                assert colours.setdefault(value, background.hex) == background.hex
    assert contrast(Colour.from_hex(colours[0.0]), Colour.from_hex(COLORS[0][0])) < 1.02
    assert len({colours[float(n)] for n in range(8)}) == 5
    assert colours[111.0] == colours[7.0]
    assert line(tab, place.row(10)) == ["blank: unknown · from", "0", "1", "2", "4", "6"]


def test_each_step_is_as_many_days_as_another_and_begins_above_the_one_before() -> None:
    """Quarters of the days with commits, where their numbers differ enough."""
    for seed in range(300):
        rng = random.Random(seed)
        commits = [rng.randint(1, rng.choice([2, 8, 200])) for _ in range(rng.randint(0, 91))]
        steps = steps_of(commits)
        assert steps[0] == 1
        assert list(steps) == sorted(set(steps))
    assert steps_of([1] * 50) == (1, 2, 3, 4)
    assert steps_of(range(1, 101)) == (1, 26, 51, 76)
    assert steps_of([]) == (1, 2, 3, 4)


@pytest.mark.parametrize("commits", [7, 111, 1234, 12_345, 98_765])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_digit_of_a_large_number_is_cut_off(commits: int, language: str) -> None:
    """A cell shows less of a number than it has room for: thousands are short where they must."""
    counts = {(TODAY - back * ONE_DAY, "me/app"): commits for back in range(91)}
    tab = drawn(shown(counts, language=language))
    ends = {(area.top, area.left): area.right for area in tab.merges}
    for row, column in ((row, column) for row in range(TODAY_PAGE.rows) for column in range(WIDTH)):
        cell = tab.cell((row, column))
        if isinstance(cell.value, float):
            padding = cell.style["padding"]
            room = pixels_of((column, ends.get((row, column), column + 1)))
            room -= padding["left"] + padding["right"]
            points = cell.style["textFormat"]["fontSize"]
            assert width_of(cell.text) * points * 4 / 3 <= room, (row, column, cell.text)


def test_steps_differ_in_lightness_in_light_and_dark_and_their_numbers_are_readable() -> None:
    """So nobody needs to tell grey from green, or one green from another, by its hue."""
    backgrounds = [Colour.from_hex(background) for background, _ in COLORS]
    for theme in (backgrounds, [colour.dark() for colour in backgrounds]):
        luminances = [colour.luminance for colour in theme]
        assert luminances in (sorted(luminances), sorted(luminances, reverse=True))
        for before, after in pairwise(theme):
            assert contrast(before, after) >= 1.4
    grey = backgrounds[0]
    assert max(grey.red, grey.green, grey.blue) - min(grey.red, grey.green, grey.blue) < 0.02
    for background, foreground in COLORS:
        assert contrast(Colour.from_hex(background), Colour.from_hex(foreground)) >= 4.5


def test_small_type_without_a_background_is_readable_on_white_and_on_black() -> None:
    """A contrast of 4.5, as https://www.w3.org/TR/WCAG22/#contrast-minimum asks."""
    for style in (MUTED, RED):
        for paper in (Colour(1, 1, 1), Colour(0, 0, 0)):
            assert contrast(colour_of(style), paper) >= 4.5


@pytest.mark.parametrize(
    ("unknown", "english", "japanese"),
    [
        ({}, "", ""),
        ({"acme/secret": "SSO"}, "⚠ 1 repository not read: acme/secret",
         "⚠ 1件のリポジトリが未集計: acme/secret"),
        ({f"acme/a-long-name-{n}": "SSO" for n in range(3)}, "⚠ 3 repositories not read",
         "⚠ 3件のリポジトリが未集計"),
    ],
)  # fmt: skip
def test_what_is_unknown_is_said_beside_the_number(
    unknown: Mapping[str, str], english: str, japanese: str
) -> None:
    """On the first screen, under today's number; not shown where all was read."""
    row = place_of(NumberCard).row(3)
    for language, words in (("en", english), ("ja", japanese)):
        tab = drawn(shown({(TODAY, "me/app"): 1}, language=language, unknown=unknown))
        assert line(tab, row) == ([words] if words else [])
        assert (tab.row_pixels[row] > 0) == bool(words)
        assert sum(tab.row_pixels[:row]) < 150


def stated_by(*sources: tuple[str, float, Mapping[str, str]]) -> MemorySheet:
    """A Sheet to which these sources stated windows, each at its hour."""
    sheet = MemorySheet()
    for source, hour, unknown in sources:
        counts = {(TODAY, f"me/{source}"): 1}
        event = window_event(counts, collected_at=at(hour), source=source, unknown=unknown)
        write(event, sheet)
    return sheet


def test_each_source_says_when_it_was_updated_and_is_stale_by_itself() -> None:
    """One needs no name. Of two the laptop fell silent: it alone is red."""
    row = place_of(HeadlineCard).row(0)
    one = drawn(stated_by(("github/me", 0, {})))
    assert line(one, row) == ["Mon 23 Nov 2026", "updated 23 Nov 12:00"]
    assert one.row_pixels[row + 1] == 0
    two = drawn(stated_by(("github/me", 9, {}), ("clones/laptop", 2, {})))
    assert [line(two, r) for r in range(row, row + 3)] == [
        ["Mon 23 Nov 2026"],
        ["clones/laptop", "updated 23 Nov 14:00"],
        ["github/me", "updated 23 Nov 21:00"],
    ]
    assert [two.row_pixels[r] > 0 for r in range(row + 1, row + 5)] == [True, True, False, False]
    half_past_nine = serial_of_instant(datetime(2026, 11, 23, 21, 30, tzinfo=UTC))
    red = [
        r
        for (r, column), cell in coloured(two, half_past_nine).items()
        if r < row + 5 and column == 8 and read_colour(cell.style, "backgroundColor")
    ]
    assert red == [row + 1]


def test_of_many_sources_the_oldest_are_shown_and_those_long_silent_are_not() -> None:
    """A laptop that is gone is not red for ever."""
    hours = {"a": -24 * 40, "b": 1, "c": 5, "d": 2, "e": 3, "f": 4}
    tab = drawn(stated_by(*((f"clones/{name}", hour, {}) for name, hour in hours.items())))
    row = place_of(HeadlineCard).row(1)
    assert [line(tab, r)[0] for r in range(row, row + 4)] == [
        "clones/b", "clones/d", "clones/e", "clones/f"
    ]  # fmt: skip


def test_what_could_not_be_read_names_the_source_where_there_are_several() -> None:
    """And the reason, of each."""
    place = place_of(UnknownCard)
    sheet = stated_by(("github/me", 0, {"a/b": "SSO"}), ("clones/laptop", 1, {"x/y": ""}))
    assert [line(drawn(sheet), row) for row in range(*place.rows(1, 3))] == [
        ["x/y (clones/laptop): no reason given"], ["a/b (github/me): SSO"]
    ]  # fmt: skip
    only = stated_by(("github/me", 0, {"a/b": "SSO"}))
    assert line(drawn(only), place.row(1)) == ["a/b: SSO"]


def reasons() -> dict[str, str]:
    """Every kind of reason that collect gives, as it gives it, but for GitHub's own words."""
    sso = "https://github.com/orgs/acme/sso?authorization_request=1"
    kinds = [("", True), ("FORBIDDEN", False), ("NOT_FOUND", False)]
    lasting = [
        lasting_reason([Error(kind=kind, path=(), message="原文", saml=saml)], at_)
        for kind, saml in kinds
        for at_ in (None, sso)
    ]
    said = [reason for reason in lasting if reason] + [
        "hidden from the token: authorise the token for the organisation's single sign-on (SAML) "
        "under Configure SSO in its settings",
        f"hidden from the token: authorise the token for the organisation's single sign-on (SAML), "
        f"{sso}",
        "GitHub cannot answer for it (GitHub answered HTTP 502); it is tried again next time",
        "GitHub's answer is not whole (原文); it is tried again next time",
        "not read whole: rate limit: 原文",
        "GitHub names only 100 of those of 2026-11-23",
        "GitHub counts commits of 2026-10-20 to 2026-11-23 in 3 repositories and names 2; it is "
        "asked again next time",
    ]
    return {reason: JAPANESE.in_words(reason) for reason in said}


@pytest.mark.parametrize(("reason", "words"), reasons().items())
def test_reasons_are_in_the_persons_language(reason: str, words: str) -> None:
    """In Japanese only names of things stay English; what is not known stays as it came."""
    terms = (r"https://\S+|SAML|SSO|Configure|scope|repo|fine-grained|Contents|Metadata|read|GitHub"
             r"|HTTP|\d+")  # fmt: skip
    assert re.findall(r"[A-Za-z]{2,}", re.sub(terms, "", words)) == []
    assert re.search("[ぁ-ん]", words)
    assert "{" not in words
    assert ("https" in reason) == ("https" in words)
    assert ENGLISH.in_words(reason) == reason
    assert JAPANESE.in_words("some words of GitHub") == "some words of GitHub"


def test_repositories_without_a_name_are_named_in_the_persons_language() -> None:
    """What collect calls those that GitHub hides, or does not list."""
    for repository in (HIDDEN, BEYOND):
        assert re.search("[ぁ-ん]", JAPANESE.in_words(repository.name))


def streak(sheet: MemorySheet) -> tuple[list[str], list[str]]:
    """The values and the notes of both streaks."""
    tab, place = drawn(sheet), place_of(StreaksCard)
    return line(tab, place.row(1)), line(tab, place.row(2))


def test_a_streak_says_when_it_rests_on_unknown_days() -> None:
    """It may be longer than what is known; where it is cut by an unknown day, that is named."""
    four = {(TODAY - back * ONE_DAY, "me/app"): 1 for back in range(4)}
    assert streak(shown(four, days=4)) == (
        ["4+ days", "4+ days"], ["19 Nov is not fully known", "20 Nov – 23 Nov 2026"]
    )  # fmt: skip
    assert streak(shown(four, days=5))[0] == ["4 days", "4 days"]
    assert streak(shown(four, days=5))[1][0] == "since 20 Nov"
    assert streak(shown({}, days=1)) == (["unknown", "0 days"], ["22 Nov is not fully known"])
    assert streak(shown(four, days=4, language="ja"))[0] == ["4日以上", "4日以上"]


def test_a_streak_rests_on_a_day_of_which_a_repository_was_not_read() -> None:
    """The day before it has no commits as far as could be read; it may have some."""
    four = {(TODAY - back * ONE_DAY, "me/app"): 1 for back in range(4)}
    unknown = {"acme/secret": "SSO"}
    assert streak(shown(four, unknown=unknown)) == (
        ["4+ days", "4+ days"], ["19 Nov is not fully known", "20 Nov – 23 Nov 2026"]
    )  # fmt: skip
    assert streak(shown(four)) == (["4 days", "4 days"], ["since 20 Nov", "20 Nov – 23 Nov 2026"])


def test_a_streak_that_ends_today_says_so() -> None:
    """Unless today is for rest, or has a commit."""
    three = {(TODAY - back * ONE_DAY, "me/app"): 1 for back in range(1, 4)}
    assert streak(shown(three))[1][0] == "⚠ no commit yet today"
    assert streak(shown({**three, (TODAY, "me/app"): 1}))[1][0] == "since 20 Nov"
    assert streak(shown({(TODAY - 3 * ONE_DAY, "me/app"): 1}))[1][0] == "a commit starts one"


NAMES = (
    "me/app",
    "octocat/a-rather-long-repository-name-for-a-phone",
    "a-company-with-a-long-name/customer-portal-frontend",
    "a-company-with-a-long-name/customer-portal-infrastructure-terraform-modules",
    "日本語コミュニティ/文書管理システムのためのとても長い名前のドキュメント",
    "W" * 90,
    "no-owner-and-a-name-that-is-longer-than-any-phone-is-wide",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pixels", [80, 150, 225, 313])
def test_a_name_that_is_too_wide_keeps_its_repository(name: str, pixels: int) -> None:
    """The owner gives way first; then the middle, with an ellipsis, so that both ends stay."""
    words = shortened(name, pixels, points=10)
    repository = name.rpartition("/")[2]
    assert fits(words, pixels, points=10)
    if fits(name, pixels, points=10):
        assert words == name
    elif fits(repository, pixels, points=10):
        assert words.endswith(repository)
        assert words == repository or words.removesuffix(repository).endswith("…/")
    else:
        head, ellipsis, tail = words.partition("…")
        assert ellipsis
        assert repository.startswith(head)
        assert repository.endswith(tail)
        assert 0 <= len(head) - len(tail) <= 1


def test_ranked_names_fit_their_cells() -> None:
    """No viewer has to cut them."""
    tab = drawn(shown({(TODAY, name): 1 + n for n, name in enumerate(NAMES)}))
    place = place_of(RankingCard)
    rows = range(*place.rows(1, 1 + len(NAMES)))
    width = sum(tab.column_pixels[:10])
    assert all(fits(tab.cell((row, 0)).text, width, points=10) for row in rows)
    bars = [tab.cell((row, 12)).text for row in rows]
    assert bars[0] == "████"
    assert [len(bar) for bar in bars] == sorted((len(bar) for bar in bars), reverse=True)


def test_dates_have_one_form_in_each_language() -> None:
    """In English the month is a word, in Japanese all are numbers; also on the chart and Months."""
    counts = {(TODAY - back * ONE_DAY, "me/app"): 1 + back % 3 for back in range(400)}
    for language, wrong in (("en", r"\d/\d"), ("ja", r"\d月\d|\d年|[A-Z][a-z]{2} \d")):
        sheet = shown(counts, days=400, language=language)
        assert [text for text in _texts(sheet) if re.search(wrong, text)] == [], language


def _texts(sheet: MemorySheet) -> list[str]:
    """Every text on Today and Months, and those under the chart."""
    found: list[str] = []
    for tab in (Tab.TODAY, Tab.MONTHS):
        view = drawn(sheet, tab)
        found += [view.cell(place).text for place in view.cells.filled()]
    return found + [str(row[9]) for row in sheet.grid(Tab.DAYS)[1:31]]


def look_back(sheet: MemorySheet) -> list[list[str]]:
    """The card's rows that are shown, below its title."""
    tab, place = drawn(sheet), place_of(LookBackCard)
    return [line(tab, row) for row in range(*place.rows(1, 6)) if tab.row_pixels[row]]


def test_the_look_back_compares_whole_weeks() -> None:
    """The week that ended yesterday, the one before it, the same of last year; what is new."""
    monday = TODAY - 7 * ONE_DAY
    counts = {
        (monday, "me/app"): 4,
        (monday + 2 * ONE_DAY, "me/new"): 9,
        (monday - 3 * ONE_DAY, "me/app"): 20,
        (monday - timedelta(weeks=52), "me/app"): 5,
        (TODAY, "me/newer"): 50,
    }
    assert look_back(shown(counts, days=400)) == [
        ["Last week", "Week before", "A year ago"],
        ["13", "20", "5"],
        ["16 Nov – 22 Nov", "−7", "+8"],
        ["Best day: Wed 18 Nov (9)"],
        ["New: new"],
    ]
    assert look_back(shown(counts, days=400, language="ja"))[2:] == [
        ["11/16〜11/22", "−7", "+8"],
        ["最多の日: 11/18(水) 9件"],
        ["新しいリポジトリ: new"],
    ]


def test_the_look_back_claims_nothing_about_unknown_days() -> None:
    """Ten days are known: the week before is not whole, last year is unknown, nothing is new."""
    back = look_back(shown({(TODAY - 7 * ONE_DAY, "me/app"): 4}, days=10))
    assert back[1:3] == [["4", "0"], ["16 Nov – 22 Nov", "days unknown", "unknown"]]
    assert len(look_back(shown({(TODAY - 3 * ONE_DAY, "me/app"): 4}, days=6))) == 4


def test_the_layouts_version_is_raised_with_the_layout() -> None:
    """Its requests, but for the tabs' values: a Sheet gets a new layout with a new version only."""
    new = MemorySheet().look()
    built = [
        *tab_requests(new, language="en"),
        *(request for part in format_parts(list(Tab), new, None) for request in part.requests),
    ]
    digest = sha256(json.dumps(built, sort_keys=True).encode()).hexdigest()[:16]
    assert LAYOUT_DIGESTS.get(LAYOUT_VERSION) == digest, (
        f"raise LAYOUT_VERSION, name the rows that Today had before in layout.py, and put {digest}"
    )


def test_a_sheet_of_the_version_before_is_laid_out_anew_in_place() -> None:
    """Notes below the cards move down with their rows; the goal and the person's tabs stay."""
    sheet = MemorySheet()
    for batch in json.loads(BEFORE_SOURCES.read_text(encoding="utf-8")):
        sheet.write(batch)
    note = {"userEnteredValue": {"stringValue": "my note"}}
    start = {"sheetId": Tab.TODAY.sheet_id, "rowIndex": 60, "columnIndex": 2}
    body = {"start": start, "rows": [{"values": [note]}], "fields": "userEnteredValue"}
    frozen = {"sheetId": Tab.TODAY.sheet_id, "gridProperties": {"frozenColumnCount": 1}}
    unmerge = {"range": {"sheetId": Tab.TODAY.sheet_id}}
    fields = "gridProperties.frozenColumnCount"
    sheet.write([
        {"unmergeCells": unmerge},
        {"updateCells": body},
        {"updateSheetProperties": {"properties": frozen, "fields": fields}},
        {"setBasicFilter": {"filter": {"range": {
            "sheetId": Tab.TODAY.sheet_id, "startRowIndex": 2, "endRowIndex": 9,
            "startColumnIndex": 0, "endColumnIndex": 3}}}},
    ])  # fmt: skip
    goal = sheet.grid(Tab.SETTINGS)[1][1]
    titles = [tab.properties["title"] for tab in sheet.workbook.sheets]
    write(window_event({(TODAY, "me/app"): 3}, collected_at=at(5)), sheet)
    new = shown({(TODAY, "me/app"): 3})
    assert sheet.look().layout_version == LAYOUT_VERSION
    assert sheet.grid(Tab.SETTINGS)[1][1] == goal
    assert [tab.properties["title"] for tab in sheet.workbook.sheets] == titles
    tab, fresh = drawn(sheet), drawn(new)
    assert tab.cell((TODAY_PAGE.rows + 2, 2)).text == "my note"
    assert set(tab.merges) == set(fresh.merges)
    assert tab.rules == fresh.rules
    assert len(tab.charts) == 1
    assert len(tab.row_pixels) == len(fresh.row_pixels)
    write(window_event({(TODAY, "me/app"): 3}, collected_at=at(5)), sheet)
    assert len(sheet.batches) == len(json.loads(BEFORE_SOURCES.read_text("utf-8"))) + 2


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_text_has_the_room_that_it_needs(language: str) -> None:
    """Long streaks over the turn of a year, large numbers, long names, several sources."""
    sheet = MemorySheet()
    for ago, commits in ((0, 900), (1, 3), (30, 7)):
        day = date(2027, 2, 22) - ago * ONE_DAY
        event = window_event(
            {(day - back * ONE_DAY, f"me/a-{'long-' * (back % 5)}name"): commits * (back != 50)
             for back in range(400)},
            since=day - 399 * ONE_DAY,
            until=day,
            collected_at=at(days=(day - TODAY).days),
            source=f"clones/the-laptop-in-the-office-{ago}",
            unknown={f"acme/secret-{n}": "" for n in range(12)},
        )  # fmt: skip
        write(event, sheet, language=language)
    tab = drawn(sheet)
    widths = {(area.top, area.left): area.right for area in tab.merges}
    for place in tab.cells.filled():
        cell = tab.cell(place)
        end = widths.get(place, place[1] + 1)
        points = cell.style["textFormat"]["fontSize"]
        is_free = place[0] == place_of(HeatmapCard).row(1)  # a month's name runs over the next week
        if cell.text and cell.style.get("wrapStrategy") != "WRAP" and not is_free:
            pixels = sum(tab.column_pixels[place[1] : end])
            assert width_of(cell.text) * points * 4 / 3 <= pixels, (place, cell.text)
