"""The deployment as it is written passes every check of the project's own."""

from collections.abc import Callable, Iterator

import pytest

from tests.support import terraform_access, terraform_watching, terraform_wiring
from tests.support.terraform import Configuration, read, sources

CHECKS = (*terraform_access.CHECKS, *terraform_wiring.CHECKS, *terraform_watching.CHECKS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_deployment_passes(check: Callable[[Configuration], Iterator[str]]) -> None:
    """Each rule, named and stated by the check itself, holds for the files under `terraform/`."""
    assert list(check(read(sources()))) == []
