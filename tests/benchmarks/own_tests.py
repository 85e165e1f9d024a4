"""The project's own tests, as `./dev test` runs them: what a change waits for.

Baseline: loading all of them and running none, which no faster test can do without.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from tests.benchmarks.report import Bench, Samples, Table, ratio
from tests.support.stack import ROOT

ROUNDS = 3
SLOWEST = 5
# A quick run is one of the tests itself, so it must not run them all.
QUICK = ("tests/commit_counts/test_retry.py",)


@dataclass(kw_only=True)
class Run:
    """What one run took, in seconds, and how its tests ended; slowest first, and who failed."""

    seconds: float
    processor_seconds: float
    outcomes: dict[str, int] = field(default_factory=dict)
    durations: Sequence[tuple[float, str]] = ()
    failed: Sequence[str] = ()


def run(bench: Bench) -> None:
    """Load them some times, run them once."""
    chosen = QUICK if bench.quick else ()
    loading = [_run("--collect-only", "--quiet", *chosen) for _ in bench.rounds(ROUNDS)]
    bench.say("running them")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        ran = _run("--quiet", f"--junit-xml={report}", *chosen)
        ran.outcomes, ran.durations, ran.failed = read_report(report)
    wall = Samples([each.seconds for each in loading])
    used = Samples([each.processor_seconds for each in loading])
    rows = [
        ("loading them, running none", "", "", "", wall.shown("s"), used.shown("s"), "1 ×"),
        (
            f"running them on {os.cpu_count()} processors",
            *(f"{ran.outcomes[each]:,}" for each in ("passed", "skipped", "failed")),
            Samples([ran.seconds]).shown("s"),
            Samples([ran.processor_seconds]).shown("s"),
            ratio(Samples([ran.processor_seconds]), used),
        ),
        *((f"slowest: {name}", "", "", "", f"{seconds:.2f} s", "", "")
          for seconds, name in ran.durations[:SLOWEST]),
        *((f"failed: {name}", *[""] * 6) for name in ran.failed),
    ]  # fmt: skip
    bench.show(
        Table(
            title="The project's own tests",
            headings=("what", "passed", "skipped", "failed", "time", "processor time",
                      "times loading"),
            rows=rows,
            notes=[
                "Processor time: of the tests and of every process that they wait for. Skipped: "
                "what wants a program or a network that is not here."
            ],
        )
    )  # fmt: skip


def _run(*arguments: str) -> Run:
    """`./dev test` with these arguments; its tests may fail, which is shown and no error here."""
    started, used = time.perf_counter(), _processor_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "own_dashboard", "test", *arguments],
        cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest ended with status {done.returncode}: {done.stdout[-2000:]}")
    return Run(seconds=time.perf_counter() - started, processor_seconds=_processor_seconds() - used)


def _environment() -> dict[str, str]:
    """Of a person, whose Python keeps what it has compiled; nothing of a pytest around this."""
    foreign = re.compile("PYTEST_|PYTHONDONTWRITEBYTECODE$")
    return {name: value for name, value in os.environ.items() if not foreign.match(name)}


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read_report(file: Path) -> tuple[dict[str, int], list[tuple[float, str]], list[str]]:
    """Of a report in JUnit's form: how many ended how, what each took, and which ones failed.

    What each took: seconds and name, slowest first.
    """
    outcomes = {"passed": 0, "skipped": 0, "failed": 0}
    durations, failed = [], []
    for case in ElementTree.parse(file).iter("testcase"):
        found = {child.tag for child in case}
        name = f"{case.attrib['classname'].removeprefix('tests.')}.{case.attrib['name']}"
        durations.append((float(case.attrib["time"]), name))
        if found & {"failure", "error"}:
            failed.append(name)
            outcomes["failed"] += 1
        else:
            outcomes["skipped" if "skipped" in found else "passed"] += 1
    return outcomes, sorted(durations, reverse=True), failed
