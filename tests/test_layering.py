"""The direction of dependencies: handler → step → commit_counts, and vendors at the rim only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import emulators
from own_dashboard.stack.archive import SHARED, package_folder
from own_dashboard.stack.pipeline import load_pipeline

FUNCTIONS = package_folder(SHARED).parent
STEPS = tuple(function.step for function in load_pipeline().functions)
# Which vendors each module may import, also inside functions; every other one imports none.
VENDORS = {"flask", "functions_framework", "google", "googleapiclient", "grpc"}
VENDORS |= {"gspread", "httpx", "requests", "urllib3"}
RIM = {
    "collect/main.py": {"flask", "functions_framework"},
    "collect/http.py": {"flask"},
    "commit_counts/google_grpc.py": {"google", "grpc"},
    "commit_counts/publisher.py": {"google", "grpc"},
    "commit_counts/tls.py": {"httpx"},
    "collect/github/transport.py": {"httpx"},
    "commit_counts/handler.py": {"flask"},
    "watch/main.py": {"flask", "functions_framework"},
    "watch/probe.py": {"httpx"},
    "write_sheet/main.py": {"functions_framework"},
    "write_sheet/sheets_api/client.py": {"google", "gspread", "requests"},
    "write_metric/main.py": {"functions_framework"},
    "write_metric/monitoring.py": {"google", "grpc"},
}
# The rooms of a step: each may import what stands further right, and none beside a comma another.
ROOMS = {
    "watch": "main > run, settings > probe > target",
    "collect": "main > http > run > settings, request > github > counting",
    "write_sheet": (
        "main > step, inspection > plan > settings > dashboard > stored > sheets_api, history"
        " > errors"
    ),
}
SOURCES = sorted(FUNCTIONS.rglob("*.py"))
EMULATORS = sorted(Path(emulators.__file__).parent.rglob("*.py"))
OURS = {"commit_counts", "own_dashboard", "tests", *STEPS}


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively: archives move main.py"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def inside(file: Path) -> str:
    return file.relative_to(FUNCTIONS).as_posix()


def room(path: str) -> str:
    """The first part below the step, of a path or of a module's name."""
    return path.removesuffix(".py").replace("/", ".").split(".")[1]


@pytest.mark.parametrize("file", SOURCES, ids=inside)
def test_vendors_are_imported_at_the_rim_only(file: Path) -> None:
    """Nothing outside a handler or an I/O module depends on one vendor."""
    vendors = {name.split(".")[0] for name in imports(file)} & VENDORS
    assert vendors <= RIM.get(inside(file), set())


@pytest.mark.parametrize("file", SOURCES, ids=inside)
def test_no_step_imports_another_and_none_imports_the_laptop(file: Path) -> None:
    """A function's archive holds no other function's code and no laptop code."""
    own = inside(file).split("/")[0]
    forbidden = {"own_dashboard", "emulators", "tests", *STEPS} - {own}
    crossed = [name for name in imports(file) if name.split(".")[0] in forbidden]
    assert crossed == []


@pytest.mark.parametrize("file", EMULATORS, ids=str)
def test_the_emulators_import_nothing_of_ours(file: Path) -> None:
    """Another project can take the folder as it is."""
    assert [name for name in imports(file) if name.split(".")[0] in OURS] == []


@pytest.mark.parametrize("step", ROOMS)
def test_a_room_imports_only_what_stands_to_its_right(step: str) -> None:
    """And every module of the step stands in a room of the table."""
    level = {
        name.strip(): number
        for number, names in enumerate(ROOMS[step].split(">"))
        for name in names.split(",")
    }
    for file in (file for file in SOURCES if inside(file).startswith(f"{step}/")):
        own = room(inside(file))
        if own == "__init__":
            continue
        others = {room(name) for name in imports(file) if name.startswith(f"{step}.")} - {own}
        assert own in level, f"{inside(file)} has no place in the table"
        assert {other for other in others if level[other] <= level[own]} == set(), inside(file)


@pytest.mark.parametrize("step", STEPS)
def test_a_handler_is_thin(step: str) -> None:
    """About 30 lines: decode, build the adapter, call the step; no logic."""
    lines = (FUNCTIONS / step / "main.py").read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert len(code) <= 40
