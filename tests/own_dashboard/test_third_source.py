"""A source of commits is one module under own_dashboard/collection/sources/ and its entry there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.stack import ROOT, clean_environment, copy_checkout

FIXTURE = ROOT / "tests" / "fixtures" / "sources" / "days_file.py"
LINES = "2026-11-01T23:30:00+00:00 me/diary\n2026-11-02T09:00:00+00:00 me/diary\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout to which the module and one word are added."""
    root = copy_checkout(tmp_path_factory.mktemp("source") / "checkout")
    sources = root / "own_dashboard" / "collection" / "sources"
    shutil.copy(FIXTURE, sources)
    registry = sources / "__init__.py"
    before = registry.read_text()
    after = before.replace('SOURCES = ("clones",', 'SOURCES = ("days_file", "clones",')
    assert after != before
    registry.write_text(after)
    return root


def collect(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join((str(checkout), str(checkout / "functions")))
    return subprocess.run(
        [sys.executable, "-m", "own_dashboard", "collect", *arguments],
        env=clean_environment(PYTHONPATH=paths, **variables),
        cwd=checkout, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_it_is_counted_by_the_persons_days(checkout: Path, tmp_path: Path) -> None:
    """As those that are there already, under its own name."""
    (tmp_path / "days").write_text(LINES)
    done = collect(
        checkout, "--days-file", str(tmp_path / "days"), "--since", "2026-11-01", "--until",
        "2026-11-03", "--format", "json", TIME_ZONE="Asia/Tokyo",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2 lines" in done.stderr
    event = json.loads(done.stdout)
    assert event["source"] == "days-file/here"
    assert event["counts"] == [{"date": "2026-11-02", "repository": "me/diary", "commits": 2}]


def test_the_person_may_name_it(checkout: Path, tmp_path: Path) -> None:
    """By option or variable; a name that breaks the rule is told before anything is read."""
    (tmp_path / "days").write_text(LINES)
    arguments = ("--days-file", str(tmp_path / "days"), "--since", "2026-11-01",
                 "--until", "2026-11-03", "--format", "json")  # fmt: skip
    for done in (
        collect(checkout, *arguments, "--source", "diary"),
        collect(checkout, *arguments, SOURCE="diary"),
    ):
        assert json.loads(done.stdout)["source"] == "diary", done.stderr
    refused = collect(checkout, *arguments, "--source", "a\nb")
    assert refused.returncode == 1
    assert "SOURCE" in refused.stderr
    assert "2 lines" not in refused.stderr


def test_help_lists_its_arguments(checkout: Path) -> None:
    """Beside those of the others."""
    said = collect(checkout, "--help").stdout
    assert "--days-file" in said
    assert "--repositories" in said
