"""A topic that gets ready while its producer waits for something else.

Publishing needs gRPC and the messages of Pub/Sub: their import takes longer than all the rest of a
producer's, and nobody needs them before there is an event.
"""

import importlib
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from commit_counts.publisher import Event, Publisher


class LatePublisher:
    """One topic: what it needs is loaded from now on, and it is connected to at the first event.

    Takes what `Publisher` takes. Several threads may publish.
    """

    def __init__(self, *, project: str, topic: str, emulator_host: str | None) -> None:
        self._project = project
        self._topic = topic
        self._emulator_host = emulator_host
        self._publisher: Publisher | None = None
        self._opening = threading.Lock()
        threading.Thread(target=importlib.import_module, args=("commit_counts.publisher",)).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._publisher:
            self._publisher.close()

    def publish(self, event: "Event") -> None:
        """Returns when Pub/Sub has stored the event; raises RetryLater or NeverWorks."""
        self._opened().publish(event)

    def _opened(self) -> "Publisher":
        from commit_counts.publisher import Publisher

        with self._opening:
            if self._publisher is None:
                self._publisher = Publisher(
                    project=self._project, topic=self._topic, emulator_host=self._emulator_host
                )
            return self._publisher
