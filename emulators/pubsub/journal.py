"""The emulator's memory on disk: an append-only file of JSON lines, compacted when it is opened.

A line is written with one call and needs no flush to outlive a killed process (only a power cut
could lose it). A line cut short by a crash is the last one and is passed over.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from emulators.pubsub.store import Record, from_line, to_line

FILE_NAME = "journal.jsonl"


class Journal:
    """The records of one emulator, in `state`/journal.jsonl. Its owner takes care of locking."""

    def __init__(self, state: Path) -> None:
        self._path = state / FILE_NAME
        self._file: int | None = None

    def read(self) -> Iterator[Record]:
        """Everything remembered, oldest first. ValueError names a line that is no record."""
        if not self._path.exists():
            return
        lines = self._path.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
        # What follows the last line's end is empty, or a line that a crash cut short.
        for number, line in enumerate(lines[:-1], start=1):
            try:
                yield from_line(line)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(
                    f"{self._path}, line {number} is no record of the Pub/Sub emulator ({error});"
                    " remove the line, or the file to start afresh"
                ) from error

    def open(self, compacted: Iterable[Record]) -> None:
        """Replace the file by these records and append from now on."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".new")
        with temporary.open("w", encoding="utf-8") as file:
            file.writelines(f"{to_line(record)}\n" for record in compacted)
        os.replace(temporary, self._path)
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND)

    def append(self, records: Iterable[Record]) -> None:
        """Remember these, together."""
        if self._file is None:
            raise RuntimeError("the journal is not open")
        lines = "".join(f"{to_line(record)}\n" for record in records).encode()
        while lines:
            lines = lines[os.write(self._file, lines) :]

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
