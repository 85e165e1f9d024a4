"""A subscription's filter on message attributes, the documented grammar in full.

    attributes:KEY   attributes.KEY = "v"   attributes.KEY != "v"   hasPrefix(attributes.KEY, "v")
    NOT x   -x   x AND y   x OR y   (x)

AND and OR do not mix without parentheses; operators are written in capitals; a key that is no
plain word stands in quotes; a filter has at most 256 bytes
(https://cloud.google.com/pubsub/docs/subscription-message-filter). Escapes inside quotes are
those of JSON. A message without the key passes `!=`.
"""

import json
import re
from collections.abc import Callable, Mapping

from emulators.pubsub.errors import InvalidArgument

Predicate = Callable[[Mapping[str, str]], bool]

MAX_BYTES = 256

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[A-Za-z_][\w-]*|\d[\w-]*|!=|[-=:.,()])')


def compile_filter(text: str) -> Predicate:
    """The test that a filter sets; InvalidArgument where it is not one. Empty lets all pass."""
    if not text.strip():
        return lambda _: True
    if len(text.encode()) > MAX_BYTES:
        raise InvalidArgument(f"Invalid filter: it has more than {MAX_BYTES} bytes.")
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split(text)
        self._at = 0

    def parse(self) -> Predicate:
        predicate = self._expression()
        if self._peek():
            raise self._refusal("the end")
        return predicate

    def _split(self, text: str) -> list[str]:
        tokens, at, end = [], 0, len(text.rstrip())
        while at < end:
            match = _TOKEN.match(text, at)
            if match is None:
                raise InvalidArgument(
                    f"Invalid filter: {text!r} cannot be read from {text[at:]!r}."
                )
            tokens.append(match[1])
            at = match.end()
        return tokens

    def _expression(self) -> Predicate:
        terms = [self._term()]
        operator = self._peek() if self._peek() in ("AND", "OR") else ""
        while operator and self._peek() == operator:
            self._at += 1
            terms.append(self._term())
        if self._peek() in ("AND", "OR"):
            raise self._refusal("parentheses where AND and OR are mixed")
        if operator == "OR":
            return lambda attributes: any(term(attributes) for term in terms)
        return lambda attributes: all(term(attributes) for term in terms)

    def _term(self) -> Predicate:
        if self._peek() in ("NOT", "-"):
            self._at += 1
            inner = self._term()
            return lambda attributes: not inner(attributes)
        if self._peek() == "(":
            self._at += 1
            inner = self._expression()
            self._expect(")")
            return inner
        if self._peek() == "hasPrefix":
            self._at += 1
            return self._has_prefix()
        self._expect("attributes")
        return self._comparison()

    def _comparison(self) -> Predicate:
        if self._peek() == ":":
            self._at += 1
            key = self._key()
            return lambda attributes: key in attributes
        self._expect(".")
        key = self._key()
        operator = self._next("'=' or '!='")
        if operator not in ("=", "!="):
            self._at -= 1
            raise self._refusal("'=' or '!='")
        value = self._string()
        if operator == "=":
            return lambda attributes: attributes.get(key) == value
        return lambda attributes: attributes.get(key) != value

    def _has_prefix(self) -> Predicate:
        for token in ("(", "attributes", "."):
            self._expect(token)
        key = self._key()
        self._expect(",")
        prefix = self._string()
        self._expect(")")
        return lambda attributes: key in attributes and attributes[key].startswith(prefix)

    def _key(self) -> str:
        token = self._next("an attribute's key")
        if token.startswith('"'):
            return self._unquoted(token)
        if not re.fullmatch(r"[\w-]+", token):
            self._at -= 1
            raise self._refusal("an attribute's key")
        return token

    def _string(self) -> str:
        token = self._next("a string in quotes")
        if not token.startswith('"'):
            self._at -= 1
            raise self._refusal("a string in quotes")
        return self._unquoted(token)

    def _unquoted(self, token: str) -> str:
        try:
            return str(json.loads(token))
        except ValueError as error:
            raise InvalidArgument(f"Invalid filter: {token} is no string ({error}).") from error

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self, wanted: str) -> str:
        token = self._peek()
        if not token:
            raise self._refusal(wanted)
        self._at += 1
        return token

    def _expect(self, token: str) -> None:
        if self._peek() != token:
            raise self._refusal(repr(token))
        self._at += 1

    def _refusal(self, wanted: str) -> InvalidArgument:
        found = repr(self._peek()) if self._peek() else "the end"
        return InvalidArgument(f"Invalid filter: {self._text!r}: expected {wanted}, found {found}.")
