"""One cell: checking what is put in, and what the service shows of it.

Formulas are kept and not computed: their effective value is an error that says so. A SPARKLINE,
which has no value in the service either, shows as nothing, for a page to draw.
"""

from typing import Any

from emulators.sheets import number_formats
from emulators.sheets.errors import invalid
from emulators.sheets.grid import Cell
from emulators.sheets.masks import without_nulls
from emulators.sheets.resource import Resource

CHARACTER_LIMIT = 50_000
NOT_COMPUTED: Resource = {
    "errorValue": {"type": "ERROR", "message": "Formulas are not computed by this emulator."}
}
_ALIGNMENT = {"numberValue": "RIGHT", "boolValue": "CENTER", "errorValue": "CENTER"}


def checked_value(value: Resource) -> Resource | None:
    """A typed value as it is stored; None clears the cell. ApiError 400 for what cannot be kept."""
    if len(value) > 1:
        value = without_nulls(value)
        if len(value) > 1:
            raise invalid("Invalid value: oneof field 'value' is already set.")
    ((kind, content),) = value.items() or (("", None),)
    if content is None or content == "":
        return None
    if kind == "errorValue":
        raise invalid("ExtendedValue.errorValue is read-only.")
    if isinstance(content, str):
        check_length(content)
        if kind == "formulaValue" and not content.startswith("="):
            raise invalid(f"Invalid formula: {content}. Formulas must begin with '='.")
    return value


def check_length(text: str) -> None:
    """ApiError 400 where a text is longer than a cell may be."""
    if len(text) > CHARACTER_LIMIT:
        raise invalid(
            f"Your input contains more than the maximum of {CHARACTER_LIMIT} characters "
            "in a single cell."
        )


def effective_value(cell: Cell) -> Resource | None:
    """The cell's value after computing, as far as this emulator computes."""
    value: Resource | None = cell.get("userEnteredValue")
    if value and "formulaValue" in value:
        is_drawing = value["formulaValue"].lstrip("= ").upper().startswith("SPARKLINE(")
        return None if is_drawing else NOT_COMPUTED
    return value


def number_format_of(cell: Cell) -> Resource | None:
    """The cell's own number format."""
    entered = cell.get("userEnteredFormat")
    return entered.get("numberFormat") if entered else None


def formatted_value(cell: Cell, locale: str) -> str | None:
    """What the person sees; None for a cell that shows nothing."""
    value = effective_value(cell)
    if not value:
        return None
    ((kind, content),) = value.items()
    if kind == "errorValue":
        return "#ERROR!"
    if kind == "boolValue":
        return "TRUE" if content else "FALSE"
    number_format = number_format_of(cell)
    pattern = number_formats.pattern_of(number_format, locale)
    if kind == "stringValue":
        return number_formats.format_text(content, pattern)
    return number_formats.format_number(
        content, pattern, date=number_formats.is_date(number_format)
    )


def rendered(cell: Cell | None, *, render: str, date_render: str, locale: str) -> Any:
    """The cell in `values.get`: render and date_render are the request's two options."""
    if cell is None or "userEnteredValue" not in cell:
        return ""
    if render == "FORMATTED_VALUE":
        return formatted_value(cell, locale) or ""
    value = cell["userEnteredValue"] if render == "FORMULA" else effective_value(cell)
    if not value:
        return ""
    ((kind, content),) = value.items()
    as_text = kind == "numberValue" and date_render == "FORMATTED_STRING"
    if as_text and number_formats.is_date(number_format_of(cell)):
        return formatted_value(cell, locale)
    return "#ERROR!" if kind == "errorValue" else content


def effective_format(cell: Cell, default: Resource) -> Resource:
    """The default format, over it the cell's own; a value's kind decides its alignment."""
    merged = overlaid(default, cell.get("userEnteredFormat") or {})
    value = effective_value(cell)
    if value and "horizontalAlignment" not in merged:
        merged["horizontalAlignment"] = _ALIGNMENT.get(next(iter(value)), "LEFT")
    return merged


def overlaid(below: Resource, above: Resource) -> Resource:
    """Two formats, one over the other, group by group."""
    merged = dict(below)
    for name, value in above.items():
        is_group = name in ("textFormat", "borders", "padding")
        merged[name] = overlaid(below.get(name) or {}, value) if is_group else value
    return merged
