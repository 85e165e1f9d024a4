"""How a number looks under a number format's pattern; dates and times as serial numbers.

A serial number counts the days since 1899-12-30.

Source: https://developers.google.com/workspace/sheets/api/guides/formats
"""

import operator
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from emulators.sheets.resource import Resource

DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})

_DEFAULTS = {
    "NUMBER": "#,##0.00",
    "PERCENT": "0.00%",
    "CURRENCY": "$#,##0.00",
    "SCIENTIFIC": "0.00E+00",
    "DATE": "yyyy-mm-dd",
    "TIME": "h:mm:ss",
    "DATE_TIME": "yyyy-mm-dd h:mm:ss",
}
_LOCALE_DEFAULTS = {
    "en_US": {"DATE": "m/d/yyyy", "TIME": "h:mm:ss am/pm", "DATE_TIME": "m/d/yyyy h:mm:ss"},
    "ja_JP": {"DATE": "yyyy/mm/dd", "DATE_TIME": "yyyy/mm/dd h:mm:ss", "CURRENCY": "[$¥]#,##0"},
}
_PIECE = re.compile(r'"([^"]*)"|\\(.)|_(.)|\*(.)|\[\$([^\]]*)\]|\[([^\]]*)\]', re.DOTALL)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_DIGITS = re.compile(r"[0#?,]*[0#?](?:\.[0#?]*)?,*|\.[0#?]+")
_EXPONENT = re.compile(r"([0#?.,]+)E([+-])([0#]+)")


def pattern_of(number_format: Resource | None, locale: str) -> str:
    """The pattern in force, empty for automatic; a type without one has the locale's."""
    if not number_format:
        return ""
    kind = number_format.get("type", "")
    default = _LOCALE_DEFAULTS.get(locale, {}).get(kind) or _DEFAULTS.get(kind, "")
    return number_format.get("pattern") or default


def is_date(number_format: Resource | None) -> bool:
    """Whether numbers under this format are shown as dates or times."""
    return number_format is not None and number_format.get("type") in DATE_TYPES


@lru_cache(maxsize=65_536)
def format_number(value: float, pattern: str, *, date: bool = False) -> str:
    """The number as the cell shows it."""
    if not pattern or pattern in ("General", "@"):
        return general(value)
    section, value = _section_of(value, _sections(pattern))
    text, literals = _without_literals(section)
    if date:
        return _restored(format_moment(value, text), literals)
    return _restored(_numeric(value, text), literals)


def format_text(text: str, pattern: str) -> str:
    """A text under a pattern: only a fourth section changes it."""
    sections = _sections(pattern) if ";" in pattern else [pattern]
    if len(sections) < 4:
        return text
    section, literals = _without_literals(sections[3])
    return _restored(section.replace("@", text), literals)


def general(value: float) -> str:
    """A number under the automatic format: up to ten significant digits after trimming."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if abs(value) >= 1e15 or abs(value) < 1e-5:
        mantissa, _, exponent = f"{value:.5E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
    decimals = max(0, 10 - len(str(int(abs(value)))))
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".")


def _sections(pattern: str) -> list[str]:
    found, quoted, current = [], False, ""
    for index, letter in enumerate(pattern):
        if letter == '"':
            quoted = not quoted
        if letter == ";" and not quoted and pattern[index - 1 : index] != "\\":
            found.append(current)
            current = ""
        else:
            current += letter
    return [*found, current]


def _section_of(value: float, sections: list[str]) -> tuple[str, float]:
    """The section for a number, and the number as that section shows it.

    Conditions such as `[>=1000]` stand for the usual rule of positive, negative and zero: the first
    section whose condition holds, else the last one.
    """
    conditions = [_CONDITION.search(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _COMPARISONS[condition[1]](value, float(condition[2])):
                return section, value
        return sections[-1], value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    return sections[2 if value == 0 and len(sections) > 2 else 0], value


def _without_literals(section: str) -> tuple[str, list[str]]:
    """The section with each literal replaced by a private mark, and the literals."""
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        quoted, escaped, skipped, repeated, currency, bracket = match.groups()
        if bracket is not None:
            return match[0] if is_elapsed(bracket) else ""
        literal = quoted if quoted is not None else escaped or (currency or "").split("-")[0]
        literals.append(" " if skipped else "" if repeated else literal)
        return chr(0xE000 + len(literals) - 1)

    return _PIECE.sub(keep, section), literals


def _restored(text: str, literals: list[str]) -> str:
    for index, literal in enumerate(literals):
        text = text.replace(chr(0xE000 + index), literal)
    return text


def _numeric(value: float, section: str) -> str:
    exponent = _EXPONENT.search(section)
    if exponent:
        shown = _scientific(value, exponent)
        return section[: exponent.start()] + shown + section[exponent.end() :]
    digits = _DIGITS.search(section)
    if digits is None:
        return section
    scaled = value * 100 ** section.count("%")
    shown = _digits(abs(scaled), digits[0])
    sign = "-" if scaled < 0 and any(digit in shown for digit in "123456789") else ""
    return sign + section[: digits.start()] + shown + section[digits.end() :]


def _digits(value: float, pattern: str) -> str:
    body = pattern.rstrip(",")
    value /= 1000 ** (len(pattern) - len(body))
    whole_pattern, _, decimals = body.partition(".")
    needed = decimals.count("0")
    text = f"{_half_up(value, len(decimals)):.{len(decimals)}f}"
    whole, _, fraction = text.partition(".")
    while len(fraction) > needed and fraction.endswith("0"):
        fraction = fraction[:-1]
    least = whole_pattern.count("0")
    whole = "" if whole == "0" and not least else whole.zfill(least)
    if "," in whole_pattern:
        whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", whole)
    return whole + ("." if "." in body else "") + fraction


def _half_up(value: float, decimals: int) -> float:
    """Sheets rounds halves away from zero, as seen in decimal notation."""
    nudge = abs(value) * 1e-15
    return round(value + nudge, decimals) if decimals < 15 else value


def _scientific(value: float, match: re.Match[str]) -> str:
    mantissa_pattern, plus, exponent_pattern = match.groups()
    decimals = len(mantissa_pattern.partition(".")[2])
    mantissa, _, exponent = f"{value:.{decimals}E}".partition("E")
    sign = "-" if exponent.startswith("-") else "+" if plus == "+" else ""
    return f"{mantissa}E{sign}{exponent[1:].lstrip('0').zfill(len(exponent_pattern))}"


_TOKEN = re.compile(
    r"\[(h+|m+|s+)\]|(yyyy|yy|y|mmmmm|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s|am/pm|a/p|\.0+)",
    re.IGNORECASE,
)
_SECONDS_PER = {"h": 3600, "m": 60, "s": 1}
_MONTHS = "January February March April May June July August September October November December"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"


def is_elapsed(bracket: str) -> bool:
    """Whether a bracketed part counts elapsed hours, minutes or seconds."""
    return re.fullmatch(r"h+|m+|s+", bracket, re.IGNORECASE) is not None


def format_moment(serial: float, pattern: str) -> str:
    """The moment under a pattern without literals; `m` beside hours or seconds is minutes."""
    moment = to_datetime(serial)
    matches = list(_TOKEN.finditer(pattern))
    names = [(match[1] or match[2]).lower() for match in matches]
    twelve = any(name in ("am/pm", "a/p") for name in names)
    text, place = "", 0
    for index, match in enumerate(matches):
        name = names[index]
        if match[1]:
            shown = _elapsed(serial, name)
        elif name in ("m", "mm") and _is_minutes(names, index):
            shown = str(moment.minute).zfill(len(name))
        else:
            shown = _part(moment, name, twelve=twelve)
            if match[2] == "a/p":  # the one part whose case is that of the pattern
                shown = shown.lower()
        text += pattern[place : match.start()] + shown
        place = match.end()
    return text + pattern[place:]


def _is_minutes(names: list[str], index: int) -> bool:
    """Minutes follow hours or come before seconds; otherwise it is the month."""
    before = names[index - 1][0] if index else ""
    after = names[index + 1][0] if index + 1 < len(names) else ""
    return before == "h" or after == "s"


def _elapsed(serial: float, name: str) -> str:
    return str(int(round(serial * 86_400) // _SECONDS_PER[name[0]])).zfill(len(name))


def _part(moment: datetime, name: str, *, twelve: bool) -> str:
    hour = (moment.hour % 12 or 12) if twelve else moment.hour
    month, day = _MONTHS.split()[moment.month - 1], _DAYS.split()[moment.weekday()]
    if name.startswith("."):
        return _fraction(moment, len(name) - 1)
    numbers = {"d": moment.day, "dd": moment.day, "m": moment.month, "mm": moment.month,
               "h": hour, "hh": hour, "s": moment.second, "ss": moment.second}  # fmt: skip
    if name in numbers:
        return str(numbers[name]).zfill(len(name))
    words = {
        "yyyy": f"{moment.year:04d}", "yy": f"{moment.year % 100:02d}", "y": f"{moment.year}",
        "mmm": month[:3], "mmmm": month, "mmmmm": month[:1], "ddd": day[:3], "dddd": day,
        "am/pm": "AM" if moment.hour < 12 else "PM", "a/p": "A" if moment.hour < 12 else "P",
    }  # fmt: skip
    return words[name]


def _fraction(moment: datetime, digits: int) -> str:
    """Rounded, but never up into the next second, which is shown already."""
    unit = 10**digits
    return f".{min(round(moment.microsecond * unit / 1e6), unit - 1):0{digits}d}"


EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no zone


def to_datetime(serial: float) -> datetime:
    """The wall-clock moment of a serial number, to the millisecond."""
    return EPOCH + timedelta(milliseconds=round(serial * 86_400_000))


def to_serial(moment: datetime) -> float:
    """The serial number of a wall-clock moment; whole days are whole numbers."""
    since = moment - EPOCH
    return since.days + since.seconds / 86_400 + since.microseconds / 86_400_000_000
