"""Programs named gcloud and terraform that remember what they were asked for, and do it nowhere.

`state.json` beside them holds what there is; `calls.txt` every call. A text in `failures` is what
terraform's next apply of everything says before it fails.
"""

import json
import sys
from pathlib import Path
from typing import Any

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
        command = f"{sys.executable} -I -S {__file__} {folder} {name}"
        program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        program.chmod(0o755)


def read(folder: Path) -> dict[str, Any]:
    """What there is now."""
    state: dict[str, Any] = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    return state


def write(folder: Path, state: dict[str, Any]) -> None:
    """What there is from now on."""
    (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")


def calls(folder: Path) -> list[str]:
    """Every call so far."""
    file = folder / "calls.txt"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def answer(name: str, words: list[str], state: dict[str, Any]) -> tuple[str, int]:
    """What the program prints, and its status; changes the state."""
    plain = [word for word in words if not word.startswith("--")]
    options = dict(word.split("=", 1) for word in words if word.startswith("--") and "=" in word)
    if name == "terraform":
        return _terraform([word for word in plain if not word.startswith("-chdir")], state)
    match plain:
        case ["auth", "list"]:
            return state["account"], 0
        case ["auth", "login"]:
            state["account"] = "octocat@example.com"
        case ["auth", "application-default", "print-access-token"]:
            return "a-token", 0 if state["credentials"] else 1
        case ["auth", "application-default", "login"]:
            state["credentials"] = True
        case ["projects", "describe", project]:
            return project, 0 if project in state["projects"] else 1
        case ["projects", "create", project]:
            if project in state["taken"]:
                return "The project ID you specified is already in use by another project.", 1
            state["projects"].append(project)
        case ["billing", "projects", "describe", project]:
            return str(project in state["billing"]), 0
        case ["billing", "accounts", "list"]:
            return "\n".join(state["accounts"]), 0
        case ["billing", "projects", "link", project]:
            state["billing"][project] = options["--billing-account"]
        case ["services", "list"]:
            return "\n".join(state["services"]), 0
        case ["services", "enable", *services]:
            state["services"] += services
        case ["secrets", "versions", "list", _]:
            return "1" if state["token"] else "", 0
        case ["secrets", "versions", "add", _]:
            state["token"] = sys.stdin.read()
        case ["scheduler", "jobs", "run", _]:
            state["collected"] += 1
        case ["version"] | ["auth", "application-default", "set-quota-project", _]:
            pass
        case ["beta", "services", "identity", "create"]:
            pass
        case _:
            return f"ERROR: (gcloud) Invalid choice: {' '.join(words)}", 2
    return "", 0


def _terraform(words: list[str], state: dict[str, Any]) -> tuple[str, int]:
    match words:
        case ["version", "-json"]:
            return json.dumps({"terraform_version": state["terraform"]}), 0
        case ["init" | "plan" | "show", *_]:
            return f"{words[0]} done", 0
        case ["apply", *_] if any(word.startswith("-target") for word in words):
            state["applied"].append("first")
        case ["apply", *_]:
            if state["failures"]:
                return state["failures"].pop(0), 1
            state["applied"].append("all")
        case ["output", "-raw", "share_sheet_with"]:
            return "write-sheet@my-commits.iam.gserviceaccount.com", 0
        case ["output", "-raw", "sheet_url"]:
            return "https://docs.google.com/spreadsheets/d/ID/edit", 0
        case _:
            return f"Terraform has no command named {words}", 1
    return "done", 0


def main() -> None:
    """One call."""
    folder, name, words = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    with (folder / "calls.txt").open("a", encoding="utf-8") as file:
        file.write(f"{name} {' '.join(words)}\n")
    state = read(folder)
    text, status = answer(name, words, state)
    write(folder, state)
    print(text, file=sys.stderr if status else sys.stdout)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
