"""Charts over the cells: adding, changing, moving, deleting them. None is drawn here.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/charts
"""

from collections.abc import Iterator
from typing import Any

from emulators.sheets.errors import ApiError, internal, invalid
from emulators.sheets.requests.handler import Handler, find, new_number, update_mask
from emulators.sheets.resource import Resource, merge, without_nulls
from emulators.sheets.workbook import Sheet, Workbook

_LIST, _ID, _NOUN = "charts", "chartId", "chart"
_SIZE = {"widthPixels": 600, "heightPixels": 371}


def _add(workbook: Workbook, body: Resource) -> Resource:
    given = body.get("chart") or {}
    number = new_number(workbook, _LIST, _ID, given.get(_ID), _NOUN)
    spec = _checked_spec(workbook, given.get("spec"))
    position = given.get("position") or {}
    if position.get("newSheet") or position.get("sheetId") is not None:
        raise ApiError(501, "Charts on sheets of their own: this emulator does not serve them.")
    sheet, overlay = _checked_overlay(
        workbook, {**_SIZE, **(position.get("overlayPosition") or {})}
    )
    chart = {_ID: number, "spec": spec, "position": {"overlayPosition": overlay}}
    if given.get("border"):
        chart["border"] = given["border"]
    sheet.listed(_LIST).append(chart)
    return {"addChart": {"chart": chart}}


def _update_spec(workbook: Workbook, body: Resource) -> Resource:
    sheet, index = find(workbook, _LIST, _ID, body.get(_ID), _NOUN)
    sheet.listed(_LIST)[index]["spec"] = _checked_spec(workbook, body.get("spec"))
    return {}


def _update_position(workbook: Workbook, body: Resource) -> Resource:
    mask = update_mask(body, "OverlayPosition")
    sheet, index = find(workbook, _LIST, _ID, body.get("objectId"), "embedded object")
    given = (body.get("newPosition") or {}).get("overlayPosition")
    if given is None:
        raise ApiError(501, "Charts on sheets of their own: this emulator does not serve them.")
    chart = sheet.listed(_LIST).pop(index)
    old = chart["position"]["overlayPosition"]
    target, overlay = _checked_overlay(workbook, merge(old, given, mask))
    chart["position"] = {"overlayPosition": overlay}
    target.listed(_LIST).append(chart)
    return {"updateEmbeddedObjectPosition": {"position": chart["position"]}}


def _delete(workbook: Workbook, body: Resource) -> Resource:
    sheet, index = find(workbook, _LIST, _ID, body.get("objectId"), "embedded object")
    del sheet.listed(_LIST)[index]
    return {}


def _checked_overlay(workbook: Workbook, overlay: Resource) -> tuple[Sheet, Resource]:
    """The tab of the chart's anchor and the position as it is kept."""
    overlay = without_nulls(overlay)
    anchor = without_nulls(overlay.get("anchorCell") or {})
    sheet = workbook.sheet(anchor.get("sheetId"), noun="grid")
    row, column = anchor.get("rowIndex", 0), anchor.get("columnIndex", 0)
    if not (0 <= row < sheet.rows and 0 <= column < sheet.columns):
        raise invalid("The anchor cell of the chart is outside the grid.")
    if overlay["widthPixels"] < 1 or overlay["heightPixels"] < 1:
        raise invalid("The size of a chart must be positive.")
    kept = {**anchor, "rowIndex": row, "columnIndex": column}
    if not sheet.sheet_id:
        kept.pop("sheetId", None)
    return sheet, {**overlay, "anchorCell": kept}


def _checked_spec(workbook: Workbook, spec: Resource | None) -> Resource:
    if spec is not None and spec.get("basicChart") == {}:
        raise internal()  # as the service does, where a refusal would be expected
    kinds = [name for name, value in (spec or {}).items() if name.endswith("Chart") and value]
    if spec is None or len(kinds) != 1:
        raise invalid("The chart spec must have exactly one kind of chart.")
    basic = spec.get("basicChart")
    if basic is not None:
        if not basic.get("chartType"):
            raise invalid("A basic chart must have a chartType.")
        if not basic.get("series"):
            raise invalid("A basic chart must have at least one series.")
    for source in _sources(spec):
        _, box = workbook.resolve(source)
        if box.height > 1 and box.width > 1:
            raise invalid("The source of chart data must be one row or one column.")
    return spec


def _sources(value: Any) -> Iterator[Resource]:
    """Every range that the spec draws."""
    if isinstance(value, list):
        for item in value:
            yield from _sources(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name == "sources":
                yield from item or []
            else:
                yield from _sources(item)


HANDLERS: dict[str, Handler] = {
    "addChart": _add,
    "updateChartSpec": _update_spec,
    "updateEmbeddedObjectPosition": _update_position,
    "deleteEmbeddedObject": _delete,
}
