"""Which handler serves which request of a batch, and the batch as a whole.

A handler takes the workbook (a copy that the batch may spoil) and the request's body, and returns
the reply, empty for most. It raises ApiError; the whole batch is then refused and forgotten.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from emulators.faults import FaultInjector
from emulators.sheets.errors import ApiError, internal, invalid
from emulators.sheets.requests import (
    areas,
    cells,
    charts,
    conditional_formats,
    developer_metadata,
    dimensions,
    filters,
    named_ranges,
    protection,
    sheets,
)
from emulators.sheets.requests.handler import Handler
from emulators.sheets.resource import Resource, canonical
from emulators.sheets.workbook import Workbook

_FAMILIES = (
    areas,
    cells,
    charts,
    conditional_formats,
    developer_metadata,
    dimensions,
    filters,
    named_ranges,
    protection,
    sheets,
)
HANDLERS: dict[str, Handler] = {
    name: handler for family in _FAMILIES for name, handler in family.HANDLERS.items()
}


# Requests that bring many cells; they bring the formats among them to their form themselves.
_BULKY = frozenset({"updateCells", "appendCells"})


# What can be ordered to go wrong with a request of a batch.
REQUEST_FAULTS = ("400", "500")


def apply_batch(
    workbook: Workbook, requests: list[Resource], calls: FaultInjector | None = None
) -> list[Resource]:
    """Apply every request in turn; the replies in the same order. ApiError names the culprit.

    calls: counts the requests by name and injects the ordered faults.
    """
    if not requests:
        raise invalid("Must specify at least one request.")
    return [_apply(workbook, index, request, calls) for index, request in enumerate(requests)]


def _apply(
    workbook: Workbook, index: int, request: Resource, calls: FaultInjector | None
) -> Resource:
    given = [(name, body) for name, body in request.items() if body is not None]
    if len(given) != 1:
        reason = "oneof field 'kind' is already set" if given else "No request set"
        raise invalid(f"Invalid requests[{index}]: {reason}.")
    ((name, body),) = given
    handler = HANDLERS.get(name)
    if handler is None:
        raise ApiError(501, f"Invalid requests[{index}].{name}: this emulator does not serve it.")
    try:
        _strike(calls.begin(name) if calls else None)
        return handler(workbook, body if name in _BULKY else canonical(body))
    except ApiError as error:
        if error.code == 500:
            raise
        raise ApiError(
            error.code,
            f"Invalid requests[{index}].{name}: {error.message}",
            details=error.details,
        ) from error


def _strike(fault: str | None) -> None:
    if fault == "400":
        raise invalid("Refused by order of a test.")
    if fault == "500":
        raise internal()
