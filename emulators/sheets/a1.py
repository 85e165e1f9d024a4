"""A1 notation: `Sheet1!A1:B2`, `'My tab'!A:A`, `A5:B`, a tab's title, a named range.

Source: https://developers.google.com/workspace/sheets/api/guides/concepts#cell
"""

import re

from emulators.sheets.boxes import Box
from emulators.sheets.resource import Resource

_CELL = r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]*)?"
_CELLS = re.compile(f"^{_CELL}(?::{_CELL})?$")
_QUOTED = re.compile(r"^'((?:[^']|'')*)'(?:!(.*))?$", re.DOTALL)
_PLAIN_TITLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_LIKE_A_CELL = re.compile(r"^([A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*)$")


def column_name(index: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    letters = ""
    number = index + 1
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_index(letters: str) -> int:
    """The index of a column's letters: A is 0, AA is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def split(text: str) -> tuple[str | None, str]:
    """The tab's title (None where the text names none) and the cells' part, which may be empty."""
    quoted = _QUOTED.match(text)
    if quoted:
        return quoted[1].replace("''", "'"), quoted[2] or ""
    title, mark, cells = text.rpartition("!")
    return (title, cells) if mark else (None, cells)


def cells_range(cells: str) -> Resource | None:
    """The sides of a GridRange for `A1`, `A1:B2`, `A:B`, `1:2`, `A5:B`; None for other text."""
    match = _CELLS.match(cells)
    if match is None or not cells or cells.endswith(":"):
        return None
    left, top, right, bottom = match.groups()
    if ":" not in cells:
        if left is None or top is None:
            return None
        right, bottom = left, top
    if not (left or top) or not (right or bottom):
        return None
    columns = sorted(column_index(letters) for letters in (left, right) if letters)
    rows = sorted(int(number) - 1 for number in (top, bottom) if number)
    range_: Resource = {}
    if rows:
        range_["startRowIndex"] = rows[0]
        if bottom and (top or not left):
            range_["endRowIndex"] = rows[-1] + 1
    if columns:
        range_["startColumnIndex"] = columns[0]
        if right and (left or not top):
            range_["endColumnIndex"] = columns[-1] + 1
    return range_


def quoted_title(title: str) -> str:
    """The title as it stands before the `!`: in quotes where it could be misread."""
    if _PLAIN_TITLE.match(title) and not _LIKE_A_CELL.match(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def range_text(title: str, box: Box) -> str:
    """The A1 notation of a box: `Sheet1!A1:Z1000`, or `Sheet1!D4` for one cell."""
    first = f"{column_name(box.left)}{box.top + 1}"
    last = f"{column_name(max(box.right, 1) - 1)}{box.bottom}"
    return f"{quoted_title(title)}!{first}" + ("" if first == last else f":{last}")
