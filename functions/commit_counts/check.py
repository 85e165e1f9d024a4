"""The check event: what one request to a watched URL found, as values past the boundary.

`check.schema.json` beside this file documents the JSON form field by field.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from commit_counts.contract import check, instant, read_object
from commit_counts.event import format_instant

SCHEMA = "check.schema.json"
SCHEMA_VERSION = 1


class Outcome(StrEnum):
    """How a request ended; all but `ok` mean that the service is down."""

    OK = "ok"
    STATUS = "status"
    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    REDIRECTS = "redirects"
    FORBIDDEN_ADDRESS = "forbidden_address"
    CONNECTION = "connection"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One request to a URL, which is named without credentials.

    checked_at: when the request began, in UTC. status: of the last answer; None where none came.
    first_byte_ms, total_ms: from the beginning to the answer's headers, and to its end.
    certificate_days_left: whole days until the certificate expires; None where none was seen.
    """

    url: str
    checked_at: datetime
    outcome: Outcome
    status: int | None = None
    first_byte_ms: int | None = None
    total_ms: int | None = None
    certificate_days_left: int | None = None

    def to_json(self) -> str:
        """The event as it is published: one line, in the order of the schema."""
        fields = {
            "schema_version": SCHEMA_VERSION,
            "url": self.url,
            "checked_at": format_instant(self.checked_at),
            "outcome": self.outcome.value,
            "status": self.status,
            "first_byte_ms": self.first_byte_ms,
            "total_ms": self.total_ms,
            "certificate_days_left": self.certificate_days_left,
        }
        known = {name: value for name, value in fields.items() if value is not None}
        return json.dumps(known, ensure_ascii=False, separators=(",", ":"))

    def attributes(self) -> Mapping[str, str]:
        """The message attributes, by which a subscription can filter without opening the body."""
        return {"schema_version": str(SCHEMA_VERSION), "outcome": self.outcome.value}


def is_check(body: bytes) -> bool:
    """Whether a message's body is of this kind, and not a commit count. Raises InvalidEvent."""
    return "url" in read_object(body)


def parse_check(body: bytes | str) -> Check:
    """The event in one message's body.

    Raises InvalidEvent with the field, its value and the rule that it breaks.
    """
    fields = read_object(body)
    check(fields, SCHEMA, "check")
    return Check(
        url=fields["url"],
        checked_at=instant(fields["checked_at"], "checked_at"),
        outcome=Outcome(fields["outcome"]),
        status=fields.get("status"),
        first_byte_ms=fields.get("first_byte_ms"),
        total_ms=fields.get("total_ms"),
        certificate_days_left=fields.get("certificate_days_left"),
    )
