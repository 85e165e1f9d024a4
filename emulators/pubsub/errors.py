"""Why a call is refused, in the service's own status words; and the faults that can be injected.

    Refusal
    ├── InvalidArgument      the request breaks a rule
    ├── FailedPrecondition   the request is right, the resource's state is not
    ├── NotFound             no such topic, subscription or schema
    ├── AlreadyExists        the name is taken
    ├── Unimplemented        a part of the service that this emulator leaves out
    ├── NotWritten           the disk does not take it
    └── InjectedFault        ordered through `.calls`

The status words and their HTTP codes are those of google.rpc.Code
(https://cloud.google.com/apis/design/errors). The kinds of injected faults:

UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL
    The call fails with that status and nothing is done; a push is not sent.
drop_answer
    The work is done and the answer is lost: the caller sees UNAVAILABLE; a push counts as
    unreachable although its function ran to the end.
duplicate
    `Publish` stores every message twice, as a publisher's retry does; `Acknowledge` and `Push`
    deliver the message once more although it was acknowledged.
reorder
    `Pull`, `StreamingPull` and `Push` deliver the newest message that is due instead of the oldest.

A kind that says nothing of an operation leaves it unharmed.
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


class NotWritten(Refusal):
    """The disk does not take what happened, so it did not happen; trying again may help."""

    status = "UNAVAILABLE"
    http_status = 503

    def __init__(self, error: OSError) -> None:
        super().__init__(f"The state cannot be written: {error.strerror or error}.")


class InjectedFault(Refusal):
    """An injected fault: the status is the one that was asked for."""

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


DROP_ANSWER = "drop_answer"
DUPLICATE = "duplicate"
REORDER = "reorder"
FAULTS = frozenset({*InjectedFault.HTTP_STATUS, DROP_ANSWER, DUPLICATE, REORDER})

PUSH = "Push"


def raise_fault(operation: str, kind: str | None) -> None:
    """Raise the status that was injected, if it was one."""
    if kind is not None and kind in InjectedFault.HTTP_STATUS:
        raise InjectedFault(kind, f"{operation} failed: an injected fault.")


def lose_answer(operation: str, kind: str | None) -> None:
    """Raise UNAVAILABLE where the answer is to be lost; the work is done by then."""
    if kind == DROP_ANSWER:
        raise InjectedFault("UNAVAILABLE", f"{operation}: an injected fault lost the answer.")
