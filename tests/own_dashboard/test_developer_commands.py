"""`./dev lock` and `./dev check`, on a copy of the checkout whose tools only note their calls."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from own_dashboard.stack.pipeline import load_pipeline
from tests.support.processes import python_program
from tests.support.stack import ROOT, clean_environment, copy_checkout

# Stands where a tool is imported or started; notes its arguments, and fails where it is told to.
TOOL = """
import os, pathlib, sys
here = pathlib.Path({folder!r})
name = {name!r}
arguments = sys.argv[1:]
with (here / "calls").open("a") as calls:
    print(name, *arguments, file=calls)
if "--output-file" in arguments:
    target = pathlib.Path(arguments[arguments.index("--output-file") + 1])
    target.write_text("example==1.0\\n")
failing = here / "failing"
if failing.exists() and failing.read_text() in " ".join([name, *arguments]):
    sys.exit("no version of example fits")
"""


class Checkout:
    """A copy with tools of its own. failing: words of the call that fails."""

    def __init__(self, root: Path, tools: Path) -> None:
        self.root, self._tools = copy_checkout(root), tools
        for name in ("ruff", "mypy", "pytest"):
            (tools / name).mkdir(parents=True)
            (tools / name / "__init__.py").touch()  # else the installed one goes before it
            (tools / name / "__main__.py").write_text(self._tool(name))
        uv = root / ".uv" / "bin" / "uv"
        uv.parent.mkdir(parents=True)
        uv.write_text(self._tool("uv"))
        uv.chmod(0o755)
        (root / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())

    def _tool(self, name: str) -> str:
        return python_program(TOOL.format(folder=str(self._tools), name=name))

    def run(self, *arguments: str, failing: str = "") -> subprocess.CompletedProcess[str]:
        """A command of the copy."""
        if failing:
            (self._tools / "failing").write_text(failing)
        paths = (str(self._tools), str(self.root), str(self.root / "functions"))
        return subprocess.run(
            [sys.executable, "-m", "own_dashboard", *arguments],
            env=clean_environment(PYTHONPATH=os.pathsep.join(paths)),
            cwd=self.root, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def calls(self) -> Sequence[str]:
        """What the tools were asked."""
        file = self._tools / "calls"
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout", tmp_path / "tools")


def test_check_is_formatting_lint_and_types(checkout: Checkout) -> None:
    """And no test: those have a command of their own."""
    done = checkout.run("check")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "check: all passed"), done.stderr
    assert [call.split()[:2] for call in checkout.calls()] == [
        ["ruff", "format"], ["ruff", "check"], ["mypy", "functions"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("failing", "said"), [("ruff format", "formatting"), ("ruff check", "lint"), ("mypy", "types")]
)
def test_check_goes_on_after_what_fails(checkout: Checkout, failing: str, said: str) -> None:
    """All that is wrong is known after one run; the status tells that something is."""
    done = checkout.run("check", failing=failing)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, f"check: failed: {said}")
    assert len(checkout.calls()) == 3


def test_check_repairs_first_where_asked(checkout: Checkout) -> None:
    """What a tool can repair is not reported."""
    checkout.run("check", "--fix")
    first, second, *rest = checkout.calls()
    assert "--fix" in first.split()
    assert "--check" not in second.split()
    assert len(rest) == 3


def test_lock_writes_every_lock_file(checkout: Checkout) -> None:
    """With its header, at the versions of the first, for the laptop and each function."""
    done = checkout.run("lock")
    assert done.returncode == 0, done.stderr
    functions = [f"functions/{f.step}/requirements.txt" for f in load_pipeline().functions]
    files = ["requirements.lock", *functions]
    assert len(checkout.calls()) == len(files)
    for file, call in zip(files, checkout.calls(), strict=True):
        assert f"--output-file {file} " in call
        assert "--generate-hashes" in call
        first, *rest = (checkout.root / file).read_text().splitlines()
        assert first.startswith("# Made by `./dev lock`")
        assert rest == ["example==1.0"]
        if file != "requirements.lock":
            assert "--constraint requirements.lock" in call


def test_lock_leaves_what_a_folder_brings_itself(checkout: Checkout) -> None:
    """A function without a group in pyproject.toml keeps its own requirements.txt."""
    file = checkout.root / "terraform" / "pipeline.json"
    pipeline = json.loads(file.read_text())
    pipeline["functions"]["own_pins"] = pipeline["functions"]["write_metric"]
    file.write_text(json.dumps(pipeline))
    done = checkout.run("lock")
    assert done.returncode == 0, done.stderr
    assert "functions/own_pins/requirements.txt stays" in done.stdout
    assert not any("own_pins" in call for call in checkout.calls())


def test_lock_keeps_versions_unless_asked_for_new_ones(checkout: Checkout) -> None:
    """Only the first is resolved anew: the others follow it."""
    checkout.run("lock")
    assert not any("--upgrade" in call for call in checkout.calls())
    checkout.run("lock", "--upgrade")
    assert sum("--upgrade" in call for call in checkout.calls()) == 1


def test_lock_says_what_cannot_be_resolved(checkout: Checkout) -> None:
    """The file, and uv's own words, in one line."""
    done = checkout.run("lock", failing="requirements.lock")
    assert done.returncode == 1
    assert done.stderr == (
        "./dev lock: uv could not resolve requirements.lock: no version of example fits\n"
    )


@pytest.mark.parametrize("command", ["lock", "check", "test"])
def test_an_installed_package_has_nothing_to_work_on(checkout: Checkout, command: str) -> None:
    """Without ./dev there is no checkout; the sentence says where to get one."""
    (checkout.root / "dev").unlink()
    done = checkout.run(command)
    assert done.returncode == 1
    assert "needs a checkout of the project" in done.stderr
    assert checkout.calls() == []
