"""Faults that are injected into an emulator's calls, and how many calls came.

An emulator names each call by the vendor's own word for it (`spreadsheets.batchUpdate`,
`CreateTimeSeries`), asks `begin` once per call, and acts on the kind of fault that it gets back.
"""

import threading
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

ANY = "*"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault to inject.

    operation: the service's own name of a call, or `*` for any.
    kind: what goes wrong, in the emulator's own list (`503`, `timeout_after_write`, …).
    skip: how many matching calls pass unharmed first.
    times: how many calls it fails after that; None until cleared.
    """

    operation: str = ANY
    kind: str
    skip: int = 0
    times: int | None = 1


class FaultInjector:
    """The calls of one emulator: counted, delayed and failed as told. Thread-safe."""

    def __init__(self, *, operations: Collection[str], kinds: Collection[str]) -> None:
        self.operations = frozenset(operations)
        self.kinds = frozenset(kinds)
        self.latency_seconds = 0.0
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._faults: list[Fault] = []

    def inject(self, fault: Fault) -> None:
        """Inject a fault. ValueError where this emulator knows no such operation or kind."""
        if fault.operation != ANY and fault.operation not in self.operations:
            known = ", ".join(sorted(self.operations))
            raise ValueError(f"no operation {fault.operation!r} here; known: {known}")
        if fault.kind not in self.kinds:
            raise ValueError(
                f"no fault {fault.kind!r} here; known: {', '.join(sorted(self.kinds))}"
            )
        with self._lock:
            self._faults.append(fault)

    def clear_faults(self) -> None:
        """Forget every injected fault."""
        with self._lock:
            self._faults.clear()

    def begin(self, operation: str) -> str | None:
        """Count one call and wait its latency; returns the kind of the fault injected into it."""
        with self._lock:
            self._counts[operation] += 1
            kind = self._fault_of(operation)
        if self.latency_seconds:
            time.sleep(self.latency_seconds)
        return kind

    def count(self, operation: str | None = None) -> int:
        """How many calls came so far: of one operation, or of all."""
        with self._lock:
            return self._counts.total() if operation is None else self._counts[operation]

    def _fault_of(self, operation: str) -> str | None:
        for index, fault in enumerate(self._faults):
            if fault.operation not in (ANY, operation):
                continue
            if fault.skip:
                self._faults[index] = replace(fault, skip=fault.skip - 1)
                continue
            if fault.times is None:
                return fault.kind
            self._faults[index : index + 1] = (
                [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
            )
            return fault.kind
        return None
