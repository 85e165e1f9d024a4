"""Requests about the layout that the service refuses, one case a rule."""

from typing import Any

import gspread
import pytest

from tests.support.sheets import grid, refused
from tests.support.sheets_layout import BOOLEAN, GRADIENT, chart, lines, rule

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a title in use, whatever its case": (
        {"addSheet": {"properties": {"title": "SHEET1"}}},
        'A sheet with the name "SHEET1" already exists. Please enter another name.',
    ),
    "an empty title": (
        {"updateSheetProperties": {"properties": {"sheetId": 0}, "fields": "title"}},
        "The sheet name cannot be empty.",
    ),
    "hiding the only tab": (
        {"updateSheetProperties": {"properties": {"hidden": True}, "fields": "hidden"}},
        "You can't hide all the sheets in a document.",
    ),
    "deleting the only tab": (
        {"deleteSheet": {"sheetId": 0}},
        "You can't remove all the sheets in a document.",
    ),
    "freezing every row": (
        {
            "updateSheetProperties": {
                "properties": {"gridProperties": {"frozenRowCount": 1000}},
                "fields": "gridProperties.frozenRowCount",
            }
        },
        "You can't freeze all visible rows on the sheet.",
    ),
    "deleting every column": (
        {"deleteDimension": {"range": lines("COLUMNS", 0, 26)}},
        "You can't delete all the columns on the sheet.",
    ),
    "a name that could be a cell": (
        {"addNamedRange": {"namedRange": {"name": "AB12", "range": grid(0, 1, 0, 1)}}},
        "The name 'AB12' is not a valid name for a named range.",
    ),
    "a name with a space": (
        {"addNamedRange": {"namedRange": {"name": "a b", "range": grid(0, 1, 0, 1)}}},
        "The name 'a b' is not a valid name for a named range.",
    ),
    "a rule without a range": (
        {"addConditionalFormatRule": {"rule": {"booleanRule": BOOLEAN}}},
        "A conditional format rule must have at least one range.",
    ),
    "a rule of both kinds": (
        rule(booleanRule=BOOLEAN, gradientRule=GRADIENT),
        "A conditional format rule must have a booleanRule or a gradientRule.",
    ),
    "a condition with too few values": (
        rule(booleanRule={"condition": {"type": "NUMBER_BETWEEN", "values": []}}),
        "A condition of type NUMBER_BETWEEN takes 2 values, not 0.",
    ),
    "a rule that sets a font size": (
        rule(booleanRule={**BOOLEAN, "format": {"textFormat": {"fontSize": 20}}}),
        "A conditional format cannot set: fontSize",
    ),
    "a gradient without its end": (
        rule(gradientRule={"minpoint": GRADIENT["minpoint"]}),
        "A gradient rule must have a maxpoint.",
    ),
    "a rule that is not there": (
        {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}},
        "No conditional format on sheet at index: 0",
    ),
    "a chart of nothing": (
        chart(spec={}),
        "The chart spec must have exactly one kind of chart.",
    ),
    "a chart outside the grid": (
        chart(position={"overlayPosition": {"anchorCell": {"columnIndex": 26}}}),
        "The anchor cell of the chart is outside the grid.",
    ),
    "a warning with editors": (
        {
            "addProtectedRange": {
                "protectedRange": {
                    "range": grid(0, 1, 0, 1),
                    "warningOnly": True,
                    "editors": {"users": ["me@example.com"]},
                }
            }
        },
        "ProtectedRange is warningOnly. Editors cannot be set on it.",
    ),
    "metadata without visibility": (
        {
            "createDeveloperMetadata": {
                "developerMetadata": {"metadataKey": "k", "location": {"spreadsheet": True}}
            }
        },
        "Developer metadata must always have visibility specified.",
    ),
    "metadata past the quota": (
        {
            "createDeveloperMetadata": {
                "developerMetadata": {
                    "metadataKey": "k",
                    "metadataValue": "x" * 30_000,
                    "location": {"spreadsheet": True},
                    "visibility": "DOCUMENT",
                }
            }
        },
        "Developer metadata exceeds the storage quota of 30000 characters.",
    ),
    "a drop-down of nothing": (
        {
            "setDataValidation": {
                "range": grid(0, 1, 0, 1),
                "rule": {"condition": {"type": "ONE_OF_LIST"}},
            }
        },
        "BooleanCondition.values must not be empty for the type ONE_OF_LIST.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_service_refuses_is_refused(spreadsheet: gspread.Spreadsheet, case: str) -> None:
    """One case a rule, each 400 with a message that names the request."""
    request_, message = REFUSED[case]
    (kind,) = request_

    error = refused(spreadsheet, request_)

    assert error["message"] == f"Invalid requests[0].{kind}: {message}"
    assert error["status"] == "INVALID_ARGUMENT"
