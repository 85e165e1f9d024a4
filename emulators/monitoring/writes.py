"""Judges one CreateTimeSeries request against what is stored, and stores what may be written."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from emulators.monitoring.ledger import Entry, Ledger
from emulators.monitoring.rules import faults, kind_of
from emulators.monitoring.series import Candidate, Descriptor, SeriesKey
from emulators.monitoring.texts import Refusal


def write(
    ledger: Ledger,
    candidates: Sequence[Candidate],
    *,
    now: datetime,
    refusals_ordered: Sequence[Refusal] = (),
) -> list[Refusal]:
    """Store the points of all series that keep the rules; returns the others with their reason.

    refusals_ordered: series of this request that are refused although they may keep the rules.
    """
    refusals = list(refusals_ordered)
    ordered = {refusal.candidate.index for refusal in refusals}
    accepted: list[Entry] = []
    seen: set[SeriesKey] = set()
    for candidate in candidates:
        if candidate.index in ordered:
            continue
        reason = _reason(ledger, candidate, seen, now)
        seen.add(candidate.key)
        if reason:
            refusals.append(Refusal(candidate=candidate, reason=reason))
        else:
            _declare(ledger, candidate)
            accepted.append((candidate.key, candidate.points[0]))
    ledger.add(accepted)
    return refusals


def _reason(
    ledger: Ledger, candidate: Candidate, seen: set[SeriesKey], now: datetime
) -> str | None:
    if candidate.key in seen:
        return (
            f"Field timeSeries[{candidate.index}] had an invalid value: Duplicate TimeSeries "
            "encountered. Only one point can be written per TimeSeries per request."
        )
    descriptor = ledger.descriptor(candidate.key.project, candidate.key.metric_type)
    last = ledger.last_point(candidate.key)
    return next(faults(candidate, descriptor=descriptor, last=last, now=now), None)


def _declare(ledger: Ledger, candidate: Candidate) -> None:
    """Make the descriptor on a metric's first write, and add labels that it did not know."""
    key = candidate.key
    known = ledger.descriptor(key.project, key.metric_type)
    declared = known or Descriptor(
        metric_type=key.metric_type,
        metric_kind=kind_of(candidate, None),
        value_type=candidate.value_types[0],
        unit=candidate.unit,
        description=candidate.description,
    )
    labels = {**dict.fromkeys(dict(key.labels), ""), **declared.labels}
    if known is None or labels.keys() != known.labels.keys():
        ledger.declare(key.project, replace(declared, labels=labels))
