"""A file of records, appended to: JSON lines that are plain to read, and show every damage.

Each line ends in its checksum. The first line says how many bytes count; it is written anew after
each append, and what lies behind that length was never accepted. So a file that was cut, emptied,
overwritten or changed in a single byte is noticed, and a crash or a full disk in the middle of a
write costs that write only. A killed process loses nothing; only a power cut could, as appending
does not wait for the disk.
"""

import errno
import fcntl
import json
import logging
import os
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from emulators.files import keep_aside, private_folder, replace_file

Plain = Mapping[str, Any]
Record = TypeVar("Record")

_LOG = logging.getLogger("emulators")
_CHECKSUM = re.compile(rb',"crc32":"([0-9a-f]{8})"\}')
_CHECKSUM_BYTES = len(b',"crc32":"00000000"}')


class Journal:
    """The records in one file. Its owner takes care of locking between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._folder: int | None = None
        self._file: int | None = None
        self._length = 0
        self._whole = False

    def read(self, decode: Callable[[dict[str, Any]], Record]) -> list[Record]:
        """Every record that can be read, oldest first; what cannot is logged and kept aside.

        decode: a record of its plain form; ValueError, KeyError or TypeError where it is none.
        OSError where the folder cannot be used, or another emulator uses it.
        """
        self._lock()
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return []
        reading = _Reading(content)
        records = []
        for line in reading.lines:
            try:
                records.append(decode(reading.plain(line)))
            except (ValueError, KeyError, TypeError):
                reading.drop(line)
        self._whole = reading.length is not None and not reading.damage
        self._length = reading.length or 0
        if reading.damage:
            aside = keep_aside(self.path)
            _LOG.warning(
                "%s is damaged: %s; the %d records that can be read are used, and the file as it"
                " was is kept as %s",
                self.path, reading.damage, len(records), aside.name,
            )  # fmt: skip
        return records

    @property
    def whole(self) -> bool:
        """Whether the file that was read needs no rewriting: appending may go on."""
        return self._whole

    def open(self, records: Iterable[Plain] | None) -> None:
        """Append from now on: to just these records, or, with None, to those in a whole file."""
        if records is not None:
            lines = b"".join(map(_line, records))
            self._length = len(_header(0)) + len(lines)
            replace_file(self.path, _header(self._length) + lines)
        self._file = os.open(self.path, os.O_WRONLY)
        self.path.chmod(0o600)
        os.ftruncate(self._file, self._length)

    def append(self, records: Iterable[Plain]) -> None:
        """Remember these, all or none: OSError where the disk does not take them."""
        if self._file is None:
            raise RuntimeError("the journal is not open")
        lines = b"".join(map(_line, records))
        try:
            _write(self._file, lines, at=self._length)
            _write(self._file, _header(self._length + len(lines)), at=0)
        except OSError:
            os.ftruncate(self._file, self._length)
            raise
        self._length += len(lines)

    def close(self) -> None:
        """Let go of the file and the folder."""
        for descriptor in (self._file, self._folder):
            if descriptor is not None:
                os.close(descriptor)
        self._file = self._folder = None

    def _lock(self) -> None:
        private_folder(self.path.parent)
        self._folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(self._folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            raise OSError(
                errno.EBUSY, "another emulator uses this folder", str(self.path.parent)
            ) from error


class _Reading:
    """What a file says: its lines, and what is wrong with it."""

    def __init__(self, content: bytes) -> None:
        first, _, _ = content.partition(b"\n")
        self.length = _stated_length(first)
        # Files from before there were checksums have none, and no first line of this kind.
        self._unchecked = self.length is None and _is_unchecked(content)
        self._problems = []
        self._dropped: list[bytes] = []
        if self.length is not None:
            body = content[len(first) + 1 : self.length]
            if self.length > len(content):
                self._problems.append(f"{self.length - len(content)} bytes are missing at its end")
        else:
            body = content
            if not self._unchecked:
                self._problems.append(f"its first line is lost ({len(first)} bytes)")
        lines = body.split(b"\n")
        if self._unchecked or lines[-1] == b"":
            lines.pop()  # nothing, or what a crash cut short
        self.lines = lines[1:] if self.length is None and not self._unchecked else lines

    @property
    def damage(self) -> str:
        """In words; empty where the file is whole."""
        problems = list(self._problems)
        if self._dropped:
            size = sum(map(len, self._dropped))
            problems.append(f"{len(self._dropped)} lines ({size} bytes) are no records")
        return " and ".join(problems)

    def plain(self, line: bytes) -> dict[str, Any]:
        """The plain form of a line; ValueError where it is not what was written."""
        body = line
        if not self._unchecked:
            body = line[:-_CHECKSUM_BYTES] + b"}"
            stated = _CHECKSUM.fullmatch(line[-_CHECKSUM_BYTES:])
            if stated is None or int(stated[1], 16) != zlib.crc32(body):
                raise ValueError("its checksum is another")
        plain = json.loads(body)
        if not isinstance(plain, dict):
            raise ValueError("it is no JSON object")  # noqa: TRY004
        return plain

    def drop(self, line: bytes) -> None:
        """Count a line that is no record."""
        self._dropped.append(line)


def _is_unchecked(content: bytes) -> bool:
    return content.startswith(b"{") and b"\n" in content and not _CHECKSUM.search(content)


def _stated_length(first: bytes) -> int | None:
    try:
        stated = int(json.loads(first)["bytes"])
    except (ValueError, KeyError, TypeError):
        return None
    return stated if first + b"\n" == _header(stated) else None


def _header(length: int) -> bytes:
    return _line({"kind": "journal", "bytes": f"{length:015d}"})


def _line(plain: Plain) -> bytes:
    body = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    return b'%b,"crc32":"%08x"}\n' % (body[:-1], zlib.crc32(body))


def _write(file: int, content: bytes, *, at: int) -> None:
    while content:
        written = os.pwrite(file, content, at)
        content, at = content[written:], at + written
