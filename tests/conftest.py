"""Options of the test suite, and what holds for all of it."""

import gc
import signal

import pytest
from hypothesis import HealthCheck, settings

# No time is a reason to fail: a machine may be loaded. A property's fixture serves all examples.
settings.register_profile(
    "own_dashboard",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("own_dashboard")
# What a shell starts in the background ignores Ctrl-C, and so would every process that is tested.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--chaos N`, which the documentation of reliability names."""
    parser.addoption("--chaos", type=int, default=0, help="run so many further random plans")


def pytest_collection_finish() -> None:
    """What is loaded by now stays; the search for garbage need not go through it each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(name="chaos")
def _chaos(request: pytest.FixtureRequest) -> int:
    """How many further random plans are asked for."""
    number: int = request.config.getoption("--chaos")
    if not number:
        pytest.skip("no further plans: --chaos N runs N")
    return number
