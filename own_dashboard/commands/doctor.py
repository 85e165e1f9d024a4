"""look at everything that the pipeline needs, name each fault and its fix

Looks at the cloud where GOOGLE_CLOUD_PROJECT is set, with your own credentials; otherwise at the
stack that runs here. SHEET_ID and GITHUB_TOKEN are looked at where they are set. Changes nothing.
"""

import argparse
import sys

from commit_counts.inspection import Verdict
from commit_counts.logs import printable
from own_dashboard.arguments import add_state, chosen_state, environment_of

_MARKS = {Verdict.GOOD: "ok   ", Verdict.NOTE: "note ", Verdict.FAULT: "FAULT"}
_COLOURS = {Verdict.GOOD: "\033[32m", Verdict.NOTE: "\033[33m", Verdict.FAULT: "\033[31m"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_state(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each finding; 1 if one is a fault."""
    from own_dashboard.doctor.examine import examine

    faults = 0
    for finding in examine(environment_of(arguments), chosen_state(arguments)):
        faults += finding.verdict is Verdict.FAULT
        mark = _MARKS[finding.verdict]
        if sys.stdout.isatty():
            mark = f"{_COLOURS[finding.verdict]}{mark}\033[0m"
        fix = f" → {finding.fix}" if finding.fix else ""
        print(mark, "", printable(f"{finding.subject:<26}{finding.text}{fix}"), flush=True)
    return 1 if faults else 0
