"""Reading the tabs back: typed cells, the hidden days_table, settings, languages, labels."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commit_counts.errors import InvalidSettings
from tests.support.write_sheet import TODAY, at
from write_sheet.dashboard.labels import ENGLISH, JAPANESE
from write_sheet.dashboard.settings_tab import read_settings_tab
from write_sheet.history.preferences import SUNDAY, Preferences
from write_sheet.history.problems import ProblemKind
from write_sheet.history.sources import UNKNOWN, CellState
from write_sheet.settings import language_of, read_settings
from write_sheet.sheets_api import cells
from write_sheet.sheets_api.cells import Formula, Value, value_of
from write_sheet.stored.read import DaysTable, read_days_table
from write_sheet.stored.rows import DATA_HEADERS, lost_columns, read_rows
from write_sheet.stored.statements import Statements
from write_sheet.stored.write import day_table, exception_table, metadata_table

HEADER = DATA_HEADERS["en"]
SERIAL = cells.serial_of_day(TODAY)
INSTANT = cells.serial_of_instant(at(0))


@settings(max_examples=300)
@given(st.dates(min_value=date(1900, 1, 1)))
def test_days_come_back_from_their_serial_numbers(day: date) -> None:
    """Every day of the calendar."""
    assert cells.day_of_serial(cells.serial_of_day(day)) == day


@settings(max_examples=300)
@given(st.datetimes(datetime(1970, 1, 1), datetime(2078, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants the bounds without a zone
def test_instants_come_back_to_the_microsecond(instant: datetime) -> None:
    """Or a repeated event would look like a new one."""
    assert cells.instant_of_serial(cells.serial_of_instant(instant)) == instant


def test_known_serial_numbers() -> None:
    """As every spreadsheet counts: 1970-01-01 is 25,569, noon is a half."""
    assert cells.serial_of_day(date(1970, 1, 1)) == 25_569
    assert cells.serial_of_instant(datetime(1970, 1, 1, 12, tzinfo=UTC)) == 25_569.5


@pytest.mark.parametrize("serial", [-1, 0, 1.5, 1e12, 3_000_000])
def test_what_is_no_day_is_none(serial: float) -> None:
    """A person may type any number where a day belongs."""
    assert cells.day_of_serial(serial) is None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ({}, None),
        ({"userEnteredValue": {"numberValue": 2.5}}, 2.5),
        ({"userEnteredValue": {"stringValue": "=x"}}, "=x"),
        ({"userEnteredValue": {"boolValue": False}}, False),
        ({"userEnteredValue": {"formulaValue": "=1+1"}}, Formula("=1+1")),
    ],
)
def test_a_cell_is_read_with_its_type(cell: dict[str, object], value: Value) -> None:
    """A text that looks like a formula is a text."""
    assert value_of(cell) == value


def test_the_tab_days_comes_back_as_it_was_written() -> None:
    """State days, exceptions over many days, metadata; what says nothing sure is passed by."""
    days = [TODAY - timedelta(days=n) for n in range(5)]
    days_table = DaysTable(
        commits=dict.fromkeys(days, 2),
        complete_as_of=dict.fromkeys(days[:4], at(1)),
        exceptions={
            **{day: {"a/b": CellState(None, None)} for day in days[:3]},
            days[4]: {"a/b": CellState(None, None), "c/d": CellState(None, at(0))},
        },
        metadata={"time_zone": "Asia/Tokyo"},
        statements=Statements(main="github/me", rows=1),
    )
    spans = exception_table(days_table)
    assert [row[2:] for row in spans].count(["a/b", None]) == 2
    grid: list[list[Value]] = [["header"]]
    tables: tuple[list[list[Value]], ...] = (
        day_table(days_table),
        spans,
        [],
        metadata_table(days_table.metadata),
        [["github/me", *[None] * 5]],
    )
    for n in range(max(len(table) for table in tables)):
        row: list[Value] = []
        for table, width in zip(tables, (4, 5, 3, 3, 6), strict=True):
            found = table[n] if n < len(table) else []
            row += [*found, *[None] * (width - len(found))]
        grid.append(row)
    assert read_days_table(grid) == days_table
    assert read_days_table([*grid, ["nonsense", "x", True, None, "?", 3, 4, None]]) == days_table


@pytest.mark.parametrize(
    ("row", "stated"),
    [
        ([SERIAL, "a/b", 3, INSTANT], CellState(3, at(0))),
        ([TODAY.isoformat(), " a/b ", "3", "2026-11-23T03:00:00Z"], CellState(3, at(0))),
        ([SERIAL, "a/b", 3], CellState(3, None)),
        ([SERIAL, "a/b", "three", INSTANT], UNKNOWN),
        ([SERIAL, "a/b", 2.5, INSTANT], UNKNOWN),
        ([SERIAL, "a/b", -1, INSTANT], UNKNOWN),
        ([SERIAL, "a/b", True, INSTANT], UNKNOWN),
        ([SERIAL, "a/b", Formula("=1+1"), INSTANT], UNKNOWN),
        ([SERIAL, "a/b", None, INSTANT], UNKNOWN),
    ],
)
def test_a_row_is_read_as_far_as_it_is_certain(row: list[Value], stated: CellState) -> None:
    """A number as text is that number; everything else that is no count is told."""
    found = read_rows([list(HEADER), row])
    assert found.cells == {TODAY: {"a/b": stated}}
    kinds = [problem.kind for problem in found.problems]
    assert kinds == ([ProblemKind.NOT_A_COUNT] if stated.commits is None else [])


@pytest.mark.parametrize(
    "row",
    [
        [None, "a/b", 3],
        [SERIAL, None, 3],
        ["soon", "a/b", 3],
        [SERIAL, True, 3],
        [1.5, "a/b", 3],
        [Formula("=TODAY()"), "a/b", 3],
        ["1969-12-31", "a/b", 3],
    ],
)
def test_a_row_without_a_day_or_a_name_is_not_ours(row: list[Value]) -> None:
    """It is told, and its place is not written over."""
    found = read_rows([list(HEADER), row])
    assert found.cells == {}
    assert [problem.kind for problem in found.problems] == [ProblemKind.NO_ROW_OF_OURS]
    assert found.end == 2


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ([SERIAL, None, 3, INSTANT], f"{TODAY} |  | 3 | {at(0):%Y-%m-%d %H:%M} UTC"),
        ([None, "a/b", 3, INSTANT], f" | a/b | 3 | {at(0):%Y-%m-%d %H:%M} UTC"),
        ([Formula("=TODAY()"), "a/b"], "=TODAY() | a/b"),
        (["my notes", None, "and more", "later"], "my notes |  | and more | later"),
    ],
)
def test_a_row_that_is_not_ours_is_told_as_the_person_sees_it(row: list[Value], shown: str) -> None:
    """A day and an instant, not the serial numbers that the service keeps."""
    [problem] = read_rows([list(HEADER), row]).problems
    assert problem.found == shown


def test_of_two_rows_about_one_cell_the_later_statement_counts() -> None:
    """As for events; two of the same instant that differ are told."""
    later = cells.serial_of_instant(at(1))
    twice: list[list[Value]] = [
        list(HEADER),
        [SERIAL, "a/b", 3, later],
        [SERIAL, "a/b", 5, INSTANT],
    ]
    found = read_rows(twice)
    assert (found.cells[TODAY]["a/b"].commits, found.duplicate, found.problems) == (3, {2}, [])
    twice[2][3] = later
    found = read_rows(twice)
    assert (found.cells[TODAY]["a/b"].commits, found.duplicate) == (5, {1})
    assert [problem.kind for problem in found.problems] == [ProblemKind.CONTRADICTION]


@pytest.mark.parametrize(
    ("grid", "is_lost"),
    [
        ([], False),
        ([list(HEADER)], False),
        ([["date", "repository", "Zahl", "collected_at"], [SERIAL, "a/b", 1, INSTANT]], False),
        ([["date", "repository", "collected_at"], [SERIAL, "a/b", INSTANT]], True),
        ([[None, "x", *HEADER], [None, 1, SERIAL, "a/b", 1, INSTANT]], False),
        ([["mine"], ["my", "own", "list"]], True),
        ([list(DATA_HEADERS["ja"]), [SERIAL, "a/b", 1, INSTANT]], False),
        ([["日付", "repository", "コミット数", "集計日時"], [SERIAL, "a/b", 1, INSTANT]], False),
        ([["日付", "リポジトリ", "集計日時"], [SERIAL, "a/b", INSTANT]], True),
        ([[None, *DATA_HEADERS["ja"]], [None, SERIAL, "a/b", 1, INSTANT]], False),
        ([[SERIAL, "a/b", 1, INSTANT]], False),
    ],
)
def test_lost_columns_are_told_from_renamed_ones(grid: list[list[Value]], is_lost: bool) -> None:
    """Nothing of the person's may be taken for ours."""
    assert (lost_columns(grid, read_rows(grid)) is not None) is is_lost


def test_settings_are_read_in_any_language_and_bad_ones_are_not_used() -> None:
    """The language may have been changed by the same hand as the weekday."""
    last_good = Preferences(goal=5, rest_weekdays=frozenset({5}))
    grid: list[list[Value]] = [[], [None, "7"], [None, "日本語"], [None, "sunday"], [None, True]]
    read = read_settings_tab(grid, last_good)
    assert read.bad == {}
    assert read.preferences == Preferences(
        goal=7, language="ja", first_weekday=SUNDAY, rest_weekdays=frozenset({0})
    )
    bad = read_settings_tab([[], [None, 0], [None, 1.0], [None, "Wednesday"], [None, 1]], last_good)
    assert bad.preferences == Preferences(goal=5)
    assert set(bad.bad) == {1, 2, 3, 4}
    assert read_settings_tab([], last_good).preferences == last_good


@pytest.mark.parametrize(
    ("given_language", "used"),
    [
        (None, "en"), ("", "en"), ("ja", "ja"), ("ja_JP.UTF-8", "ja"), ("ja-JP", "ja"),
        ("en_US:en", "en"), ("de_DE:ja:en", "ja"), ("de_DE.UTF-8", "en"), ("C.UTF-8", "en"),
        ("JA", "ja"),
    ],
)  # fmt: skip
def test_the_systems_language_is_understood(given_language: str | None, used: str) -> None:
    """LANGUAGE is set by systems as a list of locales; an unknown one is no problem."""
    assert language_of(given_language) == used


def test_every_wrong_variable_is_named_at_once() -> None:
    """One message, so that fixing takes one round."""
    with pytest.raises(InvalidSettings, match=r"TIME_ZONE.*SHEET_ID|SHEET_ID.*TIME_ZONE"):
        read_settings({"TIME_ZONE": "Mars/Olympus"})
    read = read_settings({"SHEET_ID": " 1AbC ", "LANGUAGE": "ja_JP.UTF-8"})
    assert (read.sheet_id, read.language, read.zone) == ("1AbC", "ja", None)


def test_both_languages_fill_the_same_gaps() -> None:
    """A text that takes another number of values would show braces or fail."""
    of_one_language = ("day", "day_with_year", "month_with_year", "span_within_year", "against")
    for name in (field.name for field in fields(ENGLISH)):
        english, japanese = getattr(ENGLISH, name), getattr(JAPANESE, name)
        assert type(english) is type(japanese)
        if isinstance(english, tuple):
            assert len(english) == len(japanese)
        elif isinstance(english, str) and name not in of_one_language:
            assert _gaps(english) == _gaps(japanese), name


def _gaps(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


@pytest.mark.parametrize(
    ("since", "until", "english", "japanese"),
    [
        (date(2026, 2, 3), date(2026, 2, 3), "3 Feb 2026", "2026/2/3"),
        (date(2026, 2, 3), date(2026, 4, 5), "3 Feb – 5 Apr 2026", "2026/2/3〜4/5"),
        (date(2025, 12, 31), date(2026, 1, 1), "31 Dec 2025 – 1 Jan 2026",
         "2025/12/31〜2026/1/1"),
    ],
)  # fmt: skip
def test_spans_of_days_read_naturally(
    since: date, until: date, english: str, japanese: str
) -> None:
    """The year stands where each language puts it, and once where once is enough."""
    assert (ENGLISH.between(since, until), JAPANESE.between(since, until)) == (english, japanese)
