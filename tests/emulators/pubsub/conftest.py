"""Each conformance test runs twice: against the emulator, and against Google's own emulator."""

from collections.abc import Iterator

import pytest

from tests.support.pubsub import (
    Clients,
    connected,
    google_emulator,
    google_emulator_command,
    running,
    topic_name,
)


@pytest.fixture(scope="session")
def google_clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """The clients connected to Google's emulator, one for all tests."""
    command = google_emulator_command()
    if isinstance(command, str):
        pytest.skip(command)
    log = tmp_path_factory.mktemp("pubsub-emulator") / "emulator.log"
    with google_emulator(command, log) as address, connected(address) as clients:
        yield clients


@pytest.fixture(scope="session")
def emulator_clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """The clients connected to the emulator, one for all tests; waits are a thousandth."""
    state = tmp_path_factory.mktemp("pubsub-conformance")
    with running(state, speed=1_000) as emulator, connected(emulator.address) as clients:
        yield clients


@pytest.fixture(params=["emulator", "google"])
def clients(request: pytest.FixtureRequest) -> Clients:
    """The clients connected to either."""
    found: Clients = request.getfixturevalue(f"{request.param}_clients")
    return found


@pytest.fixture
def topic(clients: Clients) -> str:
    """A topic of the test's own."""
    name = topic_name()
    clients.publisher.create_topic(name=name)
    return name
