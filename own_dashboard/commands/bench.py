"""run the benchmarks, each beside its baseline in the same run

Baseline and subject are measured in turn; medians and spread are shown, and speed and memory are
told as ratios, which mean much the same on every machine. A run of all of them writes its tables
and the graph into docs/benchmarks.md. Progress goes to standard error.
"""

import argparse
import importlib
import sys
from typing import Any

from commit_counts.errors import NeverWorks
from own_dashboard.environment import require_checkout


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these; all without a name")
    parser.add_argument(
        "--quick", action="store_true", help="once and small: shows that it works, not how fast"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the named benchmarks one after another."""
    root = require_checkout("measuring")
    sys.path.insert(0, str(root))
    suite: Any = importlib.import_module("tests.benchmarks.suite")
    for name in arguments.names:
        if name not in suite.BENCHMARKS:
            known = ", ".join(suite.BENCHMARKS)
            raise NeverWorks(f"no benchmark {name!r}; there are {known}")
    suite.run(root, arguments.names, quick=arguments.quick)
    return 0
