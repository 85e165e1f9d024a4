"""The tab `Today` is made of cards, none of which knows where another stands."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from emulators.sheets.render import spreadsheet_resource
from tests.support.write_sheet import TODAY, TOKYO, MemorySheet, history_of, window_event
from tests.write_sheet.dashboard.fixture_card import QuoteCard
from write_sheet.dashboard.labels import ENGLISH, JAPANESE, Labels
from write_sheet.dashboard.today.card import WIDTH, Card, Content, Facts, Place
from write_sheet.dashboard.today.chart import ChartCard
from write_sheet.dashboard.today.heatmap import month_names
from write_sheet.dashboard.today.page import CARDS, TodayPage
from write_sheet.dashboard.today.text_cards import ProblemsCard, UnknownCard
from write_sheet.dashboard.today.text_width import line_count, width_of
from write_sheet.history.preferences import Preferences
from write_sheet.history.problems import Problem, ProblemKind
from write_sheet.history.statistics import HEATMAP_WEEKS, summarize
from write_sheet.sheets_api.requests import FORMAT, ROOM, SORT, TIME_ZONE, Request
from write_sheet.sheets_api.tab import Tab


def facts(**unknown: str) -> Facts:
    """Three commits today, and repositories that could not be read."""
    event = window_event({(TODAY, "me/app"): 3}, unknown=unknown or {"acme/secret": "no access"})
    summary = summarize(history_of([event]), Preferences(), TOKYO)
    assert summary is not None
    return Facts(summary=summary, labels=ENGLISH)


def drawn(page: TodayPage) -> Mapping[str, Any]:
    """Today as the service has it after the page was laid out and filled."""
    sheet = MemorySheet()
    size = {"rowCount": page.rows, "columnCount": WIDTH}
    new: dict[str, object] = {
        "sheetId": Tab.TODAY.sheet_id,
        "title": "Today",
        "gridProperties": size,
    }
    days: dict[str, object] = {"sheetId": Tab.DAYS.sheet_id, "title": "days"}
    tabs: list[Request] = [{"addSheet": {"properties": tab}} for tab in (new, days)]
    sheet.write([*tabs, *page.format(), *page.fill(facts())])
    resource = spreadsheet_resource(sheet.workbook, include_grid_data=True)
    [found] = [tab for tab in resource["sheets"] if tab["properties"]["title"] == "Today"]
    assert isinstance(found, dict)
    return found


def ranges(value: Any) -> Iterator[Mapping[str, int]]:
    """Every GridRange on Today in requests."""
    match value:
        case {"sheetId": Tab.TODAY.sheet_id, "startRowIndex": int(), "endRowIndex": int()}:
            yield value
        case dict():
            for inner in value.values():
                yield from ranges(inner)
        case list():
            for inner in value:
                yield from ranges(inner)


def rows_below(tab: Mapping[str, Any], row: int) -> list[Any]:
    """All that is to be seen from a row on: cells and heights."""
    [data] = tab["data"]
    cells = data.get("rowData", [])
    return [
        (cells[n] if n < len(cells) else {}, data["rowMetadata"][n])
        for n in range(row, tab["properties"]["gridProperties"]["rowCount"])
    ]


def moved(value: Any, by: int, *, since: int) -> Any:
    """A resource with every index of a row on Today from `since` on raised."""
    if isinstance(value, list):
        return [moved(inner, by, since=since) for inner in value]
    if not isinstance(value, dict):
        return value
    found = {name: moved(inner, by, since=since) for name, inner in value.items()}
    if value.get("sheetId") == Tab.TODAY.sheet_id:
        for side in ("startRowIndex", "rowIndex", "endRowIndex"):
            if value.get(side, -1) >= since + (side == "endRowIndex"):
                found[side] = value[side] + by
    return found


@pytest.mark.parametrize("place", range(1, len(CARDS) + 1))
def test_a_card_is_added_by_its_module_and_its_entry_in_the_list(place: int) -> None:
    """It stands where the list has it, on rows of its own; all that is below it has moved."""
    before, after = (
        TodayPage(CARDS), TodayPage((*CARDS[:place], QuoteCard(), *CARDS[place:]))
    )  # fmt: skip
    old, new = drawn(before), drawn(after)
    stands = after.places[place]
    assert after.rows == before.rows + QuoteCard.rows + 1
    assert rows_below(new, stands.top)[0][0]["values"][0]["formattedValue"] == "Quote"
    assert rows_below(new, stands.top)[1][0]["values"][0]["formattedValue"] == "One more than 3"
    by = QuoteCard.rows + 1
    first = before.places[place].top if place < len(CARDS) else before.rows - 1
    if place < len(CARDS) and CARDS[place].has_gap:
        assert rows_below(new, first + by) == rows_below(old, first)
    own = [
        {"sheetId": Tab.TODAY.sheet_id, "startRowIndex": stands.top + row,
         "endRowIndex": stands.top + row + rows, "startColumnIndex": 0, "endColumnIndex": WIDTH}
        for row, rows in ((0, 1), (1, 2))
    ]  # fmt: skip
    kept = [merge for merge in new["merges"] if merge not in own]
    assert len(kept) == len(new["merges"]) - 2
    assert kept == moved(old["merges"], by, since=first)
    assert new["charts"][0]["position"] == moved(old["charts"][0]["position"], by, since=first)
    assert len(new["conditionalFormats"]) == len(old["conditionalFormats"]) + 1
    assert after.is_own_rule([Place(stands.top, 3).area((1, 3), (0, WIDTH))])
    assert not before.is_own_rule([Place(stands.top, 3).area((1, 3), (0, WIDTH))])


@pytest.mark.parametrize("card", [*CARDS, QuoteCard()], ids=lambda card: type(card).__name__)
def test_a_card_keeps_to_its_own_rows(card: Card) -> None:
    """Wherever it stands, it formats no row of another one, and fills none."""
    place = Place(40, card.rows)
    touched = list(ranges(card.format(place)))
    assert touched
    for area in touched:
        assert place.top <= area["startRowIndex"] < area["endRowIndex"] <= place.top + card.rows
    card.fill(Content(card.rows), facts())
    with pytest.raises(IndexError):
        place.row(card.rows)


def test_a_gap_goes_with_a_card_that_shows_nothing() -> None:
    """Nothing unknown: its title, its rows and the distance above it are all hidden."""
    page = TodayPage((ChartCard(), UnknownCard()))
    summary = summarize(history_of([window_event({(TODAY, "me/app"): 3})]), Preferences(), TOKYO)
    assert summary is not None
    [_, *heights] = page.fill(Facts(summary=summary, labels=ENGLISH))
    hidden = {
        "updateDimensionProperties": {
            "range": {"sheetId": Tab.TODAY.sheet_id, "dimension": "ROWS",
                      "startIndex": ChartCard.rows,
                      "endIndex": ChartCard.rows + 1 + UnknownCard.rows},
            "properties": {"hiddenByUser": True},
            "fields": "hiddenByUser",
        }
    }  # fmt: skip
    assert heights == [hidden]


@pytest.mark.parametrize("first_weekday", [0, 5, 6])
def test_names_of_months_never_touch_each_other(first_weekday: int) -> None:
    """A name is up to two columns wide; each month whose first two weeks are shown has one."""
    day = date(2024, 1, 1)
    while day.weekday() != first_weekday:
        day += timedelta(days=1)
    for _ in range(160):
        names = month_names(day)
        for before, after in pairwise(names):
            assert after - before >= 2, day
        assert max(names) < HEATMAP_WEEKS - 1, day
        months = [(day + timedelta(weeks=week, days=6)).month for week in range(HEATMAP_WEEKS)]
        whole = {month for month in months if months.count(month) > 3}
        assert set(names.values()) >= whole - {months[-1]}, day
        day += timedelta(weeks=1)


def test_a_japanese_character_is_as_tall_as_wide() -> None:
    """So a Japanese sentence gets the lines that it needs, and its row their height."""
    assert width_of("日本語") == 3
    assert width_of("Ａ") == 1
    assert width_of("e\u0301") == width_of("e") < 0.6
    assert width_of("abc") == width_of("ｱｲｳ")
    assert line_count("読" * 25, 313, points=9) == 1
    assert line_count("読" * 26, 313, points=9) == 2
    long = facts(**{"acme/secret": "読" * 60})
    content = Content(UnknownCard.rows)
    UnknownCard().fill(content, Facts(summary=long.summary, labels=JAPANESE))
    assert content.heights[1] == 15 * 3 + 5


@pytest.mark.parametrize(
    ("found", "english", "japanese"),
    [
        (SORT, "the rows of 記録 could not be sorted", "タブ「記録」の行を並べ替えられません"),
        (TIME_ZONE, "Google does not take the time zone", "タイムゾーンがGoogleに受け付けられず"),
        (ROOM, "the tab 今日 could not be written", "タブ「今日」に書き込めません"),
        (Tab.MONTHS.title, "the tab 月と週 could not be written", "タブ「月と週」に書き込めません"),
        (FORMAT + Tab.SETTINGS.title, "the tab 設定 could not be formatted",
         "タブ「設定」の書式を設定できません"),
    ],
)  # fmt: skip
def test_what_was_refused_is_told_with_the_tabs_own_title(
    found: str, english: str, japanese: str
) -> None:
    """In the person's language, as the person calls the tab."""
    refused = Problem(kind=ProblemKind.REFUSED, repaired=False, found=found)
    titles = {**JAPANESE.titles, Tab.DATA: "記録"}
    for labels, words in ((ENGLISH, english), (JAPANESE, japanese)):
        shown = Facts(summary=facts().summary, labels=labels, problems=[refused], titles=titles)
        [sentence] = ProblemsCard().sentences(shown)
        assert sentence.startswith(words)
        assert "{" not in sentence


@pytest.mark.parametrize("labels", [ENGLISH, JAPANESE], ids=lambda labels: labels.language)
def test_every_problem_that_lasts_has_words(labels: Labels) -> None:
    """Those that are always repaired in the same delivery are never shown."""
    repaired = {ProblemKind.CONTRADICTION, ProblemKind.MOVED_COLUMNS,
                ProblemKind.LOST_TAB, ProblemKind.CUT_TAB}  # fmt: skip
    for kind in set(ProblemKind) - repaired - {ProblemKind.REFUSED}:
        problem = Problem(kind=kind, repaired=False, row=3, since=TODAY, until=TODAY, found="7")
        shown = Facts(
            summary=facts().summary, labels=labels, problems=[problem], titles=labels.titles
        )
        [sentence] = ProblemsCard().sentences(shown)
        assert "{" not in sentence
        assert len(sentence) > 10
