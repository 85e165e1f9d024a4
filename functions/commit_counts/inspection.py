"""What looking at a part of the pipeline says, without changing it.

A step may bring a module `<step>/inspection.py` with `inspect(environment) -> Iterable[Finding]`:
whoever looks for what is wrong calls it with the step's environment variables.
"""

from dataclasses import dataclass
from enum import Enum

from commit_counts.errors import DashboardError


class Verdict(Enum):
    """How a thing is found."""

    GOOD = "ok"
    FAULT = "fault"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at: in words, and for a fault the fix."""

    subject: str
    verdict: Verdict
    text: str
    fix: str = ""


def good(subject: str, text: str) -> Finding:
    """As it should be."""
    return Finding(subject=subject, verdict=Verdict.GOOD, text=text)


def note(subject: str, text: str, fix: str = "") -> Finding:
    """Nothing wrong, but worth knowing."""
    return Finding(subject=subject, verdict=Verdict.NOTE, text=text, fix=fix)


def fault(subject: str, text: str, fix: str = "") -> Finding:
    """Something that keeps the pipeline from working."""
    return Finding(subject=subject, verdict=Verdict.FAULT, text=text, fix=fix)


def fault_of(subject: str, error: DashboardError) -> Finding:
    """An expected failure, with what it says helps."""
    return fault(subject, error.problem, error.fix or "")
