"""Number formats and colours of the layout, in the API's own form.

A cell either has both a background and a text colour, or neither: so it reads well in the dark
theme of the Sheets app too, which swaps only the colours that nobody set.
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
