"""The emulator as the runner and the tests hold it."""

from pathlib import Path
from typing import Any

from emulators.faults import FaultInjector
from emulators.http_server import LoopbackServer
from emulators.sheets.cell_values import raw
from emulators.sheets.ranges import Box
from emulators.sheets.render import spreadsheet_resource
from emulators.sheets.requests.batch import HANDLERS, REQUEST_FAULTS
from emulators.sheets.requests.protection import add_foreign_protection
from emulators.sheets.resource import Resource
from emulators.sheets.service import FAULTS, METHODS, Quota, SheetsApp
from emulators.sheets.store import Library, held_back
from emulators.sheets.values import with_value
from emulators.sheets.workbook import Workbook, check_in_grid


class SheetsEmulator:
    """Google Sheets v4 on this machine.

    state: its own folder, one JSON file a spreadsheet; made where it is missing.
    url: replaces https://sheets.googleapis.com.
    calls: counts and faults, by the names in `emulators.sheets.methods.METHODS`.
    requests: the same for the requests inside a batchUpdate, such as `sortRange`.
    quota: off until `quota.per_minute` is set.
    """

    def __init__(self, *, state: Path, port: int = 0) -> None:
        self.calls = FaultInjector(operations=METHODS, kinds=FAULTS)
        self.quota = Quota()
        self.requests = FaultInjector(operations=HANDLERS, kinds=REQUEST_FAULTS)
        self._library = Library(state, self.requests)
        self._app = SheetsApp(self._library, self.calls, self.quota)
        self._server = LoopbackServer(self._app.wsgi, port=port)
        self.url = self._server.url

    @property
    def slow_seconds(self) -> float:
        """How long the fault `slow` holds a call up."""
        return self._app.slow_seconds

    @slow_seconds.setter
    def slow_seconds(self, seconds: float) -> None:
        self._app.slow_seconds = seconds

    def start(self) -> None:
        """Answer from now on."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering; everything acknowledged is on disk already."""
        self._app.closing.set()
        self._server.stop()

    def create_spreadsheet(
        self,
        spreadsheet_id: str,
        *,
        title: str,
        time_zone: str = "Etc/UTC",
        locale: str = "en_US",
    ) -> None:
        """A new spreadsheet with one empty tab `Sheet1`; nothing where the id is there already."""
        self._library.create(spreadsheet_id, title=title, time_zone=time_zone, locale=locale)

    def spreadsheet_ids(self) -> list[str]:
        """The ids of all spreadsheets."""
        return self._library.ids()

    def spreadsheet(self, spreadsheet_id: str) -> Resource:
        """The API's `Spreadsheet` with all grid data, for a page to draw; not to be changed."""
        with held_back():
            return spreadsheet_resource(self._library.get(spreadsheet_id), include_grid_data=True)

    def version(self, spreadsheet_id: str) -> int:
        """A number that grows with every applied write."""
        return self._library.get(spreadsheet_id).version

    def unshare(self, spreadsheet_id: str) -> None:
        """Callers get 403 from now on, until `share`; not kept over a restart."""
        self._library.share(spreadsheet_id, shared=False)

    def share(self, spreadsheet_id: str, *, view_only: bool = False) -> None:
        """Callers may open it again, and change it unless they are viewers only."""
        self._library.share(spreadsheet_id, shared=True, view_only=view_only)

    def store_as_office_file(self, spreadsheet_id: str) -> None:
        """As if the id were of an uploaded Excel file: 400, until it is saved as Google Sheets."""
        self._library.set_office_file(spreadsheet_id, office=True)

    def save_as_google_sheets(self, spreadsheet_id: str) -> None:
        """Make it an ordinary spreadsheet again."""
        self._library.set_office_file(spreadsheet_id, office=False)

    def refuse_time_zones(self, *names: str) -> None:
        """Refuse these IANA names as a spreadsheet's zone from now on, and only these."""
        self._library.refused_time_zones = frozenset(names)

    def enter(
        self,
        spreadsheet_id: str,
        *,
        sheet_id: int,
        row: int,
        column: int,
        value: bool | float | str,
    ) -> None:
        """The person enters a value into a cell; its format, note and validation stay.

        row, column: counted from 0. No protection keeps the person out.
        """

        def change(workbook: Workbook) -> None:
            sheet = workbook.sheet(sheet_id, noun="grid")
            check_in_grid(sheet, Box(top=row, bottom=row + 1, left=column, right=column + 1))
            old = sheet.grid.cell(row, column)
            sheet.grid.put(row, column, [with_value(old, raw(value), None)])

        self._library.write(spreadsheet_id, change, by_person=True)

    def protect(self, spreadsheet_id: str, range_: Resource, **fields: Any) -> int:
        """The person protects a GridRange so that the API's caller may not edit it; its id.

        fields: further fields of ProtectedRange, such as `unprotectedRanges`.
        """
        return self._library.write(
            spreadsheet_id,
            lambda book: add_foreign_protection(book, {"range": range_, **fields}),
            by_person=True,
        )
