"""What somebody broke in our columns: noticed while reading, told to the person in words."""

from dataclasses import dataclass
from datetime import date
from enum import Enum


class ProblemKind(Enum):
    """What is wrong."""

    NOT_A_COUNT = "not a count"
    NO_ROW_OF_OURS = "no row of ours"
    CONTRADICTION = "contradiction"
    CHANGED_BY_HAND = "changed by hand"
    MOVED_COLUMNS = "moved columns"
    LOST_TAB = "lost tab"
    CUT_TAB = "cut tab"
    TWO_PEOPLE = "two people"
    REFUSED = "refused by Google"
    LOST_SOURCES = "lost sources"
    MANY_ROWS = "many rows"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that was found broken.

    row: as the person sees it, from 1 on; None where it is not about a row.
    repository: the one that it is about, where it is about one.
    since, until: the days that it concerns, where it concerns days.
    found, expected: what stands there, and what should, where that can be said.
    repaired: whether this program set it right.
    """

    kind: ProblemKind
    repaired: bool
    row: int | None = None
    repository: str = ""
    since: date | None = None
    until: date | None = None
    found: str = ""
    expected: str = ""

    def __str__(self) -> str:
        place = [f"row {self.row}"] if self.row else []
        if self.since:
            same = self.since == self.until
            place.append(f"{self.since}" if same else f"{self.since} to {self.until}")
        words = [*place, self.kind.value]
        if self.found or self.expected:
            words.append(f"found {self.found!r}, expected {self.expected!r}")
        return ": ".join(words) + (" (repaired)" if self.repaired else "")
