"""Conditional formats: the colours that the Sheet's own rules give its cells.

Known are the rules that write_sheet makes: a formula, and a number compared with another.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#conditionalformatrule
"""

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from own_dashboard.page.formula import CannotEvaluate, Surroundings, evaluate
from own_dashboard.page.spreadsheet import Cell, Place, Tab

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "NUMBER_EQ": operator.eq,
    "NUMBER_GREATER_THAN_EQ": operator.ge,
}


def apply_rules(
    tab: Tab, rows: Collection[int], surroundings: Surroundings
) -> tuple[Mapping[Place, Cell], list[str]]:
    """The cells to which the tab's rules give a format, and the rules that are not known here.

    rows: those that are shown. Where several rules give the same property, the first one in the
    list wins.
    """
    cells: dict[Place, Cell] = {}
    unknown: list[str] = []
    for rule in reversed(tab.rules):
        try:
            places = _places(tab, rows, rule, surroundings)
        except CannotEvaluate as error:
            unknown.append(str(error))
            continue
        for place in places:
            cell = cells.get(place) or tab.cell(place)
            cells[place] = replace(cell, style=_overlaid(cell.style, rule["booleanRule"]))
    return cells, unknown


def _places(
    tab: Tab, rows: Collection[int], rule: Mapping[str, Any], surroundings: Surroundings
) -> list[Place]:
    """Where the rule holds. Its references are those of its range's first cell."""
    if "booleanRule" not in rule:
        raise CannotEvaluate(", ".join(name for name in rule if name != "ranges"))
    areas = [tab.area(grid_range) for grid_range in rule.get("ranges", ())]
    origin = (areas[0].top, areas[0].left) if areas else (0, 0)
    return [
        place
        for area in areas
        for place in area.places()
        if place[0] in rows
        and _holds(
            rule["booleanRule"].get("condition", {}),
            tab.cell(place),
            replace(surroundings, shift=(place[0] - origin[0], place[1] - origin[1])),
        )
    ]


def _holds(condition: Mapping[str, Any], cell: Cell, surroundings: Surroundings) -> bool:
    kind: str = condition.get("type", "")
    wanted = [value.get("userEnteredValue", "") for value in condition.get("values", ())]
    if kind == "CUSTOM_FORMULA" and wanted:
        return bool(evaluate(wanted[0], surroundings))
    if kind in _COMPARISONS and wanted:
        limit = _limit(wanted[0], surroundings)
        return isinstance(cell.value, float) and _COMPARISONS[kind](cell.value, limit)
    raise CannotEvaluate(" ".join([kind, *wanted]))


def _limit(entered: str, surroundings: Surroundings) -> float:
    if entered.startswith("="):
        return evaluate(entered, surroundings)
    try:
        return float(entered)
    except ValueError as error:
        raise CannotEvaluate(entered) from error


def _overlaid(style: Mapping[str, Any], rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """A style with a rule's: colours in their old form are taken over in the new one too."""
    given = rule.get("format", {})
    text = {
        **style.get("textFormat", {}),
        **_modern(given.get("textFormat", {}), "foregroundColor"),
    }
    return {**style, **_modern(given, "backgroundColor"), "textFormat": text}


def _modern(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    if name in given and f"{name}Style" not in given:
        return {**given, f"{name}Style": {"rgbColor": given[name]}}
    return given
