"""The page evaluates the Sheet's short formulas as Sheets does, and refuses others."""

from dataclasses import replace

import pytest

from own_dashboard.page.formula import CannotEvaluate, Surroundings, evaluate
from own_dashboard.page.spreadsheet import CellValue, Place

NOW = 46350.5
CELLS: dict[Place, CellValue] = {
    (0, 0): 5.0,
    (1, 1): 46350.25,
    (2, 0): "Tokyo",
    (2, 1): 7.0,
    (3, 0): True,
}
AROUND = Surroundings(look_up=CELLS.get, now=NOW)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=1+2*3", 7),
        ("=(1+2)*3", 9),
        ("=-A1+10/4", -2.5),
        ("=1-2-3", -4),
        ("=3/24<0.2", 1),
        ("=Z99=0", 1),
        ("=A4=1", 1),
        ("=A1<>5", 0),
        ("=a1>=5", 1),
        ("=NOW()-$B$2>3/24", 1),
        ("=NOW()-$B$2>7/24", 0),
        ("=($B$2>0)*(NOW()-$B$2)*24>3", 1),
        ("=($Z$2>0)*(NOW()-$Z$2)*24>3", 0),
    ],
)
def test_a_formula_has_the_value_that_sheets_gives(formula: str, expected: float) -> None:
    """Precedence, references, an empty cell as zero, and the present."""
    assert evaluate(formula, AROUND) == expected


@pytest.mark.parametrize(
    "formula",
    [
        "1+1",
        "=1+",
        "=VLOOKUP(1,A1:B2,2)",
        "=1/0",
        '="a"+1',
        "=A3+1",
        "=(1",
        "=1 2",
        "=#REF!",
        "=Other!A1",
        "=SUM(A1)",
    ],
)
def test_what_is_not_known_is_refused_and_not_guessed(formula: str) -> None:
    """The refusal carries the formula, so that the page can show it."""
    with pytest.raises(CannotEvaluate) as caught:
        evaluate(formula, AROUND)
    assert str(caught.value) == formula


def test_relative_references_move_with_the_cell_and_absolute_ones_stay() -> None:
    """A rule's formula is written for its range's first cell."""
    moved = replace(AROUND, shift=(2, 1))
    assert evaluate("=A1", moved) == 7
    assert evaluate("=$A$1", moved) == 5
    assert evaluate("=$A2", moved) == 1
