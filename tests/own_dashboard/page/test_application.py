"""The page as it is served: what it says, in which words, and whom it answers."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from emulators.http_server import LoopbackServer
from own_dashboard.page import create_app
from own_dashboard.page.words import ENGLISH, JAPANESE
from tests.support.page import NOW, FilledSources, dead_letter, delivery, time_series
from tests.support.spreadsheets import number, sheet, spreadsheet, text
from write_metric.metrics import metrics

HOSTILE = "<script>alert(1)</script>"


def client(sources: FilledSources) -> FlaskClient:
    return create_app(sources, clock=lambda: NOW).test_client()


def shown(sources: FilledSources, address: str = "/") -> str:
    """The page's HTML."""
    answer = client(sources).get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_foreign_name_that_points_here_is_refused() -> None:
    """Otherwise a page elsewhere could read this one, and edit the Sheet, by DNS rebinding."""
    sources = filled()
    server = LoopbackServer(create_app(sources, clock=lambda: NOW))
    server.start()
    with requests.Session() as session:
        session.trust_env = False
        for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80"):
            foreign = {"Host": host, "Origin": f"http://{host}"}
            for path in ("/", "/version", "/static/page.js"):
                assert session.get(server.url + path, headers=foreign).status_code == 403
            edit = {"cell": "2:1:1", "was": HOSTILE, "value": HOSTILE}
            answer = session.post(f"{server.url}/cells", json=edit, headers=foreign)
            assert answer.status_code == 403
    server.stop()
    assert sources.entered == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/version"])
def test_nothing_can_be_changed_through_the_page(method: str, path: str) -> None:
    """GET and HEAD are all there is."""
    answer: TestResponse = client(FilledSources()).open(path, method=method)
    assert answer.status_code == 405


@pytest.mark.parametrize("path", ["/", "/version", "/static/page.css", "/nothing"])
def test_every_answer_forbids_what_comes_from_elsewhere(path: str) -> None:
    """No script, style, image, frame or form but the page's own, none inline without nonce."""
    with client(FilledSources()).get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    for part in ("script-src 'self';", "connect-src 'self'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_nonce_is_another_one_each_time_and_is_the_style_elements() -> None:
    """A known nonce would protect nothing."""
    served = client(FilledSources())
    seen = set()
    for _ in range(2):
        answer = served.get("/")
        match = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        assert match
        assert f'nonce="{match[1]}"' in answer.get_data(as_text=True)
        seen.add(match[1])
    assert len(seen) == 2


def test_the_page_refers_to_its_own_addresses_only() -> None:
    """No font, style or script from elsewhere; no inline handlers or style attributes."""
    html = shown(filled())
    assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", html) == []
    assert not re.search(r"<[^>]*\s(?:style|on\w+)=", html)


def filled() -> FilledSources:
    """Sources with a bit of everything, hostile where the world writes the text."""
    hidden = sheet("days", [[text("for charts only")]], sheet_id=3, index=2)
    hidden["properties"]["hidden"] = True
    choices = [{"userEnteredValue": '" onfocus="alert(1)'}, {"userEnteredValue": HOSTILE}]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": choices}, "strict": True}
    choice = {**text(HOSTILE), "note": HOSTILE, "dataValidation": {**rule, "inputMessage": HOSTILE}}
    return FilledSources(
        sheet=spreadsheet(
            sheet("Today", [[number(12)]], sheet_id=1),
            sheet(HOSTILE, [[text(HOSTILE)], [text(HOSTILE), choice]], sheet_id=2, index=1),
            hidden,
        ),
        series=[
            time_series("commits_today", [0, 4, 12]),
            time_series("commits_today_by_repository", [1], repository=f"{HOSTILE}/{HOSTILE}"),
            time_series("commits_today_by_repository", [3, 5], repository="me/app"),
            time_series("evening_without_commits", [0]),
        ],
        delivered=[
            delivery(),
            delivery(
                subscription="projects/p/subscriptions/write-metric",
                attempt=3,
                outcome="refused",
                status=500,
                reason=f"refused {HOSTILE}",
                duration_seconds=2.34,
                started_at=NOW - timedelta(minutes=1),
            ),
        ],
        letters=[dead_letter(f'{{"date": "{HOSTILE}"}}'.encode(), reason=f"date: {HOSTILE}")],
    )


def test_texts_of_the_world_stay_texts() -> None:
    """A repository's name, a tab's title, an event, a reason: none can become markup."""
    html = shown(filled())
    assert HOSTILE not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 12
    assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', html))


def test_deliveries_and_dead_letters_are_told_in_words() -> None:
    """Newest first, with reason and duration; a dead letter with its event and its way back."""
    html = shown(filled())
    assert html.index("write-sheet") < html.index("write-metric")
    for words in ("refused", "HTTP 500: refused", "2.3 s", "12 ms", "20 attempts by write-sheet"):
        assert words in html
    assert "./dev replay" in html
    assert "{\n  &#34;date&#34;" in html


def test_a_dead_letter_that_is_no_text_is_shown_all_the_same() -> None:
    """Bytes that are no UTF-8 are written as escapes."""
    html = shown(FilledSources(letters=[dead_letter(b"\xff\x00[", reason="")]))
    assert "\\xff" in html
    assert "no reason was given" in html


def test_metrics_say_their_last_value_in_words() -> None:
    """Each series with its label; one point makes a chart too."""
    html = shown(filled())
    for words in ("12 commits", "nothing to warn of", "5 at 24 Nov 12:05; points: 2"):
        assert words in html


def test_series_are_named_by_the_labels_that_tell_them_apart() -> None:
    """The owner apart, so that the repository is cut last; the rest in the page's language."""
    by_repository = [
        time_series("commits_today_by_repository", [1], repository=name, source="github/me")
        for name in ("acme/website", "other")
    ]
    two_sources = [
        time_series("commits_today", [1], source=source) for source in ("github/me", "hand")
    ]
    html = shown(FilledSources(series=[*by_repository, *two_sources]), "/?language=ja")

    assert '<span class="owner">acme/</span><span class="own">website</span>' in html
    assert '<span class="own">その他のリポジトリ</span>' in html
    assert '<span class="own">github/me</span>' in html
    assert "github/me · " not in html


def test_any_subscription_s_deliveries_are_shown() -> None:
    """A further sink appears by itself; what is not of today says its day."""
    yesterday = NOW - timedelta(days=1)
    sources = FilledSources(
        delivered=[
            delivery(subscription="projects/p/subscriptions/append-ndjson"),
            delivery(started_at=yesterday),
        ]
    )
    html = shown(sources)
    assert '<td title="1">append-ndjson</td>' in html
    assert ">12:05:00</time>" in html
    assert ">23 Nov 12:05</time>" in html


def test_the_asked_tab_is_shown_and_the_others_are_hidden() -> None:
    """By its address, so that it works without a script; an unknown one is the first."""
    sources = filled()
    for address, key in (("/", "tab-1"), ("/?tab=tab-2", "tab-2"), ("/?tab=x", "tab-1")):
        panels = re.findall(
            r'role="tabpanel" id="([^"]+)"[^>]*?( hidden)?>', shown(sources, address)
        )
        assert [name for name, hidden in panels if not hidden] == [key]
        assert len(panels) == 2
    assert "for charts only" not in shown(sources)


def test_the_page_speaks_english_and_japanese() -> None:
    """The language of the facts, or the one asked for; `lang` says which."""
    sources = filled()
    assert '<html lang="en">' in shown(sources)
    assert "最近の配信" in shown(sources, "/?language=ja")
    sources.facts = replace(sources.facts, language="ja")
    html = shown(sources)
    assert '<html lang="ja">' in html
    assert "自動更新" in html
    assert "12 コミット" in html
    assert "11/24 12:05 に発行" in html
    assert "Last deliveries" in shown(sources, "/?language=en")


def test_before_the_first_event_the_page_says_what_will_appear() -> None:
    """Nothing is there yet, and nothing is broken."""
    for resource in (None, spreadsheet(sheet("Sheet1", []))):
        html = shown(FilledSources(sheet=resource))
        for words in (
            "Nothing written yet: today&#39;s number",
            "No points yet",
            "Nothing delivered yet",
            "None. What no function",
        ):
            assert words in html
        assert 'role="tabpanel"' not in html


def test_a_real_google_sheet_is_linked() -> None:
    """Where the real Sheet is written, there is nothing to draw here."""
    sources = FilledSources()
    url = "https://docs.google.com/spreadsheets/d/abc/edit"
    sources.facts = replace(sources.facts, sheet_url=url)
    html = shown(sources)
    assert f'href="{url}"' in html
    assert "Nothing written yet" not in html


def test_the_version_is_the_sources_own() -> None:
    """It is what the script compares every second; the page carries the one that it shows."""
    sources = filled()
    sources.mark = 41
    assert client(sources).get("/version").get_data(as_text=True) == "41"
    assert 'data-version="41"' in shown(sources)


def test_every_metric_has_a_title_in_both_languages() -> None:
    """Whatever write_metric writes is shown under words for people."""
    for words in (ENGLISH, JAPANESE):
        assert set(metrics()) == set(words.metric_titles)
