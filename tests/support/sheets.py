"""Fixtures around the Sheets emulator: a running one, and the real gspread connected to it.

    from tests.support.sheets import sheets as sheets  # in a folder's conftest.py

An emulator of your own: `running_sheets(folder)`; a client of your own: `connected_client(url)`.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gspread
import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from gspread.http_client import HTTPClient

from emulators.sheets import SheetsEmulator
from tests.support.processes import MOST_SECONDS

_GOOGLE = "https://sheets.googleapis.com"
_numbers = itertools.count(1)


class EmulatorHTTPClient(HTTPClient):
    """gspread's own client, with every request turned to `url` (set on a subclass)."""

    url = ""

    def request(
        self, method: str, endpoint: str, *arguments: Any, **options: Any
    ) -> requests.Response:
        """As in gspread, at another address."""
        endpoint = endpoint.replace(_GOOGLE, self.url, 1)
        return super().request(method, endpoint, *arguments, **options)


@contextmanager
def connected_client(url: str) -> Iterator[gspread.Client]:
    """A real gspread client whose requests go to the emulator at `url`, without credentials."""
    credentials = AnonymousCredentials()  # type: ignore[no-untyped-call]
    client_class = type("ConnectedHTTPClient", (EmulatorHTTPClient,), {"url": url})
    client = gspread.Client(credentials, http_client=client_class)
    client.http_client.set_timeout(MOST_SECONDS)
    with client.http_client.session:
        yield client


@contextmanager
def running_sheets(folder: Path) -> Iterator[SheetsEmulator]:
    """An emulator of one's own, started and stopped."""
    emulator = SheetsEmulator(state=folder)
    emulator.start()
    try:
        yield emulator
    finally:
        emulator.stop()


@pytest.fixture(scope="session")
def shared_sheets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SheetsEmulator]:
    """One emulator for all tests of a process; each works on a spreadsheet of its own."""
    with running_sheets(tmp_path_factory.mktemp("sheets")) as emulator:
        yield emulator


@pytest.fixture
def sheets(shared_sheets: SheetsEmulator) -> Iterator[SheetsEmulator]:
    """A running emulator; what a test switched on is off again afterwards."""
    yield shared_sheets
    shared_sheets.calls.clear_faults()
    shared_sheets.requests.clear_faults()
    shared_sheets.refuse_time_zones()
    shared_sheets.calls.latency_seconds = 0
    shared_sheets.quota.per_minute = None
    shared_sheets.slow_seconds = 1.0


@pytest.fixture
def spreadsheet_id(sheets: SheetsEmulator) -> str:
    """The id of a new spreadsheet with one empty tab, `Sheet1`, whose sheet id is 0."""
    new_id = f"spreadsheet-{next(_numbers)}"
    sheets.create_spreadsheet(new_id, title="Dashboard")
    return new_id


@pytest.fixture
def client(sheets: SheetsEmulator) -> Iterator[gspread.Client]:
    """A real gspread client connected to the emulator."""
    with connected_client(sheets.url) as connected:
        yield connected


@pytest.fixture
def spreadsheet(client: gspread.Client, spreadsheet_id: str) -> gspread.Spreadsheet:
    """The new spreadsheet, opened by the real gspread."""
    return client.open_by_key(spreadsheet_id)


def refused(spreadsheet: gspread.Spreadsheet, *requests_: dict[str, Any]) -> Any:
    """The API's error object that a batch of these requests meets; fails where it is accepted."""
    with pytest.raises(gspread.exceptions.APIError) as caught:
        spreadsheet.batch_update({"requests": list(requests_)})
    error = caught.value.response.json()["error"]
    assert error["code"] == caught.value.response.status_code
    return error


def applied(spreadsheet: gspread.Spreadsheet, *requests_: dict[str, Any]) -> list[Any]:
    """The replies of a batch of these requests."""
    replies: list[Any] = spreadsheet.batch_update({"requests": list(requests_)})["replies"]
    return replies


def grid(top: int, bottom: int, left: int, right: int, sheet_id: int = 0) -> dict[str, int]:
    """A GridRange."""
    return {
        "sheetId": sheet_id,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }
