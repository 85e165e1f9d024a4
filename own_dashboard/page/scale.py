"""Round numbers for an axis."""

import math
from collections.abc import Sequence


def nice_ticks(low: float, high: float, *, most: int, whole: bool = False) -> list[float]:
    """At most `most` + 1 round values, evenly spaced, that enclose low and high.

    whole: only whole numbers, for what is counted.
    """
    if high - low < max(abs(low), abs(high), 1e-6) * 1e-6:
        high = low + 1
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    if whole:
        step = max(1.0, step)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 10) for index in range(first, last + 1)]


def tick_label(value: float) -> str:
    """The shortest way to write it: 1500 as 1.5k."""
    if abs(value) >= 1000:
        return f"{value / 1000:.4g}k"
    return f"{value:.4g}"


def every_nth(count: int, *, most: int) -> Sequence[int]:
    """Indexes of at most `most` labels out of `count`, evenly spaced, the last one included."""
    if count <= 0 or most <= 0:
        return []
    step = max(1, math.ceil(count / most))
    return range((count - 1) % step, count, step)
