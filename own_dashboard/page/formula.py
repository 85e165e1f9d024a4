"""Evaluates the short formulas of conditional rules and sparklines.

Numbers, texts, references, arrays in braces, arithmetic, comparisons and a few functions. Anything
else raises CannotEvaluate, and the caller says so instead of guessing.
https://support.google.com/docs/table/25273
"""

import re
from collections.abc import Sequence

from own_dashboard.page.cells import CellValue, Place
from own_dashboard.page.formula_tokens import Token, tokens
from own_dashboard.page.formula_values import (
    COMPARISONS,
    CannotEvaluate,
    Surroundings,
    Value,
    alike,
    call,
    number,
    single,
    text,
)
from own_dashboard.page.resource import Area

_REFERENCE = re.compile(r"(\$?)([A-Za-z]+)(\$?)(\d+)")


def evaluate(formula: str, surroundings: Surroundings) -> Value:
    """The value of a formula such as `=AND($B$2<>"", NOW()-$B$2>3/24)`."""
    if not formula.startswith("="):
        raise CannotEvaluate(f"a formula begins with =, not {formula[:20]!r}")
    reader = _Reader(tokens(formula[1:]), surroundings)
    value = reader.comparison()
    reader.expect("end")
    return value


def arguments(formula: str, function: str, surroundings: Surroundings) -> list[Value]:
    """The arguments' values of a formula that is one call of `function`."""
    reader = _Reader(tokens(formula.removeprefix("=")), surroundings)
    if reader.take("name").upper() != function:
        raise CannotEvaluate(f"not a call of {function}")
    values = reader.call_arguments()
    reader.expect("end")
    return values


class _Reader:
    """Reads the tokens from left to right, one method for each level of binding."""

    def __init__(self, given: Sequence[Token], surroundings: Surroundings) -> None:
        self._tokens = given
        self._at = 0
        self._surroundings = surroundings

    def expect(self, kind: str) -> None:
        self.take(kind)

    def take(self, *kinds: str) -> str:
        token = self._tokens[self._at]
        if token.kind not in kinds:
            raise CannotEvaluate(f"unexpected {token.text or 'end'!r}")
        self._at += 1
        return token.text

    def comparison(self) -> Value:
        left = self._joined()
        while self._next in COMPARISONS:
            compare = COMPARISONS[self.take(*COMPARISONS)]
            left = compare(*alike(left, self._joined()))
        return left

    def call_arguments(self) -> list[Value]:
        self.expect("(")
        values: list[Value] = []
        while self._next != ")":
            if values:
                self.take(",", ";")
            values.append(self.comparison())
        self.expect(")")
        return values

    @property
    def _next(self) -> str:
        return self._tokens[self._at].kind

    def _joined(self) -> Value:
        left = self._sum()
        while self._next == "&":
            self.expect("&")
            left = text(left) + text(self._sum())
        return left

    def _sum(self) -> Value:
        left = self._product()
        while self._next in ("+", "-"):
            sign = 1 if self.take("+", "-") == "+" else -1
            left = number(left) + sign * number(self._product())
        return left

    def _product(self) -> Value:
        left = self._signed()
        while self._next in ("*", "/"):
            operator, right = self.take("*", "/"), number(self._signed())
            if operator == "/" and not right:
                raise CannotEvaluate("division by zero")
            left = number(left) * right if operator == "*" else number(left) / right
        return left

    def _signed(self) -> Value:
        if self._next == "-":
            self.expect("-")
            return -number(self._signed())
        return self._atom()

    def _atom(self) -> Value:
        token = self._tokens[self._at]
        match token.kind:
            case "number":
                return float(self.take("number"))
            case "text":
                return self.take("text")
            case "ref":
                return self._reference()
            case "name":
                return self._call(self.take("name").upper())
            case "{":
                return self._array()
        self.expect("(")
        value = self.comparison()
        self.expect(")")
        return value

    def _reference(self) -> Value:
        tab = self._tokens[self._at].tab
        first = self._place(self.take("ref"))
        if self._next != ":":
            return self._surroundings.look_up(tab, first)
        self.expect(":")
        last = self._place(self.take("ref"))
        area = Area(*first, last[0] + 1, last[1] + 1)
        return [
            [
                self._surroundings.look_up(tab, (row, column))
                for column in range(area.left, area.right)
            ]
            for row in range(area.top, area.bottom)
        ]

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

    def _array(self) -> Value:
        self.expect("{")
        rows: list[list[CellValue]] = [[single(self.comparison())]]
        while self._next != "}":
            if self.take(",", ";") == ",":
                rows[-1].append(single(self.comparison()))
            else:
                rows.append([single(self.comparison())])
        self.expect("}")
        return rows

    def _call(self, name: str) -> Value:
        if name in ("TRUE", "FALSE") and self._next != "(":
            return name == "TRUE"
        return call(name, self.call_arguments(), self._surroundings)
