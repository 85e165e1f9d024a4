"""What the local stack remembers of its collections: `collected.json` in the state folder.

For each Sheet: which sources have stated what. It is noted before anything is stated, so that
the next run knows what this one leaves behind, however it ends.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from collect.counting.window import EARLIEST
from collect.settings import LONGEST_SOURCE
from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.event import Window
from commit_counts.retry import utc_now
from emulators.files import replace_file

_ONE_DAY = timedelta(days=1)
_LONGEST_QUOTE = 80


@dataclass(frozen=True, kw_only=True)
class Collection:
    """What was collected, or begun to be, and under which name it is stated.

    since, until: the days on which it may have stated something. identity: what was counted, where
    and how. is_whole: whether the first, long collection was completed, and still stands.
    """

    source: str
    login: str
    since: date
    until: date
    identity: Mapping[str, object]
    is_whole: bool

    def is_like(self, other: "Collection") -> bool:
        """Whether both count the same, and state it under the same name."""
        whose = self.source == other.source and self.login == other.login
        return whose and self.identity == other.identity

    def outdated_by(self, source: str, window: Window) -> tuple[Window, ...]:
        """Its days that a window of `source` does not replace, to be withdrawn.

        Without those that have begun nowhere, as where a clock was ahead: no Sheet takes them.
        """
        until = min(self.until, utc_now().date() + _ONE_DAY)
        parts = [Window(since=self.since, until=until)]
        if source == self.source:
            parts = [
                Window(since=self.since, until=min(until, window.since - _ONE_DAY)),
                Window(since=max(self.since, window.until + _ONE_DAY), until=until),
            ]
        return tuple(part for part in parts if part.since <= part.until)


class CollectedFile:
    """The file; a stack that runs is its only user."""

    def __init__(self, state: Path) -> None:
        self.path = state / "collected.json"

    def read(self, sheet_id: str) -> tuple[Collection, ...]:
        """What sources may have stated on a Sheet; the present one is last, the others give way.

        Raises NeverWorks where a person has to set the file right, RetryLater where it cannot be
        used at the moment.
        """
        stated = self._read_all().get(sheet_id, [])
        if not isinstance(stated, list):
            raise self._broken(sheet_id, stated, "a list")
        return tuple(self._collection(f"{sheet_id}[{n}]", one) for n, one in enumerate(stated))

    def write(self, sheet_id: str, stated: Sequence[Collection]) -> None:
        """Note what sources may have stated on a Sheet, the present one last."""
        collected = {**self._read_all(), sheet_id: [asdict(one) for one in stated]}
        content = json.dumps(collected, indent=2, default=date.isoformat) + "\n"
        with self._usable():
            replace_file(self.path, content.encode())

    def _read_all(self) -> dict[str, Any]:
        """By the Sheet, unchecked."""
        with self._usable():
            try:
                content = json.loads(self.path.read_text(encoding="utf-8"))
            except FileNotFoundError:
                return {}
            except ValueError as error:
                raise self._unusable(
                    f"expected JSON in UTF-8, got what is none: {error}"
                ) from error
        if not isinstance(content, dict):
            raise self._broken("the file", content, "an object")
        if "login" in content:  # of a version that noted one input, and not what it had stated
            return {}
        return content

    def _collection(self, place: str, stated: object) -> Collection:
        if not isinstance(stated, dict):
            raise self._broken(place, stated, "an object")
        for name, (expected, is_right) in _FIELDS.items():
            if not is_right(value := stated.get(name)):
                raise self._broken(f"{place}.{name}", value, expected)
        read = {name: stated[name] for name in _FIELDS}
        since, until = map(date.fromisoformat, (read["since"], read["until"]))
        if since > until:
            raise self._broken(f"{place}.since", stated["since"], f"at most until, {until}")
        return Collection(**{**read, "since": since, "until": until})

    def _broken(self, place: str, got: object, expected: str) -> NeverWorks:
        shown = json.dumps(got, ensure_ascii=False)[:_LONGEST_QUOTE]
        return self._unusable(f"{place}: expected {expected}, got {shown}")

    def _unusable(self, problem: str) -> NeverWorks:
        return NeverWorks(
            f"{self.path}: {problem}",
            fix="correct it, or delete the file: then all is collected again, and what an input "
            "before this one stated stays on the Sheet",
        )

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """RetryLater where the disk does not let it be: a stack goes on, and tries it again."""
        try:
            yield
        except OSError as error:
            raise RetryLater(
                f"{self.path} cannot be used ({error.strerror})",
                fix="free space or set permissions, or name another folder with --state",
            ) from error


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_SOURCE and value.isprintable()


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value) >= EARLIEST
    except ValueError:
        return False


_NAME = f"1 to {LONGEST_SOURCE} characters, none of control", _is_name
_DAY = f"a day as YYYY-MM-DD, from {EARLIEST}", _is_day
_FIELDS: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "source": _NAME,
    "login": _NAME,
    "since": _DAY,
    "until": _DAY,
    "identity": ("an object", lambda value: isinstance(value, dict)),
    "is_whole": ("true or false", lambda value: isinstance(value, bool)),
}
