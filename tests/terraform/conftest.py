"""One initialised copy of the deployment, and what two applies on mocked providers make of it."""

from pathlib import Path

import pytest

from own_dashboard.stack.pipeline import load_pipeline
from tests.support.terraform_run import (
    CHOSEN,
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


@pytest.fixture(scope="session", name="applied")
def _applied(folder: Path) -> tuple[Deployment, Deployment]:
    providers = mocked_providers(function.step for function in load_pipeline().functions)
    runs = f'run "defaults" {{}}\nrun "chosen" {{\n{variables(CHOSEN)}}}\n'
    defaults, chosen = deployments(folder, providers + variables(VARIABLES) + runs)
    return defaults, chosen


@pytest.fixture(scope="session", name="defaults")
def _defaults(applied: tuple[Deployment, Deployment]) -> Deployment:
    """What is made where only the three variables without a default are given."""
    return applied[0]


@pytest.fixture(scope="session", name="chosen")
def _chosen(applied: tuple[Deployment, Deployment]) -> Deployment:
    """What is made where every variable is set, to CHOSEN, and every alert is on."""
    return applied[1]
