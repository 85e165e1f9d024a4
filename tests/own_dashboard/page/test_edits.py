"""Cells that the Sheet checks can be edited on the page, and by nobody else than the page."""

from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from own_dashboard.page import create_app
from own_dashboard.page.edits import Edit
from tests.support.page import NOW, FilledSources
from tests.support.spreadsheets import Resource, sheet, spreadsheet, text

ORIGIN = "http://localhost"


def checked(shown: str, kind: str, *values: str) -> Resource:
    """A cell with a strict check."""
    listed = [{"userEnteredValue": value} for value in values]
    return {
        **text(shown),
        "dataValidation": {"condition": {"type": kind, "values": listed}, "strict": True},
    }


def settings() -> FilledSources:
    """A tab with a number, a choice, a tick box, and a cell that is not for entering."""
    tick: Resource = {"effectiveValue": {"boolValue": False}, "formattedValue": "FALSE"}
    tick["dataValidation"] = {"condition": {"type": "BOOLEAN"}, "strict": True}
    hidden = sheet("days", [[checked("5", "NUMBER_BETWEEN", "1", "99")]], sheet_id=4, index=1)
    hidden["properties"]["hidden"] = True
    rows = [
        [text("Goal"), checked("5", "NUMBER_BETWEEN", "1", "99")],
        [text("Language"), checked("English", "ONE_OF_LIST", "English", "日本語")],
        [text("Rest"), tick],
    ]
    return FilledSources(sheet=spreadsheet(sheet("Settings", rows, sheet_id=3), hidden))


def client(sources: FilledSources, **options: Any) -> FlaskClient:
    return create_app(sources, clock=lambda: NOW, **options).test_client()


def asked(
    sources: FilledSources,
    body: object,
    *,
    headers: Mapping[str, str] | None = None,
    path: str = "/cells",
) -> TestResponse:
    """The answer to an edit, as the page itself asks for it."""
    given = {"Origin": ORIGIN} if headers is None else headers
    return client(sources).post(path, json=body, headers=given)


@pytest.mark.parametrize(
    ("cell", "was", "value"),
    [
        ("3:0:1", "5", 7),
        ("3:1:1", "English", "日本語"),
        ("3:2:1", "☐", True),
    ],
)
def test_what_the_sheet_checks_can_be_edited(cell: str, was: str, value: object) -> None:
    """A number, a choice and a tick box, each as a typed value."""
    sources = settings()
    answer = asked(sources, {"cell": cell, "was": was, "value": value})

    assert (answer.status_code, answer.get_json()) == (
        200,
        {"saved": "Saved. It counts from the next event on."},
    )
    row, column = (int(part) for part in cell.split(":")[1:])
    assert sources.entered == [Edit(sheet_id=3, place=(row, column), value=value)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"cell": "3:0:1", "was": "5", "value": 100}, 400, "100 is not allowed here"),
        ({"cell": "3:0:1", "was": "5", "value": True}, 400, "True is not allowed here"),
        ({"cell": "3:0:1", "was": "5", "value": "7"}, 400, "7 is not allowed here"),
        ({"cell": "3:1:1", "was": "English", "value": "=cmd()"}, 400, "=cmd() is not allowed"),
        ({"cell": "3:2:1", "was": "☐", "value": 1}, 400, "1 is not allowed here"),
        ({"cell": "3:0:0", "was": "Goal", "value": "x"}, 400, "is not for entering values"),
        ({"cell": "3:0:1", "was": "4", "value": 7}, 409, "The Sheet has changed"),
        ({"cell": "4:0:0", "was": "5", "value": 7}, 409, "The Sheet has changed"),
        ({"cell": "9:0:0", "was": "", "value": 7}, 409, "The Sheet has changed"),
        ({"cell": "3:0:1", "was": "5", "value": None}, 400, "expected a number, text or truth"),
        ({"cell": "3:-1:1", "was": "5", "value": 7}, 400, "expected tab, row and column"),
        ({"cell": "3:" + "9" * 5000 + ":1", "was": "5", "value": 7}, 400, "expected tab, row"),
        ({"cell": "3:0:1", "was": "5"}, 400, "expected an object with cell, was and value"),
        ([], 400, "expected an object with cell, was and value"),
    ],
)
def test_an_edit_that_the_apps_would_not_take_is_refused(
    body: object, status: int, words: str
) -> None:
    """By the Sheet's own check, or because the cell is no longer what the person saw."""
    sources = settings()
    answer = asked(sources, body)

    assert answer.status_code == status
    assert words in answer.get_json()["error"]
    assert sources.entered == []


def test_the_refusal_is_in_the_pages_language() -> None:
    """As everything that it says to the person."""
    body = {"cell": "3:0:1", "was": "5", "value": 100}
    answer = asked(settings(), body, path="/cells?language=ja")
    assert answer.get_json()["error"] == "保存できません。100 はここには入力できません。"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "https://localhost"},
    ],
)
def test_no_other_page_can_edit(headers: dict[str, str]) -> None:
    """Whatever page the browser shows: only a request from the page itself is one of the person."""
    sources = settings()
    body = {"cell": "3:0:1", "was": "5", "value": 7}

    assert asked(sources, body, headers=headers).status_code == 403
    assert sources.entered == []


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_only_json_is_taken(content_type: str) -> None:
    """A browser sends the other types to any address without asking first."""
    sources = settings()
    answer = client(sources).post(
        "/cells",
        data='{"cell": "3:0:1", "was": "5", "value": 7}',
        headers={"Origin": ORIGIN, "Content-Type": content_type},
    )
    assert answer.status_code == 415
    assert sources.entered == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_post_edits(method: str) -> None:
    """No link can."""
    assert client(settings()).open("/cells", method=method).status_code == 405


def test_a_body_that_is_too_large_is_not_read() -> None:
    """A cell's value is short."""
    body = {"cell": "3:0:1", "was": "5", "value": "x" * 20_000}
    assert asked(settings(), body).status_code == 413


def test_where_the_real_sheet_is_written_there_is_nothing_to_edit() -> None:
    """The person edits it in the apps."""
    assert asked(FilledSources(), {"cell": "3:0:1", "was": "5", "value": 7}).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/version", "/cells", "/static/page.js", "/wrong/", "/s3cret"]
)
def test_with_an_access_code_nothing_is_told_without_it(path: str) -> None:
    """No word of the Sheet, whatever the address; the guard's headers all the same."""
    with client(settings(), access_code="s3cret").get(path) as answer:
        assert answer.status_code == 404
        said = answer.get_data(as_text=True)
        assert "lacks the code" in said
        assert "コードがありません" in said
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_with_an_access_code_everything_lies_below_it() -> None:
    """The page, what it loads, and its edits."""
    sources = settings()
    served = client(sources, access_code="s3cret")

    page = served.get("/s3cret/").get_data(as_text=True)
    assert 'src="/s3cret/static/page.js"' in page
    with served.get("/s3cret/static/page.js") as script:
        assert script.status_code == 200
    assert served.get("/s3cret/version").status_code == 200
    body = {"cell": "3:0:1", "was": "5", "value": 7}
    assert served.post("/s3cret/cells", json=body, headers={"Origin": ORIGIN}).status_code == 200
    assert len(sources.entered) == 1
