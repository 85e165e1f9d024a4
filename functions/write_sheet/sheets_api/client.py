"""The Google Sheet: the only module of this step that talks to Google, through gspread's client.

It reads and writes whole batches and translates every failure; it decides nothing. Only status
codes and documented fields are trusted, never the words of a message.
https://developers.google.com/workspace/sheets/api/limits
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import google.auth
import requests as http
from google.auth import exceptions as auth_errors
from google.auth.credentials import Credentials

from commit_counts.errors import DashboardError
from commit_counts.partial_import import import_alone
from write_sheet.errors import CredentialsRefused, SheetsUnavailable
from write_sheet.sheets_api.answer import parse_answer
from write_sheet.sheets_api.api_errors import SIGN_IN, failure, id_in_address
from write_sheet.sheets_api.api_errors import Answer as FailedAnswer
from write_sheet.sheets_api.port import Refused
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import (
    AFTER_WRITE_FIELDS,
    FIELDS,
    USE_FIELDS,
    AfterWrite,
    Snapshot,
    is_empty,
    parse_spreadsheet,
    parse_write,
)
from write_sheet.sheets_api.structure import STRUCTURE_FIELDS, Structure, parse_structure
from write_sheet.sheets_api.tab import TAB_OF_ID, TITLES, Tab, quoted

if TYPE_CHECKING:
    from gspread import HTTPClient
    from gspread.exceptions import APIError
    from gspread.urls import SPREADSHEET_BATCH_UPDATE_URL, SPREADSHEET_URL
else:  # gspread's ways to sign in, which are not used, take as long as all the rest of it
    HTTPClient = import_alone("gspread.http_client").HTTPClient
    APIError = import_alone("gspread.exceptions").APIError
    _urls = import_alone("gspread.urls")
    SPREADSHEET_BATCH_UPDATE_URL = _urls.SPREADSHEET_BATCH_UPDATE_URL
    SPREADSHEET_URL = _urls.SPREADSHEET_URL

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
# Connecting, and waiting for an answer: a batch of some thousand rows takes the service seconds.
TIMEOUT_SECONDS = (5.0, 25.0)
_SERVICE = "https://sheets.googleapis.com"
_CHUNK_BYTES = 65_536
_JSON = {"Content-Type": "application/json"}

Answer = TypeVar("Answer")


class _Client(HTTPClient):
    """gspread's client, sent to another address where an emulator stands in for the service."""

    def __init__(self, auth: Credentials | None, session: http.Session | None, base: str) -> None:
        super().__init__(auth=auth, session=session)  # type: ignore[arg-type]
        self._base = base
        self.session.stream = True  # an answer is read row by row, and never whole

    def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> http.Response:
        """As in gspread, with the service's address replaced."""
        place = endpoint.removeprefix(_SERVICE)
        return super().request(method, self._base + place, *args, **kwargs)


class GoogleSheet:
    """One spreadsheet, by id. Not thread-safe."""

    def __init__(
        self,
        client: _Client,
        spreadsheet_id: str,
        credentials: Credentials | None,
        titles: Mapping[Tab, str],
    ) -> None:
        self._client = client
        self._id = spreadsheet_id
        self._titles = dict(titles)
        self._credentials = credentials

    @property
    def address(self) -> str | None:
        """The service account's address; Google's machines know it from the first token on."""
        address = getattr(self._credentials, "service_account_email", None)
        return address if address and "@" in address else None

    def read(self) -> Snapshot:
        """One request where the tabs bear their known names; up to three more where not."""
        try:
            snapshot = parse_spreadsheet(self._get(FIELDS, self._ranges(Tab)))
        except Refused:
            return self._search()
        is_whole = len(snapshot.tabs) == len(Tab) and self._bear_their_titles(snapshot)
        return snapshot if is_whole else self._search()

    def write(self, requests: list[Request], witnesses: Sequence[int] = ()) -> AfterWrite:
        """One request."""
        body: dict[str, object] = {"requests": requests, "includeSpreadsheetInResponse": True}
        if witnesses:
            data, days = quoted(self._titles[Tab.DATA]), quoted(self._titles[Tab.DAYS])
            rows = [f"{data}!A{row + 1}:B{row + 1}" for row in witnesses]
            body |= {"responseIncludeGridData": True, "responseRanges": [f"{days}!A1", *rows]}
        url, params = SPREADSHEET_BATCH_UPDATE_URL % self._id, {"fields": AFTER_WRITE_FIELDS}
        answer = self._call(
            lambda: self._json(
                self._client.request(
                    "post",
                    url,
                    data=encoded(body),
                    params=params,
                    headers=_JSON,
                )
            )
        )
        return parse_write(answer)

    def structure(self) -> Structure:
        """One request."""
        try:
            return parse_structure(self._get(STRUCTURE_FIELDS, ()))
        except Refused as error:
            raise self._failure(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._client.session.close()

    def _search(self) -> Snapshot:
        """Find the tabs by their ids, whatever they are called, and read those that are there."""
        titles = self.structure().titles
        try:
            found = self._read_found(titles)
        except Refused as error:
            raise self._failure(error) from error
        if not self._bear_their_titles(found):
            raise SheetsUnavailable(
                "the tabs were renamed while they were read; trying again later"
            )
        return found

    def _bear_their_titles(self, snapshot: Snapshot) -> bool:
        """Whether what was asked for by title is what was meant: titles may have been exchanged."""
        return all(state.title == self._titles[tab] for tab, state in snapshot.tabs.items())

    def _failure(self, error: Refused) -> DashboardError:
        """What a refused reading means."""
        answer = FailedAnswer(status=400, body={"error": {"message": error.reason}})
        return failure(answer, spreadsheet_id=self._id, address=self.address)

    def _read_found(self, titles: Mapping[int, str]) -> Snapshot:
        ours = {TAB_OF_ID[number]: title for number, title in titles.items() if number in TAB_OF_ID}
        self._titles.update(ours)
        only = next(iter(titles)) if len(titles) == 1 and not ours else None
        anything = quoted(next(iter(titles.values()))) + ("" if only is not None else "!A1")
        resource = self._get(FIELDS, self._ranges(ours) or [anything])
        is_unused = only is not None and is_empty(self._get(USE_FIELDS, ()))
        return replace(
            parse_spreadsheet(resource),
            disposable=only if is_unused else None,
            other_titles=frozenset(t for number, t in titles.items() if number not in TAB_OF_ID),
        )

    def _ranges(self, tabs: Iterable[Tab]) -> list[str]:
        return [tab.range_under(self._titles[tab]) for tab in tabs]

    def _get(self, fields: str, ranges: Iterable[str]) -> Mapping[str, Any]:
        url = SPREADSHEET_URL % self._id
        params: dict[str, Any] = {"fields": fields, "ranges": list(ranges), "prettyPrint": "false"}
        return self._call(lambda: self._json(self._client.request("get", url, params=params)))

    @staticmethod
    def _json(response: http.Response) -> Mapping[str, Any]:
        """The answer, read while it arrives."""
        try:
            parsed: Mapping[str, Any] = parse_answer(response.iter_content(_CHUNK_BYTES))
        except ValueError as error:
            raise SheetsUnavailable(
                "the Sheets API answers something that is no JSON; trying again later"
            ) from error
        return parsed

    def _call(self, request: Callable[[], Answer]) -> Answer:
        """Run one request; every failure of the libraries becomes one of ours."""
        try:
            return request()
        except APIError as error:
            answer = _answer(error.response)
            if answer.status == 400 and not answer.is_office_file():
                raise Refused(answer.words()) from error
            raise failure(answer, spreadsheet_id=self._id, address=self.address) from error
        except auth_errors.GoogleAuthError as error:
            raise _credentials_failure(error) from error
        except http.RequestException as error:
            raise SheetsUnavailable(
                f"the Sheets API cannot be reached ({type(error).__name__}); trying again later"
            ) from error


def encoded(body: Mapping[str, object]) -> bytes:
    """A request's body, as short as JSON can be: the service advises 2 MB at most."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def open_sheet(
    spreadsheet_id: str,
    *,
    emulator_host: str | None = None,
    language: str = "en",
    timeout_seconds: tuple[float, float] = TIMEOUT_SECONDS,
) -> GoogleSheet:
    """The spreadsheet with this id (or whose address this is); connects on first use.

    emulator_host: `host:port` of something that stands in for the service, without credentials.
    language: of the titles that the tabs probably have; others are searched for, in two requests.
    timeout_seconds: for connecting, and for each answer.
    Raises CredentialsRefused where there are no credentials.
    """
    number = id_in_address(spreadsheet_id)
    if emulator_host:
        client = _Client(None, http.Session(), f"http://{emulator_host}")
        client.set_timeout(timeout_seconds)
        return GoogleSheet(client, number, None, TITLES[language])
    try:
        credentials, _ = google.auth.default(scopes=SCOPES)
    except auth_errors.GoogleAuthError as error:
        raise _credentials_failure(error) from error
    client = _Client(credentials, None, _SERVICE)
    client.set_timeout(timeout_seconds)
    return GoogleSheet(client, number, credentials, TITLES[language])


def _answer(response: http.Response) -> FailedAnswer:
    try:
        body = response.json()
    except http.JSONDecodeError:
        body = {}
    return FailedAnswer(
        status=response.status_code,
        body=body if isinstance(body, dict) else {},
        retry_after=response.headers.get("Retry-After"),
    )


def _credentials_failure(error: auth_errors.GoogleAuthError) -> DashboardError:
    if isinstance(error, auth_errors.TransportError) or error.retryable:
        return SheetsUnavailable(f"no access token could be had ({error}); trying again later")
    return CredentialsRefused(
        f"Google accepts no credentials here ({error})",
        fix=f"sign in with {SIGN_IN}, or name a key in GOOGLE_APPLICATION_CREDENTIALS",
    )
