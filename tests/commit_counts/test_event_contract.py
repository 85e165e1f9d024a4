"""The event contract: what is accepted, what is refused, and with which words."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commit_counts.contract import read_schema
from commit_counts.errors import InvalidEvent
from commit_counts.event import Cell, CommitCounts, Count, Window
from commit_counts.parse import SCHEMA, parse_event
from own_dashboard.stack.pipeline import load_pipeline
from own_dashboard.stack.wiring import schema_file

PUBLISHED = datetime(2026, 11, 23, 0, 5, 3, tzinfo=UTC)
WHOLE: dict[str, Any] = {
    "schema_version": 1,
    "login": "octocat",
    "time_zone": "Asia/Tokyo",
    "since": "2026-10-20",
    "until": "2026-11-23",
    "collected_at": "2026-11-23T00:05:02.113000Z",
    "counts": [{"date": "2026-11-23", "repository": "octocat/hello", "commits": 3}],
    "unknown_repositories": ["acme/secret"],
}
CELL: dict[str, Any] = {"date": "2026-11-23", "repository": "me/app", "commits": 3}


def parse(fields: object) -> CommitCounts:
    return parse_event(json.dumps(fields), published_at=PUBLISHED)


def changed(base: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {k: v for k, v in {**base, **fields}.items() if v is not ...}


def test_a_complete_window_is_read_field_by_field() -> None:
    """Every field of the JSON form arrives as a typed value."""
    event = parse(changed(WHOLE, source="clones/laptop"))
    assert event == CommitCounts(
        source="clones/laptop",
        collected_at=datetime(2026, 11, 23, 0, 5, 2, 113000, tzinfo=UTC),
        counts=(Count(date=date(2026, 11, 23), repository="octocat/hello", commits=3),),
        window=Window(since=date(2026, 10, 20), until=date(2026, 11, 23)),
        login="octocat",
        time_zone=ZoneInfo("Asia/Tokyo"),
        unknown_repositories={"acme/secret": ""},
    )


def test_the_short_form_states_one_cell_at_its_publication() -> None:
    """Without `collected_at`, the message's publish time stands in."""
    event = parse(CELL)
    assert event.window is None
    assert event.collected_at == PUBLISHED
    assert event.counts == (Count(date=date(2026, 11, 23), repository="me/app", commits=3),)


def test_who_states_is_named_or_known_from_the_form() -> None:
    """A person's cell is of `hand`, a complete statement of the login's GitHub account."""
    assert parse(CELL).source == "hand"
    assert parse(WHOLE).source == "github/octocat"
    assert parse(changed(CELL, source="clones/laptop")).source == "clones/laptop"


def test_a_long_login_makes_a_source_that_keeps_the_contract() -> None:
    """It is cut to the length that a source may have."""
    event = parse(changed(WHOLE, login="x" * 254))
    assert event.source == "github/" + "x" * 249
    assert parse_event(event.to_json(), published_at=PUBLISHED) == event


@pytest.mark.parametrize(("length", "shown"), [(78, "x" * 78 + '"'), (79, "x" * 78 + "…")])
def test_a_long_value_is_shown_in_part(length: int, shown: str) -> None:
    """Eighty characters with its quotation marks."""
    with pytest.raises(InvalidEvent) as raised:
        parse(changed(CELL, date="x" * length))
    assert str(raised.value).endswith(f'got "{shown}')


def test_null_withdraws_a_cell() -> None:
    """The cell is named, and no number is."""
    event = parse(changed(CELL, commits=None))
    assert event.counts == ()
    assert event.withdrawn == event.cell == Cell(date(2026, 11, 23), "me/app")


def test_the_reason_of_an_unknown_repository_travels_with_it() -> None:
    """Consumers can say why a repository could not be read."""
    why = "authorise the token for acme"
    event = parse(changed(WHOLE, unknown_reasons={"acme/secret": why}))
    assert event.unknown_repositories == {"acme/secret": why}
    assert parse_event(event.to_json(), published_at=PUBLISHED) == event


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([], "the message: expected a JSON object"),
        ({}, "the event: must contain"),
        (changed(CELL, commits=...), "must contain ['commits']"),
        (changed(CELL, commits="3"), 'commits: must be integer or null, got "3"'),
        (changed(CELL, commits=True), "commits: must be integer or null, got true"),
        (changed(CELL, commits=1.5), "commits: must be integer or null, got 1.5"),
        (changed(CELL, commits=-1), "commits: must be bigger than or equal to 0, got -1"),
        (changed(CELL, commits=1000001), "commits: must be smaller than or equal to 1000000"),
        (changed(CELL, date="2026-02-30"), "date: expected a day of the calendar"),
        (changed(CELL, date="23.11.2026"), 'YYYY-MM-DD, from 1970-01-01 on, got "23.11.2026"'),
        (changed(CELL, date="2026-11-23\n"), "date: expected a local calendar day"),
        (changed(CELL, date="1969-12-31"), "from 1970-01-01 on, got"),
        (changed(CELL, repository=""), "repository: must be longer than or equal to 1"),
        (changed(CELL, repository=" a/b"), "No control characters, no space at either end, got"),
        (changed(CELL, repository="a/b\x00"), "repository: expected full name"),
        (changed(CELL, repository="x" * 257), "repository: must be shorter"),
        (changed(CELL, repository="\ud800"), "not JSON in UTF-8"),
        (changed(CELL, repo="me/app"), "must not contain {'repo'}"),
        (changed(CELL, collected_at="yesterday"), "collected_at: expected the instant"),
        (changed(CELL, collected_at="2026-11-23T00:05:02"), "RFC 3339, with Z or an offset"),
        (changed(CELL, collected_at="2026-11-23T25:05:02Z"), "collected_at: expected an RFC 3339"),
        (changed(CELL, collected_at="2027-11-23T00:05:02Z"), "at most a day after"),
        (changed(CELL, time_zone="Asia/Tokio"), "time_zone: expected an IANA time zone"),
        (changed(CELL, time_zone="../etc/passwd"), "time_zone: expected an IANA time zone"),
        (changed(CELL, schema_version=2), "schema_version: must be one of [1], got 2"),
        (changed(CELL, date="2026-11-25"), "date: expected at most a day ahead, 2026-11-24"),
        (changed(CELL, date="9999-12-31"), "date: expected at most a day ahead"),
        (changed(CELL, source=""), "source: must be longer than or equal to 1"),
        (changed(CELL, source="a\nb"), "source: expected a short name"),
        (changed(WHOLE, commits=None, date="2026-11-23"), "must contain ['repository']"),
        (
            changed(WHOLE, counts=[changed(CELL, commits=None)]),
            "counts[0].commits: must be integer",
        ),
        (changed(WHOLE, until="2026-11-25"), "until: expected at most a day ahead, 2026-11-24"),
        (changed(WHOLE, since="2025-11-22"), "until: expected at most 366 days from since"),
        (
            changed(WHOLE, since="1970-01-01", until="9999-12-31"),
            "until: expected at most 366 days",
        ),
        (changed(WHOLE, since="9999-12-31", until="9999-12-31"), "until: expected at most a day"),
        (changed(WHOLE, login=...), "must contain ['login']"),
        (changed(WHOLE, until="2026-10-19", counts=[]), "until: expected not before since"),
        (changed(WHOLE, counts=[CELL, CELL]), "counts[1]: expected a cell once"),
        (changed(WHOLE, counts=[changed(CELL, date="2026-11-24")]), "counts[0].date: expected wi"),
        (changed(WHOLE, counts=[changed(CELL, commits=-2)]), "counts[0].commits: must be bigger"),
        (
            changed(WHOLE, counts=[changed(CELL, repository="acme/secret")]),
            "counts[0].repository: expected a repository that is not among unknown",
        ),
        (changed(WHOLE, unknown_repositories=["a", "a"]), "unknown_repositories: must contain uni"),
        (changed(WHOLE, unknown_reasons={"b/c": "?"}), "unknown_reasons: expected one of unknown"),
    ],
)
def test_a_broken_rule_is_named_with_field_and_value(fields: object, said: str) -> None:
    """The person who published it can fix it from the text alone."""
    with pytest.raises(InvalidEvent, match=re.escape(said)):
        parse(fields)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON in UTF-8"),
        (b"{'date': 1}", "not JSON"),
        (b'{"commits": NaN}', "holds NaN"),
        (b'{"commits": 1, "commits": 2}', "commits: is given twice"),
        (b'{"commits": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_json_object_is_refused(body: bytes, said: str) -> None:
    """Bytes of any kind end in one kind of error."""
    with pytest.raises(InvalidEvent, match=said):
        parse_event(body, published_at=PUBLISHED)


names = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=40
) | st.sampled_from(["=cmd()", "1/2", "+1", "ねこ/🐈", "a b"])
days = st.dates(date(1970, 1, 1), date(2026, 11, 24))
instants = st.datetimes(datetime(1970, 1, 2), datetime(2026, 11, 22), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(["Asia/Tokyo", "America/St_Johns", "UTC", "Europe/Berlin"]).map(ZoneInfo)


@st.composite
def window_events(draw: st.DrawFn) -> CommitCounts:
    since = draw(st.dates(date(1970, 1, 1), date(2025, 11, 23)))
    until = since + timedelta(days=draw(st.integers(0, 365)))
    inside = st.dates(since, until)
    cells = draw(st.dictionaries(st.tuples(inside, names), st.integers(0, 10**6), max_size=20))
    listed = {repository for _, repository in cells}
    unknown = draw(
        st.dictionaries(names.filter(lambda n: n not in listed), st.text("abc "), max_size=3)
    )
    return CommitCounts(
        source=draw(names),
        collected_at=draw(instants),
        counts=tuple(Count(date=d, repository=r, commits=n) for (d, r), n in cells.items()),
        window=Window(since=since, until=until),
        login=draw(names),
        time_zone=draw(zones),
        unknown_repositories=unknown,
    )


@st.composite
def cell_events(draw: st.DrawFn) -> CommitCounts:
    cell, commits = Cell(draw(days), draw(names)), draw(st.none() | st.integers(0, 10**6))
    return CommitCounts(
        source=draw(names),
        collected_at=draw(instants),
        counts=()
        if commits is None
        else (Count(date=cell.date, repository=cell.repository, commits=commits),),
        withdrawn=cell if commits is None else None,
        login=draw(st.none() | names),
        time_zone=draw(st.none() | zones),
    )


@given(window_events() | cell_events())
def test_an_event_survives_its_json_form(event: CommitCounts) -> None:
    """Writing and reading give the same event back, and the text obeys the published schema."""
    text = event.to_json()
    assert parse_event(text, published_at=PUBLISHED) == event
    jsonschema.Draft7Validator(read_schema(SCHEMA)).validate(json.loads(text))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from([*WHOLE, *CELL, "x"]), inner, max_size=4)
        ),
        max_leaves=8,
    ),
    st.sampled_from([WHOLE, CELL]),
)
def test_what_the_schema_refuses_is_never_accepted(noise: object, base: dict[str, Any]) -> None:
    """The functions' reader and an independent validator of the schema agree on refusals."""
    fields = {**base, **noise} if isinstance(noise, dict) else noise
    accepted = jsonschema.Draft7Validator(read_schema(SCHEMA)).is_valid(fields)
    if not accepted:
        with pytest.raises(InvalidEvent):
            parse(fields)


def test_the_attributes_say_whose_window_it_is() -> None:
    """A subscription can filter without opening the body."""
    assert parse(WHOLE).attributes() == {
        "schema_version": "1",
        "source": "github/octocat",
        "login": "octocat",
        "since": "2026-10-20",
        "until": "2026-11-23",
    }
    assert parse(CELL).attributes() == {"schema_version": "1", "source": "hand"}


def test_the_topic_schema_knows_the_fields_of_the_contract() -> None:
    """The form that Pub/Sub enforces and the JSON Schema name the same fields."""
    definitions = read_schema(SCHEMA)["definitions"]
    text = schema_file(load_pipeline().topic("commit-counts")).read_text(encoding="utf-8")
    outer, _, inner = text.partition("message Count {")
    field = re.compile(r"(?:[\w<>]+|map<string, string>) (\w+) = \d+;")
    stated = set(definitions["window_statement"]["properties"])
    stated |= set(definitions["cell_statement"]["properties"])
    assert set(field.findall(outer)) == stated
    assert set(field.findall(inner)) == set(definitions["count"]["properties"])


def test_every_field_is_documented() -> None:
    """The schema is the reference for people, so that no field stands there without a word."""

    def undocumented(node: object, path: str) -> list[str]:
        if not isinstance(node, dict):
            return []
        missing = []
        for name, definition in node.get("properties", {}).items():
            reference = definition.get("$ref", "").rpartition("/")[2]
            target = read_schema(SCHEMA)["definitions"].get(reference, {})
            if not (definition.get("description") or target.get("description")):
                missing.append(f"{path}.{name}")
        return missing

    definitions = read_schema(SCHEMA)["definitions"]
    assert [m for name, node in definitions.items() for m in undocumented(node, name)] == []
