"""The cells of a tab, read from the API's `CellData` one by one as they are looked at.

A history of ten years has tens of thousands of cells, of which a page shows some hundred.
https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

CellValue = bool | float | str | None
Place = tuple[int, int]
_CONTENT = ("formattedValue", "effectiveValue", "userEnteredValue")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell.

    value: what it holds, a date as its serial number; None where it is empty.
    text: what a reader sees. style: its `CellFormat`, defaults included where they are given.
    formula: with its `=`, or empty. hint: what the person may enter, from its validation.
    chosen: whether the apps offer a list to choose from.
    """

    value: CellValue = None
    text: str = ""
    style: Mapping[str, Any] = field(default_factory=dict)
    formula: str = ""
    hint: str = ""
    chosen: bool = False
    note: str = ""


EMPTY = Cell()


class Cells(Mapping[Place, Cell]):
    """The cells by row and column, counted from 0; only those that the resource holds."""

    def __init__(
        self, resources: Mapping[Place, Mapping[str, Any]], default: Mapping[str, Any]
    ) -> None:
        """default: the spreadsheet's default `CellFormat`."""
        self._resources = resources
        self._default = default

    def __getitem__(self, place: Place) -> Cell:
        return _read_cell(self._resources[place], self._default)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._resources)

    def __len__(self) -> int:
        return len(self._resources)

    def filled(self) -> Iterator[Place]:
        """The places of the cells that hold more than a format."""
        for place, resource in self._resources.items():
            if any(name in resource for name in _CONTENT):
                yield place


def _read_cell(cell: Mapping[str, Any], default: Mapping[str, Any]) -> Cell:
    entered = cell.get("userEnteredValue", {})
    value = _value(cell.get("effectiveValue", entered))
    own = cell.get("effectiveFormat") or cell.get("userEnteredFormat", {})
    style = {
        **default,
        **own,
        "textFormat": {**default.get("textFormat", {}), **own.get("textFormat", {})},
    }
    return Cell(
        value=value,
        text=_box(value, cell) or cell.get("formattedValue", _plain(value)),
        style=style,
        formula=entered.get("formulaValue", ""),
        hint=_hint(cell.get("dataValidation", {})),
        chosen=_is_chosen(cell.get("dataValidation", {})),
        note=cell.get("note", ""),
    )


def _value(extended: Mapping[str, Any]) -> CellValue:
    for name, read in (("numberValue", float), ("stringValue", str), ("boolValue", bool)):
        if name in extended:
            value: CellValue = read(extended[name])
            return value
    return None


def _plain(value: CellValue) -> str:
    """A value without a number format, as the service writes it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float():
            return f"{value:.15g}"
    return value


def _box(value: CellValue, cell: Mapping[str, Any]) -> str:
    """The check box that the apps draw for a truth value that is validated as one."""
    condition = cell.get("dataValidation", {}).get("condition", {})
    if condition.get("type") == "BOOLEAN" and isinstance(value, bool):
        return "☑" if value else "☐"
    return ""


def _is_chosen(validation: Mapping[str, Any]) -> bool:
    kind = validation.get("condition", {}).get("type")
    return kind in ("ONE_OF_LIST", "ONE_OF_RANGE") and bool(validation.get("showCustomUi"))


def _hint(validation: Mapping[str, Any]) -> str:
    condition = validation.get("condition", {})
    choices = [value.get("userEnteredValue", "") for value in condition.get("values", ())]
    listed = ", ".join(choices) if condition.get("type") == "ONE_OF_LIST" else ""
    return str(validation.get("inputMessage") or listed)
