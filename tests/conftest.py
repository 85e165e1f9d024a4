"""Options of the test suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--chaos N`, which the documentation of reliability names."""
    parser.addoption("--chaos", type=int, default=0, help="run so many further random plans")


@pytest.fixture(name="chaos")
def _chaos(request: pytest.FixtureRequest) -> int:
    """How many further random plans are asked for."""
    number: int = request.config.getoption("--chaos")
    if not number:
        pytest.skip("no further plans: --chaos N runs N")
    return number
