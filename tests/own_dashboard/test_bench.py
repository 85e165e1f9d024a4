"""`./dev bench`: every benchmark works, says where it is, and a part of them writes no page."""

import pytest

from own_dashboard.cli import main
from tests.benchmarks.suite import BENCHMARKS
from tests.support.stack import ROOT, dashboard

PAGE = ROOT / "docs" / "benchmarks.md"
GRAPH = ROOT / "docs" / "images" / "collect.svg"
TITLES = {
    "collect_requests": ["An ordinary hour", "5 years back"],
    "metric_writer": ["Series of one event"],
    "sheet_writer": ["One event of 35 days"],
    "functions": ["Start of an instance", "The same on 0.5", "Memory of one instance"],
    "deliveries": ["From a publish to both sinks"],
    "pubsub_emulator": ["The Pub/Sub emulator"],
    "laptop": ["At a terminal"],
    "own_tests": ["The project's own tests"],
    "bill": ["A month's bill"],
}
# Computed from what the other one measured.
TOGETHER = {"functions": ["functions", "bill"]}


@pytest.mark.parametrize("name", [name for name in BENCHMARKS if name != "bill"])
def test_every_benchmark_works(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Once and small; how fast is no matter of a test."""
    before = PAGE.read_bytes(), GRAPH.read_bytes()
    names = TOGETHER.get(name, [name])
    assert main(["bench", "--quick", *names]) == 0
    said = capsys.readouterr()
    for each in names:
        assert f"{each}: begins" in said.err
        for title in TITLES[each]:
            assert f"**{title}" in said.out
    assert (PAGE.read_bytes(), GRAPH.read_bytes()) == before


def test_every_benchmark_is_tested() -> None:
    """A new one as well."""
    assert TITLES.keys() == set(BENCHMARKS)


def test_an_unknown_benchmark_is_refused_with_those_that_there_are() -> None:
    """Before anything is measured."""
    done = dashboard("bench", "collecting")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no benchmark 'collecting'; there are collect_requests, metric_writer" in done.stderr
