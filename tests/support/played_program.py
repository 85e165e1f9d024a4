"""What a program named gcloud or terraform does that `cloud_programs` puts in place.

A deployment calls them dozens of times: each call starts a Python, which imports next to nothing.
"""

from __future__ import annotations

import marshal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


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
            version = state["terraform"]
            return f'{{"terraform_version": "{version}"}}', 0
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
    folder, name, words = sys.argv[1], sys.argv[2], sys.argv[3:]
    with open(f"{folder}/calls.txt", "a", encoding="utf-8") as file:
        file.write(f"{name} {' '.join(words)}\n")
    with open(f"{folder}/state", "rb") as file:
        state = marshal.load(file)
    text, status = answer(name, words, state)
    with open(f"{folder}/state", "wb") as file:
        marshal.dump(state, file)
    print(text, file=sys.stderr if status else sys.stdout)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
