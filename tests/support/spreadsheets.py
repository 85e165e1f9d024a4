"""Makes `Spreadsheet` resources of the Sheets API by hand, for tests of what draws them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

Resource = dict[str, Any]
GREEN = {"red": 0x1F / 255, "green": 0x7A / 255, "blue": 0x4D / 255}
PALE = {"red": 0.92, "green": 0.93, "blue": 0.94}


def serial(day: date) -> int:
    """A date as the number that the API gives."""
    return day.toordinal() - 693594


def number(value: float, shown: str | None = None, **style: Any) -> Resource:
    """A cell with a number."""
    return {
        "effectiveValue": {"numberValue": value},
        "formattedValue": shown or f"{value:g}",
        "effectiveFormat": style,
    }


def text(value: str, **style: Any) -> Resource:
    """A cell with a text."""
    return {
        "effectiveValue": {"stringValue": value},
        "formattedValue": value,
        "effectiveFormat": style,
    }


def grid_range(
    top: int, left: int, bottom: int, right: int, *, sheet_id: int = 0
) -> Mapping[str, int]:
    """A `GridRange`."""
    return {
        "sheetId": sheet_id,
        "startRowIndex": top,
        "startColumnIndex": left,
        "endRowIndex": bottom,
        "endColumnIndex": right,
    }


def sheet(
    title: str,
    rows: Sequence[Sequence[Resource | None]],
    *,
    sheet_id: int = 0,
    index: int = 0,
    columns: Sequence[int] = (),
    heights: Mapping[int, int] | None = None,
    frozen: int = 0,
    **fields: Any,
) -> Resource:
    """A `Sheet`. columns: their widths in pixels. heights: row to pixels, where not 21."""
    count = max([len(columns), 1, *(len(row) for row in rows)])
    return {
        "properties": {
            "sheetId": sheet_id,
            "title": title,
            "index": index,
            "sheetType": "GRID",
            "gridProperties": {
                "rowCount": max(len(rows), 1),
                "columnCount": count,
                "frozenRowCount": frozen,
                "hideGridlines": not frozen,
            },
        },
        "data": [
            {
                "rowData": [{"values": [cell or {} for cell in row]} for row in rows],
                "rowMetadata": [
                    {"pixelSize": (heights or {}).get(row, 21)} for row in range(len(rows))
                ],
                "columnMetadata": [{"pixelSize": pixels} for pixels in columns],
            }
        ],
        **fields,
    }


def spreadsheet(*sheets: Resource, time_zone: str = "Asia/Tokyo") -> Resource:
    """A `Spreadsheet` with these tabs."""
    return {
        "spreadsheetId": "sheet",
        "properties": {"title": "own_dashboard", "timeZone": time_zone, "locale": "en_US"},
        "sheets": list(sheets),
    }


def column_chart(
    *,
    labels: Mapping[str, int],
    values: Mapping[str, int],
    row: int,
    width: int = 312,
    height: int = 150,
    title: str = "Last 30 days",
    kind: str = "COLUMN",
) -> Resource:
    """An `EmbeddedChart` over two ranges."""
    return {
        "chartId": 1,
        "spec": {
            "title": title,
            "basicChart": {
                "chartType": kind,
                "legendPosition": "NO_LEGEND",
                "headerCount": 0,
                "domains": [{"domain": {"sourceRange": {"sources": [labels]}}}],
                "series": [
                    {
                        "series": {"sourceRange": {"sources": [values]}},
                        "colorStyle": {"rgbColor": GREEN},
                    }
                ],
            },
        },
        "position": {
            "overlayPosition": {
                "anchorCell": {"sheetId": labels["sheetId"], "rowIndex": row},
                "widthPixels": width,
                "heightPixels": height,
            }
        },
    }


def steps(area: Mapping[str, int], most: int) -> list[Resource]:
    """`ConditionalFormatRule`s, one a number, that colour an area from pale to green (`most`)."""
    return [
        {
            "ranges": [area],
            "booleanRule": {
                "condition": {
                    "type": "NUMBER_GREATER_THAN_EQ",
                    "values": [{"userEnteredValue": f"{number}"}],
                },
                "format": {
                    "backgroundColorStyle": {
                        "rgbColor": {
                            part: PALE[part] + (GREEN[part] - PALE[part]) * number / most
                            for part in PALE
                        }
                    }
                },
            },
        }
        for number in range(most, -1, -1)
    ]


def days(first: date, count: int) -> list[date]:
    """Successive days."""
    return [first + timedelta(days=offset) for offset in range(count)]
