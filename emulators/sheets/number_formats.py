"""How a number looks under a number format: the pattern language of Sheets, ordinary parts of it.

Kept: sections for positive, negative, zero and text; `0 # ? , . %` and exponents; quoted and
escaped text; dates and times with am/pm, fractions and elapsed `[h]`; the locales' default
patterns for en_US and ja_JP (every other locale gets ISO dates). Not kept: colours (read over),
conditions in brackets, fractions (`# ?/?`), names of months and days in other languages.

Source: https://developers.google.com/workspace/sheets/api/guides/formats
"""

import re
from functools import lru_cache

from emulators.sheets import date_formats
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
    sections = _sections(pattern)
    section = sections[0]
    if value < 0 and len(sections) > 1:
        section, value = sections[1], -value
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    text, literals = _without_literals(section)
    if date:
        return _restored(date_formats.format_moment(value, text), literals)
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


def _without_literals(section: str) -> tuple[str, list[str]]:
    """The section with each literal replaced by a private mark, and the literals."""
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        quoted, escaped, skipped, repeated, currency, bracket = match.groups()
        if bracket is not None:
            return match[0] if date_formats.is_elapsed(bracket) else ""
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
