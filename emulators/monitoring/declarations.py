"""The service's rules about metric descriptors that users create and delete.

https://cloud.google.com/monitoring/api/ref_v3/rpc/google.monitoring.v3#createmetricdescriptorrequest
"""

from dataclasses import replace

from emulators.monitoring.ledger import Ledger
from emulators.monitoring.rules import (
    DOMAINS,
    KINDS,
    LABEL_KEY,
    MAX_LABEL_KEY,
    MAX_LABELS,
    VALUE_TYPES,
)
from emulators.monitoring.series import Descriptor


class InvalidDescriptor(ValueError):
    """A descriptor that breaks a rule."""


class UnknownMetric(LookupError):
    """No such metric in the project."""


def create(ledger: Ledger, project: str, wanted: Descriptor) -> Descriptor:
    """Create a descriptor, or update the one of the same metric: labels are added, never removed.

    Raises InvalidDescriptor.
    """
    _check(wanted)
    known = ledger.descriptor(project, wanted.metric_type)
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
        ledger.declare(project, wanted)
    return wanted


def find(ledger: Ledger, project: str, metric_type: str) -> Descriptor:
    """The descriptor of a metric. Raises UnknownMetric."""
    found = ledger.descriptor(project, metric_type)
    if not found:
        raise UnknownMetric(f"Could not find descriptor for metric '{metric_type}'.")
    return found


def delete(ledger: Ledger, project: str, metric_type: str) -> None:
    """Delete a user's metric with its data. Raises UnknownMetric."""
    find(ledger, project, metric_type)
    ledger.forget(project, metric_type)


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
