"""The README's examples run, with the real clients, against the commands that it names."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import emulators
from tests.support.emulators import ROOT, addresses, running

README = Path(emulators.__file__).with_name("README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python ?(\w*)\n(.*?)```", README, re.DOTALL)
PRINTED = {
    "pubsub": "b'hello'",
    "sheets": "[['hello', '3']]",
    "monitoring": "[3]",
    "github": "octocat",
    "": "127.0.0.1:",
}


@pytest.mark.parametrize(("name", "code"), EXAMPLES, ids=[name or "faults" for name, _ in EXAMPLES])
def test_an_example_runs(name: str, code: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if not name:
        assert PRINTED[name] in output(code, environment)
        return
    with running(name) as (_, lines):
        environment |= addresses(name, lines)
        assert output(code, environment).strip() == PRINTED[name]


def output(code: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_emulator_has_its_example() -> None:
    assert {name for name, _ in EXAMPLES} == set(PRINTED)
