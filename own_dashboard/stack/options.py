"""How the local stack is run, and what each of its functions is told by environment variables."""

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from own_dashboard.stack.inputs import Input
from own_dashboard.stack.pipeline import Pipeline

LOCAL_PROJECT = "own-dashboard-local"
LOCAL_SHEET = "local-sheet"
# A minute of back-off passes in a second here: nobody waits an hour to see a dead letter.
DEFAULT_SPEED = 60.0
# The person's own credentials stand for the account that the function has in the cloud.
_CREDENTIALS = {"write_sheet": "GOOGLE_APPLICATION_CREDENTIALS"}


@dataclass(frozen=True, kw_only=True)
class StackOptions:
    """How to run the pipeline.

    state: folder for everything that survives a restart.
    sheet_id: a real Google Sheet, written with the person's Google credentials; None for the
        emulator.
    page_port: None for no page.
    speed: by how much the back-off between deliveries is shortened.
    environment: the person's own variables, from which each function gets those that it reads.
    """

    state: Path
    input: Input
    time_zone: str
    language: str = "en"
    sheet_id: str | None = None
    page_port: int | None = None
    speed: float = DEFAULT_SPEED
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the functions find their services; sheets is None for Google's own."""

    project: str
    pubsub: str
    monitoring: str
    github: str
    sheet_id: str
    sheets: str | None


def function_environments(
    options: StackOptions, addresses: Addresses, pipeline: Pipeline
) -> Mapping[str, dict[str, str]]:
    """Step to its variables: the person's own, and those that lead to the emulators.

    Raises InvalidSettings where a function would refuse its own.
    """
    shared = {
        **options.environment,
        "GITHUB_GRAPHQL_URL": addresses.github,
        "GITHUB_LOGIN": options.input.login or "",
        "GITHUB_TOKEN": options.input.token,
        "GOOGLE_CLOUD_PROJECT": addresses.project,
        "LANGUAGE": options.language,
        "MONITORING_EMULATOR_HOST": addresses.monitoring,
        "PUBSUB_EMULATOR_HOST": addresses.pubsub,
        "SHEET_ID": addresses.sheet_id,
        "TIME_ZONE": options.time_zone,
    }
    if addresses.sheets:
        shared["SHEETS_EMULATOR_HOST"] = addresses.sheets
    secrets = {name for function in pipeline.functions for name in function.secrets}
    environments = {}
    for function in pipeline.functions:
        entrusted = {*function.secrets, _CREDENTIALS.get(function.step)}
        others = (secrets | set(_CREDENTIALS.values())) - entrusted
        fixed = {n: value for n, value in function.environment.items() if isinstance(value, str)}
        own = fixed | {name: value for name, value in shared.items() if name not in others}
        own["TIMEOUT_SECONDS"] = str(function.timeout_seconds)
        if function.publishes:
            own["TOPIC"] = function.publishes
        importlib.import_module(f"{function.step}.settings").read_settings(own)
        environments[function.step] = own
    return environments
