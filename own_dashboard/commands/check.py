"""check formatting, lint and types

`./dev test` runs the tests; CI runs both.
"""

import argparse
import subprocess
import sys

from own_dashboard.environment import require_checkout

_STEPS = {
    "formatting": ("ruff", "format", "--check", "--quiet", "."),
    "lint": ("ruff", "check", "--quiet", "."),
    "types": ("mypy", "functions", "own_dashboard", "emulators", "container", "tests"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--fix", action="store_true", help="repair formatting and lint first")


def run(arguments: argparse.Namespace) -> int:
    """Run every step, also after one that fails; 1 if any did."""
    if arguments.fix:
        _module("ruff", "check", "--quiet", "--fix", ".")
        _module("ruff", "format", "--quiet", ".")
    failed = [name for name, step in _STEPS.items() if not _passes(name, step)]
    print(f"check: failed: {', '.join(failed)}" if failed else "check: all passed", flush=True)
    return 1 if failed else 0


def _passes(name: str, step: tuple[str, ...]) -> bool:
    print(f"check: {name} …", flush=True)
    return _module(*step) == 0


def _module(*command: str) -> int:
    root = require_checkout("checking")
    return subprocess.run([sys.executable, "-m", *command], cwd=root, check=False).returncode
