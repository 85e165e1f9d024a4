"""What terraform itself makes of the deployment, on mocked providers: no account, no network.

Skipped where terraform or its providers are not at hand; the other tests read the HCL without it.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from own_dashboard.stack.archive import archive_files
from own_dashboard.stack.pipeline import load_pipeline
from tests.support.terraform import ROOT
from tests.support.terraform_access import GRANTED_ON, Permission, documented, permission_of
from tests.support.terraform_run import (
    VARIABLES,
    evaluated,
    initialised_copy,
    run,
    states_after_tests,
)

Resources = Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An initialised copy of the deployment."""
    return initialised_copy(tmp_path_factory.mktemp("deployment"))


@pytest.fixture(scope="module")
def resources(folder: Path) -> Resources:
    """Everything that an apply makes; the deployment's own tests passed on the way."""
    states = states_after_tests(folder)
    found: Resources = states[0]["root_module"]["resources"]
    return found


def test_it_is_formatted_and_valid(folder: Path) -> None:
    """`terraform fmt` has nothing to change, `terraform validate` nothing to say."""
    run(folder, "fmt", "-check", "-recursive", "-diff")
    assert json.loads(run(folder, "validate", "-json"))["diagnostics"] == []


def test_permissions_are_exactly_those_documented(resources: Resources) -> None:
    """The guide says who may do what: no line more, no line less."""
    granted = sorted(
        _permission(resource) for resource in resources if "_iam_" in str(resource["type"])
    )

    assert granted == sorted(documented())


def _permission(resource: Mapping[str, Any]) -> Permission:
    text = json.dumps(resource["values"])
    for value, word in {
        VARIABLES["project_id"]: "PROJECT_ID",
        "123456789012": "PROJECT_NUMBER",
        "asia-northeast1": "REGION",
    }.items():
        text = text.replace(value, word)
    values = json.loads(text)
    return permission_of(
        resource["type"],
        granted_on=values[GRANTED_ON[resource["type"]][1]],
        role=values["role"],
        member=values["member"],
        condition=(values.get("condition") or [{"expression": ""}])[0]["expression"],
    )


def test_archives_hold_what_runs_here(folder: Path, resources: Resources) -> None:
    """Each archive holds, byte for byte, the files that `./dev up` runs."""
    archives = {r["index"]: r["values"] for r in resources if r["type"] == "archive_file"}

    for step in (function.step for function in load_pipeline().functions):
        packed = {file["filename"]: file["content"] for file in archives[step]["source"]}
        here = {
            name: folder.parent / file.relative_to(ROOT)
            for name, file in archive_files(step).items()
        }
        assert packed == {name: file.read_text(encoding="utf-8") for name, file in here.items()}


def test_an_archive_is_named_by_its_content_only(folder: Path) -> None:
    """A changed function gets a new name, and the others keep theirs: they are not built again."""
    before = evaluated(folder, "local.archive_hashes")
    functions = folder.parent / "functions"
    with (functions / "write_sheet" / "main.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    (functions / "collect" / ".env").write_text("GITHUB_TOKEN=secret\n", encoding="utf-8")

    after = evaluated(folder, "local.archive_hashes")

    assert [step for step in before if before[step] != after[step]] == ["write_sheet"]
