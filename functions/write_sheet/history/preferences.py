"""What the person sets on the tab `Settings`, as values."""

from dataclasses import dataclass

MONDAY, SATURDAY, SUNDAY = 0, 5, 6
LARGEST_GOAL = 999


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """Weekdays count from Monday, 0.

    goal: commits a day, from 1 to LARGEST_GOAL.
    rest_weekdays: days without commits on them do not break a streak.
    language: one of `labels.LANGUAGES`.
    first_weekday: where a week begins: Monday, Saturday or Sunday.
    """

    goal: int = 3
    rest_weekdays: frozenset[int] = frozenset()
    language: str = "en"
    first_weekday: int = MONDAY
