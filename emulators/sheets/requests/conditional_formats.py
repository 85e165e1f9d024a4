"""Conditional formats: adding, changing, moving and deleting boolean and gradient rules.

Source: https://developers.google.com/workspace/sheets/api/guides/conditional-format
"""

from emulators.sheets.errors import invalid
from emulators.sheets.requests.handler import Handler, canonical_range
from emulators.sheets.resource import Resource
from emulators.sheets.workbook import Sheet, Workbook

_LIST = "conditionalFormats"
_FORMATS = frozenset({"backgroundColor", "backgroundColorStyle", "textFormat"})
_TEXT_FORMATS = frozenset(
    {"bold", "italic", "strikethrough", "underline", "foregroundColor", "foregroundColorStyle"}
)
_BARE_POINTS = frozenset({"MIN", "MAX"})
# How many values a condition's type takes; types that are not here take any number.
_VALUE_COUNTS = {
    **dict.fromkeys(("BLANK", "NOT_BLANK", "DATE_IS_VALID", "TEXT_IS_EMAIL", "TEXT_IS_URL"), 0),
    **dict.fromkeys(("NUMBER_GREATER", "NUMBER_GREATER_THAN_EQ", "NUMBER_LESS"), 1),
    **dict.fromkeys(("NUMBER_LESS_THAN_EQ", "NUMBER_EQ", "NUMBER_NOT_EQ", "CUSTOM_FORMULA"), 1),
    **dict.fromkeys(("TEXT_CONTAINS", "TEXT_NOT_CONTAINS", "TEXT_STARTS_WITH", "TEXT_EQ"), 1),
    **dict.fromkeys(("TEXT_ENDS_WITH", "DATE_EQ", "DATE_BEFORE", "DATE_AFTER"), 1),
    **dict.fromkeys(("NUMBER_BETWEEN", "NUMBER_NOT_BETWEEN"), 2),
}


def _add(workbook: Workbook, body: Resource) -> Resource:
    rule, sheet = _checked(workbook, body.get("rule") or {})
    rules = sheet.listed(_LIST)
    index = body.get("index") or 0
    if not 0 <= index <= len(rules):
        raise invalid(f"Invalid index: {index}. The sheet has {len(rules)} rules.")
    rules.insert(index, rule)
    return {}


def _update(workbook: Workbook, body: Resource) -> Resource:
    index = body.get("index") or 0
    if body.get("rule") is not None:
        rule, sheet = _checked(workbook, body["rule"])
        rules = sheet.listed(_LIST)
        old = _at(rules, index)
        rules[index] = rule
        new_index = index
    else:
        if body.get("newIndex") is None:
            raise invalid("Either a rule or a new index must be specified.")
        rules = workbook.sheet(body.get("sheetId")).listed(_LIST)
        new_index = body["newIndex"]
        old = rule = _at(rules, index)
        _at(rules, new_index)
        rules.insert(new_index, rules.pop(index))
    reply = {"newRule": rule, "newIndex": new_index, "oldRule": old, "oldIndex": index}
    return {"updateConditionalFormatRule": reply}


def _delete(workbook: Workbook, body: Resource) -> Resource:
    rules = workbook.sheet(body.get("sheetId")).listed(_LIST)
    index = body.get("index") or 0
    rule = _at(rules, index)
    del rules[index]
    return {"deleteConditionalFormatRule": {"rule": rule}}


def _at(rules: list[Resource], index: int) -> Resource:
    if not 0 <= index < len(rules):
        raise invalid(f"No conditional format on sheet at index: {index}")
    return rules[index]


def _checked(workbook: Workbook, given: Resource) -> tuple[Resource, Sheet]:
    """The rule as it is kept and the tab that it belongs to."""
    ranges = given.get("ranges") or []
    if not ranges:
        raise invalid("A conditional format rule must have at least one range.")
    sheets = {workbook.resolve(range_)[0].sheet_id for range_ in ranges}
    if len(sheets) > 1:
        raise invalid("All ranges of a conditional format rule must be on the same sheet.")
    boolean, gradient = given.get("booleanRule"), given.get("gradientRule")
    if (boolean is None) == (gradient is None):
        raise invalid("A conditional format rule must have a booleanRule or a gradientRule.")
    kept: Resource = {"ranges": [canonical_range(range_) for range_ in ranges]}
    if boolean is not None:
        _check_boolean(boolean)
        kept["booleanRule"] = boolean
    if gradient is not None:
        _check_gradient(gradient)
        kept["gradientRule"] = gradient
    return kept, workbook.sheet(sheets.pop())


def _check_boolean(rule: Resource) -> None:
    condition = rule.get("condition") or {}
    kind, values = condition.get("type"), condition.get("values") or []
    if not kind:
        raise invalid("A boolean rule must have a condition with a type.")
    wanted = _VALUE_COUNTS.get(kind)
    if wanted is not None and len(values) != wanted:
        raise invalid(f"A condition of type {kind} takes {wanted} values, not {len(values)}.")
    format_ = rule.get("format") or {}
    strange = set(format_) - _FORMATS | set(format_.get("textFormat") or {}) - _TEXT_FORMATS
    if strange:
        raise invalid(f"A conditional format cannot set: {', '.join(sorted(strange))}")


def _check_gradient(rule: Resource) -> None:
    for name in ("minpoint", "maxpoint"):
        if not rule.get(name):
            raise invalid(f"A gradient rule must have a {name}.")
    for name in ("minpoint", "midpoint", "maxpoint"):
        point = rule.get(name)
        if point is None:
            continue
        if point.get("color") is None and point.get("colorStyle") is None:
            raise invalid(f"The {name} of a gradient rule must have a color.")
        if not point.get("type"):
            raise invalid(f"The {name} of a gradient rule must have a type.")
        if point["type"] not in _BARE_POINTS and not point.get("value"):
            raise invalid(f"The {name} of type {point['type']} must have a value.")


HANDLERS: dict[str, Handler] = {
    "addConditionalFormatRule": _add,
    "updateConditionalFormatRule": _update,
    "deleteConditionalFormatRule": _delete,
}
