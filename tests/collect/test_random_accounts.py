"""Random accounts: odd zones and dates, late squares, pushes while reading, faults."""

from collections.abc import Iterator

import pytest

from tests.support.random_accounts import World, make_account, world


@pytest.fixture(name="checked", scope="module")
def _checked() -> Iterator[World]:
    with world() as checked:
        yield checked


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_a_number_is_right_or_said_to_be_unknown(checked: World, first: int) -> None:
    """A recount says so; `python -m tests.support.random_accounts FIRST COUNT` makes more.

    A run may fail only where a fault hit it, or the list of repositories moved twice.
    """
    before = checked.outcomes.total()
    for seed in range(first, first + 20):
        checked.check(make_account(seed))
    assert checked.outcomes.total() - before == 20
    assert checked.outcomes["exact"] > checked.outcomes["loud"]
