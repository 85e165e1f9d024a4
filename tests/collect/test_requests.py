"""What a run costs, and what exactly it sends."""

from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from collect.github.client import query_text
from tests.support.collect import (
    NOW,
    TOKYO,
    github_with,
    planned_cells,
    run_github,
    serving,
    window_of,
)
from tests.support.collect_accounts import account

ROOT = Path(__file__).resolve().parent.parent.parent
QUERIES = sorted((ROOT / "functions" / "collect" / "github" / "queries").glob("*.graphql"))
WINDOW = window_of("2026-02-25", "2026-03-31")


@pytest.mark.parametrize(
    ("active", "requests"),
    [(0, 2), (1, 3), (50, 3), (51, 1 + 1 + 2), (100, 2 + 1 + 2), (200, 3 + 1 + 4)],
)
def test_an_hour_costs_one_discovery_one_cross_check_and_a_request_for_fifty(
    active: int, requests: int
) -> None:
    """However many quiet repositories there are beside the active ones."""
    repositories = account(NOW, repositories=active + 150, active=active)
    with serving(github_with(*repositories)) as emulator:
        run = run_github(emulator, WINDOW)
        assert emulator.calls.count() == requests
    assert run.summary.report.requests == requests
    assert run.summary.report.points_used == requests
    assert run.cells == planned_cells(repositories, TOKYO, WINDOW)


def test_years_cost_a_request_a_quarter_more_and_one_for_a_hundred_further_commits() -> None:
    """A history is read once, whatever the number of windows that are stated from it."""
    repositories = account(NOW, repositories=3, active=3, commits=250, hours_apart=24)
    with serving(github_with(*repositories)) as emulator:
        run = run_github(emulator, window_of("2025-04-01", "2026-03-31"))
    assert run.summary.report.requests == 1 + 4 + 1 + 3 * 2
    assert run.summary.events == 4
    assert run.summary.commits == 750


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.name)
def test_every_query_is_valid(file: Path) -> None:
    """By the schema that the emulator answers from, which has GitHub's own types."""
    schema = build_schema((ROOT / "emulators" / "github" / "schema.graphql").read_text())
    assert validate(schema, parse(file.read_text(encoding="utf-8"))) == []


def test_the_files_are_what_is_sent() -> None:
    """Nothing is put together in the code, so what is checked is what GitHub gets."""
    repositories = account(NOW, repositories=1, active=1, commits=150, hours_apart=1)
    with serving(github_with(*repositories)) as emulator:
        run = run_github(emulator, WINDOW, emails=["me@work.example"])
    assert set(run.sent) == {file.read_text(encoding="utf-8") for file in QUERIES}
    assert {query_text(file.stem) for file in QUERIES} == set(run.sent)
