"""How much room a text takes on a phone, and how a name is shortened where that is too much.

The widths are those of Arial and Roboto, roughly; an East Asian character is as wide as it is tall.
"""

import unicodedata

_NARROW, _WIDE = frozenset("ijltfrI.,:;'|!()[]/ -"), frozenset("mwMW@%")
# Of a cell's width, what stands between the text and its borders.
_PADDING_PIXELS = 8
_PIXELS_PER_POINT = 4 / 3
_MOST_LINES = 8
_ELLIPSIS = "…"
# Fewer letters of an owner say nothing.
_SHORTEST_OWNER = 3


def width_of(words: str) -> float:
    """As a multiple of the size of the type; rather too much than too little."""
    return sum(_width(character) for character in words)


def fits(words: str, pixels: int, *, points: int) -> bool:
    """Whether a cell so wide shows a text of that size in one line."""
    return width_of(words) * points * _PIXELS_PER_POINT <= pixels - _PADDING_PIXELS


def line_count(words: str, pixels: int, *, points: int) -> int:
    """How many lines a text takes in a cell so wide; very long ones are cut."""
    width = width_of(words) * points * _PIXELS_PER_POINT
    return min(_MOST_LINES, int(width // (pixels - _PADDING_PIXELS)) + 1)


def shortened(name: str, pixels: int, *, points: int) -> str:
    """A repository's name that fits a cell so wide.

    The repository says more than its owner, so that is shortened first, then left out; then the
    repository's middle goes, since long names differ at their ends.
    """
    owner, _, repository = name.rpartition("/")
    sizes = range(len(owner) - 1, _SHORTEST_OWNER - 1, -1)
    middles = (
        repository[: size - size // 2] + _ELLIPSIS + repository[len(repository) - size // 2 :]
        for size in range(len(repository) - 1, 1, -1)
    )
    candidates = [name, *(f"{owner[:size]}{_ELLIPSIS}/{repository}" for size in sizes), repository]
    for words in (*candidates, *middles):
        if fits(words, pixels, points=points):
            return words
    return _ELLIPSIS


def _width(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if character in _NARROW:
        return 0.33
    if character in _WIDE:
        return 0.85
    return 0.7 if character.isupper() else 0.57
