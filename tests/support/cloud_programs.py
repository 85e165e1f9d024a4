"""Programs named gcloud and terraform that remember what they were asked for, and do it nowhere.

`state` beside them holds what there is; `calls.txt` every call. A text in `failures` is what
terraform's next apply of everything says before it fails.
"""

import marshal
import shlex
import sys
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("played_program.py")
NOTHING: dict[str, Any] = {
    "account": "",
    "credentials": False,
    "projects": [],
    "taken": [],
    "billing": {},
    "accounts": ["0A0A0A-0B0B0B-0C0C0C\tMy card"],
    "services": [],
    "token": "",
    "applied": [],
    "failures": [],
    "terraform": "1.11.4",
    "collected": 0,
}


def install(folder: Path, **different: Any) -> None:
    """Put both programs into a folder, with nothing there but what is given."""
    folder.mkdir()
    write(folder, {**NOTHING, **different})
    for name in ("gcloud", "terraform"):
        program = folder / name
        command = shlex.join([sys.executable, "-I", "-S", str(PROGRAM), str(folder), name])
        program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        program.chmod(0o755)


def read(folder: Path) -> dict[str, Any]:
    """What there is now."""
    state: dict[str, Any] = marshal.loads((folder / "state").read_bytes())
    return state


def write(folder: Path, state: dict[str, Any]) -> None:
    """What there is from now on."""
    (folder / "state").write_bytes(marshal.dumps(state))


def calls(folder: Path) -> list[str]:
    """Every call so far."""
    file = folder / "calls.txt"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
