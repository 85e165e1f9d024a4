"""One initialised copy of the deployment, and what an apply on mocked providers makes of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from own_dashboard.stack.pipeline import load_pipeline
from tests.support.terraform_run import (
    CHOSEN,
    GIVEN,
    VARIABLES,
    Deployment,
    deployments,
    initialised_copy,
    mocked_providers,
    variables,
)


@pytest.fixture(scope="session", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An initialised copy of the deployment; nobody changes it."""
    return initialised_copy(tmp_path_factory.mktemp("deployment"))


def _applied(folder: Path, values: Mapping[str, Any]) -> Deployment:
    providers = mocked_providers(
        function.step for function in load_pipeline().wanted(GIVEN).functions
    )
    (applied,) = deployments(folder, f'{providers}{variables(values)}run "applied" {{}}\n')
    return applied


@pytest.fixture(scope="session", name="defaults")
def _defaults(folder: Path) -> Deployment:
    """What is made where only the three variables without a default are given."""
    return _applied(folder, VARIABLES)


@pytest.fixture(scope="session", name="chosen")
def _chosen(folder: Path) -> Deployment:
    """What is made where every variable is set, to CHOSEN, and every alert is on."""
    return _applied(folder, CHOSEN)
