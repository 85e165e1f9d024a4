"""How the local stack is run, and what each of its functions is told by environment variables."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from commit_counts.errors import InvalidSettings
from emulators.http_guard import LOOPBACK
from own_dashboard.environment import variables
from own_dashboard.stack.pipeline import Pipeline

if TYPE_CHECKING:
    from own_dashboard.stack.inputs import Input

LOCAL_PROJECT = "own-dashboard-local"
LOCAL_SHEET = "local-sheet"
# A minute of back-off passes in a second here: nobody waits an hour to see a dead letter.
DEFAULT_SPEED = 60.0
_ANY_HOST = "127.0.0.1:1"
# The person's own credentials stand for the account that the function has in the cloud.
_CREDENTIALS = {"write_sheet": "GOOGLE_APPLICATION_CREDENTIALS"}


@dataclass(frozen=True, kw_only=True)
class StackOptions:
    """How to run the pipeline.

    state: folder for everything that survives a restart.
    sheet_id: a real Google Sheet, written with the person's Google credentials; None for the
        emulator.
    page_port: None for no page. page_host: where it listens; whatever is no loopback address opens
        it to other devices.
    speed: by how much the back-off between deliveries is shortened.
    environment: the person's own variables, from which each function gets those that it reads.
    """

    state: Path
    input: "Input"
    time_zone: str
    language: str = "en"
    sheet_id: str | None = None
    page_port: int | None = None
    page_host: str = LOOPBACK
    speed: float = DEFAULT_SPEED
    environment: Mapping[str, str] = field(default_factory=variables)

    @property
    def source(self) -> str | None:
        """The name under which the counts are stated; None for the account's own."""
        return self.environment.get("SOURCE", "").strip() or self.input.source


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the functions find their services; sheets is None for Google's own."""

    project: str
    pubsub: str
    monitoring: str
    github: str
    sheet_id: str
    sheets: str | None


_ANYWHERE = Addresses(
    project=LOCAL_PROJECT, pubsub=_ANY_HOST, monitoring=_ANY_HOST,
    github=f"http://{_ANY_HOST}/graphql", sheet_id=LOCAL_SHEET, sheets=_ANY_HOST,
)  # fmt: skip


def function_environments(
    options: StackOptions, addresses: Addresses, pipeline: Pipeline
) -> Mapping[str, dict[str, str]]:
    """Step to its variables: the person's own, and those that lead to the emulators."""
    shared = {
        **options.environment,
        **_leading_to(addresses),
        "GITHUB_LOGIN": options.input.login or "",
        "GITHUB_TOKEN": options.input.token,
        "LANGUAGE": options.language,
        "SOURCE": options.source or "",
        "TIME_ZONE": options.time_zone,
    }
    return _apart(shared, pipeline)


def _leading_to(addresses: Addresses) -> dict[str, str]:
    leading = {
        "GITHUB_GRAPHQL_URL": addresses.github,
        "GOOGLE_CLOUD_PROJECT": addresses.project,
        "MONITORING_EMULATOR_HOST": addresses.monitoring,
        "PUBSUB_EMULATOR_HOST": addresses.pubsub,
        "SHEET_ID": addresses.sheet_id,
    }
    if addresses.sheets:
        leading["SHEETS_EMULATOR_HOST"] = addresses.sheets
    return leading


def _apart(shared: Mapping[str, str], pipeline: Pipeline) -> Mapping[str, dict[str, str]]:
    """Step to its variables: no function gets the secrets of another."""
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
        environments[function.step] = own
    return environments


def check_variables(environment: Mapping[str, str], pipeline: Pipeline) -> None:
    """Let each function that has settings read the person's own, before anything starts.

    What leads to services, and where commits are counted, is not looked at: it may not matter.
    Raises InvalidSettings with what any of them refuses.
    """
    fixed = {**_leading_to(_ANYWHERE), "GITHUB_LOGIN": "", "GITHUB_TOKEN": "any"}
    _check(_apart({**environment, **fixed}, pipeline))


def check_settings(options: StackOptions, pipeline: Pipeline) -> None:
    """The same of all settings. Raises InvalidSettings with what any function refuses."""
    anywhere = replace(
        _ANYWHERE,
        github=options.input.graphql_url or _ANYWHERE.github,
        sheet_id=options.sheet_id or _ANYWHERE.sheet_id,
    )
    _check(function_environments(options, anywhere, pipeline))


def _check(environments: Mapping[str, Mapping[str, str]]) -> None:
    problems = []
    for step, environment in environments.items():
        if find_spec(f"{step}.settings") is not None:
            try:
                importlib.import_module(f"{step}.settings").read_settings(environment)
            except InvalidSettings as error:
                problems.append(str(error))
    if problems:
        raise InvalidSettings("; ".join(dict.fromkeys(problems)))
