"""look at everything that the pipeline needs, name each fault and its fix

Looks at the cloud where GOOGLE_CLOUD_PROJECT is set, with your own credentials; otherwise at the
stack that runs here. SHEET_ID and GITHUB_TOKEN are looked at where they are set. Changes nothing.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from commit_counts.errors import DashboardError
from commit_counts.settings import Variables
from own_dashboard.arguments import add_state, chosen_state, environment_of
from own_dashboard.doctor.findings import Finding, Verdict, fault_of, good, note
from own_dashboard.environment import laptop_zone
from own_dashboard.stack.pipeline import load_pipeline
from own_dashboard.topic.target import find_topic, running_stack

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_MARKS = {Verdict.GOOD: "ok   ", Verdict.NOTE: "note ", Verdict.FAULT: "FAULT"}
_COLOURS = {Verdict.GOOD: "\033[32m", Verdict.NOTE: "\033[33m", Verdict.FAULT: "\033[31m"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_state(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each finding; 1 if one is a fault."""
    faults = 0
    for finding in _examine(environment_of(arguments), chosen_state(arguments)):
        faults += finding.verdict is Verdict.FAULT
        mark = _MARKS[finding.verdict]
        if sys.stdout.isatty():
            mark = f"{_COLOURS[finding.verdict]}{mark}\033[0m"
        remedy = f" → {finding.remedy}" if finding.remedy else ""
        print(f"{mark}  {finding.subject:<26}{finding.text}{remedy}", flush=True)
    return 1 if faults else 0


def _examine(environment: Mapping[str, str], state: Path) -> Iterator[Finding]:
    checked = Variables({**environment, "TIME_ZONE": laptop_zone(environment)})
    zone = checked.time_zone()
    try:
        checked.check()
    except DashboardError as error:
        yield fault_of("time zone", error)
    else:
        origin = "TIME_ZONE" if environment.get("TIME_ZONE") else "this machine's own"
        yield good("time zone", f"{zone.key} ({origin})")
    yield from _services(environment, state, zone)


def _services(environment: Mapping[str, str], state: Path, zone: "ZoneInfo") -> Iterator[Finding]:
    # Their clients take a second to import: the first line should not wait for them.
    from own_dashboard.doctor.github import examine_github
    from own_dashboard.doctor.monitoring import examine_monitoring
    from own_dashboard.doctor.pubsub import examine_pubsub
    from own_dashboard.doctor.sheet import examine_sheet

    yield from examine_github(environment, zone)
    running = None if _in_cloud(environment) else running_stack(state)
    monitoring = environment.get("MONITORING_EMULATOR_HOST", "").strip() or None
    if running:
        monitoring = running.monitoring
    try:
        topic = find_topic(environment, state)
    except DashboardError as error:
        yield note("pipeline", str(error))
    else:
        yield from examine_pubsub(topic, load_pipeline())
        yield from examine_monitoring(topic.project, monitoring)
    sheet_id = environment.get("SHEET_ID", "").strip() or None
    host = environment.get("SHEETS_EMULATOR_HOST", "").strip() or None
    if running and running.sheets:
        sheet_id, host = running.sheet_id, running.sheets.removeprefix("http://")
    yield from examine_sheet(sheet_id, host, zone)


def _in_cloud(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("GOOGLE_CLOUD_PROJECT", "").strip())
