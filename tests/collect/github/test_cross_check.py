"""What GitHub contributions is compared with what was read, up to the edge of a day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from collect.counting.source import Commit, Page, Repository
from collect.github.cross_check import CrossCheck
from collect.github.parse import Contributed
from commit_counts.event import Window

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
WINDOW = Window(since=date(2026, 3, 1), until=date(2026, 3, 31))
APP = Repository(key="1", name="me/app")


def page(repository: Repository, read: Mapping[int, int], *, linked: bool = True) -> Page:
    """All commits of a repository, by the day of March."""
    commits = tuple(
        Commit(oid=f"{day}-{number}", authored=datetime(2026, 3, day, 12, tzinfo=UTC))
        for day, numbers in read.items()
        for number in range(numbers)
    )
    return Page(repository=repository, commits=commits, first=True, last=True, linked=linked)


def notices(
    claimed: Mapping[int, int],
    read: Mapping[int, int],
    *,
    repository: Repository = APP,
    linked: bool = True,
) -> list[str]:
    """Both sides by the day of March."""
    cross_check = CrossCheck()
    days = {date(2026, 3, day): commits for day, commits in claimed.items()}
    cross_check.claim([Contributed(repository=repository, days=days, whole=True)])
    cross_check.read(page(repository, read, linked=linked))
    return cross_check.notices(WINDOW, NOW)


@pytest.mark.parametrize(
    ("claimed", "read"),
    [
        ({}, {}),
        ({10: 3}, {10: 3}),
        ({10: 3}, {9: 1, 10: 1, 11: 1}),  # other days by other offsets
        ({9: 1, 11: 2}, {10: 3}),
        ({}, {31: 5, 30: 2}),  # squares are late
        ({1: 4}, {}),  # the window's edge
        ({}, {1: 4}),
    ],
)
def test_what_offsets_and_lateness_explain_is_not_reported(
    claimed: dict[int, int], read: dict[int, int]
) -> None:
    """A day's difference, the edges, and the last days."""
    assert notices(claimed, read) == []


def test_commits_that_github_claims_and_the_history_lacks_are_reported() -> None:
    """With the repository and the day."""
    assert notices({10: 5}, {10: 4}) == [
        "me/app: GitHub's contributions say 5 commits on 2026-03-10, its history 4 on that day "
        "and the two beside it"
    ]


def test_commits_that_github_does_not_claim_are_reported_unless_they_cannot_be_claimed() -> None:
    """Forks and further addresses are never among its contributions."""
    assert len(notices({10: 3}, {10: 4})) == 1
    assert notices({10: 3}, {10: 4}, repository=replace(APP, fork=True)) == []
    assert notices({}, {10: 4}, linked=False) == []


def test_an_unknown_repository_is_not_compared() -> None:
    """Nothing was read of it."""
    cross_check = CrossCheck()
    cross_check.claim([Contributed(repository=APP, days={date(2026, 3, 10): 5}, whole=True)])
    cross_check.read(page(APP, {}))
    cross_check.drop(APP)
    assert cross_check.notices(WINDOW, NOW) == []


def test_many_disagreements_are_summed_up() -> None:
    """Ten sentences are enough to know."""
    cross_check = CrossCheck()
    for number in range(15):
        repository = Repository(key=str(number), name=f"me/{number:02}")
        days = {date(2026, 3, 10): 1}
        cross_check.claim([Contributed(repository=repository, days=days, whole=True)])
        cross_check.read(page(repository, {}))
    assert len(cross_check.notices(WINDOW, NOW + timedelta(days=1))) == 11
    assert cross_check.notices(WINDOW, NOW)[-1] == "and 5 more like these"


def test_what_is_not_listed_is_covered_by_what_was_read_or_not() -> None:
    """By the number of repositories and of commits within the window; forks are never counted."""
    cross_check = CrossCheck()
    listed, own = replace(APP, key="listed"), replace(APP, key="own")
    cross_check.read(page(listed, {10: 5}))
    cross_check.read(page(own, {10: 2, 20: 1}))
    cross_check.read(page(replace(APP, key="fork", fork=True), {10: 9}))
    part = Window(since=date(2026, 3, 5), until=date(2026, 3, 15))
    assert cross_check.covers(part, listed={"listed"}, repositories=1, commits=2)
    assert not cross_check.covers(part, listed={"listed"}, repositories=1, commits=3)
    assert not cross_check.covers(part, listed={"listed"}, repositories=2, commits=2)
    assert cross_check.covers(WINDOW, listed={"listed"}, repositories=1, commits=3)


def test_unknown_repositories_may_be_what_is_not_listed() -> None:
    """Where nobody can ask further; how many commits they hold nobody knows."""
    cross_check = CrossCheck()
    cross_check.read(page(replace(APP, key="own"), {10: 2}))
    for key, fork in (("listed", False), ("fork", True), ("unknown", False)):
        cross_check.drop(replace(APP, key=key, fork=fork))
    part = Window(since=date(2026, 3, 5), until=date(2026, 3, 15))
    assert not cross_check.covers(part, listed={"listed"}, repositories=2, commits=9)
    assert cross_check.covers(part, listed={"listed"}, repositories=2, commits=9, by_unknown=True)
    assert not cross_check.covers(
        part, listed={"listed"}, repositories=3, commits=2, by_unknown=True
    )
