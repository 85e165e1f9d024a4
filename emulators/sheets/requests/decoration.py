"""What sits on cells beside their values: data validation and borders.

As over the service's API, a rule of validation is kept and shown; a write that breaks it passes.
"""

from emulators.sheets.errors import invalid
from emulators.sheets.grid import Cell
from emulators.sheets.requests.cells import replace_field
from emulators.sheets.requests.handler import Handler, check_editable
from emulators.sheets.resource import Resource
from emulators.sheets.workbook import Workbook


def _set_data_validation(workbook: Workbook, body: Resource) -> Resource:
    sheet, box = workbook.resolve(body.get("range"))
    check_editable(workbook, sheet, box)
    rule = body.get("rule")
    if rule is not None:
        _check_condition(rule.get("condition") or {})

    def change(cell: Cell | None) -> Cell | None:
        rest = {name: item for name, item in (cell or {}).items() if name != "dataValidation"}
        return ({**rest, "dataValidation": rule} if rule else rest) or None

    sheet.grid.change(box, change)
    return {}


def _check_condition(condition: Resource) -> None:
    kind, values = condition.get("type"), condition.get("values") or []
    if not kind:
        raise invalid("The condition of a data validation rule must have a type.")
    if kind in ("ONE_OF_LIST", "ONE_OF_RANGE", "CUSTOM_FORMULA") and not values:
        raise invalid(f"BooleanCondition.values must not be empty for the type {kind}.")
    if kind == "ONE_OF_RANGE" and not (values[0].get("userEnteredValue") or "").startswith("="):
        raise invalid("A condition of type ONE_OF_RANGE takes a range that begins with '='.")


def _update_borders(workbook: Workbook, body: Resource) -> Resource:
    sheet, box = workbook.resolve(body.get("range"))
    check_editable(workbook, sheet, box)
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            sides = {
                "top": body.get("top" if row == box.top else "innerHorizontal"),
                "bottom": body.get("bottom" if row == box.bottom - 1 else "innerHorizontal"),
                "left": body.get("left" if column == box.left else "innerVertical"),
                "right": body.get("right" if column == box.right - 1 else "innerVertical"),
            }
            drawn = {side: border for side, border in sides.items() if border is not None}
            cell = _with_borders(sheet.grid.cell(row, column), drawn)
            sheet.grid.put(row, column, [cell])
    return {}


def _with_borders(cell: Cell | None, drawn: Resource) -> Cell | None:
    cell = dict(cell or {})
    entered = dict(cell.get("userEnteredFormat") or {})
    borders = {**(entered.get("borders") or {}), **drawn}
    shown = {side: item for side, item in borders.items() if item.get("style") != "NONE"}
    replace_field(entered, "borders", shown)
    replace_field(cell, "userEnteredFormat", entered)
    return cell or None


HANDLERS: dict[str, Handler] = {
    "setDataValidation": _set_data_validation,
    "updateBorders": _update_borders,
}
