"""One call of the API, taken apart and checked."""

from dataclasses import dataclass, field

from emulators.sheets.masks import Mask
from emulators.sheets.resource import Resource


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a method needs to know of a request.

    arguments: query parameters, each with all its values.
    range_text: the A1 notation in the path; number: the numeric id in the path.
    mask: the parsed `fields` parameter, None without one.
    reading: `stale` or `torn` where a fault makes the answer lag behind the writes.
    """

    spreadsheet_id: str = ""
    arguments: dict[str, list[str]] = field(default_factory=dict)
    body: Resource = field(default_factory=dict)
    range_text: str = ""
    number: int = 0
    mask: Mask | None = None
    reading: str | None = None

    def text(self, name: str) -> str | None:
        """A query parameter's one value, or None."""
        found = self.arguments.get(name)
        return found[-1] if found else None

    def flag(self, name: str) -> bool:
        """Whether a boolean query parameter is true."""
        return (self.text(name) or "").lower() == "true"

    def every(self, name: str) -> list[str]:
        """All the values of a repeated query parameter."""
        return self.arguments.get(name, [])
