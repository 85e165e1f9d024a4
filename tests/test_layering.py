"""The direction of dependencies: doorway → step → commit_counts, and vendors at the rim only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from own_dashboard.stack.archive import SHARED, package_folder
from own_dashboard.stack.pipeline import load_pipeline

FUNCTIONS = package_folder(SHARED).parent
STEPS = tuple(function.step for function in load_pipeline().functions)
VENDORS = ("functions_framework", "google", "googleapiclient", "grpc", "gspread")
# The modules that do a step's I/O with a vendor's library; every other one is pure of vendors.
ADAPTERS = {
    "collect/publisher.py",
    "write_sheet/sheets_api/client.py",
    "write_metric/monitoring.py",
}
SOURCES = sorted(FUNCTIONS.rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively: archives move main.py"
            yield node.module or ""


def inside(file: Path) -> str:
    return file.relative_to(FUNCTIONS).as_posix()


@pytest.mark.parametrize("file", SOURCES, ids=inside)
def test_vendors_are_imported_at_the_rim_only(file: Path) -> None:
    """Nothing outside a doorway or an I/O module depends on one vendor."""
    if file.name == "main.py" or inside(file) in ADAPTERS:
        return
    vendors = [name for name in imports(file) if name.split(".")[0] in VENDORS]
    assert vendors == []


@pytest.mark.parametrize("file", SOURCES, ids=inside)
def test_no_step_imports_another_and_none_imports_the_laptop(file: Path) -> None:
    """A function's archive holds no other function's code and no laptop code."""
    own = inside(file).split("/")[0]
    forbidden = {"own_dashboard", "emulators", "tests", *STEPS} - {own}
    crossed = [name for name in imports(file) if name.split(".")[0] in forbidden]
    assert crossed == []


@pytest.mark.parametrize("step", STEPS)
def test_a_doorway_is_thin(step: str) -> None:
    """About 30 lines: decode, build the adapter, call the step; no logic."""
    lines = (FUNCTIONS / step / "main.py").read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert len(code) <= 40
