"""Answers that shift, repeat themselves or never end while collect reads them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collect.github.client import Session
from collect.github.history import BATCH
from collect.github.repositories import RepositoryQuery
from collect.github.responses import Response
from collect.github.source import GitHubSource
from collect.github.transport import GitHub
from commit_counts.errors import RetryLater
from commit_counts.event import Window
from emulators.github import GitHubEmulator, Repository, commits_in_memory
from tests.support.collect import (
    NOW,
    TOKEN,
    TOKYO,
    Clock,
    Run,
    github_with,
    planned_cells,
    run_github,
    run_step,
    serving,
    window_of,
)
from tests.support.ports import unused_port

WINDOW = window_of("2026-02-25", "2026-03-31")

Send = Callable[[str, Mapping[str, object], float], Response]


class Between:
    """The real transport, with something that happens around each request."""

    def __init__(self, transport: GitHub, happens: Callable[[Send], Send]) -> None:
        self._send = happens(transport.send)

    def send(self, query: str, variables: Mapping[str, object], seconds: float) -> Response:
        """One request."""
        return self._send(query, variables, seconds)


def run(
    emulator: GitHubEmulator,
    happens: Callable[[Send], Send],
    *,
    clock: Clock | None = None,
    window: Window = WINDOW,
) -> Run:
    """One run over the window of at most 500 seconds, with something that happens meanwhile."""
    deadline = (clock or Clock()).deadline(500)
    with GitHub(url=emulator.url, token=TOKEN) as transport:
        session = Session(Between(transport, happens), token=TOKEN, deadline=deadline)
        query = RepositoryQuery(login=None, forks=False, skip_hidden=False)
        return run_step(GitHubSource(session, query), window)


def repository(number: int, commits: int = 1) -> Repository:
    """One of several, pushed to one hour after the next."""
    pushed_at = NOW - timedelta(hours=number)
    made = commits_in_memory(f"r{number}", pushed_at, commits, step=timedelta(minutes=9))
    return Repository(name=f"octocat/r{number:03}", commits=made)


def aged(number: int) -> Repository:
    """One with a commit that is older than the window."""
    made = commits_in_memory(f"old{number}", NOW - timedelta(days=90, hours=number), 1)
    return Repository(name=f"octocat/old{number:03}", commits=made)


def pushing(emulator: GitHubEmulator, names: Mapping[int, Sequence[str]]) -> None:
    """From now on: after so many answers somebody pushes, without commits, to these."""

    def push(requests: int) -> None:
        for name in names.get(requests, ()):
            emulator.push(name, at=NOW + timedelta(seconds=requests))

    emulator.after_answer = push


def unclaimed(number: int) -> Repository:
    """One that GitHub's contributions do not name yet: nothing else leads to it but the list."""
    return replace(repository(number), in_contributions=False)


def names(*numbers: int) -> list[str]:
    """Of repositories."""
    return [f"octocat/r{number:03}" for number in numbers]


@pytest.mark.parametrize(
    ("repositories", "old", "pushes", "requests"),
    [
        # Up to the window's edge, of which nobody could say that something is missing.
        (130, 30, {1: names(120)}, 2 + 1 + 3),
        (130, 30, {1: names(120, 101), 2: names(129, 0)}, 2 + 1 + 3),
        # To the list's end, with a push at each of its pages.
        (400, 0, {n: names(400 - n) for n in range(1, 5)}, 4 + 1 + 8),
        (103, 0, {1: names(102), 2: names(101)}, 2 + 1 + 3),
        # More pushes than the head of the list holds.
        (260, 0, {1: names(*range(110, 250))}, 2 + 1 + 1 + 6),
    ],
)
def test_a_push_while_the_list_is_read_hides_no_repository(
    repositories: int, old: int, pushes: dict[int, list[str]], requests: int
) -> None:
    """It moves to the front, onto no further page, and is found in the list's head for nothing."""
    emulator = github_with(*map(unclaimed, range(repositories)), *map(aged, range(old)))
    truth = planned_cells(emulator.repositories, TOKYO, WINDOW)
    pushing(emulator, pushes)
    with serving(emulator):
        got = run_github(emulator, WINDOW)
    assert got.cells == truth
    assert got.summary.unknown == {}
    assert got.summary.report.requests == requests


def test_the_head_of_another_persons_list_is_looked_at_too() -> None:
    """Where GITHUB_LOGIN names somebody."""
    emulator = github_with(*map(unclaimed, range(130)), *map(aged, range(30)))
    pushing(emulator, {1: names(120)})
    with serving(emulator):
        got = run_github(emulator, WINDOW, login="octocat")
    assert got.cells == planned_cells(emulator.repositories, TOKYO, WINDOW)


@pytest.mark.parametrize("times", [1, 2])
def test_a_list_that_is_not_whole_even_so_is_read_anew_once(times: int) -> None:
    """Where that happens again the run fails: what the list does not name would count as zero."""
    emulator = github_with(*map(repository, range(103)))
    truth = planned_cells(emulator.repositories, TOKYO, WINDOW)
    left = times

    def happens(send: Send) -> Send:
        def lose(query: str, variables: Mapping[str, object], seconds: float) -> Response:
            nonlocal left
            answer = send(query, variables, seconds)
            if "query Repositories" in query and variables["after"] and left:
                left -= 1
                body = json.loads(answer.body)
                body["data"]["viewer"]["repositories"]["nodes"].pop()
                return replace(answer, body=json.dumps(body).encode())
            return answer

        return lose

    with serving(emulator):
        if times == 1:
            assert run(emulator, happens).cells == truth
        else:
            with pytest.raises(RetryLater, match="not whole: expected 103, got 102"):
                run(emulator, happens)


def test_a_history_whose_cursor_stands_still_is_unknown() -> None:
    """The same page for ever is neither a history nor a reason to read for ever."""
    emulator = github_with(repository(0, commits=350), repository(1))
    cursors: list[object] = []

    def happens(send: Send) -> Send:
        def stuck(query: str, variables: Mapping[str, object], seconds: float) -> Response:
            if "query History(" in query:
                cursors.append(variables["after"])
                variables = {**variables, "after": cursors[0]}
            return send(query, variables, seconds)

        return stuck

    with serving(emulator):
        got = run(emulator, happens)
    assert got.summary.unknown.keys() == {"octocat/r000"}
    assert "no further commit" in got.summary.unknown["octocat/r000"]
    assert got.cells == planned_cells(emulator.repositories[1:], TOKYO, WINDOW)
    assert len(cursors) == 2 * 2


def test_github_out_of_reach_is_tried_again_and_then_later() -> None:
    """Four times in all, and no longer apart than some seconds."""
    clock = Clock()
    url = f"http://127.0.0.1:{unused_port()}/graphql"
    with GitHub(url=url, token=TOKEN) as github:
        session = Session(github, token=TOKEN, deadline=clock.deadline(500))
        with pytest.raises(RetryLater, match="out of reach") as failure:
            session.ask("repositories", {})
    assert session.requests == 4
    assert len(clock.slept) == 3
    assert all(a / 2 <= b for a, b in zip((1, 2, 4), clock.slept, strict=True))
    assert sum(clock.slept) <= 7
    assert "tried 4 times" in str(failure.value)


def test_what_slow_answers_leave_no_time_for_is_unknown() -> None:
    """Nothing is asked past the deadline; what was read until then is stated."""
    clock = Clock()
    emulator = github_with(*map(repository, range(2 * BATCH + 1)))

    def happens(send: Send) -> Send:
        def slowly(query: str, variables: Mapping[str, object], seconds: float) -> Response:
            if "query Histories" in query:
                clock.sleep(300)
            return send(query, variables, seconds)

        return slowly

    with serving(emulator):
        got = run(emulator, happens, clock=clock)
        assert emulator.calls.count() == 2 + 1 + 2
    assert got.summary.unknown.keys() == {emulator.repositories[-1].name}
    assert "time for this run was over" in "".join(got.summary.unknown.values())
    assert got.cells == planned_cells(emulator.repositories[:-1], TOKYO, WINDOW)


@pytest.mark.parametrize(
    ("since", "sent"),
    [("1970-01-01", "1970-01-01T00:00:00+00:00"), ("2026-03-10", "2026-03-01T15:00:00+00:00")],
)
def test_only_instants_that_github_can_filter_by_are_sent(since: str, sent: str) -> None:
    """Its schema warns of others; the margins would lead to 1969."""
    first = commits_in_memory("first", datetime(1970, 1, 1, 12, tzinfo=UTC), 1)
    emulator = github_with(Repository(name="octocat/first", commits=first, pushed_at=NOW))
    asked: set[object] = set()

    def happens(send: Send) -> Send:
        def note(query: str, variables: Mapping[str, object], seconds: float) -> Response:
            asked.add(variables.get("since"))
            return send(query, variables, seconds)

        return note

    window = window_of(since, "2026-03-31")
    with serving(emulator):
        got = run(emulator, happens, window=window)
    assert asked - {None} == {sent}
    assert got.cells == planned_cells(emulator.repositories, TOKYO, window)
