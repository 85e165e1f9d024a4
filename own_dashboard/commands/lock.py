"""resolve the dependencies anew and write every lock file

`requirements.lock` pins, with hashes, what `./dev` installs; `functions/<step>/requirements.txt`
what a deployed function gets, at the same versions, with hashes too.
"""

import argparse
import shutil
import subprocess
import tomllib
from pathlib import Path

from commit_counts.errors import NeverWorks
from own_dashboard.environment import require_checkout
from own_dashboard.stack.pipeline import load_pipeline

_HEADER = (
    "# Made by `./dev lock` from pyproject.toml; the versions are those of requirements.lock.\n"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")


def run(arguments: argparse.Namespace) -> int:
    """Write the lock files."""
    root = require_checkout("locking")
    upgrade = ["--upgrade"] if arguments.upgrade else []
    _compile(
        root, "requirements.lock", "--generate-hashes", "pyproject.toml", "--group", "dev", *upgrade
    )
    groups = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    for function in load_pipeline().functions:
        target = f"functions/{function.step}/requirements.txt"
        if function.step not in groups:
            print(f"{target} stays: pyproject.toml has no dependency group {function.step}")
            continue
        pins = ("--group", function.step, "--constraint", "requirements.lock", "--generate-hashes")
        _compile(root, target, *pins)
    return 0


def _compile(root: Path, target: str, *options: str) -> None:
    own = root / ".uv" / "bin" / "uv"
    uv = str(own) if own.exists() else shutil.which("uv")
    if uv is None:
        raise NeverWorks("found no uv to resolve with: remove .venv and run ./dev lock again")
    command = [
        uv, "pip", "compile", "--quiet", "--universal",
        "--no-header", "--no-annotate", "--output-file", target, *options,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NeverWorks(f"uv could not resolve {target}: {done.stderr.strip()}")
    file = root / target
    file.write_text(_HEADER + file.read_text(encoding="utf-8"), encoding="utf-8")
