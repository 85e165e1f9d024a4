"""The emulator as a whole: its servers, its threads and its state, started and stopped together."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from emulators.faults import FaultInjector
from emulators.http_server import LoopbackServer
from emulators.journal import Journal
from emulators.pubsub.errors import FAULTS, PUSH
from emulators.pubsub.grpc_server import GrpcServer
from emulators.pubsub.live import Live
from emulators.pubsub.model import Delivery, Outstanding
from emulators.pubsub.operations import Operations
from emulators.pubsub.push import Listener, PushGroups
from emulators.pubsub.rest import rest_app
from emulators.pubsub.schemas import SchemaService
from emulators.pubsub.service import Publisher, Subscriber
from emulators.pubsub.store import DELIVERIES_KEPT, State
from emulators.pubsub.streaming import OPERATION as STREAMING_PULL
from emulators.pubsub.streaming import StreamingPull


class PubSubEmulator:
    """Google Cloud Pub/Sub on this machine's loopback address.

    state: the folder of its journal; made if it is not there.
    port and rest_port: of gRPC and of the REST API; 0 takes a free one.
    only_new_endpoints: what an earlier run left is pushed only once its subscription has been set
        anew, where the endpoints have other ports in each run.
    speed: divides the waits between deliveries, not the ack deadlines.
    calls: counts and faults; the operations are the API's method names, and `Push`.
    """

    def __init__(
        self,
        *,
        state: Path,
        speed: float = 1.0,
        port: int = 0,
        rest_port: int = 0,
        only_new_endpoints: bool = False,
    ) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be more than 0, not {speed}")
        self._live = Live(state=State(speed=speed), journal=Journal(state / "journal.jsonl"))
        unary = [
            *Publisher(self._live).operations(),
            *Subscriber(self._live).operations(),
            *SchemaService(self._live).operations(),
        ]
        names = [operation.name for operation in unary]
        self.calls = FaultInjector(operations=[*names, STREAMING_PULL, PUSH], kinds=FAULTS)
        self._operations = Operations(unary, self.calls)
        self._port, self._rest_port = port, rest_port
        self._listeners: list[Listener] = []
        self._pushes = PushGroups(
            self._live, self.calls, self._heard, only_new_settings=only_new_endpoints
        )
        self._grpc: GrpcServer | None = None
        self._rest: LoopbackServer | None = None

    @property
    def address(self) -> str:
        """127.0.0.1:PORT of gRPC, for PUBSUB_EMULATOR_HOST, once started."""
        if self._grpc is None:
            raise RuntimeError("the Pub/Sub emulator has not been started")
        return self._grpc.address

    @property
    def rest_url(self) -> str:
        """http://127.0.0.1:PORT of the REST API, once started."""
        if self._rest is None:
            raise RuntimeError("the Pub/Sub emulator has not been started")
        return self._rest.url

    def start(self) -> None:
        """Bring back the state, answer calls, and go on with the deliveries that are owed.

        OSError where the folder cannot be written or a port is taken. What of the state is
        damaged is logged and kept aside.
        """
        with ExitStack() as undo:
            self._rest = LoopbackServer(rest_app(self._operations), port=self._rest_port)
            undo.callback(self._rest.stop)
            self._grpc = GrpcServer(
                self._operations, StreamingPull(self._live, self.calls), port=self._port
            )
            undo.callback(self._grpc.stop)
            undo.callback(self._live.close)
            self._live.start()
            undo.pop_all()
        self._grpc.start()
        self._rest.start()
        self._pushes.start()

    def stop(self) -> None:
        """End every call, push and thread. What was not acknowledged is delivered after a start."""
        self._live.stop_waiting()
        self._pushes.stop()
        if self._grpc:
            self._grpc.stop()
        if self._rest:
            self._rest.stop()
        self._live.close()

    def deliveries(self, *, limit: int = DELIVERIES_KEPT) -> Sequence[Delivery]:
        """The last pushes, the newest last; those of earlier runs, too."""
        with self._live.broker() as broker:
            return list(broker.state.deliveries)[-limit:] if limit > 0 else []

    def on_delivery(self, listener: Listener) -> None:
        """Call `listener` after each push from now on, on the thread that pushed: be quick."""
        self._listeners.append(listener)

    def backlog(self, subscription: str) -> Sequence[Outstanding]:
        """What a subscription (full name) has not acknowledged, oldest first; NotFound."""
        with self._live.broker() as broker:
            return list(broker.state.subscription(subscription).backlog)

    def wait_until_settled(self, subscriptions: Sequence[str], *, timeout_seconds: float) -> bool:
        """Wait until these (full names) owe nothing: all acknowledged or dead-lettered.

        False where the time passes first; NotFound for a subscription that does not exist.
        """
        return self._live.wait_until_settled(subscriptions, timeout_seconds=timeout_seconds)

    def _heard(self, delivery: Delivery) -> None:
        for listener in self._listeners:
            listener(delivery)
