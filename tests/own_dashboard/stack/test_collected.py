"""The file that a person may have edited: what is wrong in it is told, and never guessed."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from commit_counts.errors import NeverWorks
from commit_counts.event import Window
from commit_counts.retry import utc_now
from own_dashboard.stack.collected import CollectedFile, Collection

SHEET = "local-sheet"
KNOWN = Collection(
    source="clones/laptop",
    login="me",
    since=date(2026, 1, 1),
    until=date(2026, 6, 30),
    identity={"clones": ["/src/app"]},
    is_whole=True,
)


@pytest.fixture
def file(tmp_path: Path) -> CollectedFile:
    return CollectedFile(tmp_path)


def test_what_is_noted_is_read(file: CollectedFile) -> None:
    """By the Sheet; where nothing was noted, there is nothing."""
    assert file.read(SHEET) == ()
    file.write(SHEET, [KNOWN])
    file.write("1AbC", [])
    assert (file.read(SHEET), file.read("1AbC"), file.read("other")) == ((KNOWN,), (), ())


def test_a_file_of_before_sources_were_noted(file: CollectedFile) -> None:
    """It named one input: nothing of it is known, and nothing of it stays."""
    file.path.write_text('{"login": "me", "github": null, "clones": ["/src/app"]}')
    assert file.read(SHEET) == ()
    file.write(SHEET, [KNOWN])
    assert json.loads(file.path.read_text(encoding="utf-8")).keys() == {SHEET}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "expected JSON in UTF-8"),
        ('{"local-sheet": [', "expected JSON in UTF-8"),
        ("[]", "the file: expected an object, got []"),
        ('{"local-sheet": {"source": "a"}}', "local-sheet: expected a list"),
        ('{"local-sheet": ["clones/laptop"]}', 'local-sheet[0]: expected an object, got "clones/'),
    ],
)
def test_another_form(file: CollectedFile, content: str, said: str) -> None:
    """The file is named, what was expected, what is there, and what to do."""
    file.path.write_text(content, encoding="utf-8")
    with pytest.raises(NeverWorks) as raised:
        file.read(SHEET)
    assert str(raised.value).startswith(f"{file.path}: ")
    assert said in str(raised.value)
    assert "delete the file" in str(raised.value)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("source", None, "characters, none of control, got null"),
        ("source", "", 'characters, none of control, got ""'),
        ("source", "\ud800", "none of control, got"),
        ("login", ["me"], 'none of control, got ["me"]'),
        ("since", 20260101, "a day as YYYY-MM-DD, from 1970-01-01, got 20260101"),
        ("since", "1969-12-31", 'got "1969-12-31"'),
        ("since", "2026-07-01", 'expected at most until, 2026-06-30, got "2026-07-01"'),
        ("until", "2026-06-31", 'got "2026-06-31"'),
        ("identity", "me", 'expected an object, got "me"'),
        ("is_whole", "yes", 'expected true or false, got "yes"'),
    ],
)
def test_a_wrong_field(file: CollectedFile, field: str, value: object, said: str) -> None:
    """Its place in the file is named. A field that is missing reads as null."""
    file.write(SHEET, [KNOWN])
    content = json.loads(file.path.read_text(encoding="utf-8"))
    content[SHEET][0][field] = value
    file.path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(NeverWorks) as raised:
        file.read(SHEET)
    assert f"{SHEET}[0].{field}: " in str(raised.value)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("since", "until", "left"),
    [
        ((2025, 1, 1), (2026, 6, 30), []),
        ((2026, 2, 1), (2026, 6, 1), [("2026-01-01", "2026-01-31"), ("2026-06-02", "2026-06-30")]),
        ((2026, 7, 2), (2026, 7, 3), [("2026-01-01", "2026-06-30")]),
        ((2025, 7, 2), (2025, 7, 3), [("2026-01-01", "2026-06-30")]),
    ],
)
def test_days_that_are_stated_anew_are_not_outdated(
    since: tuple[int, int, int], until: tuple[int, int, int], left: list[tuple[str, str]]
) -> None:
    """The same source replaces its own numbers on the days that it states; another one none."""
    window = Window(since=date(*since), until=date(*until))
    outdated = KNOWN.outdated_by("clones/laptop", window)
    assert [(str(days.since), str(days.until)) for days in outdated] == left
    assert KNOWN.outdated_by("github/me", window) == (Window(since=KNOWN.since, until=KNOWN.until),)


@pytest.mark.parametrize("source", ["clones/laptop", "github/me"])
def test_days_that_have_begun_nowhere_are_not_withdrawn(source: str) -> None:
    """What a clock that was ahead has noted is read; the Sheet takes no statement about it yet."""
    today = utc_now().date()
    ahead = replace(KNOWN, since=today, until=today + timedelta(days=9))
    window = Window(since=today, until=today)
    (left,) = ahead.outdated_by(source, window)
    assert (left.since > today) == (source == KNOWN.source)
    assert left.until <= utc_now().date() + timedelta(days=1)
    later = replace(ahead, since=ahead.until)
    assert later.outdated_by(source, window) == ()
