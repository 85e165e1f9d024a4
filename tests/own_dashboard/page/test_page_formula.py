"""The page evaluates the Sheet's short formulas as Sheets does, and refuses others."""

from dataclasses import replace

import pytest

from own_dashboard.page.cells import CellValue, Place
from own_dashboard.page.formula import arguments, evaluate
from own_dashboard.page.formula_values import CannotEvaluate, Surroundings

NOW = 46350.5
CELLS: dict[tuple[str | None, Place], CellValue] = {
    (None, (0, 0)): 5.0,
    (None, (1, 1)): 46350.25,
    (None, (2, 0)): "Tokyo",
    (None, (2, 1)): 7.0,
    ("My Tab", (0, 0)): 9.0,
}
AROUND = Surroundings(look_up=lambda tab, place: CELLS.get((tab, place)), now=NOW)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=1+2*3", 7.0),
        ("=(1+2)*3", 9.0),
        ("=-A1+10/4", -2.5),
        ("=1-2-3", -4.0),
        ("=3/24<0.2", True),
        ('=A3="tokyo"', True),
        ('=A3&"!"', "Tokyo!"),
        ("=A1&A1", "55"),
        ('=Z99=""', True),
        ("=Z99=0", True),
        ("='My Tab'!A1>=9", True),
        ("=NOW()-$B$2>3/24", True),
        ("=NOW()-$B$2>7/24", False),
        ('=AND($B$2<>"";NOW()-$B$2>3/24)', True),
        ("=OR(FALSE, NOT(TRUE))", False),
        ("=IF(ISBLANK(Z99), 1, 2)", 1.0),
        ("=IF(A1>9, 1)", False),
        ("=MAX(A1:B3)", 46350.25),
        ("=COUNT(A1:B3)+SUM({1,2;3,4})", 13.0),
        ("=TODAY()", 46350.0),
        ("=MOD(INT(7.9), 4)", 3.0),
        ('=LEN("say ""hi""")', 8.0),
        ('="a">1', True),
    ],
)
def test_a_formula_has_the_value_that_sheets_gives(formula: str, expected: object) -> None:
    """Precedence, references, ranges, arrays, functions and both separators."""
    assert evaluate(formula, AROUND) == expected


@pytest.mark.parametrize(
    "formula",
    [
        "1+1",
        "=1+",
        "=VLOOKUP(1,A1:B2,2)",
        "=1/0",
        '="a"+1',
        "=(1",
        "=1 2",
        "=#REF!",
        "=ABS()",
    ],
)
def test_what_is_not_known_is_refused_and_not_guessed(formula: str) -> None:
    """A refusal is an error of its own, so that the page can say so."""
    with pytest.raises(CannotEvaluate):
        evaluate(formula, AROUND)


def test_relative_references_move_with_the_cell_and_absolute_ones_stay() -> None:
    """A rule's formula is written for its range's first cell."""
    moved = replace(AROUND, shift=(2, 1))
    assert evaluate("=A1", moved) == 7.0
    assert evaluate("=$A$1", moved) == 5.0
    assert evaluate("=$A1", moved) == "Tokyo"


def test_the_arguments_of_one_call_are_read_and_of_no_other() -> None:
    """SPARKLINE's options come as an array of names and values."""
    given = arguments('=SPARKLINE(A1;{"max",10;"charttype","bar"})', "SPARKLINE", AROUND)
    assert given == [5.0, [["max", 10.0], ["charttype", "bar"]]]
    with pytest.raises(CannotEvaluate):
        arguments("=SUM(1)", "SPARKLINE", AROUND)
