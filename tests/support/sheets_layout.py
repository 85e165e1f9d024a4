"""Requests of a layout, for the tests of the Sheets emulator: rules, charts, rows and columns."""

from typing import Any

from tests.support.sheets import grid

RED = {"red": 1}
BOOLEAN = {
    "condition": {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "3"}]},
    "format": {"backgroundColor": RED},
}
GRADIENT = {
    "minpoint": {"color": {}, "type": "MIN"},
    "midpoint": {"color": {"green": 1}, "type": "NUMBER", "value": "4"},
    "maxpoint": {"color": RED, "type": "MAX"},
}
SOURCE = {"sourceRange": {"sources": [grid(4, 10, 0, 1)]}}
SPEC = {"basicChart": {"chartType": "COLUMN", "series": [{"series": SOURCE}]}}


def rule(**kind: Any) -> dict[str, Any]:
    """An addConditionalFormatRule request over A1:B2."""
    return {"addConditionalFormatRule": {"rule": {"ranges": [grid(0, 2, 0, 2)], **kind}}}


def chart(**fields: Any) -> dict[str, Any]:
    """An addChart request."""
    overlay = {"overlayPosition": {"anchorCell": {"rowIndex": 2, "columnIndex": 1}}}
    return {"addChart": {"chart": {"spec": SPEC, "position": overlay, **fields}}}


def lines(dimension: str, start: int, end: int) -> dict[str, Any]:
    """A DimensionRange on the first tab."""
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}
