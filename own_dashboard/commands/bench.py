"""run the benchmarks, each beside its baseline in the same run

Speed and memory are told as ratios: they mean the same on every machine.
"""

import argparse
import importlib
import sys
from pathlib import Path

from rich.console import Console

from commit_counts.errors import NeverWorks
from own_dashboard.environment import require_checkout

_FOLDER = Path("tests") / "benchmarks"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these; all without a name")


def run(arguments: argparse.Namespace) -> int:
    """Run the named benchmarks one after another."""
    root = require_checkout("measuring")
    known = [file.stem for file in sorted((root / _FOLDER).glob("*.py"))]
    for name in arguments.names:
        if name not in known:
            raise NeverWorks(f"no benchmark {name!r}; there are {', '.join(known) or 'none'}")
    sys.path.insert(0, str(root))
    console = Console()
    for name in arguments.names or known:
        console.rule(name)
        importlib.import_module(f"tests.benchmarks.{name}").run(console)
    return 0
