"""All checks of the deployment as it is written, and the mistakes that prove that they see."""

from dataclasses import dataclass

from tests.support import (
    terraform_access,
    terraform_promises,
    terraform_watching,
    terraform_wiring,
)

CHECKS = (
    *terraform_access.CHECKS,
    *terraform_wiring.CHECKS,
    *terraform_watching.CHECKS,
    *terraform_promises.CHECKS,
)


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A text in a file of `terraform/`, and what somebody might have written instead."""

    file: str
    old: str
    new: str
