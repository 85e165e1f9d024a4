"""Names and texts of strangers reach a terminal as they are, and steer nothing."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from commit_counts.event import CommitCounts, Count, Window
from own_dashboard.collection.output import print_events
from own_dashboard.terminal import counted, printable
from tests.support.repositories import History
from tests.support.stack import clean_environment, command

TODAY = datetime.now(UTC).date()
MARKUP = ("owner[/b]", "[red]boo", ":smile:")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("me/app", "me/app"),
        ("猫 ☺ é", "猫 ☺ é"),
        ("a\x1b[31mb", "a\\u001b[31mb"),
        ("a\x9b31mb", "a\\u009b31mb"),
        ("two\nlines", "two\\u000alines"),
        ("\u202eevil", "\\u202eevil"),
        ("not utf-8: \udcff", "not utf-8: \\udcff"),
    ],
)
def test_what_would_steer_a_terminal_is_written_out(text: str, shown: str) -> None:
    """Control characters of both sets, separators, turns of direction and lone bytes."""
    assert printable(text) == shown


@pytest.mark.parametrize(("number", "said"), [(0, "0 rows"), (1, "1 row"), (2000, "2,000 rows")])
def test_one_is_no_plural(number: int, said: str) -> None:
    """As a person writes it."""
    assert counted(number, "row") == said


def test_once_shows_names_as_they_are(tmp_path: Path) -> None:
    """Square brackets are no markup, colons no emoji, in the table as in the lines."""
    clones, now = [], datetime.now(UTC)
    for number, name in enumerate(MARKUP):
        history = History()
        history.commit(now - timedelta(seconds=number))  # no two alike
        origin = f"https://h.example/me/{name}"
        clones.append(str(history.write(tmp_path / str(number), origin=origin)))
    done = command(
        "up", "--once", "--state", str(tmp_path / "state"), "--repositories", *clones,
        environment=clean_environment(COLUMNS="100"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in MARKUP:
        assert f"{name} " in done.stdout


def drawn(event: CommitCounts, form: str, width: int) -> str:
    out = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)
    print_events([event], form, out, today=TODAY)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def event_of(*names: str, commits: int = 12345) -> CommitCounts:
    return CommitCounts(
        source="clones/laptop",
        collected_at=datetime.now(UTC),
        counts=tuple(Count(date=TODAY, repository=name, commits=commits) for name in names),
        window=Window(since=TODAY, until=TODAY),
        login="me",
    )


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_no_form_obeys_a_name(form: str) -> None:
    """Where a person looks, not even the forms for programs steer their terminal."""
    said = drawn(event_of("me/\x9b31mred"), form, 100)
    assert "\x9b" not in said
    assert "\\u009b31mred" in said


def test_a_program_gets_the_name_itself() -> None:
    """Into a file the bytes go as they are."""
    out = io.StringIO()
    print_events([event_of("me/\x9b31mred")], "json", Console(file=out), today=TODAY)
    assert json.loads(out.getvalue())["counts"][0]["repository"] == "me/\x9b31mred"


@pytest.mark.parametrize("width", [30, 36, 40, 60, 80])
def test_a_narrow_terminal_keeps_days_and_totals_whole(width: int) -> None:
    """Columns of repositories give way; the sum never does."""
    said = drawn(event_of(*(f"me/repository-{n}" for n in range(9))), "table", width)
    assert f"{TODAY} {TODAY:%a} today" in said
    assert sum(line.rstrip().endswith("111,105") for line in said.splitlines()) == 2
    assert all(len(line) <= width for line in said.splitlines())


def test_once_in_a_narrow_terminal(tmp_path: Path) -> None:
    """Dates and commits are whole, and it says that not all rows are shown."""
    history = History()
    for day in range(1, 13):
        for _ in range(day):
            history.commit(f"2026-03-{day:02}T12:00:00Z")
    clone = history.write(tmp_path / "a-repository-with-a-long-name")
    done = command(
        "up", "--once", "--state", str(tmp_path / "state"), "--repositories", str(clone),
        "--since", "2026-03-01", "--until", "2026-03-12",
        environment=clean_environment(COLUMNS="30"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "the last 10 of 12 rows" in " ".join(done.stdout.split())
    for day in range(3, 13):
        assert any(x.startswith(f" 2026-03-{day:02} ") and x.split()[-1] == str(day) for x in lines)
