"""The emulator's files: private, checked when they are read, whole when the disk is not."""

import json
import logging
import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from emulators.sheets import SheetsEmulator
from tests.support.sheets import applied, connected_client, grid, refused, running_sheets

# What may have happened to a file, by name.
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "zeroed": lambda content: bytes(len(content)),
    "truncated": lambda content: content[: len(content) // 2],
    "a hole": lambda content: content[:100] + bytes(50) + content[150:],
    "a flipped digit": lambda content: content.replace(b"12345", b"12335"),
    "garbage": lambda _: b"\xff\xfe garbage",
    "another document": lambda _: b'["not", "a", "spreadsheet"]',
    "a half of one": lambda _: b'{"spreadsheetId":"s"}',
}


def write(value: Any, rows: int = 1) -> dict[str, Any]:
    """A request that writes a value into the first cells of column A."""
    kind = "numberValue" if isinstance(value, int) else "stringValue"
    cell = {"userEnteredValue": {kind: value}}
    return {
        "updateCells": {
            "range": grid(0, rows, 0, 1),
            "rows": [{"values": [cell]}] * rows,
            "fields": "userEnteredValue",
        }
    }


def saved(folder: Path) -> Path:
    """The file of a spreadsheet `s` with the number 12345, beside another spreadsheet."""
    with running_sheets(folder) as sheets, connected_client(sheets.url) as client:
        sheets.create_spreadsheet("other", title="o")
        sheets.create_spreadsheet("s", title="t")
        applied(client.open_by_key("s"), write(12345))
    return folder / "s.json"


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file of this process can grow beyond a size, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_the_state_is_for_its_owner_only(tmp_path: Path) -> None:
    """0700 and 0600, also where the folder was open before: repositories' names are private."""
    folder = tmp_path / "sheets"
    folder.mkdir(mode=0o755)
    path = saved(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_named_and_set_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    """One line with file, size and what to do; the bytes are kept, the rest is served."""
    path = saved(tmp_path)
    damaged = DAMAGES[damage](path.read_bytes())
    path.write_bytes(damaged)

    with caplog.at_level(logging.WARNING), running_sheets(tmp_path) as sheets:
        assert sheets.spreadsheet_ids() == ["other"]
        (line,) = caplog.messages
        assert line.startswith(f"{path} is damaged (")
        assert f"its {len(damaged)} bytes are kept as s.json.damaged-1" in line
        sheets.create_spreadsheet("s", title="anew")
    assert (tmp_path / "s.json.damaged-1").read_bytes() == damaged
    with running_sheets(tmp_path) as sheets:
        assert sorted(sheets.spreadsheet_ids()) == ["other", "s"]


def test_a_file_from_before_there_were_checksums_is_read(tmp_path: Path) -> None:
    """It gets its checksum with the next write."""
    path = saved(tmp_path)
    kept = json.loads(path.read_bytes())
    del kept["sha256"]
    path.write_text(json.dumps(kept))

    with running_sheets(tmp_path) as sheets, connected_client(sheets.url) as client:
        spreadsheet = client.open_by_key("s")
        assert spreadsheet.sheet1.acell("A1").value == "12345"
        applied(spreadsheet, write(1))
    assert "sha256" in json.loads(path.read_bytes())


def test_a_disk_that_is_full_for_a_moment_refuses_the_write(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """503 with the reason; nothing changed here or on disk, and the same write works later."""
    path = saved(tmp_path)
    before = path.read_bytes()
    large = write("x" * 1000, rows=100)
    with running_sheets(tmp_path) as sheets, connected_client(sheets.url) as client:
        spreadsheet = client.open_by_key("s")
        with files_up_to(20_000):
            error = refused(spreadsheet, large)

        assert (error["code"], error["status"]) == (503, "UNAVAILABLE")
        assert f"expected to write {path}, got: File too large" in error["message"]
        assert "the write was refused" in caplog.text
        assert spreadsheet.sheet1.acell("A1").value == "12345"
        assert path.read_bytes() == before
        assert sorted(file.name for file in tmp_path.iterdir()) == ["other.json", "s.json"]
        applied(spreadsheet, large)
    assert _first_cell(tmp_path) == "x" * 1000


def _first_cell(folder: Path) -> str:
    with running_sheets(folder) as sheets, connected_client(sheets.url) as client:
        return str(client.open_by_key("s").sheet1.acell("A1").value)


def test_a_spreadsheet_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    """An OSError of the file's name, which a command shows in one line."""
    emulator = SheetsEmulator(state=tmp_path)
    with files_up_to(10), pytest.raises(OSError, match=r"expected to write .*s\.json"):
        emulator.create_spreadsheet("s", title="t")
    emulator.stop()
    assert list(tmp_path.iterdir()) == []


def test_over_the_api_too(sheets: SheetsEmulator) -> None:
    """spreadsheets.create answers 503, as every write does."""
    before = sheets.spreadsheet_ids()
    with files_up_to(10):
        answer = requests.post(f"{sheets.url}/v4/spreadsheets", json={}, timeout=30)

    assert answer.json()["error"]["status"] == "UNAVAILABLE"
    assert sheets.spreadsheet_ids() == before
