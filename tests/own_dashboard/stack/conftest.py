"""What several tests of the local stack start from."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.repositories import History


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with one commit, made now."""
    history = History()
    history.commit(datetime.now(UTC))
    return history.write(tmp_path_factory.mktemp("clones") / "app")
