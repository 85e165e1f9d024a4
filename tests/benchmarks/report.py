"""What a benchmark says: samples, ratios and tables, the same text for a terminal and a page.

Lines are never cut to a terminal's width: a number that is cut is another number.
"""

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

HIDDEN = "the spread hides the answer"


@dataclass
class Samples:
    """Repeated measurements of one thing."""

    values: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        """One more measurement."""
        self.values.append(value)

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def middle_half(self) -> tuple[float, float]:
        """Between which two values the middle half lies; all of fewer than four."""
        if len(self.values) < 4:
            return min(self.values), max(self.values)
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return low, high

    def shown(self, unit: str, *, digits: int = 2) -> str:
        """`0.43 s (0.41-0.52)`: the median, and between what the middle half lies."""
        low, high = self.middle_half
        middle = f"{self.median:,.{digits}f} {unit}".rstrip()
        if len(self.values) == 1:
            return middle
        return f"{middle} ({low:,.{digits}f}-{high:,.{digits}f})"


def ratio(subject: Samples, baseline: Samples) -> str:
    """How many times the baseline; says so where their middle halves overlap."""
    if subject is baseline:
        return "1 ×"
    times = subject.median / baseline.median if baseline.median else float("inf")
    lowest, highest = subject.middle_half
    low, high = baseline.middle_half
    text = f"{times:.{0 if times >= 20 else 1 if times >= 10 else 2}f} ×"
    single = min(len(subject.values), len(baseline.values)) < 2
    return text if single or lowest > high or highest < low else f"{text}, {HIDDEN}"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under headings; notes are sentences below."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def markdown(self) -> str:
        """As GitHub shows it, and aligned enough to be read as it is."""
        lines = [list(self.headings), *[list(row) for row in self.rows]]
        widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
        numbers = [
            column > 0 and all(_is_number(row[column]) for row in self.rows)
            for column in range(len(widths))
        ]
        ruler = [
            "-" * (width - 1) + ":" if number else "-" * width
            for width, number in zip(widths, numbers, strict=True)
        ]
        padded = [
            [
                cell.rjust(width) if number else cell.ljust(width)
                for cell, width, number in zip(line, widths, numbers, strict=True)
            ]
            for line in (lines[0], ruler, *lines[1:])
        ]
        body = "\n".join(f"| {' | '.join(line)} |" for line in padded)
        return "\n\n".join([f"**{self.title}**", body, *self.notes])


def _is_number(cell: str) -> bool:
    return not cell or cell[0].isdigit() or cell == "-"


class Bench:
    """One run of all benchmarks: what it found so far, and where it is.

    quick: everything once and small, to see that it works. facts: numbers by name that a later
    benchmark reads, such as the seconds that the bill is computed from. graph: an SVG, once drawn.
    pages: by a page's path, what other pages than that of the benchmarks say of this one.
    """

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.facts: dict[str, float] = {}
        self.graph = ""
        self.pages: dict[str, str] = {}
        self.tables: list[Table] = []
        self._started = time.monotonic()
        self._subject = ""

    @contextmanager
    def benchmark(self, name: str, *, place: str) -> Iterator[None]:
        """Everything inside is about this one; place: which of how many it is."""
        self._subject, self.tables = name, []
        self.say(f"begins, {place}")
        yield

    def say(self, text: str) -> None:
        """What is being measured now, on standard error."""
        seconds = time.monotonic() - self._started
        print(f"[{seconds:4.0f} s] {self._subject}: {text}", file=sys.stderr, flush=True)

    def rounds(self, number: int, *, of: str = "") -> Iterator[int]:
        """So many rounds, each told; one in a quick run. of: what is measured in them."""
        number = 1 if self.quick else number
        for each in range(1, number + 1):
            self.say(f"{of} round {each} of {number}".lstrip())
            yield each

    def show(self, table: Table) -> None:
        """Print a table, and keep it for the page."""
        self.tables.append(table)
        print(f"\n{table.markdown()}\n", flush=True)
