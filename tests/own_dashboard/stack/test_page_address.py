"""Who reaches the page: this machine, or with `--host` whoever has the address with its code."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import segno

from own_dashboard.stack.page_address import choose_page_address, qr_code
from tests.support.stack import RunningStack, clean_environment, dashboard


@pytest.fixture(scope="module")
def opened(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    state = tmp_path_factory.mktemp("opened") / "state"
    arguments = ("--repositories", str(clone), "--every", "3600", "--host", "0.0.0.0")
    with RunningStack(state, *arguments, environment=clean_environment()) as running:
        yield running


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers=headers, timeout=30, trust_env=False)


def test_an_opened_page_tells_nothing_without_the_code(opened: RunningStack) -> None:
    """Neither at the root nor below another code, whatever the browser asks for."""
    url = str(opened.endpoints.page)
    port = urlsplit(url).port
    assert get(url).status_code == 200
    for path in ("", "version", "another-code/", "cells"):
        answer = get(f"http://127.0.0.1:{port}/{path}")
        assert answer.status_code in (403, 404), path
        assert "app" not in answer.text


def test_an_opened_page_still_refuses_foreign_hosts(opened: RunningStack) -> None:
    """A name that an attacker's DNS points here is no name of this machine."""
    url = str(opened.endpoints.page)
    assert get(url, Host="evil.example").status_code == 403
    for host in (str(urlsplit(url).hostname), socket.gethostname(), "localhost"):
        assert get(url, Host=host).status_code == 200


def test_what_is_opened_is_said(opened: RunningStack) -> None:
    """With the address, before anything is shown there."""
    said = opened.output()
    assert "open to other devices" in said
    assert "nothing is encrypted" in said
    assert str(opened.endpoints.page) in said


def test_the_rest_listens_on_this_machine_only(opened: RunningStack) -> None:
    """--host opens the page, and nothing that writes."""
    endpoints = opened.endpoints
    for url in (endpoints.pubsub_rest, endpoints.sheets, endpoints.github, endpoints.collect):
        assert str(url).startswith("http://127.0.0.1:")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_needs_no_code(host: str) -> None:
    """Nor any other name."""
    address = choose_page_address(host)
    assert (address.code, address.names, address.is_open) == ("", (), False)
    assert address.url(80).endswith(":80")


def test_the_code_is_new_at_every_start() -> None:
    """And too long to guess."""
    codes = {choose_page_address("0.0.0.0").code for _ in range(5)}
    assert len(codes) == 5
    assert min(map(len, codes)) >= 12


def test_a_named_address_is_what_browsers_ask_for() -> None:
    """IPv6 in the brackets that a URL needs."""
    address = choose_page_address("2001:db8::7")
    assert address.names == ("[2001:db8::7]",)
    assert address.url(8765).startswith("http://[2001:db8::7]:8765/")


def test_an_address_that_is_not_this_machines(clone: Path, tmp_path: Path) -> None:
    """One line that names it and the option, before anything starts."""
    done = dashboard(
        "up", "--state", str(tmp_path), "--repositories", str(clone), "--host", "203.0.113.9"
    )
    assert done.returncode == 1
    assert "203.0.113.9 cannot be used for the page" in done.stderr
    assert "--host" in done.stderr
    assert not (tmp_path / "pubsub").exists()


def test_the_code_of_an_address_is_drawn_whole() -> None:
    """Two rows of modules a line, a quiet zone of two around them."""
    url = choose_page_address("192.0.2.7").url(8765)
    lines = qr_code(url)
    modules = segno.make(url, error="l", micro=False).matrix
    size = len(modules) + 4
    assert {len(line) for line in lines} == {size}
    light = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    rows = [[light[x][half] for x in line] for line in lines for half in (0, 1)][:size]
    assert [[1 - x for x in row[2:-2]] for row in rows[2:-2]] == [list(row) for row in modules]
