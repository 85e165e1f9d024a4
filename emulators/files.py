"""Files of state: for their owner only, replaced whole or not at all, kept aside where damaged."""

import itertools
import os
import shutil
from pathlib import Path


def private_folder(path: Path) -> None:
    """Make a folder, and let nobody else on this machine into it."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)


def open_private(path: str | Path, flags: int) -> int:
    """A descriptor of a file that only its owner may read; an `opener` for the built-in open."""
    return os.open(path, flags, 0o600)


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in another's place: after a crash it is the one or the other, and whole.

    OSError where it cannot be written; what was there stays.
    """
    temporary = path.with_name(f"{path.name}.new")
    try:
        with open(temporary, "wb", opener=open_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def keep_aside(path: Path) -> Path:
    """Copy a damaged file to a free name beside it, before it is written again; the copy's name."""
    names = (path.with_name(f"{path.name}.damaged-{number}") for number in itertools.count(1))
    aside = next(name for name in names if not name.exists())
    shutil.copyfile(path, aside)
    aside.chmod(0o600)
    return aside
