"""Terraform's own checks of the deployment, on mocked providers: no account, no network.

Skipped where terraform or its providers are not at hand.
"""

import json
from pathlib import Path

from tests.support.terraform_run import run


def test_it_is_formatted_and_valid(folder: Path) -> None:
    """`terraform fmt` has nothing to change, `terraform validate` nothing to say."""
    run(folder, "fmt", "-check", "-recursive", "-diff")
    assert json.loads(run(folder, "validate", "-json"))["diagnostics"] == []


def test_its_own_tests_pass(folder: Path) -> None:
    """`terraform test`: what whoever has no Python runs."""
    for file in sorted((folder / "tests").glob("*.tftest.hcl")):
        run(folder, "test", "-json", f"-filter=tests/{file.name}")
