"""How much room a text takes on a phone. An East Asian character is as wide as two others."""

import unicodedata

# Characters of 9 points that the tab's 313 pixels hold.
_LINE_WIDTH = 50
_MOST_LINES = 8


def width_of(words: str) -> int:
    """In columns of a narrow character."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def line_count(words: str) -> int:
    """How many lines of small type a text takes over the whole width; long ones are cut short."""
    return min(_MOST_LINES, -(-width_of(words) // _LINE_WIDTH))
