"""Runs the `git` program on a repository of this machine; the only module here that starts it.

A repository is untrusted ground: whatever its own configuration says, nothing is fetched from a
network and no pager, hook, signature program or prompt is started. The variables that git itself
sets inside hooks (`GIT_DIR`, `GIT_WORK_TREE`, …) do not leak in. The person's global configuration
stays in force, because `safe.directory` and `user.email` live there.

https://git-scm.com/docs/git#_environment_variables
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from emulators.github.store import UnreadableHistory

_KEPT_VARIABLES = (
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_EXEC_PATH",
)
_OWN_VARIABLES = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# Caches beside the objects may be damaged without git noticing, and then give a smaller history.
_OPTIONS = ("--no-pager", "-c", "core.commitGraph=false", "-c", "core.multiPackIndex=false")
_LONGEST_QUOTE = 200


class UnreadableClone(UnreadableHistory):
    """A folder whose commits cannot be read whole: not a repository, damaged, not permitted."""


class NotAClone(UnreadableClone):
    """A folder that git does not take for a repository of its own."""


class GitMissing(OSError):
    """The program git is not installed, or not on PATH."""


def shown(path: Path) -> str:
    """A path in characters that can be written anywhere; others come as Python escapes them."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in os.fspath(path))


def git_text(
    path: Path,
    *arguments: str,
    accept: tuple[int, ...] = (0,),
    git_directory: Path | None = None,
) -> str | None:
    """Standard output of a git command, without the last line's end.

    git_directory: the repository; without it, git looks for the one that `path` lies in.
    None where git ends with another status of `accept` than 0. UnreadableClone for the rest.
    """
    done = _run(path, git_directory, arguments, stdin=b"", stdout=subprocess.PIPE)
    if done.returncode not in accept or (not done.returncode and "broken ref" in _said(done)):
        raise _failure(path, arguments, done)
    text: str = done.stdout.decode(errors="replace").removesuffix("\n")
    return text if done.returncode == 0 else None


def git_lines(path: Path, *arguments: str, stdin: str, git_directory: Path) -> Iterator[bytes]:
    """The lines of a long output, without their ends; they pass through a temporary file.

    Git has ended well before the first line is given out: nobody sees part of an answer.
    """
    with tempfile.TemporaryFile() as output:
        done = _run(path, git_directory, arguments, stdin=stdin.encode(), stdout=output.fileno())
        if done.returncode:
            raise _failure(path, arguments, done)
        output.seek(0)
        for line in output:
            yield line.removesuffix(b"\n")


def _run(
    path: Path,
    git_directory: Path | None,
    arguments: tuple[str, ...],
    *,
    stdin: bytes,
    stdout: int,
) -> "subprocess.CompletedProcess[bytes]":
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT_VARIABLES
    }
    where = [f"--git-dir={os.fspath(git_directory)}"] if git_directory else []
    try:
        return subprocess.run(
            ["git", "-C", os.fspath(path), *where, *_OPTIONS, *arguments],
            input=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env={**inherited, **_OWN_VARIABLES},
            check=False,
        )
    except FileNotFoundError as error:
        raise GitMissing(
            "the program git is needed to read local repositories and is not on PATH: install git"
        ) from error


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    return done.stderr.decode(errors="replace")


def _failure(
    path: Path, arguments: tuple[str, ...], done: "subprocess.CompletedProcess[bytes]"
) -> UnreadableClone:
    said = _said(done).strip()
    place = shown(path)
    if "dubious ownership" in said:
        return UnreadableClone(
            f"{place} belongs to another user, so git refuses to read it; if you trust it: "
            f"git config --global --add safe.directory {place}"
        )
    if "not a git repository" in said:
        return NotAClone(f"{place} is not a git repository: name the folder of a clone")
    if "cannot change to" in said:
        return NotAClone(f"{place} cannot be entered: {said.removeprefix('fatal: ')}")
    return UnreadableClone(
        f"git {arguments[0]} could not read {place} ({_quote(said, done.returncode)}): look at it "
        "with `git fsck`, or clone it anew"
    )


def _quote(said: str, status: int) -> str:
    """What git itself says is wrong; its hints are about other things."""
    lines = [line for line in said.splitlines() if not line.startswith("hint:")]
    text = "; ".join(lines[:2]) or f"exit status {status}"
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"
