"""Nothing is lost, doubled or acknowledged unwritten, whatever the plan; the check would notice.

`./dev test --chaos N` runs N plans more; a plan that fails is named by its seed, which replays it.
"""

from collections import Counter

import pytest

from tests.faults.report import FAULTS, PAGE, TAKEN_AWAY, first_noticed, outcome, run

FIXED = 40


@pytest.mark.parametrize("seed", range(FIXED))
def test_a_plan_loses_and_doubles_nothing(seed: int) -> None:
    """The Sheet and the metrics are what a model says that was written independently."""
    assert outcome(seed).problems == []


def test_the_chosen_number_of_further_plans(chaos: int) -> None:
    """With seeds beyond the fixed ones."""
    seeds = range(FIXED, FIXED + chaos)
    failed = {seed: found for seed in seeds if (found := outcome(seed).problems)}
    assert failed == {}


@pytest.mark.parametrize("taken_away", TAKEN_AWAY)
def test_a_guarantee_that_is_taken_away_is_missed(taken_away: str) -> None:
    """The check is checked: each is noticed within fifty plans."""
    first_noticed(taken_away)  # raises where none of them notices it


def test_the_plans_hold_every_fault() -> None:
    """What never happens is not tried."""
    happened: Counter[str] = Counter()
    for seed in range(FIXED):
        happened += outcome(seed).happened
    assert len(FAULTS.keys() - happened.keys()) <= 1, happened


def test_the_page_of_reliability_is_written_by_the_runs() -> None:
    """Its faults and guarantees are those of the plans; only the figures differ."""

    def shape(page: str) -> list[str]:
        rows = [line.split("|") for line in page.splitlines() if line.startswith("|")]
        return [row[1] for row in rows]

    assert shape(run(3)) == shape(PAGE.read_text(encoding="utf-8"))
