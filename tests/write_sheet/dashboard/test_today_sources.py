"""What `Today` says of sources, and of what they could not read: in the person's language."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from collect.github.classify import lasting_reason
from collect.github.repositories import HIDDEN
from collect.github.responses import Error
from collect.github.source import BEYOND
from own_dashboard.page.colours import read_colour
from tests.support.today import coloured, drawn, line, shown
from tests.support.write_sheet import TODAY, MemorySheet, at, place_of, window_event
from write_sheet.dashboard.labels import ENGLISH, JAPANESE
from write_sheet.dashboard.today.headline import HeadlineCard, NumberCard
from write_sheet.dashboard.today.text_cards import UnknownCard
from write_sheet.sheets_api.cells import serial_of_instant
from write_sheet.step import write


@pytest.mark.parametrize(
    ("unknown", "english", "japanese"),
    [
        ({}, "", ""),
        ({"acme/secret": "SSO"}, "⚠ 1 repository not read: acme/secret",
         "⚠ 1件のリポジトリが未集計: acme/secret"),
        ({f"acme/a-long-name-{n}": "SSO" for n in range(3)}, "⚠ 3 repositories not read",
         "⚠ 3件のリポジトリが未集計"),
    ],
)  # fmt: skip
def test_what_is_unknown_is_said_beside_the_number(
    unknown: Mapping[str, str], english: str, japanese: str
) -> None:
    """On the first screen, under today's number; not shown where all was read."""
    row = place_of(NumberCard).row(3)
    for language, words in (("en", english), ("ja", japanese)):
        tab = drawn(shown({(TODAY, "me/app"): 1}, language=language, unknown=unknown))
        assert line(tab, row) == ([words] if words else [])
        assert (tab.row_pixels[row] > 0) == bool(words)
        assert sum(tab.row_pixels[:row]) < 150


def stated_by(*sources: tuple[str, float, Mapping[str, str]]) -> MemorySheet:
    """A Sheet to which these sources stated windows, each at its hour."""
    sheet = MemorySheet()
    for source, hour, unknown in sources:
        counts = {(TODAY, f"me/{source}"): 1}
        event = window_event(counts, collected_at=at(hour), source=source, unknown=unknown)
        write(event, sheet)
    return sheet


def test_each_source_says_when_it_was_updated_and_is_stale_by_itself() -> None:
    """One needs no name. Of two the laptop fell silent: it alone is red."""
    row = place_of(HeadlineCard).row(0)
    one = drawn(stated_by(("github/me", 0, {})))
    assert line(one, row) == ["Mon 23 Nov 2026", "updated 23 Nov 12:00"]
    assert one.row_pixels[row + 1] == 0
    two = drawn(stated_by(("github/me", 9, {}), ("clones/laptop", 2, {})))
    assert [line(two, r) for r in range(row, row + 3)] == [
        ["Mon 23 Nov 2026"],
        ["clones/laptop", "updated 23 Nov 14:00"],
        ["github/me", "updated 23 Nov 21:00"],
    ]
    assert [two.row_pixels[r] > 0 for r in range(row + 1, row + 5)] == [True, True, False, False]
    half_past_nine = serial_of_instant(datetime(2026, 11, 23, 21, 30, tzinfo=UTC))
    red = [
        r
        for (r, column), cell in coloured(two, half_past_nine).items()
        if r < row + 5 and column == 8 and read_colour(cell.style, "backgroundColor")
    ]
    assert red == [row + 1]


def test_of_many_sources_the_oldest_are_shown_and_those_long_silent_are_not() -> None:
    """A laptop that is gone is not red for ever."""
    hours = {"a": -24 * 40, "b": 1, "c": 5, "d": 2, "e": 3, "f": 4}
    tab = drawn(stated_by(*((f"clones/{name}", hour, {}) for name, hour in hours.items())))
    row = place_of(HeadlineCard).row(1)
    assert [line(tab, r)[0] for r in range(row, row + 4)] == [
        "clones/b", "clones/d", "clones/e", "clones/f"
    ]  # fmt: skip


def test_what_could_not_be_read_names_the_source_where_there_are_several() -> None:
    """And the reason, of each."""
    place = place_of(UnknownCard)
    sheet = stated_by(("github/me", 0, {"a/b": "SSO"}), ("clones/laptop", 1, {"x/y": ""}))
    assert [line(drawn(sheet), row) for row in range(*place.rows(1, 3))] == [
        ["x/y (clones/laptop): no reason given"], ["a/b (github/me): SSO"]
    ]  # fmt: skip
    only = stated_by(("github/me", 0, {"a/b": "SSO"}))
    assert line(drawn(only), place.row(1)) == ["a/b: SSO"]


def reasons() -> dict[str, str]:
    """Every kind of reason that collect gives, as it gives it, but for GitHub's own words."""
    sso = "https://github.com/orgs/acme/sso?authorization_request=1"
    kinds = [("", True), ("FORBIDDEN", False), ("NOT_FOUND", False)]
    lasting = [
        lasting_reason([Error(kind=kind, path=(), message="原文", saml=saml)], at_)
        for kind, saml in kinds
        for at_ in (None, sso)
    ]
    said = [reason for reason in lasting if reason] + [
        "hidden from the token: authorise the token for the organisation's single sign-on (SAML) "
        "under Configure SSO in its settings",
        f"hidden from the token: authorise the token for the organisation's single sign-on (SAML), "
        f"{sso}",
        "GitHub cannot answer for it (GitHub answered HTTP 502); it is tried again next time",
        "GitHub's answer is not whole (原文); it is tried again next time",
        "not read whole: rate limit: 原文",
        "GitHub names only 100 of those of 2026-11-23",
        "GitHub counts commits of 2026-10-20 to 2026-11-23 in 3 repositories and names 2; it is "
        "asked again next time",
    ]
    return {reason: JAPANESE.in_words(reason) for reason in said}


@pytest.mark.parametrize(("reason", "words"), reasons().items())
def test_reasons_are_in_the_persons_language(reason: str, words: str) -> None:
    """In Japanese only names of things stay English; what is not known stays as it came."""
    terms = (r"https://\S+|SAML|SSO|Configure|scope|repo|fine-grained|Contents|Metadata|read|GitHub"
             r"|HTTP|\d+")  # fmt: skip
    assert re.findall(r"[A-Za-z]{2,}", re.sub(terms, "", words)) == []
    assert re.search("[ぁ-ん]", words)
    assert "{" not in words
    assert ("https" in reason) == ("https" in words)
    assert ENGLISH.in_words(reason) == reason
    assert JAPANESE.in_words("some words of GitHub") == "some words of GitHub"


def test_repositories_without_a_name_are_named_in_the_persons_language() -> None:
    """What collect calls those that GitHub hides, or does not list."""
    for repository in (HIDDEN, BEYOND):
        assert re.search("[ぁ-ん]", JAPANESE.in_words(repository.name))
