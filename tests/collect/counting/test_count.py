"""Counting: which day, which window, which repository, and only once."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from collect.counting.count import FoundCommit, count
from collect.counting.selection import Selection
from collect.counting.source import Repository
from collect.counting.window import Span, choose_window, cut_window, parse_day
from commit_counts.errors import InvalidRequest
from commit_counts.event import Count, Window

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 3, 31, 20, 0, tzinfo=UTC)


def found(
    authored: str,
    oid: str = "a",
    repository: str = "me/app",
    *,
    fork: bool = False,
    own: bool = True,
) -> FoundCommit:
    return FoundCommit(
        oid=oid,
        authored=datetime.fromisoformat(authored),
        repository=repository,
        fork=fork,
        own=own,
    )


def window(since: str, until: str) -> Window:
    return Window(since=date.fromisoformat(since), until=date.fromisoformat(until))


@pytest.mark.parametrize(
    ("authored", "zone", "day"),
    [
        ("2026-03-30T15:00:00+00:00", "Asia/Tokyo", "2026-03-31"),
        ("2026-03-30T14:59:59+00:00", "Asia/Tokyo", "2026-03-30"),
        ("2026-03-31T23:30:00-08:00", "America/Los_Angeles", "2026-04-01"),  # daylight time
        ("2026-03-31T23:30:00+14:00", "America/Los_Angeles", "2026-03-31"),
        ("2025-11-02T08:30:00+00:00", "America/Los_Angeles", "2025-11-02"),  # the second 1:30
        ("2011-12-30T10:00:00+00:00", "Pacific/Apia", "2011-12-31"),  # the 30th never was
        ("2018-11-04T02:59:59+00:00", "America/Sao_Paulo", "2018-11-03"),  # midnight never was
        ("2018-11-04T03:00:00+00:00", "America/Sao_Paulo", "2018-11-04"),
    ],
)
def test_the_day_is_the_instant_in_the_persons_zone(authored: str, zone: str, day: str) -> None:
    """Never the day of the commit's own offset; also where clocks change."""
    (cell,) = count(
        [found(authored)], zone=ZoneInfo(zone), window=window("2011-01-01", "2026-12-31")
    )
    assert cell.date.isoformat() == day


# Where clocks went back over midnight, or days were skipped or doubled; and what is common.
ZONES = (
    ("America/St_Johns", 2010, 11, 7),
    ("America/Goose_Bay", 2010, 11, 7),
    ("America/Moncton", 2006, 10, 29),
    ("Antarctica/Casey", 2010, 3, 5),
    ("Pacific/Apia", 2011, 12, 30),
    ("Pacific/Kiritimati", 1994, 12, 31),
    ("America/Sao_Paulo", 2018, 11, 4),
    ("America/Los_Angeles", 2025, 11, 2),
    ("Africa/Cairo", 2014, 5, 15),
    ("Asia/Tokyo", 2026, 3, 31),
)


@pytest.mark.parametrize(("name", "year", "month", "day"), ZONES)
def test_no_instant_of_a_day_is_outside_of_its_span(
    name: str, year: int, month: int, day: int
) -> None:
    """Also where a day is in two pieces: every ten minutes of two days around the change."""
    zone = ZoneInfo(name)
    for tens in range(-288, 288):
        instant = datetime(year, month, day, tzinfo=UTC) + timedelta(minutes=10 * tens)
        local = instant.astimezone(zone).date()
        span = Span(window=Window(since=local, until=local), zone=zone)
        assert span.start <= instant < span.end, (instant, local)
        assert span.end - span.start <= timedelta(days=4)


def test_a_commit_counts_once_where_it_is_no_fork() -> None:
    """By oid, across repositories, whatever their order."""
    commits = [
        found("2026-03-30T00:00:00Z", "a", "me/a-fork", fork=True),
        found("2026-03-30T00:00:00Z", "a", "me/b"),
        found("2026-03-30T00:00:00Z", "a", "me/c"),
        found("2026-03-30T00:00:00Z", "b", "me/a-fork", fork=True),
    ]
    day = date(2026, 3, 30)
    for ordered in (commits, commits[::-1]):
        assert count(ordered, zone=TOKYO, window=window("2026-03-30", "2026-03-30")) == (
            Count(date=day, repository="me/a-fork", commits=1),
            Count(date=day, repository="me/b", commits=1),
        )


def test_a_strangers_copy_takes_no_commits_of_an_own_repository() -> None:
    """Although it is no fork and first by name; an own fork has what the original has not."""
    day = "2026-03-30T00:00:00Z"
    commits = [
        found(day, "a", "aaa/copy", own=False),
        found(day, "a", "me/app"),
        found(day, "b", "acme/lib", own=False),
        found(day, "b", "me/lib", fork=True),
        found(day, "c", "me/lib", fork=True),
    ]
    for ordered in (commits, commits[::-1]):
        cells = count(ordered, zone=TOKYO, window=window("2026-03-30", "2026-03-30"))
        assert [cell.repository for cell in cells] == ["acme/lib", "me/app", "me/lib"]


def test_nothing_is_said_about_unknown_repositories_or_other_days() -> None:
    """A commit that an unknown repository shares counts in the other."""
    commits = [
        found("2026-03-30T00:00:00Z", "a", "me/a"),
        found("2026-03-30T00:00:00Z", "a", "me/b"),
        found("2026-03-28T00:00:00Z", "c", "me/b"),
        found("9999-12-31T23:59:59Z", "d", "me/b"),
        found("0001-01-01T00:00:00Z", "e", "me/b"),
    ]
    cells = count(commits, zone=TOKYO, window=window("2026-03-30", "2026-03-31"), unknown={"me/a"})
    assert cells == (Count(date=date(2026, 3, 30), repository="me/b", commits=1),)


def test_the_window_is_35_days_up_to_the_persons_today() -> None:
    """Which is tomorrow in Tokyo while it is evening in UTC."""
    assert choose_window(NOW, TOKYO) == window("2026-02-26", "2026-04-01")
    assert choose_window(NOW, TOKYO, until=date(2026, 3, 1)) == window("2026-01-26", "2026-03-01")
    assert choose_window(NOW, TOKYO, since=date(2020, 1, 1)) == window("2020-01-01", "2026-04-01")
    today = date(2026, 4, 1)
    assert choose_window(NOW, TOKYO, since=today) == window("2026-04-01", "2026-04-01")
    first = date(1970, 1, 1)
    assert choose_window(NOW, TOKYO, since=first, until=first) == window("1970-01-01", "1970-01-01")


@pytest.mark.parametrize(
    ("since", "until", "rule"),
    [
        (None, date(2026, 4, 2), "until: expected at most today, 2026-04-01"),
        (date(2026, 4, 1), date(2026, 3, 31), "since: expected at most until, 2026-03-31"),
        (date(2026, 4, 2), None, "since: expected at most today, 2026-04-01"),
        (date(1969, 12, 31), None, "since: expected 1970-01-01 or later"),
        (None, date(1969, 12, 31), "until: expected 1970-01-01 or later"),
    ],
)
def test_a_window_that_cannot_be_is_refused(
    since: date | None, until: date | None, rule: str
) -> None:
    """With the field and the rule."""
    with pytest.raises(InvalidRequest, match=rule):
        choose_window(NOW, TOKYO, since=since, until=until)


@pytest.mark.parametrize("text", ["2026-3-1", "20260301", "2026-W10-1", "2026-02-30", "", None, 7])
def test_a_day_has_one_form(text: object) -> None:
    """Not the others of ISO 8601 that Python reads too."""
    with pytest.raises(InvalidRequest, match="since: expected a day as YYYY-MM-DD"):
        parse_day(text, "since")


def test_a_window_is_cut_newest_first_without_gap_or_overlap() -> None:
    """Down to the first day that an event may have."""
    parts = list(cut_window(window("1970-01-01", "1970-01-08"), days=3))
    assert parts == [
        window("1970-01-06", "1970-01-08"),
        window("1970-01-03", "1970-01-05"),
        window("1970-01-01", "1970-01-02"),
    ]


@pytest.mark.parametrize(
    ("selection", "accepted"),
    [
        (Selection(), {"acme/app", "me/App", "me/dotfiles"}),
        (Selection(forks=True), {"acme/app", "me/App", "me/dotfiles", "me/fork"}),
        (Selection(include=["acme/*"]), {"acme/app"}),
        (Selection(include=["APP"]), {"acme/app", "me/App"}),
        (Selection(include=["me/*"], exclude=["dot*"]), {"me/App"}),
        (Selection(exclude=["*/app"]), {"me/dotfiles"}),
    ],
)
def test_globs_choose_repositories(selection: Selection, accepted: set[str]) -> None:
    """Without regard to case; one without a slash is for the last part of the name."""
    names = ["acme/app", "me/App", "me/dotfiles", "me/fork"]
    repositories = [Repository(key=n, name=n, fork=n == "me/fork") for n in names]
    assert {r.name for r in repositories if selection.accepts(r)} == accepted
