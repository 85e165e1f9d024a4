"""Conditional formats: the colours that the Sheet's own rules give its cells.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#conditionalformatrule
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from own_dashboard.page.colours import Colour, read_colour
from own_dashboard.page.formula import CannotEvaluate, Surroundings, evaluate
from own_dashboard.page.spreadsheet import Cell, Place, Tab

_NUMBER_TESTS: Mapping[str, Callable[[float, Sequence[float]], bool]] = {
    "NUMBER_GREATER": lambda value, limits: value > limits[0],
    "NUMBER_GREATER_THAN_EQ": lambda value, limits: value >= limits[0],
    "NUMBER_LESS": lambda value, limits: value < limits[0],
    "NUMBER_LESS_THAN_EQ": lambda value, limits: value <= limits[0],
    "NUMBER_EQ": lambda value, limits: value == limits[0],
    "NUMBER_NOT_EQ": lambda value, limits: value != limits[0],
    "NUMBER_BETWEEN": lambda value, limits: limits[0] <= value <= limits[1],
    "NUMBER_NOT_BETWEEN": lambda value, limits: not limits[0] <= value <= limits[1],
}


def apply_rules(
    tab: Tab, rows: Collection[int], surroundings: Surroundings
) -> tuple[Mapping[Place, Cell], list[str]]:
    """The cells to which the tab's rules give a format, and the rules that are not known here.

    rows: those that are shown; the others only count where a colour scale spans them. Where several
    rules give the same property, the first one in the list wins.
    """
    cells: dict[Place, Cell] = {}
    unknown: list[str] = []
    for rule in reversed(tab.rules):
        try:
            formats = _formats(tab, rows, rule, surroundings)
        except CannotEvaluate as error:
            unknown.append(str(error))
            continue
        for place, given in formats.items():
            cell = cells.get(place) or tab.cell(place)
            cells[place] = replace(cell, style=_overlaid(cell.style, given))
    return cells, unknown


def _formats(
    tab: Tab, rows: Collection[int], rule: Mapping[str, Any], surroundings: Surroundings
) -> Mapping[Place, Mapping[str, Any]]:
    areas = [tab.area(grid_range) for grid_range in rule.get("ranges", ())]
    places = [place for area in areas for place in area.places()]
    if gradient := rule.get("gradientRule"):
        return _gradient(tab, gradient, places)
    boolean = rule.get("booleanRule", {})
    origin = (areas[0].top, areas[0].left) if areas else (0, 0)
    condition, given = boolean.get("condition", {}), boolean.get("format", {})
    return {
        place: given
        for place in places
        if place[0] in rows
        and _holds(
            condition,
            tab.cell(place),
            replace(surroundings, shift=(place[0] - origin[0], place[1] - origin[1])),
        )
    }


def _holds(condition: Mapping[str, Any], cell: Cell, surroundings: Surroundings) -> bool:
    kind: str = condition.get("type", "")
    wanted = [value.get("userEnteredValue", "") for value in condition.get("values", ())]
    if kind == "CUSTOM_FORMULA" and wanted:
        return bool(evaluate(wanted[0], surroundings))
    if kind in _NUMBER_TESTS and wanted:
        limits = [_limit(text, surroundings) for text in wanted]
        enough = len(limits) > ("BETWEEN" in kind)
        return isinstance(cell.value, float) and enough and _NUMBER_TESTS[kind](cell.value, limits)
    raise CannotEvaluate(" ".join([kind, *wanted]))


def _limit(entered: str, surroundings: Surroundings) -> float:
    if entered.startswith("="):
        return evaluate(entered, surroundings)
    try:
        return float(entered)
    except ValueError as error:
        raise CannotEvaluate(entered) from error


def _gradient(
    tab: Tab, gradient: Mapping[str, Any], places: Sequence[Place]
) -> Mapping[Place, Mapping[str, Any]]:
    values = {place: value for place in places if isinstance(value := tab.cell(place).value, float)}
    if not values:
        return {}
    points = [
        (_point_value(gradient[name], list(values.values())), _point_colour(gradient[name]))
        for name in ("minpoint", "midpoint", "maxpoint")
        if name in gradient
    ]
    return {place: _background(_between(points, value)) for place, value in values.items()}


def _point_value(point: Mapping[str, Any], values: Sequence[float]) -> float:
    match point.get("type"):
        case "MIN":
            return min(values)
        case "MAX":
            return max(values)
        case "NUMBER":
            return float(point.get("value", "0"))
    raise CannotEvaluate(f"{point.get('type')} {point.get('value', '')}")


def _point_colour(point: Mapping[str, Any]) -> Colour:
    return read_colour(point, "color") or Colour(1, 1, 1)


def _between(points: Sequence[tuple[float, Colour]], value: float) -> Colour:
    if value <= points[0][0]:
        return points[0][1]
    for (low, start), (high, end) in pairwise(points):
        if value <= high and high > low:
            return start.mixed(end, (value - low) / (high - low))
    return points[-1][1]


def _background(colour: Colour) -> Mapping[str, Any]:
    parts = {"red": colour.red, "green": colour.green, "blue": colour.blue}
    return {"backgroundColorStyle": {"rgbColor": parts}}


def _overlaid(style: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """A style with a rule's: colours in their old form are taken over in the new one too."""
    text = {
        **style.get("textFormat", {}),
        **_modern(given.get("textFormat", {}), "foregroundColor"),
    }
    return {**style, **_modern(given, "backgroundColor"), "textFormat": text}


def _modern(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    if name in given and f"{name}Style" not in given:
        return {**given, f"{name}Style": {"rgbColor": given[name]}}
    return given
