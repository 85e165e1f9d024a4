"""The spreadsheets that the emulator holds, in memory and on disk.

A write works on a copy under the spreadsheet's lock, goes to disk, and only then takes the place
of what readers see. There is one JSON file a spreadsheet, replaced as a whole with every applied
write. A file is plain to read: properties first, then every tab with one row of cells a line. A
cell is a bare value, or [value, number of its format], or an object where there is more to it;
`null` is empty. The formats that the numbers mean come before the tabs. A row's line is made once
and kept with the row, so that a small change to a long history is written quickly.
"""

import gc
import hashlib
import json
import logging
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from emulators.faults import FaultInjector
from emulators.files import keep_aside, private_folder, replace_file
from emulators.sheets.errors import invalid, not_found, office_file, permission_denied
from emulators.sheets.grid import Cell, Grid, Row
from emulators.sheets.resource import Resource, new_sheet_properties, new_spreadsheet_properties
from emulators.sheets.workbook import Sheet, Workbook

Answer = TypeVar("Answer")


class Library:
    """Every spreadsheet, by id. Thread-safe.

    requests: counts and faults of the requests inside batches.
    """

    def __init__(self, folder: Path, requests: FaultInjector) -> None:
        self.requests = requests
        self._store = Store(folder)
        with held_back():
            self._workbooks = {book.spreadsheet_id: book for book in self._store.load_all()}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._before: dict[str, Workbook] = {}
        self._unshared: set[str] = set()
        self._view_only: set[str] = set()
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
        if spreadsheet_id in self._view_only:
            return _seen_by_viewer(workbook)
        before = self._before.get(spreadsheet_id, workbook)
        if reading == "torn":
            return replace(workbook, sheets=before.sheets)
        return before if reading == "stale" else workbook

    def write(
        self, spreadsheet_id: str, change: Callable[[Workbook], Answer], *, by_person: bool = False
    ) -> Answer:
        """Apply a change whole or not at all; on disk when this returns.

        by_person: whose change it is, the person's or that of the API's caller.
        ApiError 403 where the caller may only view it. NotWrittenError where the disk does not take
        it; the spreadsheet is then as before.
        """
        if spreadsheet_id in self._view_only and not by_person:
            raise permission_denied()
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

    def share(self, spreadsheet_id: str, *, shared: bool, view_only: bool = False) -> None:
        """Whether callers of the API may open it, and whether they may not change it."""
        (self._unshared.discard if shared else self._unshared.add)(spreadsheet_id)
        (self._view_only.add if view_only else self._view_only.discard)(spreadsheet_id)

    def set_office_file(self, spreadsheet_id: str, *, office: bool) -> None:
        """Whether the id is that of an uploaded Excel file, which the API does not open."""
        (self._office_files.add if office else self._office_files.discard)(spreadsheet_id)


def _seen_by_viewer(workbook: Workbook) -> Workbook:
    """Every protection, also one that only warns an editor, keeps a viewer out."""
    seen = workbook.copy()
    for sheet in seen.sheets:
        shut = [{**p, "requestingUserCanEdit": False} for p in sheet.listed("protectedRanges")]
        sheet.listed("protectedRanges")[:] = shut
    return seen


_LOG = logging.getLogger("emulators.sheets")
_SAFE_ID = re.compile(r"^[A-Za-z0-9_-]{1,200}$")
_SCALARS = {"numberValue": (int, float), "stringValue": (str,), "boolValue": (bool,)}
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def check_id(spreadsheet_id: str) -> None:
    """ApiError 400 for an id that is no plain file name."""
    if not _SAFE_ID.match(spreadsheet_id):
        raise invalid("Invalid spreadsheet id.")


class NotWrittenError(OSError):
    """A spreadsheet could not be brought to disk; what was there before is still there."""


class Store:
    """The folder of the spreadsheets' files, for nobody else on this machine.

    A file's first line carries the checksum of the rest.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        private_folder(folder)

    def load_all(self) -> Iterator[Workbook]:
        """Every spreadsheet kept, as last acknowledged; a damaged file is named and set aside."""
        for path in sorted(self._folder.glob("*.json")):
            content = path.read_bytes()
            try:
                yield _decoded(_checked(content))
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                aside = keep_aside(path)
                path.unlink()
                _LOG.warning(
                    "%s is damaged (%s); its %d bytes are kept as %s, and the spreadsheet is no "
                    "longer served: put back a copy of the file under its old name, or begin anew",
                    path, error, len(content), aside.name,
                )  # fmt: skip

    def save(self, workbook: Workbook) -> None:
        """Bring a spreadsheet to disk; a reader or a crash finds the old file or the new one."""
        path = self._folder / f"{workbook.spreadsheet_id}.json"
        try:
            replace_file(path, _with_checksum(_encoded(workbook)))
        except OSError as error:
            reason = f"expected to write {path}, got: {error.strerror}"
            raise NotWrittenError(error.errno, reason) from error


def _with_checksum(text: str) -> bytes:
    """The text, a JSON object, with the checksum of what follows the first line."""
    rest = text.removeprefix("{\n").encode()
    return b'{"sha256":"%b",\n' % hashlib.sha256(rest).hexdigest().encode() + rest


def _checked(content: bytes) -> Resource:
    """What a file holds. ValueError where it is not what was written.

    Files from before there were checksums have none; they get one with the next write.
    """
    kept: Resource = json.loads(content)
    if "sha256" in kept:
        rest = content.partition(b"\n")[2]
        if hashlib.sha256(rest).hexdigest() != kept["sha256"]:
            raise ValueError("its checksum is another")
    return kept


def _encoded(workbook: Workbook) -> str:
    # The rows come first: showing them numbers the formats that stand before them.
    tabs = [_encoded_sheet(sheet, _format_number(workbook)) for sheet in workbook.sheets]
    head = {
        "spreadsheetId": workbook.spreadsheet_id,
        "version": workbook.version,
        "properties": workbook.properties,
        "namedRanges": workbook.named_ranges,
        "lostNames": workbook.lost_names,
        "developerMetadata": workbook.developer_metadata,
    }
    lines = [f'"{name}":{_ENCODER.encode(value)}' for name, value in head.items()]
    lines.append('"formats":[\n' + ",\n".join(workbook.formats) + "\n]")
    lines.append('"sheets":[\n' + ",\n".join(tabs) + "\n]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _encoded_sheet(sheet: Sheet, format_number: Callable[[Resource], int]) -> str:
    head = {
        "properties": sheet.properties,
        "rowMetadata": sheet.row_metadata,
        "columnMetadata": sheet.column_metadata,
        "objects": sheet.objects,
    }
    lines = [f'"{name}":{_ENCODER.encode(value)}' for name, value in head.items()]
    for row in sheet.grid.rows:
        if row.text is None:
            row.text = _ENCODER.encode([_encoded_cell(cell, format_number) for cell in row.cells])
    lines.append('"rows":[\n' + ",\n".join(str(row.text) for row in sheet.grid.rows) + "\n]")
    return "{" + ",\n".join(lines) + "}"


def _format_number(workbook: Workbook) -> Callable[[Resource], int]:
    """Numbers a format; many cells share one object, whose number is then known by identity."""
    by_identity: dict[int, int] = {}

    def number(format_: Resource) -> int:
        found = by_identity.get(id(format_))
        if found is None:
            text = json.dumps(format_, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            found = workbook.formats.setdefault(text, len(workbook.formats))
            by_identity[id(format_)] = found
        return found

    return number


def _encoded_cell(cell: Cell | None, format_number: Callable[[Resource], int]) -> Any:
    if cell is None:
        return None
    value = cell.get("userEnteredValue")
    if value and "formulaValue" not in value:
        (content,) = value.values()
        if len(cell) == 1:
            return content
        if len(cell) == 2 and "userEnteredFormat" in cell:
            return [content, format_number(cell["userEnteredFormat"])]
    if "userEnteredFormat" in cell:
        return {**cell, "userEnteredFormat": format_number(cell["userEnteredFormat"])}
    return cell


def _decoded(kept: Resource) -> Workbook:
    formats: list[Resource] = kept["formats"]
    return Workbook(
        spreadsheet_id=kept["spreadsheetId"],
        properties=kept["properties"],
        sheets=[_decoded_sheet(sheet, formats) for sheet in kept["sheets"]],
        named_ranges=kept["namedRanges"],
        lost_names=kept["lostNames"],
        developer_metadata=kept["developerMetadata"],
        version=kept["version"],
        formats={
            json.dumps(item, sort_keys=True, ensure_ascii=False, separators=(",", ":")): number
            for number, item in enumerate(formats)
        },
    )


def _decoded_sheet(kept: Resource, formats: list[Resource]) -> Sheet:
    rows = [Row([_decoded_cell(cell, formats) for cell in cells]) for cells in kept["rows"]]
    return Sheet(
        properties=kept["properties"],
        grid=Grid(rows),
        row_metadata={int(index): value for index, value in kept["rowMetadata"].items()},
        column_metadata={int(index): value for index, value in kept["columnMetadata"].items()},
        objects=kept["objects"],
    )


def _decoded_cell(kept: Any, formats: list[Resource]) -> Cell | None:
    if kept is None:
        return None
    if isinstance(kept, list):
        content, number = kept
        return {"userEnteredValue": _typed(content), "userEnteredFormat": formats[number]}
    if isinstance(kept, dict):
        if "userEnteredFormat" in kept:
            kept["userEnteredFormat"] = formats[kept["userEnteredFormat"]]
        return kept
    return {"userEnteredValue": _typed(kept)}


def _typed(content: Any) -> Resource:
    return {next(kind for kind, types in _SCALARS.items() if type(content) in types): content}


_lock = threading.Lock()
# For each request being served, whether it found the collector at work; only the first can.
_holders: list[bool] = []


@contextmanager
def held_back() -> Iterator[None]:
    """Collect nothing inside; the last of overlapping holders puts back what the first found."""
    with _lock:
        _holders.append(gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            if len(_holders) == 1 and _holders[0]:
                gc.enable()
            del _holders[-1]
