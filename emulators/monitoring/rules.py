"""The service's rules about series and descriptors, and what their breach is answered with.

What is stored and what time it is come in as arguments.
https://cloud.google.com/monitoring/quotas#custom_metrics_quotas
https://cloud.google.com/monitoring/api/ref_v3/rpc/google.monitoring.v3#timeinterval
https://cloud.google.com/monitoring/api/ref_v3/rpc/google.monitoring.v3#createmetricdescriptorrequest
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from emulators.monitoring.errors import Refusal
from emulators.monitoring.series import Candidate, Descriptor, Point, SeriesKey
from emulators.monitoring.store import Entry, Store

MAX_SERIES_PER_REQUEST = 200
MAX_LABELS = 30
MAX_LABEL_KEY = 100
MAX_LABEL_VALUE = 1024
OLDEST = timedelta(hours=25)
FURTHEST_AHEAD = timedelta(minutes=5)
SAMPLING_PERIOD = timedelta(seconds=5)
LABEL_KEY = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
DOMAINS = ("custom.googleapis.com/", "external.googleapis.com/", "workload.googleapis.com/")
KINDS = frozenset({"GAUGE", "CUMULATIVE"})
VALUE_TYPES = frozenset({"BOOL", "INT64", "DOUBLE"})
# https://cloud.google.com/monitoring/api/resources, without project_id, which is filled in.
RESOURCES = {
    "generic_task": ("location", "namespace", "job", "task_id"),
    "generic_node": ("location", "namespace", "node_id"),
    "global": (),
}
_LOCATION = re.compile(r"global|(aws:)?[a-z]+(-[a-z]+)+\d+(-?[a-z])?")


def faults(
    candidate: Candidate, *, descriptor: Descriptor | None, last: Point | None, now: datetime
) -> Iterator[str]:
    """Why this series may not be written, the first reason first; nothing where it may.

    descriptor: of its metric, None before the first write. last: the newest stored point.
    """
    yield from _form_faults(candidate)
    yield from _resource_faults(candidate)
    yield from _label_faults(candidate, descriptor)
    yield from _type_faults(candidate, descriptor)
    for point in candidate.points[:1]:
        yield from _end_faults(candidate, point, now)
        yield from _start_faults(candidate, point, kind_of(candidate, descriptor))
        yield from _order_faults(candidate, point, last)


def kind_of(candidate: Candidate, descriptor: Descriptor | None) -> str:
    """The metric kind under which the series is written: GAUGE unless something says otherwise."""
    return candidate.metric_kind or (descriptor.metric_kind if descriptor else "GAUGE")


def _form_faults(candidate: Candidate) -> Iterator[str]:
    field = f"Field timeSeries[{candidate.index}]"
    metric_type = candidate.key.metric_type
    if not metric_type.startswith(DOMAINS):
        yield (
            f'{field}.metric.type had an invalid value of "{metric_type}": '
            f"User-defined metrics must begin with one of: {', '.join(DOMAINS)}."
        )
    if len(candidate.points) != 1:
        yield f"{field}.points had an invalid value: Only one point can be written per TimeSeries."
    for value_type in set(candidate.value_types) - VALUE_TYPES:
        yield (
            f"{field}.points[0].value had an invalid value: expected one of "
            f"{', '.join(sorted(VALUE_TYPES))}, but is {value_type or 'absent'}."
        )


def _resource_faults(candidate: Candidate) -> Iterator[str]:
    key = candidate.key
    if key.resource_type not in RESOURCES:
        yield (
            f"Field timeSeries[{candidate.index}].resource.type had an invalid value of "
            f'"{key.resource_type}": not a resource type for user-defined metrics here; known: '
            f"{', '.join(RESOURCES)}."
        )
        return
    labels = dict(key.resource_labels)
    for name in labels.keys() - {*RESOURCES[key.resource_type], "project_id"}:
        yield f"Unrecognized resource label: {name}"
    missing = [name for name in RESOURCES[key.resource_type] if not labels.get(name)]
    if missing:
        yield f"The set of resource labels is incomplete. Missing labels: ({' '.join(missing)})."
    if "location" in labels and not _LOCATION.fullmatch(labels["location"]):
        yield "Unrecognized region or location."


def _label_faults(candidate: Candidate, descriptor: Descriptor | None) -> Iterator[str]:
    field = f"Field timeSeries[{candidate.index}].metric.labels"
    known = descriptor.labels.keys() if descriptor else set()
    if len(known | dict(candidate.key.labels).keys()) > MAX_LABELS:
        yield (
            f"The new labels would cause the metric {candidate.key.metric_type} "
            f"to have over {MAX_LABELS} labels."
        )
    for name, value in candidate.key.labels:
        if len(name) > MAX_LABEL_KEY or not LABEL_KEY.fullmatch(name):
            yield (
                f'{field} had an invalid value of "{name}": A label key has at most '
                f"{MAX_LABEL_KEY} letters, digits and underscores, and begins with a letter."
            )
        if len(value) > MAX_LABEL_VALUE:
            yield (
                f"{field}[{name}] had an invalid value: A label value has at most "
                f"{MAX_LABEL_VALUE} characters."
            )


def _type_faults(candidate: Candidate, descriptor: Descriptor | None) -> Iterator[str]:
    metric = candidate.key.metric_type
    if candidate.metric_kind and candidate.metric_kind not in KINDS:
        yield f"Metric kind for metric {metric} must be GAUGE, but is {candidate.metric_kind}."
    if not descriptor:
        return
    if candidate.metric_kind not in ("", descriptor.metric_kind):
        yield (
            f"Metric kind for metric {metric} must be {descriptor.metric_kind}, "
            f"but is {candidate.metric_kind}."
        )
    for value_type in candidate.value_types:
        if value_type != descriptor.value_type:
            yield (
                f"Value type for metric {metric} must be {descriptor.value_type}, "
                f"but is {value_type}."
            )


def _end_faults(candidate: Candidate, point: Point, now: datetime) -> Iterator[str]:
    invalid = (
        f"Field timeSeries[{candidate.index}].points[0].interval.end_time had an invalid value of "
        f'"{point.end_time.isoformat()}": Data points cannot be written more than'
    )
    if point.end_time < now - OLDEST:
        yield f"{invalid} 25h in the past."
    if point.end_time > now + FURTHEST_AHEAD:
        yield f"{invalid} 5m in the future."


def _start_faults(candidate: Candidate, point: Point, kind: str) -> Iterator[str]:
    start, end = point.start_time, point.end_time
    if kind == "CUMULATIVE":
        wrong, rule, adjective = start is None or start >= end, "before", "non-gauge"
    else:
        wrong, rule, adjective = start is not None and start != end, "equal to", "gauge"
    if wrong:
        yield (
            f"Field timeSeries[{candidate.index}].points[0].interval.start_time had an invalid "
            f'value of "{start and start.isoformat()}": The start time must be {rule} the end time '
            f"({end.isoformat()}) for the {adjective} metric '{candidate.key.metric_type}'."
        )


def _order_faults(candidate: Candidate, point: Point, last: Point | None) -> Iterator[str]:
    if last is None:
        return
    if point.end_time <= last.end_time:
        yield (
            "Points must be written in order. One or more of the points specified had an older "
            "end time than the most recent point."
        )
    elif point.end_time - last.end_time < SAMPLING_PERIOD:
        yield (
            "One or more points were written more frequently than the maximum sampling period "
            f"configured for the metric. {{Metric: {candidate.key.metric_type}, Timestamps: "
            f"{{Youngest Existing: '{_clock(last.end_time)}', New: '{_clock(point.end_time)}'}}}}"
        )


def _clock(instant: datetime) -> str:
    return instant.strftime("%Y/%m/%d-%H:%M:%S.%f")[:-3]


class InvalidDescriptor(ValueError):
    """A descriptor that breaks a rule."""


class UnknownMetric(LookupError):
    """No such metric in the project."""


def create_descriptor(store: Store, project: str, wanted: Descriptor) -> Descriptor:
    """Create a descriptor, or update the one of the same metric: labels are added, never removed.

    Raises InvalidDescriptor.
    """
    _check(wanted)
    known = store.descriptor(project, wanted.metric_type)
    if known:
        for name in ("metric_kind", "value_type"):
            before, after = getattr(known, name), getattr(wanted, name)
            if before != after:
                raise InvalidDescriptor(
                    f'Field {name} had an invalid value of "{after}": the metric '
                    f"'{wanted.metric_type}' exists with {before}; delete it first."
                )
        wanted = replace(wanted, labels={**known.labels, **wanted.labels})
    if len(wanted.labels) > MAX_LABELS:
        raise InvalidDescriptor(
            f"Field labels had an invalid value: When creating metric {wanted.metric_type}: "
            f"the metric has more than {MAX_LABELS} labels."
        )
    if wanted != known:
        store.declare(project, wanted)
    return wanted


def find_descriptor(store: Store, project: str, metric_type: str) -> Descriptor:
    """The descriptor of a metric. Raises UnknownMetric."""
    found = store.descriptor(project, metric_type)
    if not found:
        raise UnknownMetric(f"Could not find descriptor for metric '{metric_type}'.")
    return found


def delete_descriptor(store: Store, project: str, metric_type: str) -> None:
    """Delete a user's metric with its data. Raises UnknownMetric."""
    find_descriptor(store, project, metric_type)
    store.forget(project, metric_type)


def _check(wanted: Descriptor) -> None:
    if not wanted.metric_type.startswith(DOMAINS):
        raise InvalidDescriptor(
            f'Field type had an invalid value of "{wanted.metric_type}": '
            f"User-defined metrics must begin with one of: {', '.join(DOMAINS)}."
        )
    for name, known in (("metric_kind", KINDS), ("value_type", VALUE_TYPES)):
        if getattr(wanted, name) not in known:
            raise InvalidDescriptor(
                f'Field {name} had an invalid value of "{getattr(wanted, name)}": this emulator '
                f"knows {', '.join(sorted(known))} for user-defined metrics."
            )
    for key in wanted.labels:
        if len(key) > MAX_LABEL_KEY or not LABEL_KEY.fullmatch(key):
            raise InvalidDescriptor(
                f'Field labels had an invalid value of "{key}": A label key has at most '
                f"{MAX_LABEL_KEY} letters, digits and underscores, and begins with a letter."
            )


def write_series(
    store: Store,
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
        reason = _reason(store, candidate, seen, now)
        seen.add(candidate.key)
        if reason:
            refusals.append(Refusal(candidate=candidate, reason=reason))
        else:
            _declare(store, candidate)
            accepted.append((candidate.key, candidate.points[0]))
    store.add(accepted)
    return refusals


def _reason(store: Store, candidate: Candidate, seen: set[SeriesKey], now: datetime) -> str | None:
    if candidate.key in seen:
        return (
            f"Field timeSeries[{candidate.index}] had an invalid value: Duplicate TimeSeries "
            "encountered. Only one point can be written per TimeSeries per request."
        )
    descriptor = store.descriptor(candidate.key.project, candidate.key.metric_type)
    last = store.last_point(candidate.key)
    return next(faults(candidate, descriptor=descriptor, last=last, now=now), None)


def _declare(store: Store, candidate: Candidate) -> None:
    """Make the descriptor on a metric's first write, and add labels that it did not know."""
    key = candidate.key
    known = store.descriptor(key.project, key.metric_type)
    declared = known or Descriptor(
        metric_type=key.metric_type,
        metric_kind=kind_of(candidate, None),
        value_type=candidate.value_types[0],
        unit=candidate.unit,
        description=candidate.description,
    )
    labels = {**dict.fromkeys(dict(key.labels), ""), **declared.labels}
    if known is None or labels.keys() != known.labels.keys():
        store.declare(key.project, replace(declared, labels=labels))
