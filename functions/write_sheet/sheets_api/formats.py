"""Number formats and colours of the layout, in the API's own form.

A cell either has both a background and a text colour, or a text colour that reads on white and on
black, or neither. So it reads well in a dark theme, whether that swaps all colours or only those
that nobody set; which of the two the Sheets app does is not documented, and not confirmed.
https://developers.google.com/workspace/sheets/api/guides/formats
"""

DATE = {"type": "DATE", "pattern": "yyyy-mm-dd"}
INSTANT = {"type": "DATE_TIME", "pattern": 'yyyy-mm-dd"T"hh:mm:ss"Z"'}
MONTH_AND_DAY = {"type": "DATE", "pattern": "m/d"}
COUNT = {"type": "NUMBER", "pattern": "#,##0"}


def color(hexadecimal: str) -> dict[str, object]:
    """A ColorStyle of six hexadecimal digits."""
    red, green, blue = (int(hexadecimal[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return {"rgbColor": {"red": round(red, 4), "green": round(green, 4), "blue": round(blue, 4)}}
