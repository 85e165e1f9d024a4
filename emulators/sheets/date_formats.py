"""How a serial number looks under the date and time parts of a number format's pattern.

Source: https://developers.google.com/workspace/sheets/api/guides/formats#date_and_time_format_patterns
"""

import re
from datetime import datetime

from emulators.sheets.serials import to_datetime

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
