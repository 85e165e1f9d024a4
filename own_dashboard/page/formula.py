"""Evaluates the short formulas of the Sheet's colour rules, such as `=($B$2>0)*(NOW()-$B$2)*24>3`.

Numbers, references, arithmetic, comparisons and NOW(). Anything else raises CannotEvaluate, and the
caller says so instead of guessing.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from own_dashboard.page.spreadsheet import CellValue, Place

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<ref>\$?[A-Za-z]{1,3}\$?[1-9]\d*)(?![\w(!])"
    r"|(?P<now>NOW\(\))|(?P<sign><>|<=|>=|[-+*/=<>()]))",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"(\$?)([A-Za-z]+)(\$?)(\d+)")
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class CannotEvaluate(Exception):
    """The formula uses what is not known here, or is none."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a formula sees.

    look_up: the value at a place of its tab.
    now: the present as a serial number of the spreadsheet's time zone.
    shift: rows and columns by which relative references move.
    """

    look_up: Callable[[Place], CellValue]
    now: float
    shift: Place = (0, 0)


def evaluate(formula: str, surroundings: Surroundings) -> float:
    """The value of a formula; a comparison is 0 or 1."""
    if not formula.startswith("="):
        raise CannotEvaluate(formula)
    reader = _Reader(_tokens(formula), surroundings)
    try:
        value = reader.comparison()
        reader.take("end")
    except (ValueError, ZeroDivisionError) as error:
        raise CannotEvaluate(formula) from error
    return value


def _tokens(formula: str) -> list[tuple[str, str]]:
    """Kind and text of each word and sign; the kind of a sign is itself. The last is `end`."""
    found, at = [], 1
    while formula[at:].strip():
        match = _TOKEN.match(formula, at)
        if not match:
            raise CannotEvaluate(formula)
        kind = match.lastgroup or ""
        found.append((match[kind] if kind == "sign" else kind, match[kind]))
        at = match.end()
    return [*found, ("end", "")]


class _Reader:
    """Reads the tokens from left to right, a method for each level of binding.

    ValueError where another token is expected, or a number where a text stands.
    """

    def __init__(self, tokens: Sequence[tuple[str, str]], surroundings: Surroundings) -> None:
        self._tokens = tokens
        self._at = 0
        self._surroundings = surroundings

    @property
    def _next(self) -> str:
        return self._tokens[self._at][0]

    def take(self, *kinds: str) -> str:
        kind, text = self._tokens[self._at]
        if kind not in kinds:
            raise ValueError(text)
        self._at += 1
        return text

    def comparison(self) -> float:
        left = self._sum()
        while self._next in _COMPARISONS:
            compare = _COMPARISONS[self.take(*_COMPARISONS)]
            left = float(compare(left, self._sum()))
        return left

    def _sum(self) -> float:
        left = self._product()
        while self._next in ("+", "-"):
            left += self._product() if self.take("+", "-") == "+" else -self._product()
        return left

    def _product(self) -> float:
        left = self._atom()
        while self._next in ("*", "/"):
            left = left * self._atom() if self.take("*", "/") == "*" else left / self._atom()
        return left

    def _atom(self) -> float:
        match self._next:
            case "number":
                return float(self.take("number"))
            case "ref":
                return float(self._surroundings.look_up(self._place(self.take("ref"))) or 0)
            case "now":
                self.take("now")
                return self._surroundings.now
            case "-":
                self.take("-")
                return -self._atom()
        self.take("(")
        value = self.comparison()
        self.take(")")
        return value

    def _place(self, reference: str) -> Place:
        match = _REFERENCE.fullmatch(reference)
        assert match
        column = 0
        for letter in match[2].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        down, right = self._surroundings.shift
        return (
            int(match[4]) - 1 + (0 if match[3] else down),
            column - 1 + (0 if match[1] else right),
        )
