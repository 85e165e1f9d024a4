"""The rows in the answer of a write, by which it is seen whether the batch hit what was read."""

import pytest

from tests.support.write_sheet import NOON, MemorySheet, laid_out, random_history
from write_sheet.plan import plan
from write_sheet.sheets_api.requests import delete_rows
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import write


@pytest.mark.parametrize("has_header", [True, False])
def test_the_rows_beside_those_that_are_written_are_looked_at(has_header: bool) -> None:
    """They stand where the plan says, sorted or not, and are not written themselves."""
    found = 0
    for seed in range(12):
        *stated, event = random_history(seed)
        sheet = MemorySheet(laid_out())
        for each in stated:
            write(each, sheet, pause=lambda _: None)
        if not has_header:
            sheet.write([delete_rows(Tab.DATA, 0, 1)])
        before = {tuple(row) for row in sheet.grid(Tab.DATA)[has_header:]}
        planned = plan(event, sheet.look(), sheet.structure(), revision=1, now=NOON)
        if planned.requests:
            assert planned.fits(sheet.write(planned.batch(), sorted(planned.witnesses)))
        after = {row: tuple(values) for row, values in enumerate(sheet.grid(Tab.DATA)) if values}
        del after[0]
        kept = {row for row, values in after.items() if values in before}
        beside = {near for row in after.keys() - kept for near in (row - 1, row + 1)}
        assert beside & kept <= planned.witnesses.keys() <= kept
        found += len(beside & kept)
    assert found > 0
