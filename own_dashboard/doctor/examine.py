"""Everything that the pipeline needs, looked at one after another; nothing is changed.

Each function of terraform/pipeline.json brings its own look in `<step>/inspection.py`, or has none.
"""

import importlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from commit_counts.errors import DashboardError
from commit_counts.inspection import Finding, fault_of, good, note
from commit_counts.settings import Variables
from own_dashboard.doctor.github import examine_github
from own_dashboard.doctor.pubsub import examine_pubsub
from own_dashboard.environment import laptop_zone
from own_dashboard.stack.pipeline import load_pipeline
from own_dashboard.stack.state import service_variables
from own_dashboard.topic.target import find_topic, running_stack


def examine(
    environment: Mapping[str, str], state: Path, *, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Finding]:
    """The findings, as they are made.

    environment: names the project in the cloud, or none; then the stack running on `state` is
    looked at. sleep: how the seconds between two tries at GitHub pass.
    """
    checked = Variables({**environment, "TIME_ZONE": laptop_zone(environment)})
    zone = checked.time_zone()
    try:
        checked.check()
    except DashboardError as error:
        yield fault_of("time zone", error)
    else:
        origin = "TIME_ZONE" if environment.get("TIME_ZONE") else "this machine's own"
        yield good("time zone", f"{zone.key} ({origin})")
    yield from examine_github(environment, zone, sleep)
    in_cloud = bool(environment.get("GOOGLE_CLOUD_PROJECT", "").strip())
    running = None if in_cloud else running_stack(state)
    try:
        topic = find_topic(environment, state)
    except DashboardError as error:
        yield note("pipeline", error.problem, error.fix or "")
    else:
        yield from examine_pubsub(topic, load_pipeline().wanted(environment))
    variables = {
        **environment,
        "TIME_ZONE": zone.key,
        **(service_variables(running) if running else {}),
    }
    for function in load_pipeline().wanted(environment).functions:
        yield from _inspect(function.step, variables)


def _inspect(step: str, variables: Mapping[str, str]) -> Iterable[Finding]:
    """The function's own look at what it writes, where its folder brings one."""
    if find_spec(f"{step}.inspection") is None:
        return ()
    found: Iterable[Finding] = importlib.import_module(f"{step}.inspection").inspect(variables)
    return found
