"""A policy scanner finds nothing in the deployment; each exception has its reason beside it.

checkov is large, so it is no dependency of the project: `.ci/run` installs it into an environment
of its own, and this test runs it there, or where it is on PATH.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.terraform import ROOT, sources

_SKIP = re.compile(r"#checkov:skip=(\w+)(?::(.*))?")
# Inputs of a workflow that is started by hand: collect.yml asks for days, and builds nothing.
_BESIDE_THE_POINT = "CKV_GHA_7"
_OWN = ROOT / ".venv-checkov" / "bin" / "checkov"


def test_a_policy_scanner_finds_nothing() -> None:
    """checkov has no failed check in the configuration and in the workflows."""
    checkov = str(_OWN) if _OWN.exists() else shutil.which("checkov")
    if not checkov:
        pytest.skip("there is no checkov: .ci/run installs it, or `pip install checkov` on PATH")
    done = subprocess.run(
        [
            *(checkov, "--directory", ROOT / "terraform", "--directory", ROOT / ".github"),
            *("--framework", "terraform", "github_actions", "--skip-download", "--quiet"),
            *("--skip-check", _BESIDE_THE_POINT),
            *("--output", "json"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    reports = list(_reports(done.stdout))
    failed = [
        (check["check_id"], check["file_path"], check["resource"])
        for report in reports
        for check in report["results"]["failed_checks"]
    ]
    assert failed == []
    passed = {report["check_type"]: report["summary"]["passed"] for report in reports}
    assert passed["terraform"] > 10
    assert passed["github_actions"] > 10


def _reports(output: str) -> Iterator[dict[str, Any]]:
    """One JSON value for each folder: a report, or a list of them."""
    decoder = json.JSONDecoder()
    while output := output.strip():
        found, end = decoder.raw_decode(output)
        yield from found if isinstance(found, list) else [found]
        output = output[end:]


def test_each_exception_has_its_reason() -> None:
    """An exception without a reason is a fault that somebody was tired of."""
    exceptions = [match for text in sources().values() for match in _SKIP.findall(text)]

    assert exceptions
    assert [identifier for identifier, reason in exceptions if len(reason) < 30] == []
