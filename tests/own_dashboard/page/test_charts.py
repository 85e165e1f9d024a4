"""The Sheet's charts are drawn from the cells that their specifications refer to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from own_dashboard.page.cell_style import Styles
from own_dashboard.page.charts import DrawnChart, draw_chart, every_nth, nice_ticks, tick_label
from own_dashboard.page.spreadsheet import read_tabs
from tests.support.spreadsheets import (
    Resource,
    column_chart,
    grid_range,
    number,
    sheet,
    spreadsheet,
    text,
)

LABELS, VALUES = grid_range(0, 0, 4, 1, sheet_id=2), grid_range(0, 1, 4, 2, sheet_id=2)


def drawn(chart: Resource, values: tuple[Resource, ...]) -> DrawnChart:
    """The chart on a tab `Today`, over values on a hidden tab."""
    rows = [[text(f"d{index}"), value] for index, value in enumerate(values)]
    today = sheet("Today", [[], [], []], sheet_id=1, columns=[50], heights={0: 40})
    days = sheet("days", rows, sheet_id=2, index=1)
    days["properties"]["hidden"] = True
    resource = spreadsheet(today, days)
    tabs = {tab.sheet_id: tab for tab in read_tabs(resource)}
    return draw_chart(chart, tabs[1], tabs, Styles())


def test_columns_stand_in_proportion_to_their_values() -> None:
    """Zero and unknown draw nothing; the tool tip has label and value."""
    chart = drawn(
        column_chart(labels=LABELS, values=VALUES, row=2),
        (number(10), number(0), number(5), text("")),
    )
    assert [bar.words for bar in chart.bars] == ["d0: 10", "d2: 5"]
    high, low = chart.bars
    assert high.height == pytest.approx(2 * low.height)
    assert high.y + high.height == pytest.approx(low.y + low.height) == pytest.approx(chart.base)
    assert [label.text for label in chart.y_labels] == ["0", "5", "10"]


def test_the_chart_stands_where_its_anchor_and_offsets_say() -> None:
    """Row 2 begins 40 + 21 pixels down."""
    chart = column_chart(labels=LABELS, values=VALUES, row=2, width=300, height=120)
    chart["position"]["overlayPosition"]["offsetXPixels"] = 7
    box = drawn(chart, (number(1),))
    assert (box.right, box.bottom, box.width, box.height) == (307, 181, 300, 120)


@pytest.mark.parametrize("count", [{"headerCount": 1}, {}])
def test_the_first_row_is_no_value_where_the_chart_has_headers(count: dict[str, int]) -> None:
    """By its count, or where a text stands above the numbers."""
    chart = column_chart(labels=LABELS, values=VALUES, row=0)
    basic = chart["spec"]["basicChart"]
    basic.pop("headerCount", None)
    basic |= count
    result = drawn(chart, (text("commits"), number(2), number(1)))
    assert [bar.words for bar in result.bars] == ["d1: 2", "d2: 1"]


TWO_SERIES = {"chartType": "COLUMN", "series": [{}, {}]}


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"pieChart": {}},
        {"basicChart": {"chartType": "LINE"}},
        {"basicChart": TWO_SERIES},
    ],
)
def test_a_chart_that_is_not_drawn_here_says_so(spec: Resource) -> None:
    """It keeps its place and its title."""
    chart = column_chart(labels=LABELS, values=VALUES, row=0)
    chart["spec"] = {"title": "Pie", **spec}
    result = drawn(chart, ())
    assert (result.known, result.title, result.bars) == (False, "Pie", ())


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.integers(2, 6), st.booleans())
def test_ticks_are_few_round_and_enclose_the_values(
    low: float, span: float, most: int, whole: bool
) -> None:
    """Evenly spaced, in order, not many more than asked for."""
    ticks = nice_ticks(low, low + span, most=most, whole=whole)
    assert ticks[0] <= low + 1e-6
    assert ticks[-1] >= low + span - 1e-6
    assert 2 <= len(ticks) <= most + 2
    assert ticks == sorted(set(ticks))
    assert not whole or all(tick == int(tick) for tick in ticks)


def test_labels_are_thinned_evenly_and_keep_the_last_one() -> None:
    """Numbers on an axis stay short."""
    assert list(every_nth(30, most=4)) == [5, 13, 21, 29]
    assert list(every_nth(3, most=9)) == [0, 1, 2]
    assert list(every_nth(0, most=3)) == []
    assert [tick_label(value) for value in (0, 2.5, 10, 1500)] == ["0", "2.5", "10", "1.5k"]
