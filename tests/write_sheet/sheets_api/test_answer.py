"""Reading an answer while it arrives gives what reading it whole would give."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from write_sheet.sheets_api.answer import parse_answer
from write_sheet.sheets_api.cells import Formula, Value, value_of

WORDS = st.text(max_size=8) | st.sampled_from(
    ['"rowData": [', '{"userEnteredValue":{"numberValue":3}}', "]}", "\\", "秘密🔑", "=x"]
)
NUMBERS = st.integers(-3, 50_000) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.one_of(
    st.fixed_dictionaries({"numberValue": NUMBERS}),
    st.fixed_dictionaries({"stringValue": WORDS}),
    st.fixed_dictionaries({"boolValue": st.booleans()}),
    st.fixed_dictionaries({"formulaValue": WORDS}),
)
CELLS: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.fixed_dictionaries(
    {"userEnteredValue": VALUES}
)
USUAL = st.tuples(
    st.tuples(NUMBERS, WORDS, NUMBERS, NUMBERS) | st.tuples(NUMBERS, NUMBERS, NUMBERS),
    st.integers(0, 3),
).map(
    lambda row: (
        [
            {
                "userEnteredValue": {
                    "stringValue" if isinstance(value, str) else "numberValue": value
                }
            }
            for value in row[0]
        ]
        + [{}] * row[1]
    )
)
ROWS: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.builds(
    dict, values=st.lists(CELLS, max_size=5) | USUAL
)
SHEETS = st.lists(
    st.builds(
        lambda title, *grids: {
            "properties": {"title": title},
            "data": [{"rowData": g} for g in grids],
        },
        WORDS,
        st.lists(ROWS, max_size=6),
        st.lists(ROWS, max_size=2),
    ),
    max_size=3,
)


def whole(text: bytes) -> Any:
    """The same with the JSON parser alone."""
    answer = json.loads(text)
    for sheet in answer["sheets"]:
        for part in sheet["data"]:
            part["rowData"] = [
                trimmed([value_of(cell) for cell in row.get("values", ())])
                for row in part["rowData"]
            ]
    return answer


def trimmed(values: list[Value]) -> tuple[Value, ...]:
    """Without the blanks at its end."""
    held = [place for place, value in enumerate(values, 1) if value is not None]
    return tuple(values[: held[-1] if held else 0])


LAYOUTS: list[dict[str, Any]] = [{"separators": (",", ":")}, {}, {"indent": 2}]


@settings(max_examples=300)
@given(SHEETS, st.integers(1, 90), st.sampled_from(LAYOUTS), st.booleans())
def test_an_answer_cut_anywhere_is_read_as_if_it_were_whole(
    sheets: list[dict[str, Any]], size: int, layout: dict[str, Any], is_ascii: bool
) -> None:
    """Whatever stands in it, however it is laid out, also cut within a character."""
    answer = {"sheets": sheets, "title": "x"}
    text = json.dumps(answer, ensure_ascii=is_ascii, **layout).encode()
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    assert parse_answer(chunks) == whole(text)


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_an_answer_that_breaks_off_is_no_answer(cut: int) -> None:
    """Nothing is taken for all that there is."""
    text = json.dumps(
        {"sheets": [{"data": [{"rowData": [{"values": [{}]}, {}]}]}], "title": "秘密"}
    )
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the JSON parser says
        parse_answer([text.encode()[:-cut]])


def test_a_formula_is_no_value() -> None:
    """It is told apart from a text."""
    cell = {"userEnteredValue": {"formulaValue": "=1+1"}}
    text = json.dumps({"sheets": [{"data": [{"rowData": [{"values": [cell]}]}]}]}).encode()
    assert parse_answer([text])["sheets"][0]["data"][0]["rowData"] == [(Formula("=1+1"),)]
