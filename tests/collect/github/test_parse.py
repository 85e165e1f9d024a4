"""GitHub's data taken apart: what is odd is read, and what is not as promised is refused."""

from datetime import datetime
from typing import Any

import pytest

from collect.github.parse import Malformed, commit_page, read_history

REPOSITORY = {"id": "R_1", "nameWithOwner": "me/app", "isFork": False, "isEmpty": True}


def authored(instant: str, own: str) -> datetime:
    """Of the one commit of a page."""
    node = {"oid": "a", "authoredDate": instant, "author": {"date": own}}
    page = {"nodes": [node], "totalCount": 1, "pageInfo": {"hasNextPage": False}}
    (commit,) = commit_page(page).commits
    return commit.authored


@pytest.mark.parametrize(
    ("instant", "own", "read"),
    [
        ("2026-03-01T00:30:00Z", "2026-03-01T09:30:00+09:00", "2026-03-01T09:30:00+09:00"),
        ("9999-12-31T23:00:00Z", "9999-12-31T08:00:00+09:00", "9999-12-31T23:00:00+00:00"),
        ("9999-12-31T23:00:00Z", "10000-01-01T08:00:00+09:00", "9999-12-31T23:00:00+00:00"),
        ("0001-01-01T08:30:00Z", "0001-01-01T00:30:00-08:00", "0001-01-01T00:30:00-08:00"),
        ("0001-01-01T00:30:00Z", "0001-01-01T08:30:00-08:00", "0001-01-01T00:30:00+00:00"),
        ("10889-08-02T05:31:50Z", "10889-08-02T05:31:50Z", "9999-12-31T23:59:59.999999+00:00"),
        ("-0001-08-02T05:31:50Z", "-0001-08-02T05:31:50Z", "0001-01-01T00:00:00+00:00"),
    ],
)
def test_an_author_date_at_or_past_the_calendars_end_stops_nothing(
    instant: str, own: str, read: str
) -> None:
    """Anybody can write one into a commit; it is in no window."""
    assert authored(instant, own).isoformat() == read


@pytest.mark.parametrize("date", ["2026-13-01T00:00:00Z", "2026-03-01T00:00:00", "soon", "", None])
def test_what_is_no_instant_is_refused(date: Any) -> None:
    """A commit without a date would be left out."""
    with pytest.raises(Malformed, match="authoredDate"):
        authored(date, "2026-03-01T00:00:00Z")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"isEmpty": False}, "default branch is missing although"),
        ({"isEmpty": None}, "default branch is missing although"),
        ({"defaultBranchRef": {"target": None}}, "target is null"),
        ({"isFork": None}, "isFork is null"),
        ({"isFork": "no"}, "isFork is a str"),
        ({"nameWithOwner": ""}, "nameWithOwner is a str"),
    ],
)
def test_a_hole_in_a_history_is_refused(change: dict[str, Any], words: str) -> None:
    """It must never read as no commits."""
    with pytest.raises(Malformed, match=words):
        read_history(REPOSITORY | change, "R_1")


@pytest.mark.parametrize("total", [None, -1, True, 1.0, "1"])
def test_a_total_that_is_no_whole_number_is_refused(total: Any) -> None:
    """What is compared with it would mean nothing."""
    with pytest.raises(Malformed, match="totalCount is"):
        commit_page({"nodes": [], "totalCount": total, "pageInfo": {"hasNextPage": False}})


def test_a_node_of_another_repository_is_refused() -> None:
    """Its commits are not this one's."""
    assert read_history(REPOSITORY, "R_1").pages == ()
    for node in (REPOSITORY | {"id": "R_2"}, {k: v for k, v in REPOSITORY.items() if k != "id"}):
        with pytest.raises(Malformed, match=r"another repository|id is missing"):
            read_history(node, "R_1")
