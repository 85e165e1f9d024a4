"""A cell's edit on the page, as a person edits it in the Sheets apps.

What can be edited is what the Sheet itself checks (its strict data validation), and a value is
taken where that check takes it. Which settings there are is write_sheet's affair.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from own_dashboard.page.spreadsheet import Place, Tab

EnteredValue = bool | float | str
_NUMBER = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What to write where. place: row and column, counted from 0."""

    sheet_id: int
    place: Place
    value: EnteredValue


class NotEditable(Exception):
    """The request is none that the page makes: it names no cell that can be edited."""


class NotAllowed(Exception):
    """The Sheet's check refuses the value."""


class Outdated(Exception):
    """The cell is no longer what the person saw: rows moved, or somebody else was quicker."""


def read_edit(body: object, tabs: Sequence[Tab]) -> Edit:
    """The edit that `{"cell": "3:1:1", "was": "5", "value": 6}` asks for, checked.

    cell: the tab's id, row and column. was: the text that the person saw there.
    """
    if not isinstance(body, Mapping) or body.keys() != {"cell", "was", "value"}:
        raise NotEditable("expected an object with cell, was and value")
    value = body["value"]
    if not isinstance(value, bool | int | float | str):
        raise NotEditable(f"value: expected a number, text or truth value, got {value!r}")
    sheet_id, row, column = _numbers(body["cell"])
    tab = next((tab for tab in tabs if tab.shown and tab.sheet_id == sheet_id), None)
    cell = tab.cell((row, column)) if tab else None
    if cell is None or cell.text != body["was"]:
        raise Outdated
    if cell.validation is None:
        raise NotEditable(f"cell: {body['cell']} is not for entering values")
    if not cell.validation.allows(value):
        raise NotAllowed(str(value))
    return Edit(sheet_id=sheet_id, place=(row, column), value=value)


def _numbers(key: object) -> tuple[int, int, int]:
    parts = key.split(":") if isinstance(key, str) else []
    if len(parts) != 3 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise NotEditable(f"cell: expected tab, row and column such as 3:1:1, got {key!r}")
    sheet_id, row, column = map(int, parts)
    return sheet_id, row, column
