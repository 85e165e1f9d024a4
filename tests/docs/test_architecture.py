"""docs/architecture.md and its neighbours name what there is."""

import re

import pytest
import yaml

from tests.support.terraform import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROOMS = ("functions", "own_dashboard", "emulators", "terraform", "tests", "container", "docs")
FILES = {
    f"/{path.relative_to(ROOT).as_posix()}{'/' * path.is_dir()}"
    for room in ROOMS
    for path in (ROOT / room).rglob("*")
}


def named() -> list[str]:
    """Every path in backticks that has a folder or an ending."""
    words = re.findall(r"`([\w./-]+)`", PAGE)
    return [w for w in words if re.search(r"/|\.(py|json|proto|tf|tftpl|md)$", w)]


@pytest.mark.parametrize("path", sorted(set(named())))
def test_every_path_that_is_named_is_there(path: str) -> None:
    """A reader opens what the page names."""
    if "NAME" in path or re.fullmatch(r"(github|clones)/\w+", path):
        return  # a placeholder, or the name of a source
    assert (ROOT / path).exists() or any(file.endswith(f"/{path}") for file in FILES), path


def test_every_room_is_in_the_picture() -> None:
    """A folder that the page does not know is one that nobody finds."""
    picture = PAGE.partition("```text")[2].partition("```")[0]
    rooms = {"functions", "own_dashboard", "emulators", "terraform", "tests", "container"}
    for parent in ("functions", "functions/collect", "functions/write_sheet"):
        rooms |= {p.parent.name for p in (ROOT / parent).glob("*/__init__.py")}
    rooms |= {p.parent.name for p in (ROOT / "own_dashboard").glob("*/__init__.py")}
    missing = {room for room in rooms if not re.search(rf"\b{room}/", picture)}
    assert missing == set()
    shared = (ROOT / "functions" / "commit_counts").glob("[a-z]*.py")
    named_as_shared = picture.partition(" commit_counts/")[2].partition(" collect/")[0]
    words = set(re.findall(r"\w+", named_as_shared))
    assert {file.stem for file in shared} - words == set()


def test_the_rules_are_those_of_the_test() -> None:
    """The table and tests/test_layering.py say the same order."""
    layering = (ROOT / "tests" / "test_layering.py").read_text(encoding="utf-8")
    for step in ("collect", "watch"):
        (rule,) = re.findall(rf'^    "{step}": "(.*)",$', layering, re.MULTILINE)
        (row,) = re.findall(rf"^\| `{step}` \| (.*) \|$", PAGE, re.MULTILINE)
        assert row.replace("`", "").replace("→", ">") == rule


def test_the_hooks_run_what_ci_runs() -> None:
    """One command for formatting, lint and types, the same everywhere."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [h["entry"] for repo in hooks["repos"] for h in repo["hooks"]] == ["./dev check"]
    assert "\n./dev check\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
