"""`./dev up --demo`: two years of a person who does not exist, apart from everything real."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from own_dashboard.cli import command_parser
from own_dashboard.commands.up import state_of
from own_dashboard.environment import default_state
from own_dashboard.page import create_app
from own_dashboard.stack.sample import SAMPLE_REACH, sample_repositories
from tests.support.page import FACTS, FilledSources
from tests.support.stack import clean_environment, command

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 26, 6, tzinfo=UTC)


def instants(now: datetime) -> Mapping[str, set[datetime]]:
    repositories = sample_repositories(now, TOKYO)
    return {r.name: {commit.authored_at for commit in r.commits} for r in repositories}


def test_it_is_two_years_of_three_repositories(tmp_path: Path) -> None:
    """What the person has set for real commits and a real Sheet is neither read nor written."""
    environment = clean_environment(
        GITHUB_TOKEN="not-to-be-sent", SHEET_ID="not-to-be-written",
        GOOGLE_APPLICATION_CREDENTIALS="/none", REPOSITORIES_INCLUDE="acme/*",
    )  # fmt: skip
    done = command(
        "up", "--demo", "--once", "--format", "json", "--state", str(tmp_path),
        environment=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "counting in sample data" in done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert {c["repository"] for c in counts} == set(instants(datetime.now(UTC)))
    assert all(c["repository"].startswith("sample/") for c in counts)
    today = datetime.now(UTC).date()
    assert min(c["date"] for c in counts) < str(today - SAMPLE_REACH + timedelta(days=14))
    spreadsheet = next((tmp_path / "sheets").rglob("*.json")).read_text()
    assert "Sample data" in spreadsheet


def test_the_past_stays_as_it_is() -> None:
    """A start two days later adds days and changes none."""
    first, later = instants(NOW), instants(NOW + timedelta(days=2))
    for name, found in first.items():
        begin = NOW - SAMPLE_REACH + timedelta(days=4)
        assert {x for x in found if x > begin} == {x for x in later[name] if begin < x <= NOW}
        assert found < later[name] | found


def test_nothing_lies_in_the_future_and_histories_hold_together() -> None:
    """Newest first, each commit with the one before it as its parent."""
    for repository in sample_repositories(NOW, TOKYO):
        assert repository.commits[0].authored_at <= NOW
        for newer, older in pairwise(repository.commits):
            assert newer.parents == (older.oid,)
            assert newer.committed_at >= older.committed_at


def test_its_state_is_its_own() -> None:
    """Unless a folder is named; then it is that one."""
    parse = command_parser("up").parse_args
    assert state_of(parse([])) == default_state().resolve()
    assert state_of(parse(["--demo"])) == default_state().with_name(".local-demo").resolve()
    assert state_of(parse(["--demo", "--state", "/tmp/here"])) == Path("/tmp/here")


@pytest.mark.parametrize("option", ["--repositories", "--author", "--since"])
def test_it_is_not_mixed_with_what_is_real(tmp_path: Path, option: str) -> None:
    """One line, before anything starts."""
    value = "2026-01-01" if option == "--since" else str(tmp_path)
    done = command("up", "--demo", option, value, "--state", str(tmp_path / "state"))
    assert done.returncode == 1
    assert f"--demo shows sample data alone: leave out {option}" in done.stderr
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(("language", "mark"), [("en", "Sample data"), ("ja", "サンプルデータ")])
def test_the_page_says_that_it_is_a_sample(language: str, mark: str) -> None:
    """And does not where it is none."""
    for is_sample in (True, False):
        app = create_app(FilledSources(facts=replace(FACTS, is_sample=is_sample)))
        html = app.test_client().get(f"/?language={language}").text
        assert (mark in html) is is_sample
