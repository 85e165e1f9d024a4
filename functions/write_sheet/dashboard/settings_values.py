"""Reads single cells of the tab `Settings`; None for what is no good there."""

from write_sheet.dashboard.labels import LANGUAGES
from write_sheet.history.preferences import LARGEST_GOAL, MONDAY, SATURDAY, SUNDAY
from write_sheet.sheets_api.cells import Value

FIRST_WEEKDAYS = (MONDAY, SUNDAY, SATURDAY)


def goal_of(value: Value) -> int | None:
    """A whole number in its range, also one that became a text."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == int(value) and 1 <= value <= LARGEST_GOAL else None


def language_of(value: Value) -> str | None:
    """The code of a language by its own name."""
    names = {labels.language_name.lower(): code for code, labels in LANGUAGES.items()}
    return names.get(value.strip().lower()) if isinstance(value, str) else None


def first_weekday_of(value: Value) -> int | None:
    """A day's name in any language, since the language may have been changed by the same hand."""
    for labels in LANGUAGES.values():
        for weekday in FIRST_WEEKDAYS:
            if isinstance(value, str) and value.strip().lower() == labels.weekdays[weekday].lower():
                return weekday
    return None


def ticked_of(value: Value) -> bool | None:
    """A tick box; one that was emptied is not ticked."""
    return value if isinstance(value, bool) else (False if value is None else None)
