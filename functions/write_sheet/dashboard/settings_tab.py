"""The tab `Settings`: reads what the person set, says in words what is no good, shows the choices.

A bad value is never used: the last good one is, and a sentence beside the cell says so. The bad
value itself stays, for the person to fix. The last good values are kept on the tab `days`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from write_sheet.dashboard.labels import LANGUAGES, Labels
from write_sheet.history.preferences import (
    LARGEST_GOAL,
    MONDAY,
    SATURDAY,
    SUNDAY,
    Preferences,
)
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.cells import Cell, Formula, Value, is_number
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import MUTED, RED, grid_properties, styled
from write_sheet.sheets_api.tab import Tab

GOAL_ROW, LANGUAGE_ROW, FIRST_WEEKDAY_ROW, REST_ROW = 1, 2, 3, 4
HINT_ROW = REST_ROW + 7
_ROWS = HINT_ROW + 1
_COLUMN_PIXELS = (150, 80, 83)
_FIRST_WEEKDAYS = (MONDAY, SUNDAY, SATURDAY)

PREFERENCES_KEY = "settings"

Grid = Sequence[Sequence[Value]]


@dataclass(frozen=True, kw_only=True)
class SettingsRead:
    """preferences: what is used. bad: the rows whose value is not, as the person sees it."""

    preferences: Preferences
    bad: Mapping[int, str]


def read_preferences(grid: Grid, metadata: Mapping[str, str], *, language: str) -> SettingsRead:
    """What the person set; `language` where nobody has set one yet."""
    return read_settings_tab(grid, _remembered(metadata.get(PREFERENCES_KEY), language))


def written_preferences(used: Preferences) -> str:
    """How the last good values are kept."""
    return json.dumps(
        {
            "goal": used.goal,
            "rest_weekdays": sorted(used.rest_weekdays),
            "language": used.language,
            "first_weekday": used.first_weekday,
        }
    )


def _remembered(written: str | None, language: str) -> Preferences:
    if written is None:
        return Preferences(language=language)
    try:
        fields = json.loads(written)
        return Preferences(
            goal=int(fields["goal"]),
            rest_weekdays=frozenset(int(day) for day in fields["rest_weekdays"]),
            language=fields["language"] if fields["language"] in LANGUAGES else language,
            first_weekday=int(fields["first_weekday"]),
        )
    except (ValueError, KeyError, TypeError):
        return Preferences(language=language)


def format_settings() -> list[Request]:
    """Sizes, formats, and the checks that need no words; the drop-downs come with their words."""
    tab = Tab.SETTINGS
    built = [grid_properties(tab, frozen_rows=1, hide_gridlines=True)]
    for column, size in enumerate(_COLUMN_PIXELS):
        built.append(requests.pixel_size(tab, "COLUMNS", column, column + 1, size))
    last = REST_ROW + 7
    return [
        *built,
        styled(tab, (0, 1), (0, 3), size=12, bold=True),
        styled(tab, (1, last), (0, 1), wrap="WRAP"),
        styled(tab, (1, last), (1, 2), bold=True, align="CENTER"),
        styled(tab, (1, last), (2, 3), size=9, wrap="WRAP", foreground=RED),
        styled(tab, (HINT_ROW, HINT_ROW + 1), (0, 3), size=9, foreground=MUTED),
        _checked((GOAL_ROW, GOAL_ROW + 1), "NUMBER_BETWEEN", "1", str(LARGEST_GOAL)),
        _checked((REST_ROW, last), "BOOLEAN"),
    ]


def read_settings_tab(grid: Grid, last_good: Preferences) -> SettingsRead:
    """The person's settings; what is bad is as in `last_good`. An empty tab has none yet.

    Where rows were taken out or put in between, a value is known by the words beside it.
    """
    if _is_blank(grid):
        return SettingsRead(preferences=last_good, bad={})
    grid = _in_place(grid, last_good)
    used, bad = last_good, set[int]()
    goal, language = _goal_of(_value(grid, GOAL_ROW)), _language_of(_value(grid, LANGUAGE_ROW))
    first_weekday = _first_weekday_of(_value(grid, FIRST_WEEKDAY_ROW))
    if goal is None:
        bad.add(GOAL_ROW)
    else:
        used = replace(used, goal=goal)
    if language is None:
        bad.add(LANGUAGE_ROW)
    else:
        used = replace(used, language=language)
    if first_weekday is None:
        bad.add(FIRST_WEEKDAY_ROW)
    else:
        used = replace(used, first_weekday=first_weekday)
    rest = set(last_good.rest_weekdays)
    for weekday in range(7):
        ticked = _ticked_of(_value(grid, REST_ROW + weekday))
        if ticked is None:
            bad.add(REST_ROW + weekday)
        else:
            (rest.add if ticked else rest.discard)(weekday)
    used = replace(used, rest_weekdays=frozenset(rest))
    return SettingsRead(preferences=used, bad={row: _shown(_value(grid, row)) for row in bad})


def words_requests(read: SettingsRead) -> list[Request]:
    """The tab's words and choices in the person's language, and what is wrong with a value."""
    used = read.preferences
    labels = LANGUAGES[used.language]
    names = [[typed.text(name)] for name in _names(labels)]
    messages = [[typed.text(_message(row, read, labels))] for row in range(_ROWS)]
    return [
        requests.put(Tab.SETTINGS, 0, 0, names),
        requests.put(Tab.SETTINGS, 0, 2, messages),
        _choice(LANGUAGE_ROW, [words.language_name for words in LANGUAGES.values()]),
        _choice(FIRST_WEEKDAY_ROW, [labels.weekdays[day] for day in _FIRST_WEEKDAYS]),
    ]


def value_requests(read: SettingsRead, grid: Grid) -> list[Request]:
    """All values where they are gone or displaced; else choices that the language words anew."""
    used, built = read.preferences, list[Request]()
    is_new = _is_blank(grid) or _places(grid) is not None
    for row, cell in _values(used, LANGUAGES[used.language]).items():
        is_shown = typed.value_of(cell) == _value(grid, row)
        is_ours = row in (LANGUAGE_ROW, FIRST_WEEKDAY_ROW) and row not in read.bad
        if not is_shown and (is_new or is_ours):
            built.append(requests.put(Tab.SETTINGS, row, 1, [[cell]]))
    return built


def _goal_of(value: Value) -> int | None:
    """A whole number in its range, also one that became a text."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if not is_number(value):
        return None
    return int(value) if value == int(value) and 1 <= value <= LARGEST_GOAL else None


def _language_of(value: Value) -> str | None:
    """The code of a language by its own name."""
    names = {labels.language_name.lower(): code for code, labels in LANGUAGES.items()}
    return names.get(value.strip().lower()) if isinstance(value, str) else None


def _first_weekday_of(value: Value) -> int | None:
    """A day's name in any language, since the language may have been changed by the same hand."""
    for labels in LANGUAGES.values():
        for weekday in _FIRST_WEEKDAYS:
            if isinstance(value, str) and value.strip().lower() == labels.weekdays[weekday].lower():
                return weekday
    return None


def _ticked_of(value: Value) -> bool | None:
    """A tick box; one that was emptied is not ticked."""
    return value if isinstance(value, bool) else (False if value is None else None)


def _in_place(grid: Grid, last_good: Preferences) -> Grid:
    """The grid with every value in its own row; a value whose row is gone is the last good one."""
    places = _places(grid)
    if places is None:
        return grid
    known = _values(last_good, LANGUAGES[last_good.language])
    values = [
        _value(grid, places[row])
        if row in places
        else typed.value_of(known[row])
        if row in known
        else None
        for row in range(_ROWS)
    ]
    return [[None, value] for value in values]


def _places(grid: Grid) -> dict[int, int] | None:
    """Where each row of ours stands, by its words; None where none moved and none is gone."""
    stands: dict[str, int] = {}
    for place, row in enumerate(grid):
        if row and isinstance(row[0], str):
            stands.setdefault(row[0], place)
    places = {
        row: stands[name]
        for labels in LANGUAGES.values()
        for row, name in enumerate(_names(labels))
        if name in stands
    }
    if any(place != row for row, place in places.items()):
        return places
    reworded = {row: row for row in range(min(_ROWS, len(grid))) if any(grid[row][:2])}
    is_whole = not places or len(reworded | places) == _ROWS
    return None if is_whole else reworded | places


def _is_blank(grid: Grid) -> bool:
    """Whether no value is there: a new tab, or one whose column of values was deleted."""
    return all(_value(grid, row) is None for row in range(len(grid)))


def _values(used: Preferences, labels: Labels) -> dict[int, Cell]:
    values = {
        GOAL_ROW: typed.number(used.goal),
        LANGUAGE_ROW: typed.text(labels.language_name),
        FIRST_WEEKDAY_ROW: typed.text(labels.weekdays[used.first_weekday]),
    }
    for weekday in range(7):
        values[REST_ROW + weekday] = typed.flag(weekday in used.rest_weekdays)
    return values


def _names(labels: Labels) -> list[str]:
    rest = [labels.setting_rest.format(weekday=weekday) for weekday in labels.weekdays]
    head = [labels.settings, labels.setting_goal, labels.setting_language]
    return [*head, labels.setting_first_weekday, *rest, labels.settings_hint]


def _message(row: int, read: SettingsRead, labels: Labels) -> str:
    if row not in read.bad:
        return ""
    found, used = read.bad[row], read.preferences
    if row == GOAL_ROW:
        return labels.bad_goal.format(found=found, largest=LARGEST_GOAL, used=used.goal)
    if row == LANGUAGE_ROW:
        return labels.bad_choice.format(found=found, used=labels.language_name)
    if row == FIRST_WEEKDAY_ROW:
        shown = labels.weekdays[used.first_weekday]
        return labels.bad_choice.format(found=found, used=shown)
    is_ticked = row - REST_ROW in used.rest_weekdays
    return labels.bad_flag.format(found=found, used="☑" if is_ticked else "☐")


def _checked(rows: tuple[int, int], kind: str, *values: str) -> Request:
    condition: dict[str, object] = {"type": kind}
    if values:
        condition["values"] = [{"userEnteredValue": value} for value in values]
    rule = {"condition": condition, "strict": True, "showCustomUi": True}
    range_ = requests.area(Tab.SETTINGS, rows=rows, columns=(1, 2))
    return {"setDataValidation": {"range": range_, "rule": rule}}


def _choice(row: int, choices: Sequence[str]) -> Request:
    """A drop-down that takes nothing else."""
    condition = {
        "type": "ONE_OF_LIST",
        "values": [{"userEnteredValue": choice} for choice in choices],
    }
    return {
        "setDataValidation": {
            "range": requests.area(Tab.SETTINGS, rows=(row, row + 1), columns=(1, 2)),
            "rule": {"condition": condition, "strict": True, "showCustomUi": True},
        }
    }


def _value(grid: Grid, row: int) -> Value:
    return grid[row][1] if row < len(grid) and len(grid[row]) > 1 else None


def _shown(value: Value) -> str:
    shown = value.text if isinstance(value, Formula) else "" if value is None else str(value)
    return shown[:40]
