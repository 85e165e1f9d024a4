"""All benchmarks in their order, and the page that a whole run of them fills.

`docs/benchmarks.md` is written by hand around marked places, and only those are replaced.
"""

import importlib
import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.report import Bench

# In this order: the bill is computed from what `functions` measured.
BENCHMARKS = (
    "collect_requests", "metric_writer", "sheet_writer", "functions", "deliveries",
    "pubsub_emulator", "laptop", "own_tests", "bill",
)  # fmt: skip
_PAGE = Path("docs") / "benchmarks.md"
_GRAPH = Path("docs") / "images" / "collect.svg"


def run(root: Path, names: Sequence[str], *, quick: bool) -> None:
    """Run these, or all; all of them, not quick, write the page."""
    bench = Bench(quick=quick)
    contents = {"machine": _machine()}
    print(contents["machine"])
    chosen = names or BENCHMARKS
    for number, name in enumerate(chosen, start=1):
        with bench.benchmark(name, place=f"{number} of {len(chosen)}"):
            importlib.import_module(f"tests.benchmarks.{name}").run(bench)
        contents[name] = "\n\n".join(table.markdown() for table in bench.tables)
    if bench.graph and not quick:
        (root / _GRAPH).write_text(bench.graph, encoding="utf-8")
    page = root / _PAGE
    if not names and not quick:
        page.write_text(fill(page.read_text(encoding="utf-8"), contents), encoding="utf-8")
        for name, bill in bench.pages.items():
            text = (root / name).read_text(encoding="utf-8")
            (root / name).write_text(fill(text, {"bill": bill}), encoding="utf-8")
        print("written:", *(str(path) for path in (_PAGE, _GRAPH, *bench.pages)))


def fill(page: str, contents: dict[str, str]) -> str:
    """The page with the content of each marked place replaced. ValueError where one is missing."""
    for name, content in contents.items():
        begin, end = f"<!-- bench: {name} -->", f"<!-- end: {name} -->"
        before, found, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"a page lacks a place: expected {begin} and {end}")
        page = f"{before}{begin}\n\n{content}\n\n{end}{after}"
    return page


def _machine() -> str:
    processor = re.search(r"^model name\s*: (.*)$", _text("/proc/cpuinfo"), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s+(\d+)", _text("/proc/meminfo"), re.MULTILINE)
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} (UTC), {os.cpu_count()} processors "
        f"({processor[1] if processor else platform.machine()}), "
        f"{int(memory[1]) / 1e6 if memory else 0:.0f} GB of memory, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}; load before it began: "
        f"{os.getloadavg()[0]:.1f}."
    )


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except OSError:
        return ""
