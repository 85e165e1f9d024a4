"""The spreadsheets that the emulator holds: reading, and writing so that it is on disk first.

A write works on a copy under the spreadsheet's lock, goes to disk, and only then takes the place
of what readers see.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from emulators.calls import Calls
from emulators.sheets.collection import held_back
from emulators.sheets.errors import not_found, office_file, permission_denied
from emulators.sheets.resource import new_sheet_properties, new_spreadsheet_properties
from emulators.sheets.store import Store, check_id
from emulators.sheets.workbook import Sheet, Workbook

Answer = TypeVar("Answer")


class Library:
    """Every spreadsheet, by id. Thread-safe.

    requests: counts and faults of the requests inside batches.
    """

    def __init__(self, folder: Path, requests: Calls) -> None:
        self.requests = requests
        self._store = Store(folder)
        with held_back():
            self._workbooks = {book.spreadsheet_id: book for book in self._store.load_all()}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._before: dict[str, Workbook] = {}
        self._unshared: set[str] = set()
        self._office_files: set[str] = set()
        self.refused_time_zones: frozenset[str] = frozenset()

    def ids(self) -> list[str]:
        """The ids of all spreadsheets, in order of their making or of their names."""
        return list(self._workbooks)

    def create(
        self,
        spreadsheet_id: str,
        *,
        title: str,
        time_zone: str = "Etc/UTC",
        locale: str = "en_US",
        sheets: list[Sheet] | None = None,
    ) -> Workbook:
        """A new spreadsheet with one empty tab, or the one that is there already."""
        check_id(spreadsheet_id)
        with self._locks[spreadsheet_id]:
            if spreadsheet_id not in self._workbooks:
                first = new_sheet_properties(sheet_id=0, title="Sheet1", index=0)
                workbook = Workbook(
                    spreadsheet_id=spreadsheet_id,
                    properties=new_spreadsheet_properties(
                        title=title, time_zone=time_zone, locale=locale
                    ),
                    sheets=sheets or [Sheet(properties=first)],
                )
                self._store.save(workbook)
                self._workbooks[spreadsheet_id] = workbook
            return self._workbooks[spreadsheet_id]

    def get(self, spreadsheet_id: str) -> Workbook:
        """As last written, whether shared or not. ApiError 404 where there is none."""
        workbook = self._workbooks.get(spreadsheet_id)
        if workbook is None:
            raise not_found()
        return workbook

    def open(self, spreadsheet_id: str, reading: str | None = None) -> Workbook:
        """What a caller of the API may see. ApiError 404, 403 or 400.

        reading: `stale` for the state before the last write, `torn` for that state's tabs and cells
        beside the named ranges and metadata of now.
        """
        workbook = self.get(spreadsheet_id)
        if spreadsheet_id in self._unshared:
            raise permission_denied()
        if spreadsheet_id in self._office_files:
            raise office_file()
        before = self._before.get(spreadsheet_id, workbook)
        if reading == "torn":
            return replace(workbook, sheets=before.sheets)
        return before if reading == "stale" else workbook

    def write(self, spreadsheet_id: str, change: Callable[[Workbook], Answer]) -> Answer:
        """Apply a change whole or not at all; on disk when this returns."""
        with self._locks[spreadsheet_id]:
            before = self.get(spreadsheet_id)
            workbook = before.copy()
            workbook.refused_time_zones = self.refused_time_zones
            answer = change(workbook)
            workbook.version += 1
            self._store.save(workbook)
            self._before[spreadsheet_id] = before
            self._workbooks[spreadsheet_id] = workbook
        return answer

    def share(self, spreadsheet_id: str, *, shared: bool) -> None:
        """Whether callers of the API may open it."""
        (self._unshared.discard if shared else self._unshared.add)(spreadsheet_id)

    def set_office_file(self, spreadsheet_id: str, *, office: bool) -> None:
        """Whether the id is that of an uploaded Excel file, which the API does not open."""
        (self._office_files.add if office else self._office_files.discard)(spreadsheet_id)
