"""Takes a formula apart into its tokens."""

import re
from dataclasses import dataclass

from own_dashboard.page.formula_values import CannotEvaluate

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?) |
    "(?P<text>(?:[^"]|"")*)" |
    (?:(?P<tab>'(?:[^']|'')+'|[A-Za-z_]\w*)!)?(?P<ref>\$?[A-Za-z]{1,3}\$?[1-9]\d*)(?![\w(]) |
    (?P<name>[A-Za-z][\w.]*) |
    (?P<sign><>|<=|>=|[-+*/^&=<>(),;:{}%])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """One word or sign. kind: `number`, `text`, `ref`, `name`, `end`, or the sign itself.

    tab: the name before the `!` of a reference.
    """

    kind: str
    text: str
    tab: str | None = None


def tokens(formula: str) -> list[Token]:
    """The tokens of a formula without its `=`, with an `end` after the last one."""
    found, at = [], 0
    while formula[at:].strip():
        match = _TOKEN.match(formula, at)
        if not match:
            raise CannotEvaluate(f"unknown sign at {formula[at : at + 10]!r}")
        kind = match.lastgroup or ""
        word = match[kind].replace('""', '"') if kind == "text" else match[kind]
        tab = match["tab"] and match["tab"].strip("'").replace("''", "'")
        found.append(Token(kind if kind != "sign" else match["sign"], word, tab))
        at = match.end()
    return [*found, Token("end", "")]
