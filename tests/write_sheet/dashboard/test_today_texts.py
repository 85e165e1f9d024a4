"""The texts of `Today`: they claim nothing that is unknown, and nothing of them is cut unseen."""

import re
from datetime import date, timedelta

import pytest

from tests.support.today import drawn, line, shown
from tests.support.write_sheet import ONE_DAY, TODAY, MemorySheet, at, place_of, window_event
from write_sheet.dashboard.labels import LANGUAGES
from write_sheet.dashboard.today.heatmap import HeatmapCard
from write_sheet.dashboard.today.look_back import LookBackCard
from write_sheet.dashboard.today.ranking import RankingCard
from write_sheet.dashboard.today.text_width import fits, shortened, width_of
from write_sheet.dashboard.today.tiles import StreaksCard
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import write


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
