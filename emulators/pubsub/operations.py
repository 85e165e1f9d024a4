"""The service's calls by name, each a plain function from request to answer, with injected faults.

gRPC and REST serve the same table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from emulators.faults import FaultInjector
from emulators.pubsub.errors import InvalidArgument, lose_answer, raise_fault

Item = TypeVar("Item")

Gone = Callable[[], bool]
"""Whether the caller has hung up or run out of time."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call: the request's protocol buffer, the fault injected into it, and its caller."""

    body: Any
    fault: str | None = None
    gone: Gone = lambda: False


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A call of the API: `service` is Publisher, Subscriber or SchemaService."""

    service: str
    name: str
    request_type: Any
    answer: Callable[[Request], Any]


class Operations:
    """Every unary call of the emulator."""

    def __init__(self, operations: Iterable[Operation], calls: FaultInjector) -> None:
        self.by_name: Mapping[str, Operation] = {each.name: each for each in operations}
        self._calls = calls

    def call(self, name: str, body: Any, *, gone: Gone = lambda: False) -> Any:
        """Answer one call, or raise a Refusal."""
        fault = self._calls.begin(name)
        raise_fault(name, fault)
        answer = self.by_name[name].answer(Request(body=body, fault=fault, gone=gone))
        lose_answer(name, fault)
        return answer


def page_of(
    items: Sequence[Item], *, page_size: int, page_token: str, most: int = 1_000
) -> tuple[Sequence[Item], str]:
    """One page of a listing, and the token of the next; tokens are offsets."""
    if page_size < 0 or (page_token and not page_token.isdecimal()):
        raise InvalidArgument("The page size or page token given in the request is invalid.")
    first = int(page_token or 0)
    end = first + min(page_size or most, most)
    return items[first:end], str(end) if end < len(items) else ""


def check_update_mask(paths: Sequence[str], *, allowed: Iterable[str]) -> None:
    """Refuse an update of nothing, or of a field that cannot change."""
    if not paths:
        raise InvalidArgument(
            "The update_mask in the request must be set, and must contain a non-empty paths list."
        )
    fixed = sorted({path.split(".")[0] for path in paths} - set(allowed))
    if fixed:
        raise InvalidArgument(
            f"Invalid update_mask provided in the request: {', '.join(fixed)} is unknown or cannot"
            " be changed."
        )
