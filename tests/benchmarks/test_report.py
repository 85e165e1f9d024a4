"""What a benchmark says is true: nothing is cut, and no answer is given that the spread hides."""

import re
from pathlib import Path

import pytest

from tests.benchmarks.graph import Line, draw
from tests.benchmarks.own_tests import read_report
from tests.benchmarks.report import HIDDEN, Samples, Table, ratio
from tests.benchmarks.suite import BENCHMARKS, fill

ROOT = Path(__file__).resolve().parents[2]


def test_a_table_shows_every_number_whole_however_wide_it_is() -> None:
    """A number that is cut at a terminal's edge is another number."""
    cells = ["a name of a row", *[f"{155_000_000 + column:,}" for column in range(12)]]
    table = Table(title="wide", headings=[f"column {n}" for n in range(13)], rows=[cells])
    line = table.markdown().splitlines()[-1]
    assert [cell.strip() for cell in line.strip("|").split("|")] == cells


def test_columns_of_numbers_stand_to_the_right() -> None:
    """As they are compared digit by digit; words stand to the left."""
    table = Table(title="t", headings=("name", "seconds"), rows=[("a", "0.1 s"), ("b", "-")])
    assert table.markdown().splitlines()[3] == "| ---- | ------: |"


def test_a_ratio_that_the_spread_hides_says_so() -> None:
    """Two measurements whose middle halves overlap cannot be told apart."""
    baseline = Samples([1.0, 1.1, 1.2, 1.3])
    assert ratio(Samples([1.1, 1.2, 1.3, 1.4]), baseline) == f"1.09 ×, {HIDDEN}"
    assert ratio(Samples([2.0, 2.1, 2.2, 2.3]), baseline) == "1.87 ×"
    assert ratio(baseline, baseline) == "1 ×"


def test_one_measurement_shows_no_spread() -> None:
    """And several their middle half."""
    assert Samples([0.25]).shown("s") == "0.25 s"
    assert Samples([0.1, 0.2, 0.3, 0.4, 9.0]).shown("s") == "0.30 s (0.20-0.40)"


def test_the_page_has_a_place_for_each_benchmark() -> None:
    """And what is written by hand around it stays."""
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    contents = {name: f"table of {name}" for name in ("machine", *BENCHMARKS)}
    filled = fill(page, contents)
    for content in contents.values():
        assert content in filled
    assert "Baseline: Google's emulator." in filled
    assert fill(filled, contents) == filled


def test_a_page_without_a_place_is_refused() -> None:
    """Nothing that was measured is left out in silence."""
    with pytest.raises(ValueError, match="bench: laptop"):
        fill("<!-- bench: bill -->\n<!-- end: bill -->", {"laptop": "x"})


def test_the_graph_names_each_counter_and_size() -> None:
    """In both of its plots."""
    lines = [Line(name, [1.0, 20.0]) for name in ("collect", "naive", "exact naive")]
    picture = draw([1, 1000], lines, lines, latency_ms=100)
    assert picture.count("<polyline") == 6
    assert picture.count(">exact naive<") == picture.count(">1,000</text>") == 2


def test_the_graph_goes_straight_over_what_was_not_measured() -> None:
    """No point is made up."""
    known, with_gap = Line("a", [1.0, 10.0]), Line("a", [1.0, None, 10.0])
    whole, cut = (
        draw([1, 100], [known], [known], latency_ms=0),
        draw([1, 10, 100], [with_gap], [with_gap], latency_ms=0),
    )
    lines = [re.findall("<polyline.*>", picture) for picture in (whole, cut)]
    assert lines[0] == lines[1]


REPORT = """<testsuites><testsuite>
<testcase classname="tests.collect.test_count" name="test_a" time="0.25" />
<testcase classname="tests.collect.test_count" name="test_b[x]" time="2.5"><system-out/></testcase>
<testcase classname="tests.test_layering" name="test_c" time="0.0"><skipped/></testcase>
<testcase classname="tests.test_layering" name="test_d" time="1.0"><failure/></testcase>
</testsuite></testsuites>"""


def test_own_tests_are_counted_by_how_they_ended(tmp_path: Path) -> None:
    """The slowest one is the first, and those that failed have names."""
    file = tmp_path / "report.xml"
    file.write_text(REPORT, encoding="utf-8")
    outcomes, durations, failed = read_report(file)
    assert outcomes == {"passed": 2, "skipped": 1, "failed": 1}
    assert durations[0] == (2.5, "collect.test_count.test_b[x]")
    assert failed == ["test_layering.test_d"]
