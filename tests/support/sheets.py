"""Fixtures around the Sheets stand-in: a running one, and the real gspread connected to it.

from tests.support.sheets import sheets, spreadsheet  # noqa: F401 - pytest fixtures
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gspread
import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from gspread.http_client import HTTPClient

from local.sheets import SheetsStandIn

SPREADSHEET_ID = "dashboard"
_GOOGLE = "https://sheets.googleapis.com"


class StandInHTTPClient(HTTPClient):
    """gspread's own client, with every request turned to `url` (set on a subclass)."""

    url = ""

    def request(
        self, method: str, endpoint: str, *arguments: Any, **options: Any
    ) -> requests.Response:
        """As in gspread, at another address."""
        endpoint = endpoint.replace(_GOOGLE, self.url, 1)
        return super().request(method, endpoint, *arguments, **options)


def connected_client(url: str) -> gspread.Client:
    """A real gspread client whose requests go to the stand-in at `url`, without credentials.

    The caller closes `client.http_client.session`.
    """
    client_class = type("ConnectedHTTPClient", (StandInHTTPClient,), {"url": url})
    return gspread.Client(AnonymousCredentials(), http_client=client_class)


@pytest.fixture
def sheets(tmp_path: Path) -> Iterator[SheetsStandIn]:
    """A running stand-in with one new spreadsheet, `SPREADSHEET_ID`."""
    stand_in = SheetsStandIn(state=tmp_path / "sheets")
    stand_in.create_spreadsheet(SPREADSHEET_ID, title="Dashboard")
    stand_in.start()
    yield stand_in
    stand_in.stop()


@pytest.fixture
def client(sheets: SheetsStandIn) -> Iterator[gspread.Client]:
    """A real gspread client connected to the stand-in."""
    client = connected_client(sheets.url)
    yield client
    client.http_client.session.close()


@pytest.fixture
def spreadsheet(client: gspread.Client) -> gspread.Spreadsheet:
    """The new spreadsheet, opened by the real gspread."""
    return client.open_by_key(SPREADSHEET_ID)
