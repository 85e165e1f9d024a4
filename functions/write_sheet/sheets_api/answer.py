"""Reads an answer of the Sheets API while it arrives: rows become lists of values at once.

Nine tenths of an answer are rows of the tab `data`, and in the API's form each of their values is
wrapped in two objects. Read whole, twenty years of history would be a million of them, beside the
text that they are made of; read row by row, neither is ever there. What is no row of ours is read
by the JSON parser itself.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from write_sheet.sheets_api.cells import Value, value_of

Row = tuple[Value, ...]

_ROWS = re.compile(r'"rowData"\s*:\s*\[')
# As long as what could be the beginning of that, cut off by the end of a chunk.
_ROWS_TAIL = 40
_BETWEEN = re.compile(r"[\s,]*")
_VALUE = (
    r'\{"userEnteredValue":\{"(?:number|string)Value":'
    r'(-?[\d.eE+-]+|"[^"\\]*(?:\\.[^"\\]*)*")\}\}'
)
# What this program writes, in an answer without spaces, as it is asked for: of `data` a day, a
# repository, a count and an instant; of `days` a day, a count and an instant, then blank cells.
_USUAL_ROW = re.compile(
    r',?\{"values":\[' + ",".join((_VALUE, _VALUE, _VALUE)) + rf"(?:,{_VALUE})?(?:,\{{\}})*\]\}}"
)
_decode = json.JSONDecoder().raw_decode


def parse_answer(chunks: Iterable[bytes]) -> Any:
    """The parsed JSON, where each `rowData` is a list of rows, and a row its bare values.

    Raises ValueError where it is no JSON.
    """
    text, grids = _Text(chunks), list[list[Row]]()
    rest = "".join(_without_rows(text, grids))
    answer = json.loads(rest, object_hook=lambda found: _with_rows(found, grids))
    text.close()
    return answer


class _Text:
    """The part of the text that has arrived and is not read yet."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._chunks = iter(chunks)
        self.found, self.place = "", 0

    def grow(self) -> bool:
        """Take one more chunk; whether there was one."""
        for chunk in self._chunks:
            self.found = self.found[self.place :] + self._decoder.decode(chunk)
            self.place = 0
            return True
        return False

    def close(self) -> None:
        """Raise ValueError where the text breaks off within a character."""
        self._decoder.decode(b"", final=True)


def _without_rows(text: _Text, grids: list[list[Row]]) -> Iterator[str]:
    """The text, with the number of a grid in the place of its rows."""
    while True:
        start = _ROWS.search(text.found, text.place)
        if start:
            yield f"{text.found[text.place : start.end()]}{len(grids)}]"
            text.place = start.end()
            grids.append(_rows(text))
        else:
            end = max(text.place, len(text.found) - _ROWS_TAIL)
            yield text.found[text.place : end]
            text.place = end
            if not text.grow():
                yield text.found[text.place :]
                return


class _Values(dict[str, Value]):
    """By their text: days, counts, names and instants repeat, and each is made once."""

    def __missing__(self, text: str) -> Value:
        value: Value = _decode(text)[0]
        self[text] = value
        return value


def _rows(text: _Text) -> list[Row]:
    """The rows up to the end of a grid; each as long as what it holds."""
    rows: list[Row] = []
    value = _Values().__getitem__
    while True:
        usual = _USUAL_ROW.match(text.found, text.place)
        if usual:
            rows.append(tuple(map(value, usual.groups()[: usual.lastindex])))
            text.place = usual.end()
            continue
        between = _BETWEEN.match(text.found, text.place)
        text.place = between.end() if between else text.place
        if text.found.startswith("]", text.place):
            text.place += 1
            return rows
        try:
            row, text.place = _decode(text.found, text.place)
        except ValueError:
            if not text.grow():
                raise
        else:
            values = [value_of(cell) if cell else None for cell in row.get("values", ())]
            while values and values[-1] is None:
                values.pop()
            rows.append(tuple(values))


def _with_rows(found: dict[str, Any], grids: list[list[Row]]) -> dict[str, Any]:
    if "rowData" in found:
        found["rowData"] = grids[found["rowData"][0]]
    return found
