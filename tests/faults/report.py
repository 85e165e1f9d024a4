"""Writes docs/reliability.md out of runs: `python -m tests.faults.report --plans 2000`.

The page says of each fault how it is made and what is promised, how often it happened in these
runs, and within how many plans each guarantee that is taken away is missed.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from string import Template

from tests.faults.world import NOTHING, Sabotage, World

TEMPLATE = Path(__file__).with_name("reliability.template.md")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
PROMISE_AGAIN = "the delivery is repeated; what was written stays once"
# What happens in a plan => how it is made, and what is promised.
FAULTS = {
    "the Sheet does not answer a read": ("error before the call", PROMISE_AGAIN),
    "the Sheet does not answer a write": ("error before the call", PROMISE_AGAIN),
    "the Sheet's answer gets lost after the write": ("error after the batch", PROMISE_AGAIN),
    "write_sheet is killed before a read": ("no answer, the lease runs out", PROMISE_AGAIN),
    "write_sheet is killed before a write": ("no answer, the lease runs out", PROMISE_AGAIN),
    "write_sheet is killed after the write": ("no answer, the lease runs out", PROMISE_AGAIN),
    "the Sheet is down for some minutes": (
        "every call fails",
        "redelivered; after too many refusals a dead letter, which can be replayed",
    ),
    "two writers overlap": (
        "a second delivery inside a call of the first",
        "the batch of one is refused, and planned anew",
    ),
    "Cloud Monitoring: UNAVAILABLE": ("status of the call", "tried again, then redelivered"),
    "Cloud Monitoring: RESOURCE_EXHAUSTED": ("status of the call", "redelivered at once"),
    "Cloud Monitoring: lost": ("no answer after the write", "what is there is recognised"),
    "Cloud Monitoring: killed": ("no answer, the lease runs out", PROMISE_AGAIN),
    "the answer of the function gets lost": ("the lease runs out", PROMISE_AGAIN),
    "a delivery is refused": ("any of the errors above", "tried again with back-off"),
    "a message is delivered again": ("offered again after its acknowledgement", "changes nothing"),
    "the broker is killed": ("its journal is all that remains", "owed events are owed still"),
    "a dead letter is replayed": ("after five refusals", "written then; what is broken stays"),
}
TAKEN_AWAY = {
    "no_guard": "the revision mark of a batch",
    "arrival_order": "the comparison of instants when events are merged",
    "no_redelivery": "redelivery after a refusal",
    "early_ack": "writing before acknowledging",
    "unsynced": "syncing before a publish is answered",
}
MOST_PLANS_TO_NOTICE = 50


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a plan. happened: how often each fault; events: how many were accepted."""

    problems: Sequence[str]
    happened: Counter[str]
    events: int


@cache
def outcome(seed: int, sabotage: Sabotage = NOTHING) -> Outcome:
    """A plan is its seed, so it is run once."""
    world = World(seed, sabotage)
    world.run()
    return Outcome(problems=world.problems(), happened=world.happened, events=len(world.accepted))


def run(plans: int) -> str:
    """The page, out of so many plans from seed 0 on. Raises AssertionError for one that fails."""
    started = time.monotonic()
    happened: Counter[str] = Counter()
    events = 0
    for seed in range(plans):
        found = outcome(seed)
        assert found.problems == [], f"seed {seed}: {found.problems}"
        happened += found.happened
        events += found.events
    assert happened.keys() <= FAULTS.keys(), happened.keys() - FAULTS.keys()
    noticed = {name: first_noticed(name) for name in TAKEN_AWAY}
    seconds = time.monotonic() - started
    return _page(plans, events, seconds, happened, noticed)


def first_noticed(taken_away: str) -> int:
    """How many plans it took until one failed without this guarantee."""
    sabotage = Sabotage(**{taken_away: True})
    for seed in range(MOST_PLANS_TO_NOTICE):
        if outcome(seed, sabotage).problems:
            return seed + 1
    raise AssertionError(f"{sabotage} is not noticed within {MOST_PLANS_TO_NOTICE} plans")


def _page(
    plans: int, events: int, seconds: float, happened: Counter[str], noticed: dict[str, int]
) -> str:
    faults = "\n".join(
        f"| {name} | {how} | {promise} | {happened[name]:,} | 0 | 0 |"
        for name, (how, promise) in FAULTS.items()
    )
    checked = "\n".join(
        f"| {TAKEN_AWAY[name]} | {number} |" for name, number in sorted(noticed.items())
    )
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        last=f"{plans - 1:,}",
        events=f"{events:,}",
        seconds=f"{seconds:,.0f}",
        faults=faults,
        checked=checked,
    )


def main() -> None:
    """Run the plans, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=2000)
    PAGE.write_text(run(parser.parse_args().plans), encoding="utf-8")


if __name__ == "__main__":
    main()
