"""What an examination says."""

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
    """One thing looked at: in words, and for a fault the remedy."""

    subject: str
    verdict: Verdict
    text: str
    remedy: str = ""


def good(subject: str, text: str) -> Finding:
    """As it should be."""
    return Finding(subject=subject, verdict=Verdict.GOOD, text=text)


def note(subject: str, text: str, remedy: str = "") -> Finding:
    """Nothing wrong, but worth knowing."""
    return Finding(subject=subject, verdict=Verdict.NOTE, text=text, remedy=remedy)


def fault(subject: str, text: str, remedy: str = "") -> Finding:
    """Something that keeps the pipeline from working."""
    return Finding(subject=subject, verdict=Verdict.FAULT, text=text, remedy=remedy)


def fault_of(subject: str, error: DashboardError) -> Finding:
    """An expected failure; its text holds the remedy."""
    return fault(subject, str(error))
