"""Why the service refuses a call, in its own status words.

    Refusal
    ├── InvalidArgument      the request breaks a rule
    ├── FailedPrecondition   the request is right, the resource's state is not
    ├── NotFound             no such topic, subscription or schema
    ├── AlreadyExists        the name is taken
    ├── Unimplemented        a part of the service that this emulator leaves out
    └── Struck               an ordered fault

The status words and their HTTP codes are those of google.rpc.Code
(https://cloud.google.com/apis/design/errors).
"""

from collections.abc import Mapping
from typing import ClassVar

DOMAIN = "pubsub.googleapis.com"


class Refusal(Exception):
    """A call refused: `status` is the name of a google.rpc.Code, `http_status` its HTTP code.

    reason and facts travel as google.rpc.ErrorInfo where the service sends one.
    """

    status: str = "UNKNOWN"
    http_status: int = 500

    def __init__(
        self, message: str, *, reason: str = "", facts: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.facts = dict(facts or {})


class InvalidArgument(Refusal):
    """The request breaks a rule of the service."""

    status = "INVALID_ARGUMENT"
    http_status = 400


class FailedPrecondition(Refusal):
    """The resource is in no state for this call."""

    status = "FAILED_PRECONDITION"
    http_status = 400


class NotFound(Refusal):
    """There is no such resource."""

    status = "NOT_FOUND"
    http_status = 404

    @classmethod
    def of(cls, name: str) -> "NotFound":
        """The service's words for a missing resource; name is the full one."""
        return cls(f"Resource not found (resource={name.rsplit('/', 1)[-1]}).")


class AlreadyExists(Refusal):
    """The name is taken."""

    status = "ALREADY_EXISTS"
    http_status = 409

    @classmethod
    def of(cls, name: str) -> "AlreadyExists":
        """The service's words for a name that is taken; name is the full one."""
        return cls(f"Resource already exists in the project (resource={name.rsplit('/', 1)[-1]}).")


class Unimplemented(Refusal):
    """A part of the service that this emulator leaves out, and says so."""

    status = "UNIMPLEMENTED"
    http_status = 501


class Struck(Refusal):
    """An ordered fault: the status is the one that was ordered."""

    HTTP_STATUS: ClassVar[Mapping[str, int]] = {
        "UNAVAILABLE": 503,
        "DEADLINE_EXCEEDED": 504,
        "RESOURCE_EXHAUSTED": 429,
        "INTERNAL": 500,
    }

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.http_status = self.HTTP_STATUS[status]
