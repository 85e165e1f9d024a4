"""Reads the JSON body with which `collect` may be called; pure."""

import json
from dataclasses import dataclass
from datetime import date

from collect.counting.window import parse_day
from commit_counts.errors import InvalidRequest

FIELDS = ("since", "until", "forks")


@dataclass(frozen=True, kw_only=True)
class RequestBody:
    """What a caller asks for; None where they leave it to the settings."""

    since: date | None = None
    until: date | None = None
    forks: bool | None = None


def read_request(body: bytes) -> RequestBody:
    """The request in a body, which may be empty. InvalidRequest names the field and the rule."""
    if not body.strip():
        return RequestBody()
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"the body: expected JSON or nothing, got {body[:80]!r}") from error
    if not isinstance(fields, dict):
        raise InvalidRequest(f"the body: expected a JSON object, got {body[:80]!r}")
    for name in fields:
        if name not in FIELDS:
            raise InvalidRequest(f"{name}: expected one of {', '.join(FIELDS)}")
    forks = fields.get("forks")
    if forks is not None and not isinstance(forks, bool):
        raise InvalidRequest(f"forks: expected true or false, got {forks!r}")
    return RequestBody(since=_day(fields, "since"), until=_day(fields, "until"), forks=forks)


def _day(fields: dict[str, object], name: str) -> date | None:
    return None if fields.get(name) is None else parse_day(fields[name], name)
