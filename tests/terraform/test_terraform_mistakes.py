"""The checks are not blind: each of these mistakes, made in the HCL, is noticed by at least one."""

from functools import cache

import pytest

from tests.support import (
    terraform_mistakes,
    terraform_mistakes_promises,
    terraform_mistakes_wiring,
)
from tests.support.terraform import read, sources
from tests.support.terraform_checks import CHECKS, Mistake

MISTAKES = {
    **terraform_mistakes_wiring.MISTAKES,
    **terraform_mistakes.MISTAKES,
    **terraform_mistakes_promises.MISTAKES,
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_noticed(mistake: Mistake) -> None:
    """At least one check says something that it does not say of the files as they are."""
    files = sources()
    assert mistake.old in files[mistake.file]
    files[mistake.file] = files[mistake.file].replace(mistake.old, mistake.new, 1)

    configuration = read(files)

    faults = {fault for check in CHECKS for fault in check(configuration)}
    assert faults - said_of_the_deployment() != set()


@cache
def said_of_the_deployment() -> frozenset[str]:
    """What the checks say where nothing was changed: nothing, as long as they pass."""
    configuration = read(sources())
    return frozenset(fault for check in CHECKS for fault in check(configuration))
