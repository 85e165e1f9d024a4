"""The values of formulas: how they turn into each other, and the functions that are known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from own_dashboard.page.cells import CellValue, Place

Value = CellValue | list[list[CellValue]]
Lookup = Callable[[str | None, Place], CellValue]

COMPARISONS: Mapping[str, Callable[[float | str, float | str], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,  # type: ignore[operator]
    "<=": lambda left, right: left <= right,  # type: ignore[operator]
    ">": lambda left, right: left > right,  # type: ignore[operator]
    ">=": lambda left, right: left >= right,  # type: ignore[operator]
}


class CannotEvaluate(Exception):
    """The formula uses what is not known here, or is none."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a formula sees.

    look_up: the value at a place of the named tab (None: the formula's own).
    now: the present as a serial number of the spreadsheet's time zone.
    shift: rows and columns by which relative references move.
    """

    look_up: Lookup
    now: float
    shift: Place = (0, 0)


def single(value: Value) -> CellValue:
    """The one value; an array of one is its element."""
    if isinstance(value, list):
        if len(value) != 1 or len(value[0]) != 1:
            raise CannotEvaluate("a single value is needed here, not a range")
        return value[0][0]
    return value


def number(value: Value) -> float:
    """As a number: an empty cell is 0, a truth value 0 or 1."""
    match single(value):
        case None:
            return 0.0
        case bool() | float() as plain:
            return float(plain)
        case str() as words:
            try:
                return float(words)
            except ValueError as error:
                raise CannotEvaluate(f"{words[:20]!r} is no number") from error


def text(value: Value) -> str:
    """As a text: a whole number without its point."""
    match single(value):
        case None:
            return ""
        case bool() as truth:
            return str(truth).upper()
        case float() as plain:
            return f"{plain:.15g}"
        case str() as words:
            return words


def alike(left: Value, right: Value) -> tuple[float | str, float | str]:
    """Both sides of a comparison in one kind: texts without case, an empty cell as the other's."""
    mine, others = single(left), single(right)
    if isinstance(mine, str) and isinstance(others, str | None):
        return mine.lower(), text(others).lower()
    if isinstance(others, str) and mine is None:
        return "", others.lower()
    if isinstance(mine, str) or isinstance(others, str):
        # Numbers sort before texts, whatever they are.
        return (1.0, 0.0) if isinstance(mine, str) else (0.0, 1.0)
    return number(mine), number(others)


def numbers(values: Sequence[Value]) -> list[float]:
    """The numbers among all values, ranges taken apart; texts and empty cells are left out."""
    flat: list[CellValue] = []
    for value in values:
        flat += [item for row in value for item in row] if isinstance(value, list) else [value]
    return [item for item in flat if isinstance(item, float) and not isinstance(item, bool)]


def call(name: str, given: Sequence[Value], surroundings: Surroundings) -> Value:
    """The value of a function; CannotEvaluate for one that is not known here."""
    try:
        return _FUNCTIONS[name](given, surroundings)
    except KeyError as error:
        raise CannotEvaluate(f"the function {name} is not known here") from error
    except (IndexError, ValueError) as error:
        raise CannotEvaluate(f"{name} lacks an argument") from error


def _condition(given: Sequence[Value], _: Surroundings) -> Value:
    if number(given[0]):
        return given[1]
    return given[2] if len(given) > 2 else False


_FUNCTIONS: Mapping[str, Callable[[Sequence[Value], Surroundings], Value]] = {
    "NOW": lambda _, around: around.now,
    "TODAY": lambda _, around: float(int(around.now)),
    "TRUE": lambda _, __: True,
    "FALSE": lambda _, __: False,
    "AND": lambda given, _: all(number(value) for value in given),
    "OR": lambda given, _: any(number(value) for value in given),
    "NOT": lambda given, _: not number(given[0]),
    "IF": _condition,
    "ISBLANK": lambda given, _: single(given[0]) is None,
    "ISNUMBER": lambda given, _: isinstance(single(given[0]), float),
    "ISTEXT": lambda given, _: isinstance(single(given[0]), str),
    "LEN": lambda given, _: float(len(text(given[0]))),
    "ABS": lambda given, _: abs(number(given[0])),
    "INT": lambda given, _: float(number(given[0]) // 1),
    "MAX": lambda given, _: max(numbers(given), default=0.0),
    "MIN": lambda given, _: min(numbers(given), default=0.0),
    "SUM": lambda given, _: sum(numbers(given)),
    "COUNT": lambda given, _: float(len(numbers(given))),
    "MOD": lambda given, _: number(given[0]) % (number(given[1]) or float("nan")),
}
