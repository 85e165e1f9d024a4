"""What GitHub claims is compared with what was read, up to the edge of a day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from collect.counting.source import Commit, Page, Repository
from collect.github.contributions import ContributionPage
from collect.github.cross_check import CrossCheck
from collect.github.parse import Contributed, Contributions
from commit_counts.event import Window

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
WINDOW = Window(since=date(2026, 3, 1), until=date(2026, 3, 31))
APP = Repository(key="1", name="me/app", active_until=datetime(2026, 3, 21, tzinfo=UTC))


def named(key: str, **more: object) -> Repository:
    """Another one."""
    return replace(APP, key=key, name=f"me/{key}", **more)  # type: ignore[arg-type]


def page(repository: Repository, read: Mapping[int, int], *, linked: bool = True) -> Page:
    """All commits of a repository, by the day of March."""
    commits = tuple(
        Commit(oid=f"{day}-{number}", authored=datetime(2026, 3, day, 12, tzinfo=UTC))
        for day, numbers in read.items()
        for number in range(numbers)
    )
    return Page(repository=repository, commits=commits, first=True, last=True, linked=linked)


def contributions(
    *listed: tuple[Repository, Mapping[int, int]],
    more: tuple[int, int] = (0, 0),
    window: Window = WINDOW,
) -> ContributionPage:
    """What GitHub lists, by the day of March, and how many repositories and commits more it has."""
    entries = tuple(
        Contributed(
            repository=repository,
            days={date(2026, 3, day): commits for day, commits in days.items()},
            whole=True,
        )
        for repository, days in listed
    )
    return ContributionPage(
        window=window,
        answer=Contributions(
            listed=entries,
            total_repositories=len(entries) + more[0],
            total_commits=sum(sum(entry.days.values()) for entry in entries) + more[1],
            restricted=0,
        ),
    )


def notices(
    claimed: Mapping[int, int],
    read: Mapping[int, int],
    *,
    repository: Repository = APP,
    linked: bool = True,
) -> list[str]:
    """Both sides by the day of March."""
    check = CrossCheck()
    check.claim(contributions((repository, claimed)))
    check.read(page(repository, read, linked=linked))
    return check.notices(WINDOW, NOW)


@pytest.mark.parametrize(
    ("claimed", "read"),
    [
        ({}, {}),
        ({10: 3}, {10: 3}),
        ({10: 3}, {9: 1, 10: 1, 11: 1}),  # other days by other offsets
        ({9: 1, 11: 2}, {10: 3}),
        ({}, {31: 5, 30: 2, 29: 1}),  # squares are up to three days late
        ({1: 4}, {}),  # the window's edges
        ({31: 4}, {}),
        ({}, {1: 4}),
    ],
)
def test_what_offsets_and_lateness_explain_is_not_reported(
    claimed: dict[int, int], read: dict[int, int]
) -> None:
    """A day's difference, the edges, and the last days."""
    assert notices(claimed, read) == []


def test_what_github_had_three_days_to_count_is_reported() -> None:
    """Not a day sooner, and not a day later."""
    assert len(notices({}, {28: 1})) == 1


def test_the_days_at_the_edges_of_a_window_of_the_past_are_not_compared() -> None:
    """What lies beside them was not asked for."""
    for claimed, read, said in (({}, {31: 1}, 0), ({}, {30: 1}, 1), ({30: 1}, {}, 1)):
        check = CrossCheck()
        check.claim(contributions((APP, claimed)))
        check.read(page(APP, read))
        assert len(check.notices(WINDOW, NOW + timedelta(days=30))) == said


def test_days_are_compared_in_whatever_order_and_pages_they_come() -> None:
    """A history is in the order of its commits, which is none of their author dates."""
    days = {9: 1, 20: 2, 15: 3, 10: 1, 14: 2}
    check = CrossCheck()
    check.claim(contributions((APP, days)))
    check.read(replace(page(APP, {14: 2, 9: 1, 20: 2}), last=False))
    check.read(replace(page(APP, {15: 3, 10: 1}), first=False))
    assert check.notices(WINDOW, NOW) == []


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


def test_what_a_cut_list_does_not_name_is_no_disagreement() -> None:
    """GitHub may have counted it; of what is on the list the numbers are compared as ever."""
    check = CrossCheck()
    other = named("2")
    check.claim(contributions((other, {10: 1}), more=(1, 4)))
    check.read(page(APP, {10: 4}))
    assert check.notices(WINDOW, NOW) == []
    check.read(page(other, {10: 2}))
    assert len(check.notices(WINDOW, NOW)) == 1


def test_a_commit_at_the_end_of_the_calendar_has_no_neighbours() -> None:
    """And is outside of every window."""
    check = CrossCheck()
    for instant in (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)):
        commit = Commit(oid="a", authored=instant)
        check.read(Page(repository=APP, commits=(commit,), first=True, last=True))
        assert check.notices(WINDOW, NOW) == []


def test_an_unknown_repository_is_not_compared() -> None:
    """Nothing was read of it."""
    check = CrossCheck()
    check.claim(contributions((APP, {10: 5})))
    check.read(page(APP, {}))
    check.drop(APP)
    assert check.notices(WINDOW, NOW) == []


def test_many_disagreements_are_summed_up() -> None:
    """Ten sentences are enough to know."""
    check = CrossCheck()
    for number in range(15):
        repository = named(f"{number:02}")
        check.claim(contributions((repository, {10: 1})))
        check.read(page(repository, {}))
        said = check.notices(WINDOW, NOW)
        assert len(said) == min(number + 1, 11)
        assert said[-1].startswith("and") is (number >= 10)
    assert said[-1] == "and 5 more like these"


@pytest.mark.parametrize(
    ("more", "covered"),
    [
        ((1, 2), True),
        ((1, 3), False),  # one of which it has read less
        ((1, 1), False),  # one of which it has read more
        ((2, 2), False),
    ],
)
def test_what_is_not_listed_is_covered_only_by_just_as_much_that_was_read(
    more: tuple[int, int], covered: bool
) -> None:
    """By the number of repositories and of commits within the window; forks are never counted."""
    check = CrossCheck()
    check.read(page(named("listed"), {10: 5}))
    check.read(page(named("own"), {10: 2, 20: 1}))
    check.read(page(named("fork", fork=True), {10: 9}))
    part = Window(since=date(2026, 3, 5), until=date(2026, 3, 15))
    page_of_github = contributions((named("listed"), {10: 5}), more=more, window=part)
    assert check.covers(page_of_github, NOW) is covered


def test_what_github_cannot_have_counted_yet_explains_nothing() -> None:
    """A push of today: its commits may be missing in GitHub's numbers, and another one's be there.

    Unless GitHub lists something that was pushed later, as it counts one push after another.
    """
    part = contributions((named("listed"), {10: 5}), more=(1, 2))
    for days, pushed_at, covered in (
        (0, NOW - timedelta(days=3), True),
        (1, NOW - timedelta(days=3), True),
        (0, NOW - timedelta(days=3, seconds=-1), False),
        (0, NOW, False),
        (3, NOW - timedelta(days=2), True),
        (4, NOW - timedelta(days=2), False),
    ):
        check = CrossCheck()
        listed = named("listed", active_until=NOW)
        claimed = {10: 5, 30: days} if days else {10: 5}
        check.claim(contributions((listed, claimed)))
        check.read(page(listed, {10: 5, 30: 3} if days else {10: 5}))
        check.read(page(named("own", active_until=pushed_at), {10: 2}))
        assert check.covers(part, NOW) is covered, (days, pushed_at)


def test_unknown_repositories_may_be_what_is_not_listed() -> None:
    """Where nobody can ask further; how many commits they hold nobody knows."""
    check = CrossCheck()
    check.read(page(named("own"), {10: 2}))
    for repository in (named("listed"), named("fork", fork=True), named("unknown")):
        check.drop(repository)
    part = Window(since=date(2026, 3, 5), until=date(2026, 3, 15))
    two, three = (
        contributions((named("listed"), {10: 5}), more=(number, 9), window=part)
        for number in (2, 3)
    )
    assert not check.covers(two, NOW)
    assert check.covers(two, NOW, by_unknown=True)
    assert not check.covers(three, NOW, by_unknown=True)
    check.drop(named("another"))
    assert check.covers(three, NOW, by_unknown=True)


def test_where_nothing_is_unknown_nothing_unknown_is_left_out() -> None:
    """Numbers that do not add up are no reason to go on."""
    check = CrossCheck()
    check.read(page(named("own"), {10: 2}))
    assert not check.covers(contributions(more=(1, 9)), NOW, by_unknown=True)
