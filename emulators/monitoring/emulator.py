"""The emulator as a whole: a gRPC server on the loopback address, over one store."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc

from emulators.faults import FaultInjector
from emulators.http_guard import LOOPBACK
from emulators.http_server import check_port
from emulators.monitoring.errors import KINDS, Refuse, Wording, refuse_all
from emulators.monitoring.series import TimeSeries
from emulators.monitoring.store import Store

SERVICE = "google.monitoring.v3.MetricService"
OPERATIONS = (
    "CreateTimeSeries",
    "ListTimeSeries",
    "CreateMetricDescriptor",
    "GetMetricDescriptor",
    "ListMetricDescriptors",
    "DeleteMetricDescriptor",
)
_STOP_SECONDS = 2.0


def utc_now() -> datetime:
    """The time by which the age of points is taken, unless a test sets another clock."""
    return datetime.now(UTC)


class MonitoringEmulator:
    """Cloud Monitoring on this machine.

    calls: counts, latency and faults (see `emulators.monitoring.faults`).
    clock: what time it is for the service. wording: which of the service's forms a refusal has.
    refuse: which series the fault `refuse_some` refuses, and why.
    """

    def __init__(
        self, *, state: Path, port: int = 0, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.calls = FaultInjector(operations=OPERATIONS, kinds=KINDS)
        self.clock = clock
        self.wording = Wording.CURRENT
        self.refuse: Refuse = refuse_all
        self._state = state
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._server: grpc.Server | None = None
        self._port = port

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`, as MONITORING_EMULATOR_HOST takes it."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def version(self) -> int:
        """A number that grows with every write."""
        return self._open_store().version

    def start(self) -> None:
        """Read the state and answer from now on. Raises OSError where the port is taken."""
        check_port(self._port)
        store = Store(self._state, now=self.clock())
        server = grpc.server(
            ThreadPoolExecutor(max_workers=8, thread_name_prefix="monitoring"),
            options=[("grpc.so_reuseport", 0)],
        )
        self._port = server.add_insecure_port(self.address)
        server.add_generic_rpc_handlers((_LazyHandlers(store, self._lock, self),))
        server.start()
        self._store, self._server = store, server

    def stop(self) -> None:
        """Stop answering, free the port and close the state; `start` may follow."""
        if self._server is None or self._store is None:
            return
        self._server.stop(_STOP_SECONDS).wait()
        self._server = None
        with self._lock:
            self._store.close()

    def time_series(self) -> list[TimeSeries]:
        """Everything that is stored, series in the order of their first writes."""
        store = self._open_store()
        with self._lock:
            return list(store.time_series())

    def _open_store(self) -> Store:
        if self._store is None:
            raise RuntimeError("the emulator was never started")
        return self._store


class _LazyHandlers(grpc.GenericRpcHandler):
    """Imports the service with Google's types on the first call, so that a start is quick."""

    def __init__(self, store: Store, lock: threading.Lock, emulator: MonitoringEmulator) -> None:
        self._arguments = (store, lock, emulator)
        self._lock = threading.Lock()
        self._handlers: dict[str, Any] | None = None

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """The handler of a call by its full method name, None for one that is not answered."""
        service, _, method = handler_call_details.method.lstrip("/").partition("/")
        if service != SERVICE:
            return None
        with self._lock:
            if self._handlers is None:
                from emulators.monitoring.service import Service

                self._handlers = Service(*self._arguments).handlers()
        return self._handlers.get(method)
