"""How the Sheets emulator shows numbers, reads what a person would type, and names ranges."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulators.sheets import ranges
from emulators.sheets.cell_values import raw, user_entered
from emulators.sheets.number_formats import format_number, pattern_of, to_datetime, to_serial
from emulators.sheets.ranges import Box

TODAY = datetime(2026, 11, 24)  # noqa: DTZ001 - a cell's date has no zone
# 2016-04-05 16:08:53.528, the moment of the examples in Google's guide.
GUIDE = 42465.67284176


@pytest.mark.parametrize(
    ("value", "pattern", "shown"),
    [
        (3, "", "3"),
        (0.1 + 0.2, "", "0.3"),
        (1234567.891, "", "1234567.891"),
        (-2.5, "", "-2.5"),
        (1e20, "", "1E+20"),
        (3.6, "0", "4"),
        (0.5, "0", "1"),
        (0, "0", "0"),
        (0, "#", ""),
        (1234.5, "#,##0", "1,235"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-1234, "#,##0", "-1,234"),
        (-0.2, "0", "0"),
        (0.1234, "0%", "12%"),
        (0.1234, "0.00%", "12.34%"),
        (12345.125, "####.#", "12345.1"),
        (12.34, "000.0#", "012.34"),
        (12345.6, "0.00E+00", "1.23E+04"),
        (5, '0 "commits"', "5 commits"),
        (5, "+0;-0;0", "+5"),
        (-5, "+0;-0;0", "-5"),
        (0, '+0;-0;"±"0', "±0"),
        (-3, "0;(0)", "(3)"),
        (7, "[Red]0", "7"),
        (7, "[$¥]#,##0", "¥7"),
        (1500000, '0.0,,"M"', "1.5M"),
        (999, '[>=1000]0,"k";0', "999"),
        (1500, '[>=1000]0,"k";0', "2k"),
        (9949, '[>=9950]0,"k";[>=1000]0.0,"k";0', "9.9k"),
        (12345, '[>=9950]0,"k";[>=1000]0.0,"k";0', "12k"),
        (50, '[<100]"low";[>500]"high";000', "low"),
        (100, '[<100]"low";[>500]"high";000', "100"),
        (-5, '[<0]"under "0;[=0]"none";0', "-under 5"),
        (7, "[<>7]0;[<=3]0.0", "7.0"),
    ],
)
def test_a_number_is_shown_by_its_pattern(value: float, pattern: str, shown: str) -> None:
    """Automatic, digits, thousands, percent, exponents, literals, sections, scaling."""
    assert format_number(value, pattern) == shown


@pytest.mark.parametrize(
    ("value", "pattern", "shown"),
    [
        (46349, "yyyy-mm-dd", "2026-11-23"),
        (46349.5, "yyyy-mm-dd hh:mm", "2026-11-23 12:00"),
        (46349, "m/d/yy", "11/23/26"),
        (46349, 'yyyy"年"m"月"d"日"', "2026年11月23日"),
        (GUIDE, "h:mm:ss.00 a/p", "4:08:53.53 p"),
        (GUIDE, 'dddd, m/d/yy" at "h:mm', "Tuesday, 4/5/16 at 16:08"),
        (GUIDE, "mmmm ddd", "April Tue"),
        (GUIDE, "hh:mm am/pm", "04:08 PM"),
        (1.5, "[h]:mm", "36:00"),
        (0, "yyyy-mm-dd", "1899-12-30"),
    ],
)
def test_a_moment_is_shown_by_its_pattern(value: float, pattern: str, shown: str) -> None:
    """Dates, times, names, elapsed hours; `m` is minutes beside hours and seconds."""
    assert format_number(value, pattern, date=True) == shown


@pytest.mark.parametrize(
    ("number_format", "locale", "pattern"),
    [
        (None, "en_US", ""),
        ({"type": "DATE"}, "en_US", "m/d/yyyy"),
        ({"type": "DATE"}, "ja_JP", "yyyy/mm/dd"),
        ({"type": "DATE", "pattern": "d.m.yyyy"}, "ja_JP", "d.m.yyyy"),
        ({"type": "PERCENT"}, "de_DE", "0.00%"),
    ],
)
def test_a_format_without_a_pattern_has_the_locales(
    number_format: dict[str, str] | None, locale: str, pattern: str
) -> None:
    """The type alone names a default."""
    assert pattern_of(number_format, locale) == pattern


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)))  # noqa: DTZ001
def test_a_moment_and_its_serial_number_are_one(moment: datetime) -> None:
    """There and back, to the millisecond; a date's serial is its ordinal less 693594."""
    rounded = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)

    assert to_datetime(to_serial(rounded)) == rounded
    assert to_serial(midnight) == moment.toordinal() - 693594


DATE = {"type": "DATE"}


@pytest.mark.parametrize(
    ("typed", "value", "kind"),
    [
        ("12", {"numberValue": 12}, None),
        ("-1,234.5", {"numberValue": -1234.5}, "NUMBER"),
        ("+1", {"numberValue": 1}, None),
        ("12%", {"numberValue": 0.12}, "PERCENT"),
        ("$5", {"numberValue": 5}, "CURRENCY"),
        ("1e3", {"numberValue": 1000}, None),
        ("true", {"boolValue": True}, None),
        ("2026-11-23", {"numberValue": 46349}, "DATE"),
        ("2026/11/23", {"numberValue": 46349}, "DATE"),
        ("11/23/2026", {"numberValue": 46349}, "DATE"),
        ("1/2", {"numberValue": 46024}, "DATE"),
        ("2026-11-23 12:00", {"numberValue": 46349.5}, "DATE_TIME"),
        ("6:00 PM", {"numberValue": 0.75}, "TIME"),
        ("2026-02-30", {"stringValue": "2026-02-30"}, None),
        ("=SUM(A1)", {"formulaValue": "=SUM(A1)"}, None),
        ("=", {"stringValue": "="}, None),
        ("'=SUM(A1)", {"stringValue": "=SUM(A1)"}, None),
        ("1,23", {"stringValue": "1,23"}, None),
        ("me/app", {"stringValue": "me/app"}, None),
        (4, {"numberValue": 4}, None),
        (False, {"boolValue": False}, None),
    ],
)
def test_typed_input_becomes_what_a_person_would_see(
    typed: Any, value: dict[str, Any], kind: str | None
) -> None:
    """USER_ENTERED in the locale en_US, with the number format that the input brings."""
    entered = user_entered(typed, locale="en_US", today=TODAY)

    assert entered is not None
    assert entered[0] == value
    assert (entered[1] or {}).get("type") == kind


@pytest.mark.parametrize("text", ["=cmd()", "1/2", "+1", "TRUE", "2026-11-23", "'a"])
def test_raw_input_is_not_read(text: str) -> None:
    """RAW keeps a text as text, whatever it looks like."""
    assert raw(text) == {"stringValue": text}


@pytest.mark.parametrize("empty", ["", None])
def test_empty_input_is_no_value(empty: str | None) -> None:
    """Neither RAW nor USER_ENTERED keeps an empty text."""
    assert raw(empty) is None
    assert user_entered(empty, locale="en_US", today=TODAY) is None


@given(st.integers(0, 18_277))
def test_a_column_and_its_letters_are_one(column: int) -> None:
    """A to ZZZ, there and back."""
    assert ranges.column_index(ranges.column_name(column)) == column


ROWS, COLUMNS = ("startRowIndex", "endRowIndex"), ("startColumnIndex", "endColumnIndex")


@pytest.mark.parametrize(
    ("cells", "rows", "columns"),
    [
        ("A1", (0, 1), (0, 1)),
        ("$B$2", (1, 2), (1, 2)),
        ("A1:C2", (0, 2), (0, 3)),
        ("c2:a1", (0, 2), (0, 3)),
        ("A:B", (None, None), (0, 2)),
        ("1:2", (0, 2), (None, None)),
        ("A5:B", (4, None), (0, 2)),
        ("A5:7", (4, 7), (0, None)),
    ],
)
def test_a1_notation_names_the_sides_of_a_range(
    cells: str, rows: tuple[Any, Any], columns: tuple[Any, Any]
) -> None:
    """A side that is not said stays open."""
    sides = ranges.cells_range(cells)

    assert sides is not None
    assert (sides.get(ROWS[0]), sides.get(ROWS[1])) == rows
    assert (sides.get(COLUMNS[0]), sides.get(COLUMNS[1])) == columns


@pytest.mark.parametrize(
    "text", ["", "A0", "A1:", ":B2", "ABCD1", "A", "1", "Sheet one", "A1:B2:C3"]
)
def test_other_text_is_no_range(text: str) -> None:
    """What is not A1 notation may be a title or a name."""
    assert ranges.cells_range(text) is None


@pytest.mark.parametrize("title", ["data", "Sheet1", "my tab", "it's", "A1", "今日", "a!b", "1"])
def test_a_title_is_quoted_so_that_it_reads_back(title: str) -> None:
    """Quotes double, and a title like a cell is quoted."""
    box = Box(top=0, bottom=2, left=0, right=1)

    assert ranges.split_a1(ranges.range_text(title, box)) == (title, "A1:A2")
