"""run the test suite

Everything after the command goes to pytest, for example `./dev test -k replay`. Without the name of
a file, the tests run on all cores.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from commit_counts.errors import NeverWorks
from own_dashboard.environment import require_checkout

# One file to a worker, so that its stack or its browser is started once. In the order of their
# names: otherwise those with most tests come first, and files of few long ones last.
_ON_ALL_CORES = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("pytest_arguments", nargs=argparse.REMAINDER, metavar="…")


def run(arguments: argparse.Namespace) -> int:
    """Run pytest; returns its exit status. NeverWorks where a file that is named is not there."""
    root = require_checkout("testing")
    words = [_path(word, root) if _names_a_file(word) else word for word in _given(arguments)]
    workers = () if any(".py" in word for word in words) else _ON_ALL_CORES
    command = [sys.executable, "-m", "pytest", *workers, *words]
    return subprocess.run(command, cwd=root, check=False).returncode


def _given(arguments: argparse.Namespace) -> Sequence[str]:
    given: Sequence[str] = arguments.pytest_arguments
    return given


def _names_a_file(word: str) -> bool:
    return not word.startswith("-") and (".py" in word or word.startswith("tests/"))


def _path(word: str, root: Path) -> str:
    """The same test seen from the checkout, where it was named from another folder."""
    file, mark, test = word.partition("::")
    for place in (root, Path.cwd()):
        if (place / file).exists():
            return f"{place / file}{mark}{test}"
    raise NeverWorks(f"{file} was not found; expected a file or folder of the tests")
