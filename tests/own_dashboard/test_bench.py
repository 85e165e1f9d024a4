"""`./dev bench`: every benchmark works, says where it is, and a part of them writes no page."""

from tests.benchmarks.suite import BENCHMARKS
from tests.support.stack import ROOT, dashboard

PAGE = ROOT / "docs" / "benchmarks.md"
GRAPH = ROOT / "docs" / "images" / "collect.svg"
TITLES = (
    "Start of an instance",
    "An ordinary hour",
    "One event of 35 days",
    "Series of one event",
    "From a publish to both sinks",
    "The Pub/Sub emulator",
    "At a terminal",
    "A month's bill",
)


def test_every_benchmark_works() -> None:
    """Once and small; how fast is no matter of a test."""
    before = PAGE.read_bytes(), GRAPH.read_bytes()
    done = dashboard("bench", "--quick")
    assert done.returncode == 0, done.stderr
    for title in TITLES:
        assert title in done.stdout
    for name in BENCHMARKS:
        assert f"{name}: begins" in done.stderr
    assert (PAGE.read_bytes(), GRAPH.read_bytes()) == before


def test_an_unknown_benchmark_is_refused_with_those_that_there_are() -> None:
    """Before anything is measured."""
    done = dashboard("bench", "collecting")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no benchmark 'collecting'; there are collect_requests, metric_writer" in done.stderr
