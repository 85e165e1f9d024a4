"""Environment variables: read once, and every fault reported in one message."""

from zoneinfo import ZoneInfo

import pytest

from commit_counts.errors import InvalidSettings
from commit_counts.settings import Variables


def test_every_fault_is_reported_at_once() -> None:
    """Nobody fixes a deployment one variable at a time."""
    variables = Variables({"HOUR": "25", "FORKS": "maybe", "TIME_ZONE": "Mars/Phobos"})
    variables.text("SHEET_ID", example="1AbC")
    variables.integer("HOUR", default=20, minimum=0, maximum=23)
    variables.flag("FORKS")
    variables.time_zone()
    variables.choice("LANGUAGE", default="xx", choices=["en", "ja"])
    with pytest.raises(InvalidSettings) as raised:
        variables.check()
    faults = str(raised.value).split("; ")
    assert [fault.split(":")[0].split(" ")[0] for fault in faults] == [
        "SHEET_ID", "HOUR", "FORKS", "TIME_ZONE", "LANGUAGE",
    ]  # fmt: skip
    assert "SHEET_ID=1AbC" in faults[0]
    assert "from 0 to 23, got '25'" in faults[1]


def test_good_variables_are_read_as_their_types() -> None:
    """White space around a value and the case of words do not matter."""
    variables = Variables(
        {"A": " text ", "N": "7", "F": "Yes", "Z": "Asia/Tokyo", "W": "a/*, b/c  d", "C": "JA"}
    )
    assert variables.text("A", example="") == "text"
    assert variables.integer("N", default=1, minimum=0, maximum=9) == 7
    assert variables.flag("F") is True
    assert variables.time_zone("Z") == ZoneInfo("Asia/Tokyo")
    assert variables.words("W") == ("a/*", "b/c", "d")
    assert variables.choice("C", default="en", choices=["en", "ja"]) == "ja"
    variables.check()


def test_an_empty_variable_counts_as_absent() -> None:
    """`NAME= command` is how a shell takes a variable away."""
    variables = Variables({"A": "", "N": " ", "F": "", "W": ""})
    assert variables.optional("A") is None
    assert variables.integer("N", default=5, minimum=0, maximum=9) == 5
    assert variables.flag("F", default=True) is True
    assert variables.words("W") == ()
    assert variables.time_zone("Z", default=ZoneInfo("UTC")) == ZoneInfo("UTC")
    variables.check()


def test_a_zone_without_a_default_must_be_there() -> None:
    """A count by the wrong day is worse than none."""
    variables = Variables({})
    variables.time_zone()
    with pytest.raises(InvalidSettings, match="TIME_ZONE is missing"):
        variables.check()


@pytest.mark.parametrize(
    ("value", "is_taken"), [("x" * 8, True), ("x" * 9, False), ("a\x07b", False), ("ねこ/1", True)]
)
def test_a_label_is_short_and_can_be_printed(value: str, is_taken: bool) -> None:
    """It travels as an attribute and stands in lines of the log."""
    variables = Variables({"SOURCE": value})
    assert variables.label("SOURCE", longest=8) == (value if is_taken else None)
    if is_taken:
        variables.check()
    else:
        with pytest.raises(InvalidSettings, match="SOURCE: expected at most 8 characters"):
            variables.check()
    assert Variables({}).label("SOURCE", longest=8) is None
