"""A policy scanner finds nothing in the deployment; each exception has its reason beside it.

checkov is large, so it is no dependency of the project: `pip install checkov` anywhere on PATH, and
this test runs it. The workflow of checks does.
"""

import json
import re
import shutil
import subprocess

import pytest

from tests.support.terraform import ROOT, sources

_SKIP = re.compile(r"#checkov:skip=(\w+)(?::(.*))?")


@pytest.mark.parametrize(
    ("folder", "framework"), [("terraform", "terraform"), (".github", "github_actions")]
)
def test_a_policy_scanner_finds_nothing(folder: str, framework: str) -> None:
    """checkov has no failed check."""
    if not shutil.which("checkov"):
        pytest.skip("there is no checkov on PATH; `pip install checkov` brings it")
    done = subprocess.run(
        ["checkov", "-d", ROOT / folder, "--framework", framework, "--skip-download", "-o", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    report = found[0] if isinstance(found, list) else found

    failed = report.get("results", {}).get("failed_checks", [])
    assert [(check["check_id"], check["resource"]) for check in failed] == []
    assert report.get("summary", report)["passed"] > 0


def test_each_exception_has_its_reason() -> None:
    """An exception without a reason is a fault that somebody was tired of."""
    exceptions = [match for text in sources().values() for match in _SKIP.findall(text)]

    assert exceptions
    assert [identifier for identifier, reason in exceptions if len(reason) < 30] == []
