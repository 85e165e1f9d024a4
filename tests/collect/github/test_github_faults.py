"""GitHub's faults, each at each request of a run: exact, or marked unknown, or a clear failure."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from commit_counts.errors import DashboardError, RetryLater
from emulators.faults import Fault
from emulators.github import GitHubEmulator, Repository, commits_in_memory, faults
from tests.support.collect import (
    NOW,
    TOKEN,
    TOKYO,
    Clock,
    assert_never_wrong,
    planned_cells,
    run_github,
    serving,
    window_of,
)

WINDOW = window_of("2026-02-25", "2026-03-31")
# Discovery, contributions, a batch of histories, a second page of one, a further batch.
REQUESTS = 5
# Smaller than in life, so that two batches are few repositories.
BATCH = 5


def repositories() -> list[Repository]:
    """Six that are active; the first has more commits than a page holds."""
    return [
        Repository(
            name=f"octocat/r{number}",
            commits=commits_in_memory(
                f"r{number}",
                NOW - timedelta(hours=number),
                2 if number else 101,
                step=timedelta(hours=5),
            ),
        )
        for number in range(BATCH + 1)
    ]


ACCOUNT = repositories()
TRUTH = planned_cells(ACCOUNT, TOKYO, WINDOW)

# Fault => for each request of the run that it hits: the outcome and how many requests were made.
# `n unknown` is published and marked; the rest is exact there too. What GitHub asks to wait is
# waited for where the deadline allows it, and here it does for a minute but not for an hour.
FAILS_FOR_GOOD = ("never 1", "never 2", "never 3", "never 4", "never 5")
WAITS = ("exact 6",) * 5
SMALLER = ("exact 6", "exact 7", "exact 6", "exact 6", "exact 6")
HOUR = ("later 1", "later 2", "later 3", "1 unknown 5", "1 unknown 5")
TABLE = {
    "401": FAILS_FOR_GOOD,
    "403_primary": HOUR,
    "rate_limited": HOUR,
    "rate_limit": HOUR,
    "403_secondary": WAITS,
    "403_secondary_bare": WAITS,
    "429": WAITS,
    "500": SMALLER,
    "502": SMALLER,
    "502_json": SMALLER,
    "503": SMALLER,
    "504": SMALLER,
    "not_json": SMALLER,
    "truncated": SMALLER,
    "closed": SMALLER,
    "hang": SMALLER,
    "resource_limits": SMALLER,
    "null_node": ("exact 6", "exact 5", "1 unknown 4", "exact 7", "1 unknown 5"),
    "echo": FAILS_FOR_GOOD,
    "echo_in_errors": SMALLER,
    "ip_allow_list": ("exact 6", "exact 5", "1 unknown 4", "exact 7", "1 unknown 5"),
    "contributions_saml": ("exact 5", "never 2", "exact 5", "exact 5", "exact 5"),
    "saml": ("never 1", "exact 5", "1 unknown 4", "exact 7", "1 unknown 5"),
    "null_branch": ("exact 5", "exact 5", "exact 6", "exact 7", "exact 6"),
    "history_unavailable": ("exact 5", "exact 5", "exact 6", "exact 7", "exact 6"),
    "empty_page": ("exact 6", "exact 5", "exact 6", "exact 7", "exact 6"),
    "short_page": ("exact 6", "exact 5", "exact 6", "exact 7", "exact 6"),
    "null_element": ("exact 6", "exact 5", "exact 6", "exact 7", "exact 6"),
    "null_rate_limit": ("exact 5",) * 5,
}

# What collect does not notice yet.
NOT_NOTICED = {"empty_repository", "reordered_nodes"}


@pytest.fixture(name="github", scope="module")
def _github() -> Iterator[GitHubEmulator]:
    account = GitHubEmulator(
        authors=["me@example.com"], token=TOKEN, repositories=ACCOUNT, now=lambda: NOW
    )
    with serving(account) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def _no_fault_is_left(github: GitHubEmulator) -> Iterator[None]:
    yield
    github.calls.clear_faults()


def outcome(github: GitHubEmulator, *, silent: int | None = None) -> str:
    """What came of a run, and its requests; that nothing is too small is asserted on the way."""
    before = github.calls.count()
    try:
        run = run_github(github, WINDOW, clock=Clock(), batch=BATCH, silent=silent)
    except DashboardError as error:
        result = "later" if isinstance(error, RetryLater) else "never"
    else:
        assert_never_wrong(run, TRUTH)
        unknown = len(run.summary.unknown)
        result = f"{unknown} unknown" if unknown else "exact"
    return f"{result} {github.calls.count() - before}"


def test_without_a_fault_a_run_has_five_requests(github: GitHubEmulator) -> None:
    """The number of requests that the table hits one by one."""
    assert outcome(github) == f"exact {REQUESTS}"


def test_the_table_has_every_fault_that_the_emulator_knows() -> None:
    """A new fault of the emulator needs a row."""
    assert TABLE.keys() | NOT_NOTICED == set(faults.KINDS)


@pytest.mark.parametrize("kind", TABLE)
def test_a_fault_at_any_request_never_makes_a_number_smaller(
    github: GitHubEmulator, kind: str
) -> None:
    """One fault at each request in turn."""
    got = []
    for request in range(REQUESTS):
        github.calls.inject(Fault(kind=kind, skip=request))
        got.append(outcome(github, silent=request if kind == "hang" else None))
        github.calls.clear_faults()
    assert tuple(got) == TABLE[kind]


# Fault => what comes of it when it begins with the first request, with the contributions and with
# the histories, and never ends.
LASTING = {
    "401": ("never 1", "never 2", "never 3"),
    "429": ("later 7", "later 8", "later 9"),
    "502": ("later 5", "later 7", "later 16"),
    "null_node": ("later 2", "2 unknown 4", "2 unknown 4"),
    "history_unavailable": ("2 unknown 6", "2 unknown 6", "2 unknown 6"),
    "short_page": ("later 2", "2 unknown 6", "2 unknown 6"),
}


@pytest.mark.parametrize("kind", LASTING)
def test_a_fault_that_does_not_end_ends_the_run_clearly(github: GitHubEmulator, kind: str) -> None:
    """With a bounded number of requests, and never with a smaller number."""
    got = []
    for request in range(3):
        github.calls.inject(Fault(kind=kind, skip=request, times=None))
        got.append(outcome(github))
        github.calls.clear_faults()
    assert tuple(got) == LASTING[kind]
