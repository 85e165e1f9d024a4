"""Whose commits will be counted is known before any of them is."""

from collections.abc import Iterator

import pytest

from commit_counts.errors import NeverWorks
from emulators.faults import Fault
from emulators.github import GitHubEmulator, Repository
from own_dashboard.stack.account import find_login
from tests.support.collect import TOKEN, serving


@pytest.fixture
def url() -> Iterator[str]:
    with serving(GitHubEmulator(login="octocat", token=TOKEN)) as github:
        yield github.url
        assert github.calls.count() == 1


@pytest.mark.parametrize("kind", ["502", "truncated", "not_json", "empty_page"])
def test_a_passing_fault_is_tried_again(kind: str) -> None:
    """As a collection would."""
    repositories = [Repository(name="octocat/app")]
    with serving(GitHubEmulator(login="octocat", token=TOKEN, repositories=repositories)) as github:
        github.calls.inject(Fault(operation="graphql", kind=kind))
        assert find_login(github.url, TOKEN, None) == "octocat"
        assert github.calls.count() == 2


@pytest.mark.parametrize("login", [None, "OctoCat"])
def test_the_name_is_as_github_spells_it(url: str, login: str | None) -> None:
    """As the counts of that account are stated: of the token's owner where no login is named."""
    assert find_login(url, TOKEN, login) == "octocat"


def test_an_account_that_is_not_there(url: str) -> None:
    """As a collection says it."""
    with pytest.raises(NeverWorks, match="GITHUB_LOGIN: GitHub knows no person 'nobody'"):
        find_login(url, TOKEN, "nobody")
