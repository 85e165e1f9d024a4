"""run the test suite

Everything after the command goes to pytest, for example `./dev test -k replay`.
"""

import argparse
import subprocess
import sys

from own_dashboard.environment import require_checkout


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("pytest_arguments", nargs=argparse.REMAINDER, metavar="…")


def run(arguments: argparse.Namespace) -> int:
    """Run pytest on all cores; returns its exit status."""
    return run_tests(*arguments.pytest_arguments)


def run_tests(*pytest_arguments: str) -> int:
    """Run pytest, one file to a worker, so that its stack or its browser is started once."""
    root = require_checkout("testing")
    command = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadfile"]
    return subprocess.run([*command, *pytest_arguments], cwd=root, check=False).returncode
