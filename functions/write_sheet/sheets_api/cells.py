"""Typed cells: what Python values look like in the requests and answers of the Sheets API.

Values go in as `userEnteredValue` with their type, so nothing is ever parsed: a repository named
`=cmd()` or `1/2` stays text. Days and instants are serial numbers, as the service keeps them.
https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/other#ExtendedValue
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeGuard

# Days since 1899-12-30, as all spreadsheets count; 1970-01-01 is 25,569.
_ORDINAL_OF_ZERO = date(1899, 12, 30).toordinal()
_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY_MICROSECONDS = 86_400_000_000
_LAST_SERIAL = date.max.toordinal() - _ORDINAL_OF_ZERO

Cell = dict[str, object]


@dataclass(frozen=True)
class Formula:
    """A formula that somebody typed into a cell; never written by this program."""

    text: str


Value = str | float | bool | Formula | None


def is_number(value: Value) -> TypeGuard[float]:
    """Whether it is a number, and no tick box's value, which Python takes for one."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(value: float | None) -> Cell:
    """A number; None is a blank cell."""
    return {} if value is None else {"userEnteredValue": {"numberValue": value}}


def text(value: str) -> Cell:
    """A text, never parsed; an empty one is a blank cell."""
    return {"userEnteredValue": {"stringValue": value}} if value else {}


def flag(value: bool) -> Cell:
    """A tick box's value."""
    return {"userEnteredValue": {"boolValue": value}}


def day(value: date | None) -> Cell:
    """A calendar day."""
    return number(None if value is None else serial_of_day(value))


def instant(value: datetime | None) -> Cell:
    """An instant as its wall-clock time in UTC."""
    return number(None if value is None else serial_of_instant(value))


def wall_clock(value: datetime | None) -> Cell:
    """The wall-clock time that an aware datetime shows, without its zone."""
    return {} if value is None else instant(value.replace(tzinfo=UTC))


def cell_of(value: Value) -> Cell:
    """The cell that holds a value; a formula is never written."""
    if isinstance(value, bool):
        return flag(value)
    if isinstance(value, str):
        return text(value)
    return number(value) if isinstance(value, int | float) else {}


def value_of(cell: Mapping[str, Any]) -> Value:
    """What stands in a `CellData` of an answer."""
    for kind, content in cell.get("userEnteredValue", {}).items():
        if kind == "formulaValue":
            return Formula(str(content))
        if isinstance(content, str | float | int):
            return content
    return None


def serial_of_day(value: date) -> int:
    """The serial number of a calendar day."""
    return value.toordinal() - _ORDINAL_OF_ZERO


def day_of_serial(serial: float) -> date | None:
    """The calendar day of a whole serial number; None where there is no such day."""
    if serial != int(serial) or not 0 < serial <= _LAST_SERIAL:
        return None
    return date.fromordinal(int(serial) + _ORDINAL_OF_ZERO)


def serial_of_instant(value: datetime) -> float:
    """The serial number of an aware instant, in UTC; exact to the microsecond until 2079."""
    return (value - _ZERO) // _MICROSECOND / _DAY_MICROSECONDS


def instant_of_serial(serial: float) -> datetime | None:
    """The instant in UTC of a serial number; None where there is no such instant."""
    if not 0 < serial < _LAST_SERIAL:
        return None
    days = int(serial)
    microseconds = round((serial - days) * _DAY_MICROSECONDS)
    return _ZERO + timedelta(days=days, microseconds=microseconds)


def day_of(value: Value) -> date | None:
    """The calendar day that a cell holds; None where it holds none."""
    return None if isinstance(value, str | bool | Formula | None) else day_of_serial(value)


def instant_of(value: Value) -> datetime | None:
    """The instant in UTC that a cell holds; None where it holds none."""
    return None if isinstance(value, str | bool | Formula | None) else instant_of_serial(value)
