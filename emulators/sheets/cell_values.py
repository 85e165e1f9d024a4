"""One cell: what the service makes of an input, and what it shows of a value.

RAW keeps an input as it is, USER_ENTERED reads it like a typist. Kept: numbers with thousands
commas, percent and dollar; booleans; dates and times in ISO form and in the order of the locale
(en_US month first, ja_JP year first); a leading apostrophe; formulas. Not kept: month names, other
currencies, other locales' decimal commas.

Formulas are stored and not computed: their effective value is an error that says so. A SPARKLINE,
which has no value in the service either, shows as nothing.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/ValueInputOption
"""

import re
from datetime import datetime
from typing import Any

from emulators.sheets import number_formats
from emulators.sheets.errors import invalid
from emulators.sheets.grid import Cell
from emulators.sheets.number_formats import to_serial
from emulators.sheets.resource import Resource, without_nulls

CHARACTER_LIMIT = 50_000
NOT_COMPUTED: Resource = {
    "errorValue": {"type": "ERROR", "message": "Formulas are not computed by this emulator."}
}
_ALIGNMENT = {"numberValue": "RIGHT", "boolValue": "CENTER", "errorValue": "CENTER"}


def checked_value(value: Resource) -> Resource | None:
    """A typed value as it is stored; None clears the cell. ApiError 400 for what cannot be kept."""
    if len(value) > 1:
        value = without_nulls(value)
        if len(value) > 1:
            raise invalid("Invalid value: oneof field 'value' is already set.")
    ((kind, content),) = value.items() or (("", None),)
    if content is None or content == "":
        return None
    if kind == "errorValue":
        raise invalid("ExtendedValue.errorValue is read-only.")
    if isinstance(content, str):
        check_length(content)
        if kind == "formulaValue" and not content.startswith("="):
            raise invalid(f"Invalid formula: {content}. Formulas must begin with '='.")
    return value


def check_length(text: str) -> None:
    """ApiError 400 where a text is longer than a cell may be."""
    if len(text) > CHARACTER_LIMIT:
        raise invalid(
            f"Your input contains more than the maximum of {CHARACTER_LIMIT} characters "
            "in a single cell."
        )


def effective_value(cell: Cell) -> Resource | None:
    """The cell's value after computing, as far as this emulator computes."""
    value: Resource | None = cell.get("userEnteredValue")
    if value and "formulaValue" in value:
        is_drawing = value["formulaValue"].lstrip("= ").upper().startswith("SPARKLINE(")
        return None if is_drawing else NOT_COMPUTED
    return value


def number_format_of(cell: Cell) -> Resource | None:
    """The cell's own number format."""
    entered = cell.get("userEnteredFormat")
    return entered.get("numberFormat") if entered else None


def formatted_value(cell: Cell, locale: str) -> str | None:
    """What the person sees; None for a cell that shows nothing."""
    value = effective_value(cell)
    if not value:
        return None
    ((kind, content),) = value.items()
    if kind == "errorValue":
        return "#ERROR!"
    if kind == "boolValue":
        return "TRUE" if content else "FALSE"
    number_format = number_format_of(cell)
    pattern = number_formats.pattern_of(number_format, locale)
    if kind == "stringValue":
        return number_formats.format_text(content, pattern)
    return number_formats.format_number(
        content, pattern, date=number_formats.is_date(number_format)
    )


def rendered(cell: Cell | None, *, render: str, date_render: str, locale: str) -> Any:
    """The cell in `values.get`: render and date_render are the request's two options."""
    if cell is None or "userEnteredValue" not in cell:
        return ""
    if render == "FORMATTED_VALUE":
        return formatted_value(cell, locale) or ""
    value = cell["userEnteredValue"] if render == "FORMULA" else effective_value(cell)
    if not value:
        return ""
    ((kind, content),) = value.items()
    as_text = kind == "numberValue" and date_render == "FORMATTED_STRING"
    if as_text and number_formats.is_date(number_format_of(cell)):
        return formatted_value(cell, locale)
    return "#ERROR!" if kind == "errorValue" else content


def effective_format(cell: Cell, default: Resource) -> Resource:
    """The default format, over it the cell's own; a value's kind decides its alignment."""
    merged = overlaid(default, cell.get("userEnteredFormat") or {})
    value = effective_value(cell)
    if value and "horizontalAlignment" not in merged:
        merged["horizontalAlignment"] = _ALIGNMENT.get(next(iter(value)), "LEFT")
    return merged


def overlaid(below: Resource, above: Resource) -> Resource:
    """Two formats, one over the other, group by group."""
    merged = dict(below)
    for name, value in above.items():
        is_group = name in ("textFormat", "borders", "padding")
        merged[name] = overlaid(below.get(name) or {}, value) if is_group else value
    return merged


_NUMBER = re.compile(r"^([+-]?)(\$?)(\d{1,3}(?:,\d{3})+|\d*)(\.\d*)?([eE][+-]?\d+)?(%?)$")
_ISO = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](.+))?$")
_AMERICAN = re.compile(r"^(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?: (.+))?$")
_TIME = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?: ?([AaPp])[Mm])?$")

Entered = tuple[Resource, Resource | None]


def raw(value: Any) -> Resource | None:
    """The typed value of an input that is not parsed; None for an empty one."""
    if value == "" or value is None:
        return None
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int | float):
        return {"numberValue": value}
    return {"stringValue": str(value)}


def user_entered(value: Any, *, locale: str, today: datetime) -> Entered | None:
    """The typed value of an input as if typed into a cell, and the number format that it brings.

    today: for dates without a year. None for an empty input.
    """
    typed = raw(value)
    if typed is None or "stringValue" not in typed:
        return None if typed is None else (typed, None)
    text = str(value)
    if text.startswith("'"):
        return {"stringValue": text[1:]}, None
    if text.startswith("=") and len(text) > 1:
        return {"formulaValue": text}, None
    if text.strip().upper() in ("TRUE", "FALSE"):
        return {"boolValue": text.strip().upper() == "TRUE"}, None
    found = _number(text.strip()) or _moment(text.strip(), locale=locale, today=today)
    return found or (typed, None)


def _number(text: str) -> Entered | None:
    match = _NUMBER.match(text)
    if match is None or not any(letter.isdigit() for letter in text):
        return None
    sign, dollar, whole, decimals, exponent, percent = match.groups()
    digits = f"{whole.replace(',', '') or '0'}{decimals or ''}{exponent or ''}"
    number = float(digits) * (-1 if sign == "-" else 1) / (100 if percent else 1)
    value = {"numberValue": int(number) if number.is_integer() else number}
    if percent:
        pattern = "0.00%" if decimals else "0%"
        return value, {"type": "PERCENT", "pattern": pattern}
    if dollar:
        return value, {"type": "CURRENCY", "pattern": "$#,##0.00" if decimals else "$#,##0"}
    if "," in whole:
        return value, {"type": "NUMBER", "pattern": "#,##0.00" if decimals else "#,##0"}
    return value, None


def _moment(text: str, *, locale: str, today: datetime) -> Entered | None:
    time_only = _TIME.match(text)
    if time_only:
        fraction = _time_of_day(text)
        shown = {"type": "TIME", "pattern": "h:mm:ss" if time_only[3] else "h:mm"}
        return None if fraction is None else ({"numberValue": fraction}, shown)
    match = _ISO.match(text)
    if match:
        year, month, day, clock = match.groups()
        pattern = "yyyy-mm-dd" if "-" in text else "yyyy/mm/dd"
    else:
        match = _AMERICAN.match(text)
        if match is None:
            return None
        month, day, year, clock = match.groups()
        pattern = "m/d/yyyy" if year else "m/d"
        if locale != "en_US" and int(month) > 12:
            return None
    return _dated(_year(year, today), int(month), int(day), clock, pattern)


def _year(year: str | None, today: datetime) -> int:
    if year is None:
        return today.year
    return int(year) + (2000 if len(year) == 2 else 0)


def _dated(year: int, month: int, day: int, clock: str | None, pattern: str) -> Entered | None:
    fraction = _time_of_day(clock) if clock else 0.0
    try:
        serial = to_serial(datetime(year, month, day))  # noqa: DTZ001 - a cell's date has no zone
    except ValueError:
        return None
    if fraction is None:
        return None
    if clock:
        return {"numberValue": serial + fraction}, {
            "type": "DATE_TIME",
            "pattern": f"{pattern} h:mm:ss",
        }
    return {"numberValue": int(serial)}, {"type": "DATE", "pattern": pattern}


def _time_of_day(text: str) -> float | None:
    match = _TIME.match(text)
    if match is None:
        return None
    hour, minute, second, half = int(match[1]), int(match[2]), float(match[3] or 0), match[4]
    if half:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    if minute > 59 or second >= 60:
        return None
    return (hour * 3600 + minute * 60 + second) / 86_400
