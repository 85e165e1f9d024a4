"""The faults that the emulator can be ordered to strike with, through `calls.inject`.

Every gRPC code in CODES is a fault; with `_after_write` behind it the call does its work first and
the answer is lost. `refuse_some` lets CreateTimeSeries refuse single series, which
`MonitoringEmulator.refuse` chooses.
"""

from collections.abc import Callable, Mapping

import grpc

from emulators.monitoring.texts import INTERNAL_ERROR

REFUSE_SOME = "refuse_some"
CODES = (
    "UNAVAILABLE",
    "DEADLINE_EXCEEDED",
    "RESOURCE_EXHAUSTED",
    "INTERNAL",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
)
AFTER_WRITE = frozenset({"UNAVAILABLE_after_write", "DEADLINE_EXCEEDED_after_write"})
KINDS = frozenset({*CODES, *AFTER_WRITE, REFUSE_SOME})

# Metric type and metric labels of a series to the reason for which it is refused, None to take it.
Refuse = Callable[[str, Mapping[str, str]], str | None]


def refuse_all(metric_type: str, labels: Mapping[str, str]) -> str:
    """Refuse every series with the service's text for a passing internal error."""
    del metric_type, labels
    return INTERNAL_ERROR


def status_of(kind: str | None) -> grpc.StatusCode | None:
    """The gRPC code with which a fault ends the whole call, None where it does not."""
    if kind is None or kind == REFUSE_SOME:
        return None
    return grpc.StatusCode[kind.removesuffix("_after_write")]
