"""The deployment as it is written passes every check of the project's own."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.terraform import Configuration, read, sources
from tests.support.terraform_checks import CHECKS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_deployment_passes(check: Callable[[Configuration], Iterator[str]]) -> None:
    """Each rule, named and stated by the check itself, holds for the files under `terraform/`."""
    assert list(check(read(sources()))) == []
