"""Which topic a command speaks to: the one in the cloud, or that of the stack running here."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from commit_counts.errors import NeverWorks
from own_dashboard.stack.pipeline import load_pipeline
from own_dashboard.stack.state import Endpoints, read_endpoints


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic and how to reach it; emulator_host (`host:port`) is None for the real Pub/Sub."""

    project: str
    name: str
    emulator_host: str | None


def find_topic(environment: Mapping[str, str], state: Path) -> Topic:
    """The topic that the environment names; without one, that of the stack running on `state`.

    GOOGLE_CLOUD_PROJECT names the cloud (TOPIC may name another topic than the usual one), with
    PUBSUB_EMULATOR_HOST a Pub/Sub emulator. Raises NeverWorks where there is neither.
    """
    project = environment.get("GOOGLE_CLOUD_PROJECT", "").strip()
    if project:
        return Topic(
            project=project,
            name=environment.get("TOPIC", "").strip() or load_pipeline().commit_counts,
            emulator_host=environment.get("PUBSUB_EMULATOR_HOST", "").strip() or None,
        )
    endpoints = running_stack(state)
    if endpoints is None:
        raise NeverWorks(
            "found no topic: start the local stack with `./dev up`, "
            "or name your project in the cloud with GOOGLE_CLOUD_PROJECT"
        )
    return Topic(project=endpoints.project, name=endpoints.topic, emulator_host=endpoints.pubsub)


def running_stack(state: Path) -> Endpoints | None:
    """Where the stack on `state` listens; None where none runs. A killed one leaves its file."""
    endpoints = read_endpoints(state)
    return endpoints if endpoints and _listens(endpoints.pubsub) else None


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        return False
    return True
